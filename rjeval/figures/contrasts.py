"""Differences and ratios between groups, as points with intervals about a reference line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from rjeval.figures.contrast_words import (
    Kind,
    comparison_text,
    contrast_number,
    intervals_text,
    kind_of,
)
from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.forest import Entry, Point, draw_forest, forest_height
from rjeval.figures.forest_axis import Scale
from rjeval.figures.sheet import sheet
from rjeval.figures.wording import (
    closing_notes,
    count,
    display,
    for_release,
    joined,
    listed,
    merged_labels,
)
from rjeval.language import mark, phrase
from rjeval.results import Contrast


def plot_contrasts(
    contrasts: Contrast | Mapping[str, Contrast],
    *,
    term: str = "risk_difference",
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw differences or ratios between groups, at one or several times or stages.

    Parameters
    ----------
    contrasts : Contrast, or mapping of heading to Contrast
        From :func:`rjeval.risk_difference` or the contrast of a restricted mean. A mapping makes
        one block of rows per heading, for example one stage of the programme each for relative
        rates by group.
    term : {"risk_difference", "risk_ratio", "odds_ratio", "rmst_difference", "rmst_ratio"}
        What is drawn; ratios on a log axis.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for groups, over those of the study.

    Returns
    -------
    Axes

    Raises
    ------
    DisclosureError
        Inside a report, where a contrast has not been released.
    ValueError
        For another term, or one that a contrast does not hold.
    """
    blocks = contrasts if isinstance(contrasts, Mapping) else {"": contrasts}
    if not blocks:
        raise ValueError("plot_contrasts needs at least one contrast.")
    kind = _kind(list(blocks.values()), term)
    rows = {heading: _rows(one, term) for heading, one in blocks.items()}
    words = {heading: merged_labels(one, labels) for heading, one in blocks.items()}
    entries: list[Entry] = []
    for heading, frame in rows.items():
        if heading:
            entries.append(Entry(key=heading, label=display(heading, words[heading])))
        entries += _entries(frame, kind, words[heading], prefix=heading)
    with sheet(ax, tuple(blocks.values()), height=forest_height(entries)) as axes:
        draw_forest(axes, entries, contrast_scale(kind))
        attach(axes, _drawing(blocks, rows, kind, words=words))
    return axes


def _kind(contrasts: list[Contrast], term: str) -> Kind:
    """Return how the term is written; without a definition of reoffending it is a relative rate."""
    kind = kind_of(term)
    if term == "risk_ratio" and not any(contrast.definition for contrast in contrasts):
        return replace(kind, name=mark("Relative rate"))
    return kind


def contrast_scale(kind: Kind) -> Scale:
    """Return the axis of one kind of contrast."""
    return Scale(
        label=kind.axis,
        ratio=kind.ratio,
        reference=1.0 if kind.ratio else 0.0,
        sides=(phrase(kind.sides[0]), phrase(kind.sides[1])),
    )


def _rows(contrast: Contrast, term: str) -> pd.DataFrame:
    frame = contrast.frame[contrast.frame["term"] == term].reset_index(drop=True)
    if frame.empty:
        raise ValueError(f"The contrast holds no {term}.")
    return frame


def _entries(
    frame: pd.DataFrame, kind: Kind, words: Mapping[str, str], *, prefix: str
) -> list[Entry]:
    return [
        Entry(
            key=f"{prefix}{row['group']}/{row.get('at_days', '')}",
            label=comparison_text(row, words),
            points=(contrast_point(row, kind),),
        )
        for row in frame.to_dict("records")
    ]


def contrast_point(row: Mapping[object, object], kind: Kind, *, series: int = 0) -> Point:
    """Return one row of a contrast as a point, in the unit of its kind."""
    numbers = pd.to_numeric(pd.Series([row[c] for c in ("estimate", "conf_low", "conf_high")]))
    estimate, low, high = (float(value) * kind.factor for value in numbers)
    return Point(
        estimate=estimate, low=low, high=high, text=contrast_number(row, kind), series=series
    )


def _drawing(
    blocks: Mapping[str, Contrast],
    rows: Mapping[str, pd.DataFrame],
    kind: Kind,
    *,
    words: Mapping[str, Mapping[str, str]],
) -> Drawing:
    results = list(blocks.values())
    interval = intervals_text(results[0].conf_level)
    alts, frames = [], []
    for heading, frame in rows.items():
        parts = [
            f"{comparison_text(row, words[heading])} {contrast_number(row, kind)}".replace(
                "\n", " "
            )
            for row in frame.to_dict("records")
        ]
        name = display(heading, words[heading]) + ": " if heading else ""
        alts.append(f"{name}{listed(parts)}.")
        columns = ["group", "reference", "at_days", "term", "estimate", "conf_low", "conf_high"]
        columns += ["suppressed", "bound"]
        part = frame[[c for c in columns if c in frame.columns]].copy()
        part.insert(0, "block", heading)
        frames.append(part)
    methods = dict.fromkeys(result.method for result in results)
    return Drawing(
        title=phrase("{what}, with {interval}", what=phrase(kind.name), interval=interval),
        alt=joined(
            (
                phrase(
                    "Dot plot of {what}, with {interval}.",
                    what=f"{kind.axis[:1].lower()}{kind.axis[1:]}",
                    interval=interval,
                ),
                *alts,
            )
        ),
        caption=joined(
            (
                f"{interval[:1].upper()}{interval[1:]} ({listed(phrase(one) for one in methods)}).",
                *(_people(result, words[h], heading=h) for h, result in blocks.items()),
                closing_notes(*results),
            )
        ),
        data=pd.concat(frames, ignore_index=True),
        for_release=for_release(*results),
    )


def _people(contrast: Contrast, words: Mapping[str, str], *, heading: str) -> str:
    """Return the shown groups that a contrast rests on, each with its part of its whole."""
    arms = contrast.arms
    if not {"n", "n_event"} <= set(arms.columns):
        return ""
    parts = [
        phrase(
            "{group} {n_event} of {n}",
            group=display(arm["group"], words),
            n_event=count(arm["n_event"]),
            n=count(arm["n"]),
        )
        for arm in arms.dropna(subset=["n", "n_event"]).to_dict("records")
    ]
    name = display(heading, words) if heading else phrase("With the event")
    return f"{name}: {listed(parts)}." if parts else ""
