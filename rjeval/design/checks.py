"""Designs that cannot be analysed are refused before any data are read."""

from __future__ import annotations

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DesignError
from rjeval.terms import AnalysisSet, Clock

#: Clocks that a person whose harmed party declined can never have.
ONE_ARM_CLOCKS = frozenset({Clock.FIRST_CONFERENCE, Clock.EXIT, Clock.CONSENT})
#: Populations that only the restorative arm can reach.
ONE_ARM_SETS = frozenset({AnalysisSet.CONFERENCED, AnalysisSet.COMPLETED})


def check_design(design: StudyDesign) -> None:
    """Refuse a design that asks for what its own dates or arms cannot carry."""
    _check_names(design)
    _check_period(design)
    for definition in design.recidivism:
        if design.arms.has_comparison:
            _check_same_rule(definition)
        _check_coverage(design, definition)
    if not design.exports:
        raise DesignError(
            "study.toml names no export: [exports.TABLE] is missing.",
            hint="Run `rjeval map FILES` for a draft.",
        )


def _check_names(design: StudyDesign) -> None:
    names = [one.name for one in design.recidivism]
    if len(set(names)) < len(names):
        raise DesignError("Two [[recidivism]] definitions share a name; each needs its own.")
    roles = [one.role for one in design.surveys]
    if len(set(roles)) < len(roles):
        raise DesignError("Two [[survey]] entries share a role; one outcome per role is analysed.")


def _check_period(design: StudyDesign) -> None:
    start, end, extract = design.period_start, design.period_end, design.extract_date
    if start and end and end <= start:
        raise DesignError("[study] period_end is not after period_start.")
    if end and extract and extract < end:
        raise DesignError("[study] extract_date is before period_end.")


def _check_same_rule(definition: RecidivismDefinition) -> None:
    if definition.clock in ONE_ARM_CLOCKS:
        raise DesignError(
            f"recidivism '{definition.name}': clock {definition.clock} exists in one arm only, so "
            "the arms would be followed from different moments.",
            hint="Use referral_date, offered_date or random_date, which every arm has.",
        )
    if definition.population in ONE_ARM_SETS:
        raise DesignError(
            f"recidivism '{definition.name}': population {definition.population} exists in one arm "
            "only; comparing it with everyone in the other arm flatters the programme.",
            hint="Use all_eligible_referred (as offered), offered or consented.",
        )


def _check_coverage(design: StudyDesign, definition: RecidivismDefinition) -> None:
    if definition.durations_given or design.period_start is None or design.extract_date is None:
        return
    lost = definition.waiting_period_days + definition.reporting_lag_days
    reach = (design.extract_date - design.period_start).days - lost
    shortest = min(definition.windows_days)
    for window in definition.windows_days:
        if window > reach:
            raise DesignError(
                f"recidivism '{definition.name}': a window of {window} days is longer than the "
                f"records can cover ({max(reach, 0)} days from the first referral to the extract, "
                "less waiting period and lag).",
                hint="Shorten windows_days or wait for a later extract."
                if window > shortest
                else "Wait for a later extract.",
            )
