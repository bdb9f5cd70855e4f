"""Release rates of stages: those who came no further follow by subtraction, and are kept safe."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.book import CellBook
from rjeval.disclosure.bounds import PROTECTING, above_text, below_text, wilson_interval
from rjeval.disclosure.intervals import rounding_notes, share_interval
from rjeval.disclosure.stamp import stamped
from rjeval.language import mark
from rjeval.results import StageRates


def release_stages(result: StageRates, *, frame: pd.DataFrame, rule: DisclosureRule) -> StageRates:
    """Release rates of stages; see :func:`rjeval.release`.

    In each group everybody of one stage either reached the next or did not; both counts are
    held to the threshold, and the sums over groups are taken as known. A stage that everybody
    reached tells nothing beyond the stage before it. Rates and intervals are recomputed from
    the rounded counts.
    """
    frame = frame.copy().reset_index(drop=True)
    book = CellBook(rule=rule)
    group = frame[result.by].astype(str) if result.by else pd.Series("", index=frame.index)
    base, reached = np.zeros(len(frame), dtype=int), np.zeros(len(frame), dtype=int)
    for _, block in frame.groupby(group.to_numpy(), sort=False):
        _note_chain(book, block, base=base, reached=reached)
    if group.nunique() > 1:
        for _, block in frame.groupby("stage", sort=False):
            cells = [int(one) for one in reached[block.index]]
            book.relate(book.add_known(sum(book.values[one] for one in cells)), cells)
    settled = book.settle()
    everybody = (frame["n"] == frame["n_base"]).to_numpy()
    frame["n_base"], frame["n"] = settled.shown[base], settled.shown[reached]
    kinds = settled.kinds[reached]
    kinds = np.where((kinds == "") & frame["n_base"].isna(), settled.kinds[base], kinds)
    kinds = np.where(
        (kinds == "") & ~(frame["n_base"] >= rule.min_denominator), "denominator", kinds
    )
    shown = kinds == ""
    size = np.where(shown, frame["n_base"], np.nan)
    frame["n"] = frame["n"].where(shown)
    frame["estimate"] = frame["n"] / size
    frame["conf_low"], frame["conf_high"] = share_interval(
        wilson_interval(frame["n"], size, level=result.conf_level),
        low=frame["conf_low"],
        high=frame["conf_high"],
        size=size,
    )
    frame["suppressed"] = kinds
    frame["bound"] = [
        _bound(kind, n=n, most=bool(most), rule=rule)
        for kind, n, most in zip(kinds, frame["n_base"], everybody, strict=True)
    ]
    notes = settled.notes + rounding_notes(frame["n"], size, rule=rule)
    return stamped(result, frame, rule=rule, n_suppressed=int((~shown).sum()), notes=notes)


def _note_chain(
    book: CellBook, block: pd.DataFrame, *, base: np.ndarray, reached: np.ndarray
) -> None:
    """Note the stages of one group, each the base of the next."""
    previous = -1
    for row in block.index:
        size, count = float(block.loc[row, "n_base"]), float(block.loc[row, "n"])
        base[row] = previous if previous >= 0 else book.add(size, rank=2, anchored=True)
        if count == size:
            reached[row] = base[row]
        else:
            reached[row] = book.add(count, rank=1, anchored=True)
            rest = book.add_rest(size - count)
            book.relate(int(base[row]), [int(reached[row]), rest])
        previous = int(reached[row])


def _bound(kind: str, *, n: float, most: bool, rule: DisclosureRule) -> str:
    if kind == "":
        return ""
    if kind == "denominator" and n < rule.min_denominator:
        return mark("too few people for a rate")
    if most and n >= rule.min_denominator:
        return above_text(rule, n_shown=n)
    return below_text(rule) if kind == "primary" else PROTECTING
