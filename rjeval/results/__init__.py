"""What estimators give: frozen, aggregate results that know their own conventions.

- ``base``: what all results share: definition, release stamp, ``to_frame()``
- ``deferred``: tables that are laid out when they are first read
- ``showing``: one line for a log, a table under its definition where printed
- ``survival``: curves, tests, fixed-window rates, contrasts, restricted means
- ``models``: Cox and rating regressions, one table shape for all
- ``surveys``: response and shares of ratings
- ``descriptive``: flow, baseline table, data quality
- ``delivery``: rates of stages, money owed and paid, costs
"""

from __future__ import annotations

from rjeval.results.base import ReleaseStamp, Result
from rjeval.results.delivery import CostTotals, MoneyTotals, StageRates, UnitCosts
from rjeval.results.descriptive import BaselineTable, CohortFlow, CountTable, DataQuality
from rjeval.results.models import HazardsOverTime, ModelEstimates
from rjeval.results.surveys import RatingShares, ResponseRates
from rjeval.results.survival import (
    Contrast,
    Curves,
    FixedWindowRates,
    ReoffendingSummary,
    RestrictedMean,
    SensitivityGrid,
    SurvivalQuantiles,
    TestResult,
)

__all__ = [
    "BaselineTable",
    "CohortFlow",
    "Contrast",
    "CostTotals",
    "CountTable",
    "Curves",
    "DataQuality",
    "FixedWindowRates",
    "HazardsOverTime",
    "ModelEstimates",
    "MoneyTotals",
    "RatingShares",
    "ReleaseStamp",
    "ReoffendingSummary",
    "ResponseRates",
    "RestrictedMean",
    "Result",
    "SensitivityGrid",
    "StageRates",
    "SurvivalQuantiles",
    "TestResult",
    "UnitCosts",
]
