"""Release rates, contrasts, tests and restricted means, recomputed from what is shown."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.book import CellBook
from rjeval.disclosure.bounds import PROTECTING, above_text, below_text, wilson_interval
from rjeval.disclosure.contrasts import release_contrast
from rjeval.disclosure.intervals import outward_significant, rounding_notes, share_interval
from rjeval.disclosure.populations import (
    near_window,
    show_populations,
    widen_counts,
    widening_note,
)
from rjeval.disclosure.rounding import round_counts, significant
from rjeval.disclosure.stamp import stamped
from rjeval.language import mark
from rjeval.results import FixedWindowRates, RestrictedMean, TestResult

RATES = ("estimate", "conf_low", "conf_high", "bound_low", "bound_high")
RATE_COUNTS = ("n_total", "n_mature", "n_event", "n_competing", "n_unchecked")


def release_rates(
    result: FixedWindowRates, *, frame: pd.DataFrame, rule: DisclosureRule
) -> FixedWindowRates:
    """Release fixed-window rates; see :func:`rjeval.release`.

    A rate that the estimator refused stays missing. A window is hidden where the events between
    it and another window of the same people, or the lack of them, are under the threshold. People
    never checked are hidden in a second group where they are few in one, because how many there
    are of all is told.
    """
    book = CellBook(rule=rule)
    frame = frame.reset_index(drop=True)
    wide = _wide_counts(result, frame, rule=rule)
    places = [_note_rate(book, row, frame=frame, wide=wide) for row in range(len(frame))]
    _relate_windows(book, frame, places=places, by=result.by)
    _relate_unchecked(book, frame, places=places)
    settled = book.settle()
    kinds = np.array([settled.kinds[place["n_event"]] for place in places], dtype=object)
    high = (frame["n_mature"] - frame["n_event"] < rule.min_cell).tolist()
    thin = ~(round_counts(frame["n_mature"], rule) >= rule.min_denominator)
    widened = wide["n_mature"] > frame["n_mature"].to_numpy(dtype=float)
    notes = widening_note(wide["n_mature"], frame["n_mature"], rule=rule)
    for name in [one for one in RATE_COUNTS if one in frame.columns]:
        shown = settled.shown[[place[name] for place in places]]
        if name in wide:
            shown = np.where(np.isnan(shown), np.nan, round_counts(wide[name], rule))
        frame[name] = shown
    kinds[thin & (kinds == "")] = "denominator"
    frame["n_event"] = frame["n_event"].where(kinds == "")
    refused = frame["estimate"].isna().to_numpy()
    _recompute_rates(frame, level=result.conf_level, rounded=rule.round_to > 1)
    frame.loc[refused, [name for name in RATES if name in frame]] = np.nan
    frame["suppressed"] = kinds
    frame["bound"] = [
        mark("too few people for a rate")
        if few and kind == "denominator"
        else _bound(kind, size=(n, wider), high=above, rule=rule, level=result.conf_level)
        for kind, n, wider, above, few in zip(
            kinds, frame["n_mature"], widened, high, thin, strict=True
        )
    ]
    notes += rounding_notes(frame["n_event"], frame["n_mature"], rule=rule, widened=widened)
    return stamped(
        result,
        frame,
        rule=rule,
        n_suppressed=int((settled.kinds != "").sum()),
        notes=settled.notes + notes,
    )


def _wide_counts(
    result: FixedWindowRates, frame: pd.DataFrame, *, rule: DisclosureRule
) -> dict[str, np.ndarray]:
    """Those followed and those mature, each as the widest population it is shown as."""
    labels = frame[result.by] if result.by else ()
    return {
        name: widen_counts(result, frame[name], by=result.by, labels=labels, rule=rule)
        for name in ("n_total", "n_mature")
        if name in frame
    }


def _note_rate(
    book: CellBook, row: int, *, frame: pd.DataFrame, wide: dict[str, np.ndarray]
) -> dict[str, int]:
    """Note the counts of one row; the rest without the event is an unseen cell."""
    counts = {name: float(frame[name].iloc[row]) for name in RATE_COUNTS if name in frame}
    if "n_total" in counts:
        counts["n_total"] = float(wide["n_total"][row])
    tracked = {
        name: bool((frame[name] > 0).any())
        for name in ("n_competing", "n_unchecked")
        if name in frame
    }
    place = {
        name: book.add(
            value,
            rank=2 if name == "n_mature" else 1 if name == "n_total" else 0,
            anchored=True,
            zero_is_safe=name in tracked and (not tracked[name] or name == "n_unchecked"),
        )
        for name, value in counts.items()
    }
    competing = counts.get("n_competing", 0.0)
    rest = book.add_rest(counts["n_mature"] - counts["n_event"] - competing)
    parts = [place["n_event"], rest] + ([place["n_competing"]] if competing else [])
    book.relate(place["n_mature"], parts)
    immature = counts["n_total"] - float(wide["n_mature"][row]) if "n_total" in place else 0.0
    if immature:
        members = [place["n_mature"]]
        if 0 < counts.get("n_unchecked", 0.0) <= immature:
            members.append(place["n_unchecked"])
            immature -= counts["n_unchecked"]
        if immature > 0:
            members.append(book.add_rest(immature))
        book.relate(place["n_total"], members)
    return place


def _relate_windows(
    book: CellBook, frame: pd.DataFrame, *, places: list[dict[str, int]], by: str
) -> None:
    """Link two windows of the same, or nearly the same, people: events between are a cell."""
    group = frame[by].astype(str) if by and by in frame else pd.Series("", index=frame.index)
    for _, block in frame.assign(_group=group).groupby("_group", sort=False, observed=True):
        order = block.sort_values("at_days").index.tolist()
        for first, second in itertools.pairwise(order):
            gone = frame["n_mature"].iloc[first] - frame["n_mature"].iloc[second]
            if not 0 <= gone < book.rule.min_cell:
                continue
            early, late = places[first]["n_event"], places[second]["n_event"]
            between = book.add_rest(book.values[late] - book.values[early])
            book.relate(late, [early, between])


def _relate_unchecked(book: CellBook, frame: pd.DataFrame, *, places: list[dict[str, int]]) -> None:
    """Link those never checked in all groups with their sum, which the flow shows."""
    if "n_unchecked" not in frame:
        return
    for _, block in frame.groupby("at_days", sort=False):
        cells = [places[int(row)]["n_unchecked"] for row in block.index]
        whole = sum(book.values[one] for one in cells)
        if len(cells) > 1 and whole >= book.rule.min_cell:
            book.relate(book.add_shown(whole), cells)


def _recompute_rates(frame: pd.DataFrame, *, level: float, rounded: bool) -> None:
    """Fill estimate, interval and bounds for those never checked from the rounded counts."""
    event, size = frame["n_event"].to_numpy(), frame["n_mature"].to_numpy()
    size = np.where(np.isnan(event), np.nan, size)
    frame["estimate"] = event / size
    ends = {("conf_low", "conf_high"): wilson_interval(event, size, level=level)}
    if {"bound_low", "bound_high", "n_unchecked"} <= set(frame.columns):
        unchecked = frame["n_unchecked"].to_numpy()
        bounds = event / (size + unchecked), (event + unchecked) / (size + unchecked)
        ends[("bound_low", "bound_high")] = bounds
    for (low, high), shown in ends.items():
        exact = {"low": frame[low], "high": frame[high], "size": size}
        frame[low], frame[high] = share_interval(shown, **exact) if rounded else shown


def _bound(
    kind: str, *, size: tuple[float, bool], high: bool, rule: DisclosureRule, level: float
) -> str:
    """Say what is true of a hidden count: few, all but a few, or enough but hidden for another."""
    n, widened = size
    if kind == "":
        return ""
    if kind == "denominator" and not n >= rule.min_denominator:
        return mark("too few people for a rate")
    if kind == "primary":
        return below_text(rule, n_shown=n, level=level, widened=widened)
    return above_text(rule, n_shown=n) if high and n >= rule.min_denominator else PROTECTING


def release_test(result: TestResult, *, frame: pd.DataFrame, rule: DisclosureRule) -> TestResult:
    """Release a test: its statistic to three digits, its groups' counts rounded.

    Where a group is under the threshold, in people, in events or in people without the event,
    the statistic is hidden with it, because it would lead back to the group.
    """
    groups, frame = result.groups.copy(), frame.copy()
    fine = np.ones(len(groups), dtype=bool)
    if {"n", "observed"} <= set(groups.columns):
        size, seen = groups["n"].to_numpy(dtype=float), groups["observed"].to_numpy(dtype=float)
        limit = rule.min_cell
        fine = (size >= limit) & (seen >= limit) & (size - seen >= limit)
        groups["n"] = show_populations(
            result, size, by=_compared_by(result), labels=groups["group"], rule=rule
        )
        near = near_window(
            result, seen, by=_compared_by(result), labels=groups["group"], rule=rule
        ).any()
        told = fine.all() & ~near
        groups["observed"] = np.where(told, round_counts(seen, rule), np.nan)
        expected = np.round(groups["expected"] / rule.round_to) * rule.round_to
        groups["expected"] = np.where(told, expected, np.nan)
        groups["suppressed"] = np.where(fine, "" if fine.all() else "complementary", "primary")
    for name in ("statistic", "p_value"):
        frame[name] = np.where(fine.all(), significant(frame[name]), np.nan)
    frame["suppressed"] = "" if fine.all() else "primary"
    frame["bound"] = "" if fine.all() else mark("not shown: a group is under the threshold")
    n_suppressed = int((~fine).sum()) + (0 if fine.all() else len(frame))
    return stamped(result, frame, rule=rule, n_suppressed=n_suppressed, groups=groups)


def _compared_by(result: TestResult) -> str:
    """Column of the groups of a test: that of the known populations which has all of them."""
    people = result.definition.people if result.definition else None
    groups = [str(one) for one in result.groups["group"]]
    found = [
        by
        for by in (people.columns() if people else ())
        if people and all(people.chain(by, one) for one in groups)
    ]
    named = [by for by in found if by in set(result.frame["term"].astype(str))]
    return (named or found or ["group"])[0]


def release_means(
    result: RestrictedMean, *, frame: pd.DataFrame, rule: DisclosureRule
) -> RestrictedMean:
    """Release restricted means: three significant digits, intervals outward, thin groups hidden."""
    size, event = frame["n"].to_numpy(dtype=float), frame["n_event"].to_numpy(dtype=float)
    big = size >= max(rule.min_denominator, rule.min_cell)
    fine = big & (event >= rule.min_cell) & (size - event >= rule.min_cell)
    frame = frame.copy()
    labels = frame[result.by] if result.by else ()
    frame["n"] = show_populations(result, size, by=result.by, labels=labels, rule=rule)
    near = near_window(result, event, by=result.by, labels=labels, rule=rule)
    frame["n_event"] = np.where(fine & ~near, round_counts(event, rule), np.nan)
    for name in ("estimate", "std_error"):
        frame[name] = np.where(fine, significant(frame[name]), np.nan)
    ends = outward_significant(frame["conf_low"], frame["conf_high"])
    for name, end in zip(("conf_low", "conf_high"), ends, strict=True):
        frame[name] = np.where(fine, end, np.nan)
    frame["suppressed"] = np.where(fine, "", np.where(big, "primary", "denominator"))
    frame["bound"] = np.where(fine, "", mark("not shown: too few people or events"))
    contrast = result.contrast
    if contrast is not None:
        contrast = release_contrast(contrast, frame=contrast.frame, rule=rule)
    return stamped(result, frame, rule=rule, n_suppressed=int((~fine).sum()), contrast=contrast)
