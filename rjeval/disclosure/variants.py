"""Analyses that differ from one another by a few people are not shown side by side.

A sensitivity grid repeats one contrast with one choice made otherwise. Where a choice changes the
people or the events of an arm by a few, two rows together tell how many these few are: those who
were never checked, those whose only offence was a slight one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.language import note
from rjeval.results import Contrast

#: Numbers of a contrast, and of its arms.
NUMBERS = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
OF_ARMS = ("n", "n_event", "estimate")


def without_near(
    exact: Mapping[str, Contrast], released: Mapping[str, Contrast], *, rule: DisclosureRule
) -> dict[str, Contrast]:
    """Return released contrasts of one grid, those too near to one shown before them withheld.

    The first is shown in any case. A contrast of plain proportions is withheld where the people
    or the events of an arm differ, by 1 to ``min_cell - 1``, from those of the first, or from
    those of another shown one of nearly the same people. One that rests on a curve or a model
    keeps its estimates and loses its events. Other windows come before other choices, and longer
    before shorter ones, because rates show windows too.
    """
    shown: dict[str, Contrast] = {}
    before: list[pd.DataFrame] = []
    for name, contrast in _in_turn(exact):
        arms = contrast.arms.set_index("group")[["n", "n_event"]].astype(float)
        near = any(
            _few_between(arms, other, rule=rule, nested=number == 0)
            for number, other in enumerate(before)
        )
        plain = _is_plain(contrast.arms)
        if near:
            shown[name] = _withheld(released[name], whole=plain, rule=rule)
        else:
            shown[name] = released[name]
            before += [arms] * plain
    return {name: shown[name] for name in exact}


def _in_turn(exact: Mapping[str, Contrast]) -> list[tuple[str, Contrast]]:
    """Return the first contrast, those of other windows, the longest first, and the rest."""
    first, *others = exact.items()
    day = _day(first[1])
    return [first, *sorted(others, key=lambda one: (_day(one[1]) == day, -_day(one[1])))]


def _day(contrast: Contrast) -> float:
    return float(contrast.arms["at_days"].max()) if "at_days" in contrast.arms else 0.0


def _few_between(
    arms: pd.DataFrame, other: pd.DataFrame, *, rule: DisclosureRule, nested: bool
) -> bool:
    """Whether a few people or events lie between two analyses; ``nested`` where one holds both.

    More people with fewer events are another question asked of them, so that nothing follows.
    """
    more = arms - other.reindex(arms.index)
    gap = more.abs()
    few = (gap > 0) & (gap < rule.min_cell)
    alike = gap["n"] < rule.min_cell
    within = more["n"] * more["n_event"] >= 0
    return bool((few.any(axis=1) & (alike | (nested & within))).any())


def _is_plain(arms: pd.DataFrame) -> bool:
    """Whether the shares of arms are their events over their people."""
    share = arms["n_event"].to_numpy(dtype=float) / np.maximum(arms["n"].to_numpy(dtype=float), 1)
    return bool(np.allclose(share, arms["estimate"].to_numpy(dtype=float)))


def _withheld(contrast: Contrast, *, whole: bool, rule: DisclosureRule) -> Contrast:
    """Return a released contrast without its events, or without any number."""
    gone = OF_ARMS if whole else ("n_event",)
    arms = contrast.arms.assign(**dict.fromkeys(gone, np.nan))
    if not whole:
        return replace(contrast, arms=arms)
    why = note(
        "not shown: differs from an analysis above by fewer than {least} people",
        least=rule.min_cell,
    )
    numbers = {name: np.nan for name in NUMBERS if name in contrast.frame}
    frame = contrast.frame.assign(**numbers, bound=why)
    frame["suppressed"] = frame["suppressed"].replace("", "complementary")
    return replace(contrast, frame=frame, arms=arms.assign(suppressed="complementary"))
