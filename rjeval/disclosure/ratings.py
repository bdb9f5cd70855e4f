"""Release response rates and shares of ratings."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.book import CellBook
from rjeval.disclosure.bounds import (
    PROTECTING,
    above_text,
    below_text,
    most_text,
    wilson_interval,
)
from rjeval.disclosure.intervals import outward, rounding_notes, share_interval
from rjeval.disclosure.merging import merge_levels
from rjeval.disclosure.rounding import round_count
from rjeval.disclosure.stamp import stamped
from rjeval.language import mark
from rjeval.results import RatingShares, ResponseRates

SharesResult = TypeVar("SharesResult", RatingShares, ResponseRates)
#: Decimals of weighted shares and means, which do not follow from counts.
WEIGHTED_DECIMALS = 2
ANSWERED = ("n_completed", "n_partial")
SILENT = ("n_refused", "n_no_contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Headline:
    """What the headline share of each row stands on; ``high`` where all but a few are in it."""

    event: np.ndarray
    size: np.ndarray
    kinds: np.ndarray
    high: list[bool]
    weighted: np.ndarray
    notes: tuple[str, ...] = ()


def _all_but_a_few(
    book: CellBook, places: list[dict[str, int]], *, part: str, of: str
) -> list[bool]:
    """Whether those of each row who are not in the part are under the threshold."""
    return [book.values[p[of]] - book.values[p[part]] < book.rule.min_cell for p in places]


def release_response(
    result: ResponseRates, *, frame: pd.DataFrame, rule: DisclosureRule
) -> ResponseRates:
    """Release response rates; see :func:`rjeval.release`.

    A kind of non-response that nobody has, in any row, is a structural zero and is shown, but not
    where all but a few answered. There those invited are hidden and not those who answered,
    because shares of their answers are shown.
    """
    frame = frame.copy().reset_index(drop=True)
    book = CellBook(rule=rule)
    counts = [n for n in frame.columns if n.startswith("n_")]
    unused = {n for n in counts if not (frame[n] > 0).any()}
    places = []
    for row in frame[counts].to_dict("records"):
        answered = [n for n in ANSWERED if n in counts]
        n_answered = sum(float(row[n]) for n in answered)
        few = float(row["n_invited"]) - n_answered < rule.min_cell
        rank = dict.fromkeys(answered, 2) if few else {"n_invited": 2, "n_eligible": 1}
        place = {
            n: book.add(
                float(row[n]),
                rank=rank.get(n, int(few and n == "n_not_invited")),
                zero_is_safe=n == "n_not_invited" or (n in unused and not (few and n in SILENT)),
                anchored=n in ("n_invited", "n_eligible"),
            )
            for n in counts
        }
        place["answered"] = book.add(n_answered, rank=3 if few else 1, anchored=True)
        book.relate(place["answered"], [place[n] for n in answered if n not in unused])
        _relate_invited(book, place=place, row=row, unused=unused)
        places.append(place)
    settled = book.settle()
    for name in counts:
        frame[name] = [settled.shown[place[name]] for place in places]
    answered_shown = np.array([settled.shown[place["answered"]] for place in places])
    kinds = np.array([settled.kinds[place["answered"]] for place in places], dtype=object)
    asked = np.array([settled.kinds[place["n_invited"]] for place in places], dtype=object)
    kinds = np.where((kinds == "") & (answered_shown > 0), asked, kinds)
    return _finish_shares(
        result,
        frame,
        headline=_Headline(
            event=answered_shown,
            size=frame["n_invited"].to_numpy(dtype=float),
            kinds=kinds,
            high=_all_but_a_few(book, places, part="answered", of="n_invited"),
            weighted=np.zeros(len(frame), dtype=bool),
            notes=settled.notes,
        ),
        rule=rule,
        n_suppressed=int((settled.kinds != "").sum()),
    )


def _relate_invited(
    book: CellBook, *, place: dict[str, int], row: dict[Hashable, Any], unused: set[str]
) -> None:
    """Answered and silent make up the invited; invited and not invited the eligible."""
    silent = float(row["n_invited"]) - book.values[place["answered"]]
    rest = book.add_rest(silent)
    book.relate(place["n_invited"], [place["answered"], rest])
    book.relate(rest, [place[n] for n in SILENT if n in place and n not in unused])
    if "n_eligible" in place:
        members = [place["n_invited"]]
        if float(row.get("n_not_invited", 0)) > 0:
            members.append(place["n_not_invited"])
        if (
            sum(book.values[m] for m in members) != book.values[place["n_eligible"]]
            or len(members) > 1
        ):
            book.relate(place["n_eligible"], members)


def release_shares(
    result: RatingShares, *, frame: pd.DataFrame, rule: DisclosureRule
) -> RatingShares:
    """Release shares of ratings; see :func:`rjeval.release`.

    The top share stands on two cells (satisfied, all others); the distribution is shown level
    by level where it can be. Weighted shares have two decimals, other shares and the
    bounds follow from the rounded counts; a headline that the estimator refused stays missing.
    The mean is recomputed from the rounded levels and hidden unless
    all of them are shown. Rare answers are first merged with their neighbours.
    """
    result = merge_levels(replace(result, frame=frame), rule)
    frame = result.frame.copy().reset_index(drop=True)
    levels = [f"n_level_{i + 1}" for i in range(len(result.levels)) if f"n_level_{i + 1}" in frame]
    invited = _invited(frame, total=result.n_invited)
    if _nearly_all_answered(result, rule=rule):
        result, invited = replace(result, n_invited=None), np.full(len(frame), np.nan)
    book = CellBook(rule=rule)
    places = [
        _note_item(book, row, levels=levels, top=result.top) for row in frame.to_dict("records")
    ]
    settled = book.settle()
    weighted = _is_weighted(frame)
    for name in ("n", "n_top", *levels):
        frame[name] = [settled.shown[place[name]] for place in places]
    kinds = np.array([settled.kinds[place["n_top"]] for place in places], dtype=object)
    if "mean" in frame:
        shown = frame[levels].to_numpy(dtype=float)
        scores = np.arange(1, len(levels) + 1)
        mean = shown @ scores / np.where(shown.sum(axis=1) > 0, shown.sum(axis=1), np.nan)
        mean = np.where(weighted, np.round(frame["mean"], WEIGHTED_DECIMALS) + 0 * mean, mean)
        enough = (frame["n"] >= rule.min_denominator) & frame["mean"].notna()
        frame["mean"] = np.where(enough, mean, np.nan)
    event = frame["n_top"].to_numpy(dtype=float)
    released = _finish_shares(
        result,
        frame,
        headline=_Headline(
            event=event,
            size=frame["n"].to_numpy(dtype=float),
            kinds=kinds,
            high=_all_but_a_few(book, places, part="n_top", of="n"),
            weighted=weighted,
            notes=settled.notes,
        ),
        rule=rule,
        n_suppressed=int((settled.kinds != "").sum()),
        n_invited=_whole(result.n_invited, rule=rule),
        n_responded=_whole(result.n_responded, rule=rule),
    )
    _fill_bounds(released.frame, invited=invited, rule=rule)
    return released


def _is_weighted(frame: pd.DataFrame) -> np.ndarray:
    """Boolean array: rows whose share is not simply people in the top categories of all."""
    plain = frame["n_top"].to_numpy(dtype=float) / frame["n"].to_numpy(dtype=float)
    given = frame["estimate"].to_numpy(dtype=float)
    return ~np.isclose(plain, given) & ~np.isnan(given)


def _note_item(
    book: CellBook, row: dict[Hashable, Any], *, levels: list[str], top: int
) -> dict[str, int]:
    """Note the levels, the top share and the rest of one item."""
    place = {name: book.add(float(row[name])) for name in levels}
    place["n_top"] = book.add(float(row["n_top"]), rank=1, anchored=True)
    place["n"] = book.add(float(row["n"]), rank=2, anchored=True)
    rest = book.add_rest(float(row["n"]) - float(row["n_top"]))
    book.relate(place["n"], [place["n_top"], rest])
    if levels:
        book.relate(place["n_top"], [place[name] for name in levels[-top:]])
        book.relate(rest, [place[name] for name in levels[:-top]])
    return place


def _finish_shares(
    result: SharesResult,
    frame: pd.DataFrame,
    *,
    headline: _Headline,
    rule: DisclosureRule,
    n_suppressed: int,
    **changes: Any,
) -> SharesResult:
    """Estimate, interval, kind and bound of each row from the rounded counts."""
    sizes, kinds, weighted = headline.size, headline.kinds, headline.weighted
    kinds = np.where((kinds == "") & ~(sizes >= rule.min_denominator), "denominator", kinds)
    unsaid = np.isnan(sizes) & (headline.event >= rule.min_denominator)
    event = np.where(kinds == "", headline.event, np.nan)
    given = {
        name: frame[name].to_numpy(dtype=float) for name in ("estimate", "conf_low", "conf_high")
    }
    ends = given["conf_low"], given["conf_high"]
    wilson = wilson_interval(event, sizes, level=result.conf_level)
    low, high = share_interval(wilson, low=ends[0], high=ends[1], size=sizes)
    coarse = outward(*ends, decimals=WEIGHTED_DECIMALS)
    fresh = {
        "estimate": (event / sizes, np.round(given["estimate"], WEIGHTED_DECIMALS)),
        "conf_low": (low, coarse[0]),
        "conf_high": (high, coarse[1]),
    }
    shown = kinds == ""
    for name, (plain, own) in fresh.items():
        numbers = np.where(weighted, own, plain)
        frame[name] = np.where(shown & ~np.isnan(given[name]), numbers, np.nan)
    frame["suppressed"] = kinds
    frame["bound"] = [
        ""
        if kind == ""
        else most_text(rule, n_shown=top)
        if above and without
        else mark("too few people for a rate")
        if not n >= rule.min_denominator
        else below_text(rule, n_shown=n)
        if kind == "primary"
        else above_text(rule, n_shown=n)
        if above
        else PROTECTING
        for kind, n, above, top, without in zip(
            kinds, sizes, headline.high, headline.event, unsaid, strict=True
        )
    ]
    notes = headline.notes + rounding_notes(event, sizes, rule=rule)
    return stamped(result, frame, rule=rule, n_suppressed=n_suppressed, notes=notes, **changes)


def _nearly_all_answered(result: RatingShares, *, rule: DisclosureRule) -> bool:
    """Whether those who did not answer are so few that they must not be the rest to a total."""
    asked, told = result.n_invited, result.n_responded
    return asked is not None and told is not None and asked - told < rule.min_cell


def _invited(frame: pd.DataFrame, *, total: int | None) -> np.ndarray:
    """Return the true number invited per row, as far as the bounds tell it."""
    if not {"bound_low", "n_top"} <= set(frame.columns):
        return np.full(len(frame), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        known = frame["n_top"].to_numpy(dtype=float) / frame["bound_low"].to_numpy(dtype=float)
    fallback = float("nan") if total is None else float(total)
    return np.where(np.isfinite(known), np.round(known), fallback)


def _fill_bounds(frame: pd.DataFrame, *, invited: np.ndarray, rule: DisclosureRule) -> None:
    """Bounds for those who did not answer, from rounded counts; hidden with few of them."""
    if not {"bound_low", "bound_high"} <= set(frame.columns):
        return
    sizes, top = frame["n"].to_numpy(dtype=float), frame["n_top"].to_numpy(dtype=float)
    top = np.where((frame["suppressed"] == "") & ~np.isnan(invited), top, np.nan)
    asked = np.array([round_count(value, rule) for value in np.nan_to_num(invited)])
    silent = np.where(asked - sizes >= rule.min_cell, asked - sizes, np.nan)
    frame["bound_low"] = top / (sizes + silent)
    frame["bound_high"] = (top + silent) / (sizes + silent)


def _whole(count: int | None, *, rule: DisclosureRule) -> int | None:
    """Return a rounded whole number, ``None`` where hidden."""
    rounded = float("nan") if count is None else round_count(float(count), rule)
    return None if np.isnan(rounded) else int(rounded)
