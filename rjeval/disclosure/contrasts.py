"""Release contrasts between arms: recomputed from rounded counts where they follow from counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.bounds import wilson_interval
from rjeval.disclosure.intervals import (
    decimals_for,
    hull,
    outward,
    outward_significant,
    rounding_notes,
)
from rjeval.disclosure.populations import near_window, widen_counts, widening_note
from rjeval.disclosure.rounding import round_counts, significant
from rjeval.disclosure.stamp import stamped
from rjeval.language import mark
from rjeval.results import Contrast

NEEDLESS = mark("A number needed is not given where the interval of the difference includes 0.")
#: Terms that follow from two rounded proportions.
PROPORTION_TERMS = ("risk_difference", "risk_ratio", "odds_ratio", "number_needed")


def release_contrast(result: Contrast, *, frame: pd.DataFrame, rule: DisclosureRule) -> Contrast:
    """Release differences and ratios between arms; see :func:`rjeval.release`.

    Contrasts of plain proportions are recomputed from the rounded counts: the difference with
    Wald's interval or, where the estimator used it, Newcombe's (1998,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873), ratios with log-normal
    intervals. The interval is the hull of that and of the exact one, coarsened outward, and the
    p-value the greater of the two, so that no verdict is stronger than the exact data allow.
    Other contrasts are rounded to three significant digits, their intervals outward. A number
    needed is left out where the interval of the difference includes 0.
    """
    arms, safe = _released_arms(result, rule=rule)
    keys = list(zip(frame["group"], frame["reference"], frame["at_days"], strict=True))
    rows = [
        _contrast_row(
            frame.iloc[i],
            arms=arms,
            safe=safe,
            key=keys[i],
            level=result.conf_level,
            newcombe="newcombe" in result.method.lower(),
            rounded=rule.round_to > 1,
        )
        for i in range(len(frame))
    ]
    shown = pd.DataFrame(rows, index=frame.index, columns=frame.columns)
    widened = arms["widened"].to_numpy(dtype=bool)
    arms = arms.drop(columns=["plain", "widened"])
    hidden = shown["estimate"].isna().to_numpy() & frame["estimate"].notna().to_numpy()
    shown["suppressed"] = np.where(hidden, "primary", "")
    shown["bound"] = np.where(hidden, mark("not shown: an arm is under the threshold"), "")
    n_suppressed = int(hidden.sum() + arms["n_event"].isna().sum())
    needless = (shown["term"] == "number_needed") & shown["conf_low"].isna() & ~hidden
    notes = widening_note(widened, 0, rule=rule)
    notes += rounding_notes(arms["n_event"], arms["n"], rule=rule, widened=widened)
    notes += (NEEDLESS,) * int(needless.any())
    shown = shown[~needless]
    return stamped(result, shown, rule=rule, n_suppressed=n_suppressed, arms=arms, notes=notes)


def _released_arms(
    result: Contrast, *, rule: DisclosureRule
) -> tuple[pd.DataFrame, dict[tuple[object, object], bool]]:
    """Arms with rounded counts, and which of them may be contrasted."""
    arms = result.arms.copy().reset_index(drop=True)
    size, event = arms["n"].to_numpy(dtype=float), arms["n_event"].to_numpy(dtype=float)
    big = size >= max(rule.min_denominator, rule.min_cell)
    fine = big & (event >= rule.min_cell) & (size - event >= rule.min_cell)
    plain = np.isclose(arms["estimate"].to_numpy(dtype=float), event / np.maximum(size, 1))
    wide = widen_counts(result, size, by=result.by, labels=arms["group"], rule=rule)
    arms["n"] = np.where(size >= rule.min_cell, round_counts(wide, rule), np.nan)
    arms["widened"] = wide > size
    days = arms.get("at_days")
    near = near_window(result, event, by=result.by, labels=arms["group"], days=days, rule=rule)
    told = fine & (plain | ~near)
    arms["n_event"] = np.where(told, round_counts(event, rule), np.nan)
    kept = np.where(plain, arms["n_event"] / arms["n"], significant(arms["estimate"]))
    arms["estimate"] = np.where(fine, kept, np.nan)
    arms["plain"] = plain
    arms["suppressed"] = np.where(fine, "", np.where(big, "primary", "denominator"))
    days = arms["at_days"] if "at_days" in arms else pd.Series(np.nan, index=arms.index)
    safe = {
        (group, _day(day)): bool(ok)
        for group, day, ok in zip(arms["group"], days, fine, strict=True)
    }
    return arms, safe


def _day(day: object) -> object:
    """Return a day as a key; days that are missing compare equal."""
    return None if pd.isna(day) else float(day)  # type: ignore[call-overload,arg-type]


def _contrast_row(
    row: pd.Series,
    *,
    arms: pd.DataFrame,
    safe: dict[tuple[object, object], bool],
    key: tuple[object, object, object],
    level: float,
    newcombe: bool,
    rounded: bool,
) -> dict[str, object]:
    group, reference, day = key
    numbers = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
    values: dict[str, object] = {str(name): value for name, value in row.items()}
    if not (safe.get((group, _day(day)), False) and safe.get((reference, _day(day)), False)):
        return values | dict.fromkeys(numbers, np.nan)
    if values["term"] not in PROPORTION_TERMS or not arms["plain"].all():
        ends = outward_significant(values["conf_low"], values["conf_high"])
        kept = {name: float(significant([values[name]])[0]) for name in numbers}
        kept["p_value"] = float(outward_significant(0.0, values["p_value"])[1])
        return values | kept | {"conf_low": float(ends[0]), "conf_high": float(ends[1])}
    pair = [_arm_counts(arms, group=name, day=day) for name in (group, reference)]
    term = str(values["term"])
    fresh = contrast_from_counts(term, a=pair[0], b=pair[1], level=level, newcombe=newcombe)
    if not rounded:  # the counts are shown as they are, and the interval follows from them
        return values | fresh
    return values | _no_stronger(term, fresh=fresh, exact=row, size=min(pair[0][1], pair[1][1]))


def _no_stronger(
    term: str, *, fresh: dict[str, float], exact: pd.Series, size: float
) -> dict[str, float]:
    """Return a recomputed contrast that claims no more than the exact one does."""
    ends = np.array([exact["conf_low"], exact["conf_high"]], dtype=float)
    if np.isnan(ends).any():
        return fresh | dict.fromkeys(("conf_low", "conf_high"), float("nan"))
    if term == "number_needed":
        coarse = outward_significant(*ends, digits=2)
    else:
        coarse = outward(*ends, decimals=decimals_for(size))
    own = np.array([fresh["conf_low"]]), np.array([fresh["conf_high"]])
    low, high = (float(end[0]) for end in hull(own, coarse))
    less = outward_significant(abs(float(exact["statistic"])), exact["std_error"], digits=2)
    p_value = float(outward_significant(0.0, exact["p_value"], digits=2)[1])
    size_of = float(np.fmin(abs(fresh["statistic"]), less[0]))
    return fresh | {
        "conf_low": low,
        "conf_high": high,
        "std_error": float(np.fmax(fresh["std_error"], less[1])),
        "statistic": float(np.copysign(size_of, fresh["statistic"])),
        "p_value": float(np.fmax(fresh["p_value"], p_value)),
    }


def _arm_counts(arms: pd.DataFrame, *, group: object, day: object) -> np.ndarray:
    """Return ``(n_event, n)`` of one arm."""
    same = (arms["group"] == group).to_numpy(dtype=bool, copy=True)
    if "at_days" in arms:
        same &= np.array([_day(one) == _day(day) for one in arms["at_days"]])
    return arms.loc[same, ["n_event", "n"]].iloc[0].to_numpy(dtype=float)


def contrast_from_counts(
    term: str, *, a: np.ndarray, b: np.ndarray, level: float, newcombe: bool = False
) -> dict[str, float]:
    """Return a contrast of two proportions ``(n_event, n)``: group ``a`` against reference ``b``.

    Examples
    --------
    >>> out = contrast_from_counts(
    ...     "risk_difference", a=np.array([30, 100]), b=np.array([45, 100]), level=0.95)
    >>> round(out["estimate"], 3)
    -0.15
    """
    z = float(ndtri(0.5 + level / 2))
    p, q = a[0] / a[1], b[0] / b[1]
    if term in ("risk_ratio", "odds_ratio"):
        if term == "risk_ratio":
            estimate, se = p / q, np.sqrt(1 / a[0] - 1 / a[1] + 1 / b[0] - 1 / b[1])
        else:
            parts = np.array([a[0], a[1] - a[0], b[0], b[1] - b[0]])
            estimate, se = p / (1 - p) / (q / (1 - q)), np.sqrt((1 / parts).sum())
        low, high = estimate * np.exp(-z * se), estimate * np.exp(z * se)
        return _numbers(estimate, se, np.log(estimate) / se, low, high)
    gap, se = p - q, np.sqrt(p * (1 - p) / a[1] + q * (1 - q) / b[1])
    low, high = gap - z * se, gap + z * se
    if newcombe:
        (p_low, p_high), (q_low, q_high) = (wilson_interval(*pair, level=level) for pair in (a, b))
        low = gap - np.hypot(p - p_low, q_high - q)
        high = gap + np.hypot(p_high - p, q - q_low)
    if term == "risk_difference":
        return _numbers(gap, se, gap / se, low, high)
    if gap == 0 or low * high <= 0:
        needed = 1 / abs(gap) if gap else np.nan
        return _numbers(needed, np.nan, np.nan, np.nan, np.nan)
    ends = sorted((1 / abs(low), 1 / abs(high)))
    return _numbers(1 / abs(gap), np.nan, np.nan, ends[0], ends[1])


def _numbers(
    estimate: float, se: float, statistic: float, low: float, high: float
) -> dict[str, float]:
    return {
        "estimate": float(estimate),
        "std_error": float(se),
        "statistic": float(statistic),
        "p_value": float(2 * ndtr(-abs(statistic))),
        "conf_low": float(low),
        "conf_high": float(high),
    }
