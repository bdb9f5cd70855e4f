"""Table of quantiles: the day by which each share of people had reoffended."""

from __future__ import annotations

from collections.abc import Mapping

from rjeval.language import mark, phrase
from rjeval.results import SurvivalQuantiles
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import definition_text, join_sentences, reader_label, release_notes
from rjeval.tables.table import Column, Table


def tabulate_quantiles(
    result: SurvivalQuantiles,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Days by which shares of people had reoffended"),
) -> Table:
    """Return one row per group and share, with the day by which it had the event.

    Parameters
    ----------
    result : SurvivalQuantiles
        Released; an unreleased one is marked "not for release".
    labels : mapping, optional
        ``design.labels``.
    title : str

    Raises
    ------
    DisclosureError
        In a report, for an unreleased result.
    """
    marked = needs_mark(result)
    first = [phrase("Group")] if result.by else []
    names = [*first, phrase("Share of people"), phrase("Day"), fmt.level_text(result.conf_level)]
    rows = tuple(
        (
            *((reader_label(row[result.by], labels),) if result.by else ()),
            fmt.percent(row["probability"], n=100),
            fmt.count(row["estimate"]),
            _interval(row["conf_low"], row["conf_high"]),
        )
        for row in result.to_frame().to_dict("records")
    )
    caption = join_sentences(
        definition_text(result),
        phrase(
            "Where the curve falls to each share (Kaplan-Meier), with the days at which its "
            "pointwise band does; no day where the share was not reached or too few had the event"
        ),
    )
    return Table(
        title=phrase(title),
        columns=tuple(
            Column(label=name, align="right" if place else "left")
            for place, name in enumerate(names)
        ),
        rows=rows,
        caption=caption,
        notes=release_notes(result),
        marked=marked,
    )


def _interval(low: object, high: object) -> str:
    """Return an interval of days; its end is open where the band never falls to the share."""
    if fmt.is_missing(high) and not fmt.is_missing(low):
        return phrase("{day} or later", day=fmt.count(low))
    return fmt.interval(low, high, as_text=fmt.count)
