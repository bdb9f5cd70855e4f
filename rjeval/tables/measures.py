"""Performance measures: one line per headline number of released results, each with its id."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DisclosureError
from rjeval.language import mark, phrase
from rjeval.results import (
    CohortFlow,
    CostTotals,
    FixedWindowRates,
    MoneyTotals,
    RatingShares,
    ResponseRates,
    Result,
    StageRates,
)
from rjeval.tables.format import is_missing

SHARE, COUNT = "share", "count"
SATISFACTION = mark("Item: {item}. Counted: {best}. Role: {role}.")
_MEASURED = (FixedWindowRates, RatingShares, ResponseRates, StageRates, CohortFlow)
#: Sums of money, which are no measures of people; a fact sheet tells them elsewhere.
_PASSED_OVER = (CostTotals, MoneyTotals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One released number.

    Parameters
    ----------
    id : str
        What it is, for objectives and for funders: ``refiling:365:rj``.
    label : str
        What it is, for readers.
    unit : {"share", "count"}
    count, n : float or None
        How many of how many; None where hidden or where there is none.
    value, conf_low, conf_high : float or None
        The released number; None where hidden.
    definition_id : str
        Changes whenever the definition does; empty where the measure is a plain count.
    definition, source : str
    headline : bool
        Whether it belongs among the few that are shown first.
    """

    id: str
    label: str
    unit: str
    count: float | None
    n: float | None
    value: float | None
    conf_low: float | None = None
    conf_high: float | None = None
    conf_level: float | None = None
    definition_id: str = ""
    definition: str = ""
    source: str = ""
    headline: bool = False


def measures_of(results: Iterable[Result], *, design: StudyDesign) -> list[Measure]:
    """Return the measures of released results, in their order.

    Raises
    ------
    DisclosureError
        A result has not been released.
    TypeError
        A result holds no measure.
    """
    found: list[Measure] = []
    for result in results:
        if isinstance(result, _PASSED_OVER) and result.released is not None:
            continue
        if not isinstance(result, _MEASURED):
            allowed = ", ".join(kind.__name__ for kind in _MEASURED)
            raise TypeError(f"{type(result).__name__} holds no measure; allowed: {allowed}.")
        if result.released is None:
            raise DisclosureError(
                f"Measures were to be taken from a {type(result).__name__} that is not released.",
                hint="Pass it through rj.release(..., rule=design.disclosure) first.",
            )
        found += _measures(result, design)
    return found


def definition_id(definition: RecidivismDefinition) -> str:
    """Return a name of a definition that changes whenever its six labels do.

    Examples
    --------
    >>> from dataclasses import replace
    >>> primary = RecidivismDefinition(name="refiling")
    >>> other = replace(primary, waiting_period_days=183)
    >>> definition_id(primary) == definition_id(other)
    False
    """
    return _text_id(definition.name, _definition_text(definition))


def _text_id(name: str, text: str) -> str:
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _definition_text(definition: RecidivismDefinition) -> str:
    """Return the labels in English, as any language names the same definition."""
    return ". ".join(f"{name}: {text}" for name, text in _lasting_labels(definition))


def _told_definition(definition: RecidivismDefinition) -> str:
    """Return the labels in the language in use."""
    labels = _lasting_labels(definition)
    return ". ".join(f"{phrase(name)}: {phrase(text)}" for name, text in labels)


def _lasting_labels(definition: RecidivismDefinition) -> tuple[tuple[str, str], ...]:
    """Return the labels but for the day to which records reach, which moves with every pull."""
    return replace(definition, coverage_to=None).six_labels()


def _measures(result: Result, design: StudyDesign) -> Iterator[Measure]:
    rows: Sequence[Mapping[Any, Any]] = result.frame.to_dict("records")
    match result:
        case FixedWindowRates():
            first = min((row["at_days"] for row in rows), default=0)
            yield from (_rate(row, result, design, first=first) for row in rows)
        case RatingShares():
            own = [row for row in rows if row.get("item_id") == result.primary_item]
            yield from (_shares(row, result, design) for row in own or rows)
        case ResponseRates():
            yield from (_response(row, result, design) for row in rows)
        case StageRates():
            yield from (_stage(row, result, design) for row in rows)
        case CohortFlow():
            stages = [row for row in rows if row["kind"] == "stage"]
            last = len(stages) - 1
            for place, row in enumerate(stages):
                yield _people(row, headline=place == last)


def _rate(
    row: Mapping[Any, Any], result: FixedWindowRates, design: StudyDesign, *, first: float
) -> Measure:
    definition = result.definition or design.primary
    days = int(row["at_days"])
    group = str(row[result.by]) if result.by else ""
    one_group = result.by == "arm" and not design.arms.has_comparison
    label = phrase(
        "{event} within {days:,} days of {clock}",
        event=definition.event_text,
        days=days,
        clock=definition.clock_label or design.label(definition.clock),
    )
    if group and not one_group:
        label = f"{label}, {design.label(group)}"
    return Measure(
        id=":".join(part for part in (definition.name, str(days), group) if part),
        label=_upper(label),
        definition_id=definition_id(definition),
        definition=_told_definition(definition),
        source=phrase(dict(definition.six_labels())["Records"]),
        headline=days == first,
        **_share_of(row, count="n_event", n="n_mature", level=result.conf_level),
    )


def _shares(row: Mapping[Any, Any], result: RatingShares, design: StudyDesign) -> Measure:
    item = str(row.get("item", result.primary_item))
    counted = result.levels[-result.top :]
    best = phrase(" or ").join(counted)
    group = str(row[result.by]) if result.by and result.by in row else ""
    source = phrase("survey")
    if result.n_invited and result.n_responded:
        source = phrase(
            "survey; {share:.0f}% of those invited answered",
            share=100 * result.n_responded / result.n_invited,
        )
    parts = {"item": item, "role": result.role}
    english = SATISFACTION.format(**parts, best=" or ".join(counted))
    return Measure(
        id=":".join(
            one for one in ("satisfaction", result.role, str(row.get("item_id", "")), group) if one
        ),
        label=f"{item} ({best}), {_lower(design.label(result.role))}"
        + (f", {design.label(group)}" if group else ""),
        definition_id=_text_id(f"satisfaction-{result.role}", english),
        definition=phrase(SATISFACTION, **parts, best=best),
        source=source,
        headline=not group,
        **_share_of(row, count="n_top", n="n", level=result.conf_level),
    )


def _response(row: Mapping[Any, Any], result: ResponseRates, design: StudyDesign) -> Measure:
    group = str(row[result.by]) if result.by and result.by in row else ""
    names = [str(row["role"]), str(row["wave"])]
    names += [group] if group else []
    told = [design.label(one) for one in names]
    return Measure(
        id=":".join(("response", *names)),
        label=phrase("Answered, of those invited: {who}", who=_lower(", ".join(told))),
        source=phrase("survey invitations"),
        **_share_of(row, count="", n="n_invited", level=result.conf_level),
    )


def _stage(row: Mapping[Any, Any], result: StageRates, design: StudyDesign) -> Measure:
    stage, base = str(row["stage"]), str(row["base_stage"])
    group = str(row[result.by]) if result.by else ""
    return Measure(
        id=":".join(one for one in ("stage", stage, group) if one),
        label=phrase(
            "{stage}, of those {base}",
            stage=design.label(stage),
            base=_lower(design.label(base)),
        )
        + (f", {design.label(group)}" if group else ""),
        source=phrase("case management"),
        headline=stage == "completed" and not group,
        **_share_of(row, count="n", n="n_base", level=result.conf_level),
    )


def _people(row: Mapping[Any, Any], *, headline: bool) -> Measure:
    number = _number(row["n"])
    return Measure(
        id=f"people:{row['step']}",
        label=phrase(row["label"]),
        unit=COUNT,
        count=number,
        n=None,
        value=number,
        source=phrase("case management"),
        headline=headline,
    )


def _share_of(row: Mapping[Any, Any], *, count: str, n: str, level: float) -> dict[str, Any]:
    return {
        "unit": SHARE,
        "count": _number(row.get(count)) if count else None,
        "n": _number(row.get(n)),
        "value": _number(row["estimate"]),
        "conf_low": _number(row["conf_low"]),
        "conf_high": _number(row["conf_high"]),
        "conf_level": level,
    }


def _number(value: Any) -> float | None:
    return None if is_missing(value) else float(value)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
