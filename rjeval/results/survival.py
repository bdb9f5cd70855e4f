"""Results about time to reoffence: curves, tests, rates, contrasts, restricted means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rjeval.results.base import Result
from rjeval.results.deferred import when_read


@when_read("groups")
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Curves(Result):
    """Curves over follow-up, one block of rows per group (and per cause).

    ``frame`` columns: group column, ``time_days, n_at_risk, n_event, n_competing, n_censored,
    estimate, std_error, conf_low, conf_high``. ``n_at_risk`` counts people just before
    ``time_days`` (R's convention). The first row of each group is day 0.

    Parameters
    ----------
    kind : {"survival", "cumulative_incidence", "cumulative_hazard"}
    by : str
        Group column; ``""`` for one curve.
    conf_level, conf_type
        Level and transformation of the pointwise interval.
    horizon_days : float
        Last day analysed.
    groups : DataFrame
        One row per group: ``group, n, n_events, n_competing``.
    unit : str or None
        Unit of the input time, ``None`` where numbers were kept as given.
    competing : tuple of str
        Of a cumulative incidence: the competing exits that occurred, by name.
    cause : str
        Of a cumulative incidence: what it is the incidence of.
    """

    kind: str
    by: str
    conf_level: float
    conf_type: str
    horizon_days: float
    groups: pd.DataFrame
    unit: str | None = "days"
    competing: tuple[str, ...] = ()
    cause: str = ""


@when_read("groups")
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TestResult(Result):
    """A test: ``frame`` has ``term, statistic, df, p_value``, one row per test or term.

    ``groups`` (where the test compares groups) has ``group, n, observed, expected``.
    """

    __test__ = False  # pytest collects classes named Test*

    method: str
    groups: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FixedWindowRates(Result):
    """Proportion with the event inside a window, among mature people only.

    ``frame`` columns: group column, ``at_days, n_total, n_mature, n_event, n_competing,
    estimate, conf_low, conf_high`` (Wilson), ``n_unchecked, bound_low, bound_high``: the bounds
    count all people never checked as without, and all as with, the event.
    """

    by: str
    conf_level: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Contrast(Result):
    """Differences and ratios between arms.

    ``frame`` columns: ``group, reference, at_days, term, estimate, std_error, statistic,
    p_value, conf_low, conf_high``; ``term`` is ``risk_difference``, ``risk_ratio``,
    ``odds_ratio``, ``number_needed``, ``rmst_difference`` or ``rmst_ratio``.
    ``arms`` has the group columns ``group, at_days, n, n_event, estimate`` it rests on.
    """

    by: str
    method: str
    conf_level: float
    arms: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RestrictedMean(Result):
    """Mean event-free days up to the horizon, per group, with contrasts.

    ``frame`` columns: group column, ``n, n_event, estimate, std_error, conf_low, conf_high``.
    """

    by: str
    horizon_days: float
    conf_level: float
    contrast: Contrast | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SurvivalQuantiles(Result):
    """Days by which given shares of people have reoffended.

    ``frame`` columns: group column (``group`` where ``by`` is ``""``), ``probability, n,
    n_event, estimate, conf_low, conf_high``; NaN where the curve does not fall that far.
    """

    by: str
    conf_level: float
    conf_type: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SensitivityGrid(Result):
    """One contrast under several definitions and assumptions.

    ``frame`` columns: ``scenario, group, reference, at_days, term, n, n_event, n_reference,
    n_event_reference, estimate, conf_low, conf_high, p_value``, made by :func:`grid_frame` from
    ``contrasts``, which are released one by one.
    """

    contrasts: Mapping[str, Contrast]
    by: str
    at_days: float
    conf_level: float


def grid_frame(contrasts: Mapping[str, Contrast]) -> pd.DataFrame:
    """Return the table of a sensitivity grid from its contrasts."""
    blocks = []
    for scenario, contrast in contrasts.items():
        sizes = contrast.arms.set_index(["group", "at_days"])[["n", "n_event"]]
        frame = contrast.frame.drop(columns=["std_error", "statistic"])
        for role, suffix in (("group", ""), ("reference", "_reference")):
            keys = pd.MultiIndex.from_frame(frame[[role, "at_days"]])
            for name in ("n", "n_event"):
                frame[f"{name}{suffix}"] = sizes[name].reindex(keys).to_numpy()
        frame.insert(0, "scenario", scenario)
        blocks.append(frame)
    first = ["scenario", "group", "reference", "at_days", "term", "n", "n_event", "n_reference"]
    first += ["n_event_reference", "estimate", "conf_low", "conf_high", "p_value"]
    whole = pd.concat(blocks, ignore_index=True)
    return whole[[*first, *(name for name in whole.columns if name not in first)]]


def arms_frame(lines: list[tuple[str, float, int, int, float]]) -> pd.DataFrame:
    """Return the table ``arms`` of a contrast from (group, at_days, n, n_event, estimate)."""
    return pd.DataFrame(lines, columns=["group", "at_days", "n", "n_event", "estimate"])


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReoffendingSummary(Result):
    """Prevalence, frequency, seriousness and time, side by side.

    ``frame`` columns: ``measure`` (``prevalence``, ``frequency``, ``serious``, ``harm_days``,
    ``free_days``), group column, ``n, n_event, estimate, conf_low, conf_high,
    without_largest``. ``n_event`` counts people, except incidents under ``frequency``.
    """

    by: str
    at_days: float
    conf_level: float
