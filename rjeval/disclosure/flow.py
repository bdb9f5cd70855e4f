"""Release the cohort flow: reasons merged until safe, steps that differ by a few people hidden."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.book import CellBook
from rjeval.disclosure.bounds import below_text
from rjeval.disclosure.stamp import stamped
from rjeval.results import CohortFlow

#: Label of the row that holds merged reasons.
OTHER_REASONS = "Other reasons"


def release_flow(result: CohortFlow, *, frame: pd.DataFrame, rule: DisclosureRule) -> CohortFlow:
    """Release the cohort flow; see :func:`rjeval.release`.

    Reasons of one step with fewer than ``min_cell`` people are merged into one row. People lost
    between two stages follow by subtraction, so a stage between which and its neighbour too few
    were lost is left out and its reasons move to the neighbour; the first and the last stage are
    kept. What that cannot mend is hidden, the counts by arm first.
    """
    columns = ["n", *[f"n_{arm}" for arm in result.arms if f"n_{arm}" in frame]]
    merged = _merge_steps(frame.reset_index(drop=True), rule=rule)
    merged = _merge_reasons(merged, columns=columns, rule=rule)
    book = CellBook(rule=rule)
    place: dict[tuple[int, str], int] = {}
    stages = np.flatnonzero((merged["kind"] == "stage").to_numpy())
    for i in range(len(merged)):
        for name in columns:
            value = merged[name].iloc[i]
            if pd.isna(value):
                continue
            place[(i, name)] = book.add(
                float(value),
                rank=_stage_rank(i, stages=stages, pooled=name == "n"),
                zero_is_safe=True,
                anchored=i in stages,
            )
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
        below_text(rule) if k == "primary" else "not shown" if k else "" for k in kinds
    ]
    hidden = int((settled.kinds != "").sum())
    return stamped(result, merged, rule=rule, n_suppressed=hidden, notes=settled.notes)


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
