"""Counts, title, alternative text and caption of flow diagrams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rjeval.figures.drawing import Drawing
from rjeval.figures.wording import closing_notes, count, display, for_release, joined, listed
from rjeval.language import phrase
from rjeval.languages.reading import retell
from rjeval.results import CohortFlow


def number_text(row: Mapping[Any, Any], column: str = "n") -> str:
    r"""Return a count of the flow, or the bound that stands for it.

    The parts of "n = 120" are held together by no-break spaces.

    Examples
    --------
    >>> number_text({"n": 120.0}), number_text({"n": float("nan"), "bound": "fewer than 11"})
    ('n\xa0=\xa0120', 'n: fewer than 11')
    """
    value = row[column]
    if not pd.isna(value):
        return f"n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{count(float(str(value)))}"
    bound = str(row.get("bound") or "") if column == "n" else ""
    return phrase("n: {bound}", bound=retell(bound or "suppressed"))


def step_text(row: Mapping[Any, Any], words: Mapping[str, str]) -> str:
    """Return what a step of the flow is called."""
    step = str(row["step"])
    return words.get(step, display(phrase(row["label"])))


def _said(row: Mapping[Any, Any], words: Mapping[str, str]) -> str:
    return f"{step_text(row, words)}: {number_text(row)}"


def flow_drawing(flow: CohortFlow, words: Mapping[str, str]) -> Drawing:
    """Return words and numbers of a flow diagram."""
    rows = flow.frame.to_dict("records")
    stages = [_said(r, words) for r in rows if r["kind"] == "stage"]
    losses = [_said(r, words) for r in rows if r["kind"] != "stage"]
    arms = []
    if stages and len(flow.arms) > 1:
        last = [r for r in rows if r["kind"] == "stage"][-1]
        arms = [
            f"{display(arm, words)}: {number_text(last, f'n_{arm}')}"
            for arm in flow.arms
            if f"n_{arm}" in last
        ]
    return Drawing(
        title=phrase("From referral to analysis"),
        alt=joined(
            (
                phrase("Flow diagram. {stages}.", stages=listed(stages)),
                phrase("Left out: {losses}.", losses=listed(losses))
                if losses
                else phrase("Nobody was left out."),
                phrase("Analysed by arm: {arms}.", arms=listed(arms)) if arms else "",
            )
        ),
        caption=joined(
            (
                phrase("Flow of people from first assessment to analysis, in counts."),
                closing_notes(flow),
            )
        ),
        data=flow.frame.copy(),
        for_release=for_release(flow),
    )
