"""Release the cohort flow: reasons merged until safe, steps that differ by a few people hidden."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.book import CellBook
from rjeval.disclosure.bounds import below_text
from rjeval.disclosure.stamp import stamped
from rjeval.language import mark, note
from rjeval.results import CohortFlow

#: Label of the row that holds merged reasons.
OTHER_REASONS = mark("Other reasons")
#: The stage that other tables of the report show too: everybody included.
COHORT = "included"
#: Said where the steps after the cohort are not shown.
NOT_ALL_ANALYSED = mark(
    "Fewer than {least} people of the cohort were never checked or not observed for a day; how "
    "many is not shown."
)


def release_flow(result: CohortFlow, *, frame: pd.DataFrame, rule: DisclosureRule) -> CohortFlow:
    """Release the cohort flow; see :func:`rjeval.release`.

    Reasons of one step with fewer than ``min_cell`` people are merged into one row. People lost
    between two stages follow by subtraction, so a stage between which and its neighbour too few
    were lost is left out and its reasons move to the neighbour; the first and the last stage are
    kept. What that cannot mend is hidden, the counts by arm first.

    The way to the cohort is settled by itself, so that it shows the same numbers whether or not
    the flow goes on to those analysed. The steps after the cohort take its numbers as known: where
    fewer than ``min_cell`` people of the cohort are not analysed, the flow ends with the cohort
    and a note says so; counts by arm go on only where each arm lost nobody or enough people.
    """
    columns = ["n", *[f"n_{arm}" for arm in result.arms if f"n_{arm}" in frame]]
    frame = frame.reset_index(drop=True)
    cohort = np.flatnonzero((frame["step"] == COHORT).to_numpy())
    cut = int(cohort[0]) if len(cohort) else len(frame) - 1
    head, kinds, notes = _settle_part(frame.iloc[: cut + 1], columns=columns, rule=rule)
    parts, n_hidden = [head], int((kinds != "").sum())
    if cut + 1 < len(frame):
        tail = _tail(frame.iloc[cut:], shown=head[columns].iloc[-1], rule=rule)
        if tail is None:
            notes = (*notes, note(NOT_ALL_ANALYSED, least=rule.min_cell))
        else:
            rest, kinds, more = _settle_part(tail, columns=columns, rule=rule, goes_on=True)
            parts.append(rest.iloc[1:])
            n_hidden += int((kinds != "").sum())
            notes = (*notes, *more)
    shown = pd.concat(parts, ignore_index=True)
    return stamped(result, shown, rule=rule, n_suppressed=n_hidden, notes=notes)


def _tail(frame: pd.DataFrame, *, shown: pd.Series, rule: DisclosureRule) -> pd.DataFrame | None:
    """Return the steps after the cohort, ``None`` where they tell how few were not analysed."""
    names = [str(name) for name in shown.index]
    lost = frame[names].iloc[0].astype(float) - frame[names].iloc[-1].astype(float)
    few = (lost > 0) & (lost < rule.min_cell)
    if bool(few["n"]) or np.isnan(shown["n"]):
        return None
    arms = names[1:]
    if few[arms].any() or shown[arms].isna().any():
        frame = frame.astype(dict.fromkeys(arms, float))
        frame[arms] = np.nan
    return frame


def _settle_part(
    frame: pd.DataFrame, *, columns: list[str], rule: DisclosureRule, goes_on: bool = False
) -> tuple[pd.DataFrame, np.ndarray, tuple[str, ...]]:
    """Merge, hide and round a part of the flow; where it goes on, its first stage is known."""
    merged = _merge_steps(frame.reset_index(drop=True), rule=rule)
    merged = _merge_reasons(merged, columns=columns, rule=rule)
    book = CellBook(rule=rule)
    stages = np.flatnonzero((merged["kind"] == "stage").to_numpy())
    place = _note_counts(book, merged, columns=columns, stages=stages, goes_on=goes_on)
    _relate_steps(book, place=place, stages=stages, columns=columns)
    for i in range(len(merged)):
        arms = [place[(i, name)] for name in columns[1:] if (i, name) in place]
        if arms and (i, "n") in place:
            book.relate(place[(i, "n")], arms)
    settled = book.settle()
    for name in columns:
        merged[name] = [
            settled.shown[place[(i, name)]] if (i, name) in place else np.nan
            for i in range(len(merged))
        ]
    kinds = np.array([settled.kinds[place[(i, "n")]] for i in range(len(merged))], dtype=object)
    merged["suppressed"] = kinds
    merged["bound"] = [
        below_text(rule) if k == "primary" else mark("not shown") if k else "" for k in kinds
    ]
    return merged, settled.kinds, settled.notes


def _note_counts(
    book: CellBook,
    frame: pd.DataFrame,
    *,
    columns: list[str],
    stages: np.ndarray,
    goes_on: bool,
) -> dict[tuple[int, str], int]:
    """Note all counts of a part of the flow; return their numbers by row and column."""
    place: dict[tuple[int, str], int] = {}
    for i, name in itertools.product(range(len(frame)), columns):
        value = float(frame[name].iloc[i])
        if np.isnan(value):
            continue
        if goes_on and i == 0:
            place[(i, name)] = book.add_shown(value)
            continue
        place[(i, name)] = book.add(
            value,
            rank=_stage_rank(i, stages=stages, pooled=name == "n"),
            zero_is_safe=True,
            anchored=i in stages,
        )
    return place


def _stage_rank(row: int, *, stages: np.ndarray, pooled: bool) -> int:
    """Order in which counts are given up: arms before all, reasons before stages, the last last."""
    if row not in stages:
        return int(pooled)
    return (4 if row == stages[-1] else 2) + int(pooled)


def _relate_steps(
    book: CellBook, *, place: dict[tuple[int, str], int], stages: np.ndarray, columns: list[str]
) -> None:
    """Each stage is the next one plus those left out between them."""
    for first, second in itertools.pairwise(stages):
        for name in columns:
            if (first, name) not in place or (second, name) not in place:
                continue
            here, there = place[(first, name)], place[(second, name)]
            lost = book.values[here] - book.values[there]
            if lost <= 0:
                continue
            reasons = [place[(i, name)] for i in range(first + 1, second) if (i, name) in place]
            out = book.add_implicit(lost, sensitive=lost < book.rule.min_cell)
            book.relate(here, [there, out])
            book.relate(out, reasons)


def _merge_steps(frame: pd.DataFrame, *, rule: DisclosureRule) -> pd.DataFrame:
    """Leave out stages until each step loses nobody or at least ``min_cell`` people."""
    while True:
        stages = np.flatnonzero((frame["kind"] == "stage").to_numpy())
        lost = -np.diff(frame["n"].to_numpy(dtype=float)[stages])
        small = np.flatnonzero((lost > 0) & (lost < rule.min_cell))
        if not len(small) or len(stages) < 3:
            return frame
        step = int(small[0])
        out = stages[step] if step + 1 == len(stages) - 1 else stages[step + 1]
        frame = frame.drop(index=int(out)).reset_index(drop=True)


def _merge_reasons(
    frame: pd.DataFrame, *, columns: list[str], rule: DisclosureRule
) -> pd.DataFrame:
    """Merge the smallest reasons of each step until the merged row reaches the threshold."""
    step = (frame["kind"] == "stage").cumsum()
    blocks = []
    for _, block in frame.groupby(step, sort=False):
        reasons = block[block["kind"] == "exclusion"].sort_values("n", kind="stable")
        reasons = reasons[reasons["n"] > 0]
        rest = block[block["kind"] != "exclusion"]
        small = int((reasons["n"] < rule.min_cell).sum())
        if small:
            merge = small
            while merge < len(reasons) and (
                merge < 2 or reasons["n"].iloc[:merge].sum() < rule.min_cell
            ):
                merge += 1
            if merge > 1:
                other = reasons.iloc[[merge - 1]].copy()
                other[columns] = reasons[columns].iloc[:merge].sum(min_count=1).to_numpy()
                other["label"] = OTHER_REASONS
                kept = reasons.iloc[merge:].sort_index()
                reasons = pd.concat([kept, other])
        else:
            reasons = reasons.sort_index()
        blocks.append(pd.concat([rest, reasons]))
    return pd.concat(blocks, ignore_index=True)
