"""Designs that cannot be analysed are refused before any data are read."""

from __future__ import annotations

from rjeval.design.dictionary import record_sources
from rjeval.design.formulas import check_models
from rjeval.design.map_checks import check_maps
from rjeval.design.privacy import check_privacy
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DesignError
from rjeval.terms import AnalysisSet, Clock, DesignTier

#: Clocks that a person whose harmed party declined can never have.
ONE_ARM_CLOCKS = frozenset({Clock.FIRST_CONFERENCE, Clock.EXIT, Clock.CONSENT})
#: The highest tier that each kind of comparison can carry; any other with two arms, ``none``
#: (the kind is not stated) counts as unmatched.
TIERS = {"none": DesignTier.ONE_GROUP, "rct_control": DesignTier.RANDOMISED}
MOST_UNMATCHED = DesignTier.MATCHED
#: Populations that only the restorative arm can reach.
ONE_ARM_SETS = frozenset({AnalysisSet.CONFERENCED, AnalysisSet.COMPLETED})


def check_design(design: StudyDesign) -> None:
    """Refuse a design that asks for what its own dates or arms cannot carry."""
    _check_names(design)
    _check_tier(design)
    _check_period(design)
    for definition in design.recidivism:
        if design.arms.has_comparison:
            _check_same_rule(definition)
        _check_windows(definition)
        _check_coverage(design, definition)
    if not design.exports:
        raise DesignError(
            "study.toml names no export: [exports.TABLE] is missing.",
            hint="Put the files into data/raw; `rjeval map data/raw/* --write .` drafts the map.",
        )
    check_maps(design)
    check_privacy(design)
    check_models(design)


def _check_names(design: StudyDesign) -> None:
    names = [one.name for one in design.recidivism]
    if len(set(names)) < len(names):
        raise DesignError("Two [[recidivism]] definitions share a name; each needs its own.")
    roles = [one.role for one in design.surveys]
    if len(set(roles)) < len(roles):
        raise DesignError("Two [[survey]] entries share a role; one outcome per role is analysed.")


def _check_tier(design: StudyDesign) -> None:
    """Refuse a tier that the kind of comparison cannot carry, whatever its authors hope."""
    arms = design.arms
    if len(set(arms.levels)) < len(arms.levels):
        raise DesignError("[arms] levels names an arm twice; each arm stands there once.")
    most = TIERS.get(arms.comparison_type, MOST_UNMATCHED)
    if arms.comparison_type == "none" and arms.has_comparison:
        most = DesignTier.UNMATCHED
    if arms.tier > most:
        raise DesignError(
            f"[arms] tier {arms.tier} is more than comparison_type {arms.comparison_type} can "
            f"carry; allowed: 0 to {most}.",
            hint="Tier 5 needs comparison_type rct_control; matching lifts a comparison to 3.",
        )


def _check_windows(definition: RecidivismDefinition) -> None:
    where = f"recidivism '{definition.name}'"
    windows = definition.windows_days
    if len(set(windows)) < len(windows):
        raise DesignError(f"{where}: windows_days names a window twice; each stands there once.")
    allowed = record_sources()
    if set(definition.sources) - set(allowed):
        raise DesignError(
            f"{where}: sources names one that the data dictionary does not have; allowed: "
            f"{', '.join(allowed)}.",
            hint="Say in source_label what readers should see.",
        )


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
