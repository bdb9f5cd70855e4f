"""Tables about delivery beyond counts: rates of stages, restitution."""

from __future__ import annotations

from collections.abc import Mapping

from rjeval.language import mark, phrase
from rjeval.languages.reading import retell
from rjeval.results import MoneyTotals, StageRates
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import join_sentences, reader_label, release_notes, threshold
from rjeval.tables.table import Column, Table


def tabulate_stages(
    result: StageRates,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("From referral to completion"),
) -> Table:
    """Return the share of people who reached each stage, of those who reached the one before."""
    marked = needs_mark(result)
    rows = []
    for row in result.to_frame().to_dict("records"):
        kind, bound = str(row.get("suppressed", "")), retell(str(row.get("bound", "") or ""))
        rate = fmt.percent(row["estimate"], n=row["n_base"])
        rows.append(
            (
                *((reader_label(row[result.by], labels),) if result.by else ()),
                reader_label(row["stage"], labels),
                reader_label(row["base_stage"], labels),
                fmt.count(row["n_base"]),
                fmt.count(row["n"], kind=kind, min_cell=threshold(result)),
                bound if kind and bound else rate,
                fmt.percent_interval(row["conf_low"], row["conf_high"], n=row["n_base"]),
            )
        )
    words = [
        *([reader_label(result.by, labels)] if result.by else []),
        phrase("Stage"),
        phrase("Of those"),
    ]
    numbers = [phrase("People before"), phrase("People"), phrase("Rate")]
    numbers.append(fmt.level_text(result.conf_level))
    return Table(
        title=phrase(title),
        columns=_columns(words, numbers),
        rows=tuple(rows),
        caption=join_sentences(
            phrase(
                "People by their first referral; each stage as a share of the one before it, with "
                "its Wilson {level}",
                level=fmt.level_text(result.conf_level),
            )
        ),
        notes=release_notes(result),
        marked=marked,
    )


def tabulate_restitution(
    result: MoneyTotals,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Restitution owed and paid"),
) -> Table:
    """Return money owed and paid, and the share paid: the ratio of the sums."""
    marked = needs_mark(result)
    rows = []
    for row in result.to_frame().to_dict("records"):
        bound = retell(str(row.get("bound", "") or ""))
        shared = fmt.percent(row["estimate"], n=row["n_people"])
        rows.append(
            (
                *((reader_label(row[result.by], labels),) if result.by else ()),
                fmt.count(row["n_people"]),
                fmt.count(row["amount_owed"]),
                fmt.count(row["amount_paid"]),
                bound or shared,
                fmt.percent_interval(row["conf_low"], row["conf_high"], n=row["n_people"]),
                fmt.count(row["n_paid_in_full"]),
            )
        )
    unit = f" ({result.currency})" if result.currency else ""
    numbers = [phrase("People"), phrase("Owed") + unit, phrase("Paid") + unit]
    numbers += [phrase("Share paid"), fmt.level_text(result.conf_level)]
    numbers.append(phrase("Paid in full (people)"))
    return Table(
        title=phrase(title),
        columns=_columns([reader_label(result.by, labels)] if result.by else [], numbers),
        rows=tuple(rows),
        caption=join_sentences(
            phrase(
                "Sums over people; the share paid is the ratio of the sums, so large debts weigh "
                "more than small ones, with an interval from the spread between people"
            )
        ),
        notes=release_notes(result),
        marked=marked,
    )


def _columns(words: list[str], numbers: list[str]) -> tuple[Column, ...]:
    return (
        *(Column(label=one, align="left") for one in words),
        *(Column(label=one) for one in numbers),
    )
