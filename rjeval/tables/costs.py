"""Tables of what the programme cost: by category and year, and for each person served."""

from __future__ import annotations

from collections.abc import Mapping

from rjeval.language import mark, phrase
from rjeval.results import CostTotals, UnitCosts
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import join_sentences, reader_label
from rjeval.tables.table import Column, Table

#: What a cost is counted for -> how a reader says it.
EACH = {
    "referred": mark("Each person referred"),
    "conferenced": mark("Each person whose conference was held"),
    "completed": mark("Each person who completed"),
}


def tabulate_costs(
    result: CostTotals,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("What the programme cost"),
) -> Table:
    """Return costs by category, a column for each year and one for all; sums of what is shown.

    A category with a hidden sum has no sum over the years, and a year with one has none either.
    """
    marked = needs_mark(result)
    wide = result.to_frame().pivot(index="category", columns="year", values="amount")
    wide = wide.loc[list(dict.fromkeys(result.frame["category"]))]
    rows = [
        (
            reader_label(category, labels),
            *(fmt.count(one) for one in amounts),
            fmt.count(amounts.sum(skipna=False)),
        )
        for category, amounts in wide.iterrows()
    ]
    sums = wide.sum(skipna=False)
    last = (phrase("All"), *(fmt.count(one) for one in sums), fmt.count(sums.sum(skipna=False)))
    years = [Column(label=str(year)) for year in wide.columns]
    return Table(
        title=phrase(title),
        columns=(
            Column(label=phrase("Category"), align="left"),
            *years,
            Column(label=phrase("All years")),
        ),
        rows=(*rows, last),
        caption=join_sentences(
            phrase("Sums of recorded entries, by the year in which their period began"),
            _unit(result),
        ),
        notes=_notes(result),
        marked=marked,
    )


def tabulate_unit_costs(
    result: UnitCosts,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Cost for each person"),
) -> Table:
    """Return the whole cost over the people referred, met in a conference, and completed."""
    marked = needs_mark(result)
    rows = tuple(
        (
            phrase(EACH[row["stage"]])
            if row["stage"] in EACH
            else reader_label(row["stage"], labels),
            fmt.count(row["amount"]),
            fmt.count(row["n"]),
            fmt.count(row["estimate"]),
        )
        for row in result.to_frame().to_dict("records")
    )
    heads = (mark("Whole cost"), mark("People"), mark("Cost for each"))
    return Table(
        title=phrase(title),
        columns=(
            Column(label=phrase("For"), align="left"),
            *(Column(label=phrase(one)) for one in heads),
        ),
        rows=rows,
        caption=join_sentences(
            phrase(
                "All costs from {start} to {end} over the people of the same period, to three "
                "significant digits",
                start=result.period_start,
                end=result.period_end,
            ),
            _unit(result),
        ),
        notes=_notes(result),
        marked=marked,
    )


def _unit(result: CostTotals | UnitCosts) -> str:
    """Return the currency and whose prices they are."""
    if result.currency and result.price_year:
        return phrase(
            "{currency}, prices of {year}", currency=result.currency, year=result.price_year
        )
    return result.currency


def _notes(result: CostTotals | UnitCosts) -> tuple[str, ...]:
    stamp = result.released.notes if result.released else ()
    hidden = result.released is not None and result.released.n_suppressed > 0
    notes = [phrase(one) for one in (*result.notes, *stamp)]
    if hidden and isinstance(result, CostTotals):
        notes.append(
            phrase("–: not shown, because it would tell what one person is paid, or give it away.")
        )
    return tuple(dict.fromkeys(notes))
