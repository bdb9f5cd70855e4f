"""Release quantiles, sensitivity grids and the summary of reoffending."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.bounds import wilson_interval
from rjeval.disclosure.contrasts import release_contrast
from rjeval.disclosure.intervals import outward_significant, share_interval
from rjeval.disclosure.populations import near_window, widen_counts, widening_note
from rjeval.disclosure.rounding import round_counts, significant
from rjeval.disclosure.stamp import AnyResult, stamped
from rjeval.disclosure.variants import without_near
from rjeval.language import mark, note
from rjeval.results.survival import (
    ReoffendingSummary,
    SensitivityGrid,
    SurvivalQuantiles,
    grid_frame,
)

#: Shares of people, recomputed from rounded counts.
SHARES = ("prevalence", "serious")
#: A sum of which one person makes up more is hidden: two such people would hold 90% of it.
LARGEST_SHARE = 0.45
NO_LARGEST = mark(
    "A mean on the harm index is shown only where it does not hang on one person: leaving out the "
    "person with most takes less than 45% of it away."
)
WHY_HIDDEN = mark("not shown: too few people or events")


def release_quantiles(
    result: SurvivalQuantiles, *, frame: pd.DataFrame, rule: DisclosureRule
) -> SurvivalQuantiles:
    """Release quantiles; see :func:`rjeval.release`.

    A quantile is one person's day. It is shown as the end of the grid's step in which it lies,
    where at least ``min_cell`` people had the event by then and as many did not.
    """
    frame = frame.copy()
    enough = _enough(frame, rule=rule)
    reached = frame["probability"].to_numpy(dtype=float) * frame["n"].to_numpy(dtype=float)
    fine = enough & (reached >= rule.min_cell)
    step = float(rule.curve_grid_days)
    for name in ("estimate", "conf_low", "conf_high"):
        days = np.ceil(frame[name].to_numpy(dtype=float) / step) * step
        frame[name] = np.where(fine, days, np.nan)
    told = note("Days are ends of steps of {days} days.", days=rule.curve_grid_days)
    # The events of a group stand in each of its rows, so they are hidden in all of them or in none.
    near = _near(result, frame, rule=rule)
    frame = _with_counts(result, frame, fine=enough, rule=rule)
    frame["n_event"] = frame["n_event"].mask(near)
    frame["bound"] = np.where(fine, "", WHY_HIDDEN)
    return _finish(result, frame, rule=rule, notes=(told,))


def release_summary(
    result: ReoffendingSummary, *, frame: pd.DataFrame, rule: DisclosureRule
) -> ReoffendingSummary:
    """Release the summary of reoffending; see :func:`rjeval.release`.

    Shares are recomputed from rounded counts, means have three significant digits. A mean of
    which one person makes up nearly half is hidden, and the mean without the largest always,
    because the two together give that person's value. On an index that weighs a serious incident
    many times a slight one, a mean times its people tells how many had a serious one: where these
    are few, or few had slight ones only, the mean is hidden with their share. Incidents are not
    counted where few are repeated ones.
    """
    frame = frame.copy()
    shares = frame["measure"].isin(list(SHARES)).to_numpy(dtype=bool)
    fine = _enough(frame, rule=rule, rest=shares)
    if "without_largest" in frame:
        mean = frame["estimate"].to_numpy(dtype=float)
        without = frame["without_largest"].to_numpy(dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            fine &= ~(1 - without / mean > LARGEST_SHARE)
        frame["without_largest"] = np.nan
    fine &= ~_tells_the_serious(frame, by=result.by, rule=rule)
    repeated = _tells_the_repeated(frame, by=result.by, rule=rule)
    near = _near(result, frame, rule=rule)
    given = {
        name: frame[name].to_numpy(dtype=float) for name in ("estimate", "conf_low", "conf_high")
    }
    notes = widening_note(_wide(result, frame, rule=rule), frame["n"], rule=rule)
    frame = _with_counts(result, frame, fine=fine, rule=rule)
    event, size = frame["n_event"].to_numpy(dtype=float), frame["n"].to_numpy(dtype=float)
    ends = given["conf_low"], given["conf_high"]
    wilson = wilson_interval(np.where(shares, event, np.nan), size, level=result.conf_level)
    low, high = share_interval(wilson, low=ends[0], high=ends[1], size=size)
    coarse = outward_significant(*ends)
    fresh = {
        "estimate": (event / size, significant(given["estimate"])),
        "conf_low": (low, coarse[0]),
        "conf_high": (high, coarse[1]),
    }
    for name, values in given.items():
        own = np.where(shares, *fresh[name])
        frame[name] = np.where(fine & ~np.isnan(values), own, np.nan)
    of_all = frame["measure"].isin(["harm_days", "free_days"]).to_numpy()
    frame["n_event"] = frame["n_event"].mask(repeated | (near & of_all))
    harm = frame["measure"].eq("harm_days") & frame["estimate"].notna()
    return _finish(result, frame, rule=rule, notes=(NO_LARGEST,) * int(harm.any()) + notes)


def _tells_the_serious(frame: pd.DataFrame, *, by: str, rule: DisclosureRule) -> np.ndarray:
    """Boolean array: the harm and the serious of groups in which few were serious, or few not."""
    serious = _of_group(frame, "serious", by=by)
    few = serious < rule.min_cell
    for whole in ("harm_days", "prevalence"):  # either is people with any incident
        few |= _of_group(frame, whole, by=by) - serious < rule.min_cell
    return np.asarray(few & frame["measure"].isin(["harm_days", "serious"]), dtype=bool)


def _tells_the_repeated(frame: pd.DataFrame, *, by: str, rule: DisclosureRule) -> np.ndarray:
    """Boolean array: incidents of groups in which few are more than the people who had any."""
    people = _of_group(frame, "harm_days", by=by).fillna(_of_group(frame, "free_days", by=by))
    few = frame["n_event"] - people < rule.min_cell
    return np.asarray(few & frame["measure"].eq("frequency"), dtype=bool)


def _of_group(frame: pd.DataFrame, measure: str, *, by: str) -> pd.Series:
    """Return the people with an event by one measure, beside each row of the same group."""
    group = frame[by].astype(str) if by in frame else pd.Series("", index=frame.index)
    own = frame["measure"].eq(measure)
    return group.map(dict(zip(group[own], frame.loc[own, "n_event"].astype(float), strict=True)))


def release_grid(
    result: SensitivityGrid,
    *,
    frame: pd.DataFrame,  # noqa: ARG001  (rebuilt from the contrasts)
    rule: DisclosureRule,
) -> SensitivityGrid:
    """Release a sensitivity grid: each of its contrasts, then the table made anew.

    Contrasts that differ from an earlier one by a few people are withheld.
    """
    contrasts = {
        name: release_contrast(one, frame=one.frame, rule=rule)
        for name, one in result.contrasts.items()
    }
    contrasts = without_near(result.contrasts, contrasts, rule=rule)
    whole = grid_frame(contrasts)
    n_suppressed = sum(one.released.n_suppressed for one in contrasts.values() if one.released)
    return stamped(result, whole, rule=rule, n_suppressed=n_suppressed, contrasts=contrasts)


def _enough(
    frame: pd.DataFrame, *, rule: DisclosureRule, rest: np.ndarray | bool = True
) -> np.ndarray:
    """Boolean array: rows with enough people, events and, where asked, people without."""
    size, event = frame["n"].to_numpy(dtype=float), frame["n_event"].to_numpy(dtype=float)
    big = size >= max(rule.min_denominator, rule.min_cell)
    beside = (size - event >= rule.min_cell) | ~np.asarray(rest)
    return np.asarray(big & (event >= rule.min_cell) & beside)


def _wide(
    result: SurvivalQuantiles | ReoffendingSummary, frame: pd.DataFrame, *, rule: DisclosureRule
) -> np.ndarray:
    labels = frame[result.by] if result.by else ()
    return widen_counts(result, frame["n"], by=result.by, labels=labels, rule=rule)


def _near(
    result: SurvivalQuantiles | ReoffendingSummary, frame: pd.DataFrame, *, rule: DisclosureRule
) -> np.ndarray:
    """Boolean array: rows whose events of all follow-up lie a few from those of the window."""
    labels = frame[result.by] if result.by else ()
    return near_window(result, frame["n_event"], by=result.by, labels=labels, rule=rule)


def _with_counts(
    result: SurvivalQuantiles | ReoffendingSummary,
    frame: pd.DataFrame,
    *,
    fine: np.ndarray,
    rule: DisclosureRule,
) -> pd.DataFrame:
    """Round counts, take events of hidden rows out, add reasons and bounds."""
    size = _wide(result, frame, rule=rule)
    return frame.assign(
        n=np.where(size >= rule.min_cell, round_counts(size, rule), np.nan),
        n_event=np.where(fine, round_counts(frame["n_event"], rule), np.nan),
        suppressed=np.where(fine, "", "primary"),
        bound=np.where(fine, "", WHY_HIDDEN),
    )


def _finish(
    result: AnyResult, frame: pd.DataFrame, *, rule: DisclosureRule, notes: tuple[str, ...] = ()
) -> AnyResult:
    """Put the stamp on."""
    hidden = int((frame["suppressed"] != "").sum())
    return stamped(result, frame, rule=rule, n_suppressed=hidden, notes=notes)
