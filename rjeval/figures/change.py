"""Before and after: the share of high ratings at two waves, item by item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from rjeval.figures.drawing import Drawing, attach
from rjeval.figures.forest import Entry, Point, draw_forest, forest_height, join_points
from rjeval.figures.forest_axis import Scale
from rjeval.figures.sheet import sheet
from rjeval.figures.wording import (
    closing_notes,
    count,
    display,
    for_release,
    joined,
    level_text,
    merged_labels,
    share_digits,
    share_with_interval,
)
from rjeval.language import mark, phrase
from rjeval.results import RatingShares


def plot_change(
    before: RatingShares,
    after: RatingShares,
    *,
    names: tuple[str, str] = (mark("Before"), mark("After")),
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw how the share of high ratings differs between two waves, item by item.

    Parameters
    ----------
    before, after : RatingShares
        The same role, categories and grouping at two waves. Score only people who answered both
        (pairs) where change is meant; the caption gives the n of each wave.
    names : (str, str)
        What the waves are called.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for groups, over those of the study.

    Returns
    -------
    Axes
        Two joined points per item (and group), each with its interval.

    Raises
    ------
    DisclosureError
        Inside a report, where a result has not been released.
    ValueError
        Different roles, categories or groupings, or no item in common.
    """
    _check(before, after)
    words = merged_labels(before, labels)
    pairs = _pairs(before, after)
    digits = max(share_digits(wave.frame) for wave in (before, after))
    entries: list[Entry] = []
    for key, first, second in pairs:
        item = str(first["item"])
        if before.by and (not entries or item not in [entry.label for entry in entries]):
            entries.append(Entry(key=item, label=item))
        points = tuple(
            _point(row, before.conf_level, digits=digits, series=i)
            for i, row in enumerate((first, second))
        )
        label = display(first[before.by], words) if before.by else item
        entries.append(Entry(key=key, label=label, points=points))
    with sheet(ax, (before, after), height=forest_height(entries)) as axes:
        scale = Scale(label=phrase("Share of high ratings"), percent=True, from_zero=True)
        draw_forest(axes, entries, scale, names=names)
        join_points(axes, entries)
        attach(axes, _drawing(before, after, entries, names=names, words=words))
    return axes


def _check(before: RatingShares, after: RatingShares) -> None:
    for what in ("role", "levels", "top", "by"):
        if getattr(before, what) != getattr(after, what):
            raise ValueError(f"Before and after differ in {what}, so they show no change.")


def _pairs(
    before: RatingShares, after: RatingShares
) -> list[tuple[str, Mapping[Any, Any], Mapping[Any, Any]]]:
    def keyed(shares: RatingShares) -> dict[str, Mapping[Any, Any]]:
        rows = shares.frame.to_dict("records")
        return {f"{r['item_id']}/{r[shares.by] if shares.by else 'all'}": r for r in rows}

    first, second = keyed(before), keyed(after)
    found = [(key, row, second[key]) for key, row in first.items() if key in second]
    if not found:
        raise ValueError("Before and after have no item in common.")
    return found


def _point(row: Mapping[Any, Any], level: float, *, digits: int, series: int) -> Point:
    return Point(
        estimate=float(row["estimate"]),
        low=float(row["conf_low"]),
        high=float(row["conf_high"]),
        text=share_with_interval(row, level, digits=digits, short=True),
        series=series,
    )


def _drawing(
    before: RatingShares,
    after: RatingShares,
    entries: list[Entry],
    *,
    names: tuple[str, str],
    words: Mapping[str, str],
) -> Drawing:
    role = display(before.role, words).lower()
    interval = phrase("{level} confidence interval", level=level_text(before.conf_level))
    intervals = phrase("{level} confidence intervals", level=level_text(before.conf_level))
    first, second = names[0].lower(), names[1].lower()
    return Drawing(
        title=phrase(
            "High ratings by {role}, {first} and {second}", role=role, first=first, second=second
        ),
        subtitle=phrase(
            "Share in the top {n} categories, with {interval}", n=before.top, interval=intervals
        ),
        alt=joined(
            (
                phrase(
                    "Share of high ratings by {role}, {interval}.", role=role, interval=intervals
                ),
                *_item_texts(entries, first=first, second=second),
            )
        ),
        caption=joined(
            (
                phrase(
                    "Share in the top {n} of {whole} categories, {interval}.",
                    n=before.top,
                    whole=len(before.levels),
                    interval=interval,
                ),
                f"{_sizes_text(before, after, names=names)}.",
                phrase(
                    "Each wave has its own interval; overlap of the two is no test of the change."
                ),
                closing_notes(before, after),
            )
        ),
        data=_data(before, after, names=names),
        for_release=for_release(before, after),
    )


def _item_texts(entries: list[Entry], *, first: str, second: str) -> list[str]:
    """Return what the figure shows of each item, for who cannot see it."""
    return [
        f"{entry.label}: {first} {entry.points[0].text}, {second} {entry.points[1].text}."
        if entry.points
        else f"{entry.label}."
        for entry in entries
    ]


def _sizes_text(before: RatingShares, after: RatingShares, *, names: tuple[str, str]) -> str:
    """Return how many people answered at each wave, from the least of an item to the most."""
    return "; ".join(
        phrase(
            "{wave} n = {least} to {most}",
            wave=name,
            least=count(wave.frame["n"].min()),
            most=count(wave.frame["n"].max()),
        )
        for name, wave in zip(names, (before, after), strict=True)
    )


def _data(before: RatingShares, after: RatingShares, *, names: tuple[str, str]) -> pd.DataFrame:
    """Return the rows of both waves, with the name of the wave first."""
    frames = []
    for name, wave in zip(names, (before, after), strict=True):
        part = wave.frame.copy()
        part.insert(0, "wave", name)
        frames.append(part)
    return pd.concat(frames, ignore_index=True)
