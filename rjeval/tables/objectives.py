"""Headline numbers as tiles, objectives against what was reached, and the funder's export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from rjeval.design.objectives import FunderMeasure, Objective
from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase
from rjeval.results import Result
from rjeval.tables import format as fmt
from rjeval.tables.measures import COUNT, Measure, measures_of
from rjeval.tables.table import Column, Table

#: Media type by which a cell hands its measures to the report, beside what it shows.
MEASURES_MIME = "application/vnd.rjeval.measures+json"
#: Tiles on a fact sheet.
MOST_TILES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """A few numbers to be seen first, and all measures for the export."""

    measures: tuple[Measure, ...]
    period: str
    export: tuple[dict[str, Any], ...]

    def to_html(self) -> str:
        """Return a list, one item per tile."""
        shown = [one for one in self.measures if one.headline][:MOST_TILES]
        return f'<ul class="rj-tiles">{"".join(_tile(one, self.period) for one in shown)}</ul>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {
            "text/html": self.to_html(),
            MEASURES_MIME: json.dumps(self.export, ensure_ascii=False),
        }


def tabulate_tiles(*results: Result, design: StudyDesign) -> Tiles:
    """Return headline numbers as tiles; in a report they also become the measures' export.

    Parameters
    ----------
    *results : Result
        Released ``CohortFlow``, ``FixedWindowRates``, ``RatingShares``, ``ResponseRates``,
        ``StageRates``; every number of them is exported, the headlines are shown.
    design : StudyDesign
        Labels, period, and the funder's measures that ours answer.

    Returns
    -------
    Tiles
        Each with its count, interval, period and source.

    Raises
    ------
    DisclosureError
        A result has not been released.
    """
    found = tuple(measures_of(results, design=design))
    return Tiles(
        measures=found, period=_period(design), export=tuple(_export(found, design=design))
    )


def tabulate_objectives(*results: Result, design: StudyDesign) -> Table:
    """Return the objectives of ``study.toml`` against released results.

    Met: the whole interval lies on the good side of the target. Not met: the whole interval
    lies on the other side. Otherwise the data cannot tell, which is said. A plain count has no
    interval and is compared as it is; counts are rounded by the disclosure rule.

    Parameters
    ----------
    *results : Result
        As in :func:`tabulate_tiles`.
    design : StudyDesign

    Returns
    -------
    Table

    Raises
    ------
    DisclosureError
        A result has not been released.
    """
    found = {one.id: one for one in measures_of(results, design=design)}
    rows = tuple(_objective(one, found.get(one.measure)) for one in design.aims.objectives)
    labels = (mark("Objective"), mark("Target"), mark("Reached"), mark("Verdict"))
    return Table(
        title=phrase("Objectives"),
        columns=tuple(Column(label=phrase(one), align="left") for one in labels),
        rows=rows,
        caption=phrase(
            "Reached: the released number with its interval. Met or not met only where the whole "
            "interval lies on one side of the target."
        ),
        notes=_baselines(design),
    )


def verdict(objective: Objective, measure: Measure | None) -> str:
    """Return whether an objective is met, as far as the data tell.

    Examples
    --------
    >>> goal = Objective(measure="a", text="Few", target=0.15, direction="at_most")
    >>> reached = Measure(id="a", label="a", unit="share", count=40, n=280, value=0.143,
    ...                   conf_low=0.107, conf_high=0.188)
    >>> verdict(goal, reached)
    'cannot be told: the target lies within the interval'
    """
    if measure is None:
        return phrase("not measured here")
    if measure.value is None:
        return phrase("not shown: too few people")
    low = measure.value if measure.conf_low is None else measure.conf_low
    high = measure.value if measure.conf_high is None else measure.conf_high
    at_most = objective.direction == "at_most"
    if (high <= objective.target) if at_most else (low >= objective.target):
        return phrase("met")
    if (low > objective.target) if at_most else (high < objective.target):
        return phrase("not met")
    return phrase("cannot be told: the target lies within the interval")


def _objective(objective: Objective, measure: Measure | None) -> tuple[str, ...]:
    unit = measure.unit if measure else ("share" if objective.target <= 1 else COUNT)
    reached = fmt.HIDDEN
    if measure is not None and measure.value is not None:
        reached = "".join((_number(measure.value, unit=unit), *_behind(measure)))
    at_most = objective.direction == "at_most"
    target = phrase(
        "at most {number}" if at_most else "at least {number}",
        number=_number(objective.target, unit=unit),
    )
    if objective.by is not None:
        target = phrase("{target} by {day}", target=target, day=objective.by.isoformat())
    if objective.baseline is not None:
        target = phrase(
            "{target} (before: {number})",
            target=target,
            number=_number(objective.baseline, unit=unit),
        )
    return (
        objective.text,
        target,
        reached,
        verdict(objective, measure),
    )


def _baselines(design: StudyDesign) -> tuple[str, ...]:
    sources = [one.baseline_source for one in design.aims.objectives if one.baseline_source]
    return tuple(phrase("Before: {source}", source=one) for one in dict.fromkeys(sources))


def _tile(measure: Measure, period: str) -> str:
    lines = [f'<span class="rj-tile-label">{escape(measure.label)}</span>']
    if measure.value is None:
        lines.append(f"<strong>{escape(phrase('not shown'))}</strong>")
        lines.append(f"<span>{escape(phrase('too few people, or it would give away'))}</span>")
    else:
        lines.append(f"<strong>{_number(measure.value, unit=measure.unit)}</strong>")
        lines += [f"<span>{escape(one.strip(' ()'))}</span>" for one in _behind(measure)]
    source = phrase("source: {source}", source=measure.source)
    where = "; ".join(one for one in (period, source) if one)
    lines.append(f'<span class="rj-tile-source">{escape(where)}</span>')
    return f"<li>{' '.join(lines)}</li>"


def _behind(measure: Measure) -> tuple[str, ...]:
    """Return the count and the interval behind a share, and where it comes from."""
    parts = []
    if measure.count is not None and measure.n is not None:
        parts.append(phrase("{n:,.0f} of {whole:,.0f}", n=measure.count, whole=measure.n))
    if measure.conf_low is not None and measure.conf_level is not None:
        parts.append(f"{fmt.level_text(measure.conf_level)} {_interval(measure)}")
    return (f" ({'; '.join(parts)})",) if parts else ()


def _interval(measure: Measure) -> str:
    return fmt.interval(
        measure.conf_low, measure.conf_high, as_text=lambda one: f"{100 * float(str(one)):.1f}%"
    )


def _number(value: float, *, unit: str) -> str:
    return f"{value:,.0f}" if unit == COUNT else f"{100 * value:.1f}%"


def _period(design: StudyDesign) -> str:
    if design.period_start is None or design.period_end is None:
        return ""
    return phrase(
        "referrals {start} to {end}",
        start=design.period_start.isoformat(),
        end=design.period_end.isoformat(),
    )


def _export(measures: tuple[Measure, ...], *, design: StudyDesign) -> list[dict[str, Any]]:
    """Return one record per measure, and per funder's measure that it answers."""
    asked: dict[str, list[FunderMeasure | None]] = {}
    for one in design.aims.funder_measures:
        asked.setdefault(one.measure, []).append(one)
    records = []
    for measure in measures:
        record = _record(measure, design)
        answers: Sequence[FunderMeasure | None] = asked.get(measure.id, [None])
        records += [record | _funder(funder) for funder in answers]
    return records


def _record(measure: Measure, design: StudyDesign) -> dict[str, Any]:
    given = asdict(measure)
    del given["headline"]
    return {
        **given,
        "period_start": design.period_start.isoformat() if design.period_start else None,
        "period_end": design.period_end.isoformat() if design.period_end else None,
        "extract_date": design.extract_date.isoformat() if design.extract_date else None,
    }


def _funder(given: FunderMeasure | None) -> dict[str, Any]:
    if given is None:
        return {"system": "", "system_code": "", "system_definition": ""}
    return {
        "system": given.system,
        "system_code": given.code,
        "system_definition": given.definition,
    }
