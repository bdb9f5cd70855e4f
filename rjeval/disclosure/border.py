"""Release: from a result to the twin of it that may leave the study folder.

The only door. Suppression, rounding, coarse grids and recomputation happen behind it, by type
of result; figures and tables show what comes out and mark whatever did not pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pandas as pd

from rjeval.design.disclosure import PROFILES, DisclosureRule
from rjeval.disclosure.contrasts import release_contrast
from rjeval.disclosure.costs import release_costs
from rjeval.disclosure.counts import release_baseline, release_counts
from rjeval.disclosure.curves import release_curves
from rjeval.disclosure.earlier import hold_back
from rjeval.disclosure.flow import release_flow
from rjeval.disclosure.models import release_model
from rjeval.disclosure.money import release_money
from rjeval.disclosure.quality import release_quality
from rjeval.disclosure.rates import (
    release_means,
    release_rates,
    release_test,
)
from rjeval.disclosure.ratings import release_response, release_shares
from rjeval.disclosure.release_log import log_releases
from rjeval.disclosure.smooths import release_smooth
from rjeval.disclosure.stages import release_stages
from rjeval.disclosure.stamp import rule_for, stamped
from rjeval.disclosure.summaries import release_grid, release_quantiles, release_summary
from rjeval.errors import DisclosureError
from rjeval.results import (
    BaselineTable,
    CohortFlow,
    Contrast,
    CostTotals,
    CountTable,
    Curves,
    DataQuality,
    FixedWindowRates,
    HazardsOverTime,
    ModelEstimates,
    MoneyTotals,
    RatingShares,
    ResponseRates,
    RestrictedMean,
    Result,
    StageRates,
    TestResult,
)
from rjeval.results.survival import ReoffendingSummary, SensitivityGrid, SurvivalQuantiles

_DOORS: dict[type[Result], Callable[..., Any]] = {
    Curves: release_curves,
    TestResult: release_test,
    FixedWindowRates: release_rates,
    Contrast: release_contrast,
    RestrictedMean: release_means,
    ModelEstimates: release_model,
    HazardsOverTime: release_smooth,
    ResponseRates: release_response,
    RatingShares: release_shares,
    CohortFlow: release_flow,
    BaselineTable: release_baseline,
    CountTable: release_counts,
    MoneyTotals: release_money,
    CostTotals: release_costs,
    StageRates: release_stages,
    DataQuality: release_quality,
    SurvivalQuantiles: release_quantiles,
    SensitivityGrid: release_grid,
    ReoffendingSummary: release_summary,
}
_FLOORED = ("min_cell", "min_denominator", "round_to", "curve_grid_days", "min_residual_df")


def release(*results: Any, rule: DisclosureRule) -> Any:
    """Return the released twins of results: the only form that may be shown outside the team.

    Parameters
    ----------
    *results : Result
        Results of the face, in any number.
    rule : DisclosureRule
        ``design.disclosure``. Tables about people harmed are held to a threshold of at least
        11 whatever the rule says. The profile ``internal`` hides nothing; what it releases
        keeps the mark "not for release".

    Returns
    -------
    Result or tuple of Result
        One result for one, else a tuple in the same order. ``frame`` has two further columns:
        ``suppressed`` (``""`` where the row's headline number is shown, else ``primary``,
        ``complementary``, ``denominator`` or ``tail``) and ``bound``, a true sentence instead of
        a hidden number. Hidden numbers are NaN, counts are rounded, rates and their intervals
        are recomputed from the rounded counts.

    Raises
    ------
    DisclosureError
        For a saturated model or too few residual degrees of freedom, for a result that was
        released under another rule, for a rule below the floor of its profile, and for
        anything that is not an aggregate result of rjeval.

    Notes
    -----
    Small cells are 0 to ``min_cell - 1``: a zero tells something of everybody in its group, and
    so does a group in which everybody has the event. Protection is checked by linear
    programming against a reader who knows all shown counts exactly, all totals, and why each
    cell is hidden. Sources: CMS cell-size policy (threshold 11); Hundepool et al. (2012),
    *Statistical Disclosure Control*, doi:10.1002/9781118348239.

    Examples
    --------
    >>> import pandas as pd
    >>> from rjeval.design.disclosure import DisclosureRule
    >>> from rjeval.results import CountTable
    >>> table = CountTable(
    ...     title="Referrals by source", dimensions=("source",), what="referrals",
    ...     frame=pd.DataFrame({"source": ["police", "school", "court"], "n": [61, 4, 38]}),
    ... )
    >>> shown = release(table, rule=DisclosureRule())
    >>> shown.frame["n"].tolist(), shown.frame["suppressed"].tolist()
    ([60.0, nan, nan], ['', 'primary', 'complementary'])
    """
    _check_rule(rule)
    released = tuple(_release_one(result, rule=rule) for result in results)
    if not released:
        raise TypeError("release() needs at least one result.")
    log_releases(released)
    return released[0] if len(released) == 1 else released


def _release_one(result: Any, *, rule: DisclosureRule) -> Any:
    door = _DOORS.get(type(result))
    if door is None:
        raise DisclosureError(
            f"{type(result).__name__} cannot be released: it is not an aggregate result.",
            hint="Pass results of estimators (curves, rates, models, counts), never data.",
        )
    own = rule_for(rule, *_subjects(result))
    if result.released is not None and result.released.profile != "internal":
        return _same_or_refuse(result, rule=own)
    if not own.suppresses:
        return stamped(result, result.frame.copy(), rule=own)
    fresh = result.frame.drop(columns=["suppressed", "bound"], errors="ignore")
    released = _verified(door(result, frame=fresh, rule=own), rule=own)
    return hold_back(released, rule=own)


def _verified(result: Any, *, rule: DisclosureRule) -> Any:
    """Look once more: no table of the released twin may hold a count under the threshold."""
    tables = [getattr(result, field.name) for field in fields(result)]
    for table in [one for one in tables if isinstance(one, pd.DataFrame)]:
        for name in [c for c in table.columns if c == "n" or str(c).startswith("n_")]:
            counts = pd.to_numeric(table[name], errors="coerce")
            if counts.between(0, rule.min_cell, inclusive="neither").any():
                raise DisclosureError(
                    f"Column {name} of a released {type(result).__name__} still holds counts "
                    f"under {rule.min_cell}.",
                    hint="This is a defect of rjeval; please report it.",
                )
    return result


def _subjects(result: Any) -> tuple[object, ...]:
    """Names and texts of a result that say whom it is about."""
    named = [getattr(result, name, "") for name in ("role", "what", "title", "outcome")]
    roles = result.frame["role"].unique().tolist() if "role" in result.frame.columns else []
    return (*named, *roles, *result.notes)


def _same_or_refuse(result: Any, *, rule: DisclosureRule) -> Any:
    stamp = result.released
    if (stamp.profile, stamp.min_cell, stamp.round_to) == (
        rule.profile,
        rule.min_cell,
        rule.round_to,
    ):
        return result
    raise DisclosureError(
        f"This {type(result).__name__} was already released as {stamp.profile} with threshold "
        f"{stamp.min_cell} and base {stamp.round_to}, not as {rule.profile} with "
        f"{rule.min_cell} and {rule.round_to}.",
        hint="Release the estimator's own result again; a release is never released further.",
    )


def _check_rule(rule: DisclosureRule) -> None:
    """Refuse a rule that lies below the floor of the profile whose name it bears."""
    base = PROFILES.get(rule.profile)
    if base is None:
        raise DisclosureError(f"The disclosure profile is not one of {', '.join(PROFILES)}.")
    low = [name for name in _FLOORED if getattr(rule, name) < getattr(base, name)]
    if low:
        raise DisclosureError(
            f"The disclosure rule lies below the floor of {rule.profile} in {', '.join(low)}.",
            hint="Limits may be raised, never lowered; see rj.profile_rule.",
        )
