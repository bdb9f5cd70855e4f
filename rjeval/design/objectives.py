"""What a programme set out to reach, what its funders ask for, and what a study was planned for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rjeval.design.parse import build, choice, section, tables
from rjeval.errors import DesignError

DIRECTIONS = ("at_least", "at_most")


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One SMART objective: a measure, its target, and by when.

    Parameters
    ----------
    measure : str
        Id of the measure, as in ``performance_measures.csv``: ``refiling:365:rj``.
    text : str
        The objective in words.
    target : float
        A share between 0 and 1, or a count.
    direction : {"at_least", "at_most"}
        Which side of the target is good.
    by : date, optional
        The day by which it is to be reached.
    baseline : float, optional
        Where it stood before.
    baseline_source : str
        Where the baseline comes from.
    """

    measure: str
    text: str
    target: float
    direction: str = "at_least"
    by: date | None = None
    baseline: float | None = None
    baseline_source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunderMeasure:
    """A funder's own measure that one of ours answers, its definition word for word.

    Parameters
    ----------
    system : str
        Whose it is, such as ``OJJDP PMT``.
    code : str
        Its number there.
    measure : str
        Id of the measure that answers it.
    definition : str
        The funder's definition, word for word: similar data may not be used.
    """

    system: str
    code: str
    measure: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningDesign:
    """The difference that would matter, fixed before the data were seen.

    Parameters
    ----------
    risk_difference : float, optional
        Difference of shares, above 0 and below 1 (0.10 is ten percentage points).
    power : float
        Chance of finding such a difference, should it be there.
    """

    risk_difference: float | None = None
    power: float = 0.80


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """What the study is held against, fixed before its data were seen."""

    objectives: tuple[Objective, ...] = ()
    funder_measures: tuple[FunderMeasure, ...] = ()
    planning: PlanningDesign = field(default_factory=PlanningDesign)


def read_aims(raw: Mapping[str, Any]) -> Aims:
    """Read ``[[objectives]]``, ``[[performance_measures]]`` and ``[planning]``."""
    given = enumerate(tables(raw, "performance_measures"), start=1)
    return Aims(
        objectives=_objectives(raw),
        funder_measures=tuple(
            build(FunderMeasure, one, where=f"[[performance_measures]] {number}")
            for number, one in given
        ),
        planning=_planning(section(raw, "planning")),
    )


def _objectives(raw: Mapping[str, Any]) -> tuple[Objective, ...]:
    found = []
    for number, given in enumerate(tables(raw, "objectives"), start=1):
        where = f"[[objectives]] {number}"
        choice(given.get("direction", "at_least"), DIRECTIONS, where=f"{where}: direction")
        one = build(Objective, given, where=where)
        if one.target < 0:
            raise DesignError(f"{where}: target must not be negative.")
        found.append(one)
    return tuple(found)


def _planning(given: Mapping[str, Any]) -> PlanningDesign:
    planned = build(PlanningDesign, given, where="[planning]")
    difference = planned.risk_difference
    if difference is not None and not 0 < difference < 1:
        raise DesignError(
            "[planning] risk_difference must lie between 0 and 1, such as 0.10.",
            hint="It is a difference of shares: 0.10 is ten percentage points.",
        )
    if not 0.5 <= planned.power < 1:
        raise DesignError("[planning] power must be at least 0.5 and below 1, such as 0.80.")
    return planned
