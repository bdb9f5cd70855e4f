"""The logic model as a strip: inputs, activities, outputs, outcomes, each in released numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.errors import DisclosureError
from rjeval.language import mark, phrase
from rjeval.results import (
    CohortFlow,
    CostTotals,
    FixedWindowRates,
    MoneyTotals,
    RatingShares,
    Result,
    StageRates,
    UnitCosts,
)
from rjeval.tables import format as fmt
from rjeval.tables.measures import SHARE, Measure, measures_of
from rjeval.tables.table import Column, Table

INPUTS, ACTIVITIES, OUTPUTS, OUTCOMES = "inputs", "activities", "outputs", "outcomes"
HEADS = {
    INPUTS: mark("Inputs"),
    ACTIVITIES: mark("Activities"),
    OUTPUTS: mark("Outputs"),
    OUTCOMES: mark("Outcomes"),
}
_Lines = Iterator[tuple[str, str]]


def tabulate_logic_model(*results: Result, design: StudyDesign) -> Table:
    """Return inputs, activities, outputs and outcomes side by side, from released results.

    Parameters
    ----------
    *results : Result
        Released ``CostTotals`` or ``UnitCosts`` (inputs), ``CohortFlow`` and ``StageRates``
        (activities, outputs), ``MoneyTotals`` (restitution), ``FixedWindowRates`` of the first
        window and ``RatingShares`` (outcomes); others are passed over.
    design : StudyDesign

    Returns
    -------
    Table
        Only what was measured; a column without a number says so. The arrows that a logic model
        draws between its columns are what the programme expects, not what was shown.

    Raises
    ------
    DisclosureError
        A result has not been released.
    """
    found: dict[str, list[str]] = {name: [] for name in HEADS}
    for result in results:
        if result.released is None:
            raise DisclosureError(
                f"A logic model was to be made of a {type(result).__name__} that is not released.",
                hint="Pass it through rj.release(..., rule=design.disclosure) first.",
            )
        for name, text in _lines(result, design):
            if text not in found[name]:
                found[name].append(text)
    cells = ["; ".join(lines) or phrase("not measured here") for lines in found.values()]
    return Table(
        title=phrase("Logic model in numbers"),
        columns=tuple(Column(label=phrase(head), align="left") for head in HEADS.values()),
        rows=(tuple(cells),),
        caption=phrase(
            "What the programme measured of what went in, was done and came of it. That one leads "
            "to the next is what the programme expects; no column shows it."
        ),
    )


def _lines(result: Result, design: StudyDesign) -> _Lines:
    maker = _MAKERS.get(type(result))
    return maker(result, design) if maker else iter(())


def _of_costs(result: CostTotals | UnitCosts, _: StudyDesign) -> _Lines:
    whole = result.frame["amount"].sum(skipna=False)
    if isinstance(result, UnitCosts):
        whole = result.frame["amount"].iloc[0]
    if not fmt.is_missing(whole):
        money = f"{result.currency} {float(f'{whole:.3g}'):,.0f}".strip()
        yield INPUTS, phrase("{money} spent or given in kind", money=money)


def _of_flow(result: CohortFlow, _: StudyDesign) -> _Lines:
    first = result.frame[result.frame["kind"] == "stage"].iloc[0]
    if not fmt.is_missing(first["n"]):
        number = fmt.count(first["n"])
        yield INPUTS, f"{phrase(first['label'])}: {number}"


def _of_stages(result: StageRates, _: StudyDesign) -> _Lines:
    if result.by:
        return
    rows: Mapping[str, Mapping[Any, Any]] = {
        str(row["stage"]): row for row in result.frame.to_dict("records")
    }
    for name, place, text in (
        ("offered", ACTIVITIES, mark("{n} people offered the programme")),
        ("conferenced", ACTIVITIES, mark("{n} people whose conference was held")),
        ("completed", OUTPUTS, mark("{n} people completed")),
    ):
        if name in rows and not fmt.is_missing(rows[name]["n"]):
            yield place, phrase(text, n=fmt.count(rows[name]["n"]))


def _of_money(result: MoneyTotals, _: StudyDesign) -> _Lines:
    row = result.frame.iloc[0]
    if not result.by and not fmt.is_missing(row["amount_paid"]):
        paid, owed = (
            f"{result.currency} {row[name]:,.0f}".strip() for name in ("amount_paid", "amount_owed")
        )
        yield OUTPUTS, phrase("Restitution paid: {paid} of {owed} agreed", paid=paid, owed=owed)


def _of_measures(result: Result, design: StudyDesign) -> _Lines:
    compared = design.arms.has_comparison
    for one in measures_of([result], design=design):
        if compared and one.id.endswith(f":{design.arms.reference}"):
            continue  # those who were not in the programme
        if one.headline and one.unit == SHARE and one.value is not None:
            yield OUTCOMES, _share(one, _told_already(result, design))


def _told_already(result: Result, design: StudyDesign) -> list[str]:
    """Return what a label says that the column says already: whose arm, which answers count."""
    told = [f", {design.label(arm)}" for arm in design.arms.levels]
    if isinstance(result, RatingShares):
        told.append(f" ({phrase(' or ').join(result.levels[-result.top :])})")
    return told


def _share(measure: Measure, told: list[str]) -> str:
    share = f"{100 * float(measure.value or 0.0):.1f}%"
    if measure.count is not None and measure.n is not None:
        share += " (" + phrase("{n:,.0f} of {whole:,.0f}", n=measure.count, whole=measure.n) + ")"
    label = measure.label
    for one in told:
        label = label.replace(one, "")
    return f"{label}: {share}"


_MAKERS: dict[type[Result], Callable[[Any, StudyDesign], _Lines]] = {
    CostTotals: _of_costs,
    UnitCosts: _of_costs,
    CohortFlow: _of_flow,
    StageRates: _of_stages,
    MoneyTotals: _of_money,
    FixedWindowRates: _of_measures,
    RatingShares: _of_measures,
}
