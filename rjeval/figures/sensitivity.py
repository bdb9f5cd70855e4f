"""The same estimate under other specifications: whether the headline hangs on one choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from rjeval.figures.contrast_words import (
    Kind,
    contrast_number,
    interval_text,
    intervals_text,
    kind_of,
)
from rjeval.figures.contrasts import contrast_point, contrast_scale
from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.forest import Entry, draw_forest, forest_height, shade_interval
from rjeval.figures.sheet import sheet
from rjeval.figures.wording import closing_notes, for_release, joined, listed
from rjeval.language import mark, phrase
from rjeval.languages.reading import retell
from rjeval.results import Contrast, ModelEstimates, Result, SensitivityGrid

#: Name of the primary specification in a grid, which needs no second word for it.
PRIMARY = mark("primary")


def plot_sensitivity(
    specifications: SensitivityGrid | Mapping[str, Contrast | ModelEstimates],
    *,
    term: str = "risk_difference",
    group: str | None = None,
    at_days: float | None = None,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw one estimate under several specifications, the primary one first.

    Parameters
    ----------
    specifications : SensitivityGrid, or mapping of name to Contrast or ModelEstimates
        From :func:`rjeval.sensitivity_grid`, or analyses under names of your own. The first one
        is primary; its interval is shaded over all rows. All contrasts, or all models on one
        scale.
    term : str
        Of contrasts ``risk_difference``, ``risk_ratio``, ...; of models a term such as
        ``arm[rj]``.
    group : str, optional
        Group of a contrast that compares several with the reference; else its first.
    at_days : number, optional
        Time of a contrast that holds several; else its first.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for the specifications.

    Returns
    -------
    Axes

    Raises
    ------
    DisclosureError
        Inside a report, where a result has not been released.
    ValueError
        Nothing to draw, contrasts mixed with models or scales, or a result without the term.
    """
    whole: list[Result] = []
    if isinstance(specifications, SensitivityGrid):
        whole, specifications = [specifications], specifications.contrasts
    results = list(specifications.values())
    if not results:
        raise ValueError("plot_sensitivity needs at least one specification.")
    kind = _kind(results, term)
    words = labels or {}
    rows = {
        name: _row(name, result, term=term, group=group, at_days=at_days)
        for name, result in specifications.items()
    }
    entries = [
        Entry(
            key=name,
            label=_label(name, words)
            + (f"\n{phrase(PRIMARY)}" if i == 0 and name != PRIMARY else ""),
            points=(contrast_point(row, kind),),
        )
        for i, (name, row) in enumerate(rows.items())
    ]
    with sheet(ax, results, height=forest_height(entries)) as axes:
        draw_forest(axes, entries, contrast_scale(kind))
        shade_interval(axes, entries[0].points[0])
        attach(axes, _drawing(results, rows, kind, words=words, notes_of=whole or results))
    return axes


def _label(name: str, words: Mapping[str, str]) -> str:
    text = words.get(name) or retell(name)
    return text[:1].upper() + text[1:]


def _kind(results: list[Contrast | ModelEstimates], term: str) -> Kind:
    if all(isinstance(result, Contrast) for result in results):
        return kind_of(term)
    scales = {r.scale if isinstance(r, ModelEstimates) else None for r in results}
    if len(scales) > 1:
        raise ValueError("A figure of sensitivity needs results of one kind, on one scale.")
    name = str(scales.pop() or "difference")
    return Kind(name[:1].upper() + name[1:], ratio=name != "difference")


def _row(
    name: str,
    result: Contrast | ModelEstimates,
    *,
    term: str,
    group: str | None,
    at_days: float | None,
) -> Mapping[Any, Any]:
    frame = result.exponentiated() if isinstance(result, ModelEstimates) else result.frame
    frame = frame[frame["term"] == term]
    if isinstance(result, Contrast):
        if group is not None:
            frame = frame[frame["group"].astype(str) == group]
        if at_days is not None:
            frame = frame[frame["at_days"] == at_days]
    if frame.empty:
        raise ValueError(f"The specification '{name}' holds no such estimate of {term}.")
    row: Mapping[Any, Any] = frame.iloc[0].to_dict()
    return row


def _drawing(
    results: list[Contrast | ModelEstimates],
    rows: Mapping[str, Mapping[Any, Any]],
    kind: Kind,
    *,
    words: Mapping[str, str],
    notes_of: Sequence[Result],
) -> Drawing:
    interval = interval_text(results[0].conf_level)
    parts = [
        f"{words.get(name) or retell(name)} {contrast_number(row, kind)}"
        for name, row in rows.items()
    ]
    primary, *others = parts
    columns = ["estimate", "conf_low", "conf_high", "suppressed", "bound"]
    data = pd.DataFrame(
        [{"specification": n, **{c: r[c] for c in columns if c in r}} for n, r in rows.items()]
    )
    said = f"{kind.axis[:1].lower()}{kind.axis[1:]}"
    return Drawing(
        title=phrase("{what} under other specifications", what=phrase(kind.name)),
        subtitle=phrase(
            "With {interval}; shaded: interval of the primary specification",
            interval=intervals_text(results[0].conf_level),
        ),
        alt=joined(
            (
                phrase("Dot plot of the {what} by specification.", what=said),
                phrase("Primary: {row}.", row=primary),
                phrase("Others: {rows}.", rows=listed(others)) if others else "",
            )
        ),
        caption=joined(
            (
                phrase(
                    "Each row is one complete analysis, with its {interval}.", interval=interval
                ),
                closing_notes(*notes_of),
            )
        ),
        data=data,
        for_release=for_release(*results),
    )
