"""The same people under each declared definition, and under other choices for the primary one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rjeval.analysis_data import Cohort, Exports, TimeToEvent
from rjeval.cohort.follow_up import measure_time_to_event
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError
from rjeval.language import mark, note
from rjeval.terms import Clock

PRIMARY = "primary"
#: Other choices for a definition that rests on dates, each with the table that it needs.
CHOICES: dict[str, tuple[str, dict[str, Any]]] = {
    mark("clock from the offer"): ("referral", {"clock": Clock.OFFERED}),
    mark("felonies only"): ("followup_event", {"minimum_level": "felony"}),
    mark("offences of any level"): ("followup_event", {"minimum_level": "any"}),
    mark("days in custody taken out"): ("exposure", {"custody": "street_time"}),
    mark("follow-up ends with custody"): ("exposure", {"custody": "censor"}),
}


def measure_variants(
    cohort: Cohort, exports: Exports, *, design: StudyDesign
) -> dict[str, TimeToEvent]:
    """Measure the outcome under each declared definition and under other reasonable choices.

    Parameters
    ----------
    cohort, exports, design
        As for :func:`rjeval.measure_time_to_event`.

    Returns
    -------
    dict of label to TimeToEvent
        The primary definition first, then the others that the study declares, then the primary
        one with another clock, level of offence or rule for custody. A choice that the data
        cannot make (no such date, no level, no custody recorded), or that is the primary one
        itself, is left out. For :func:`rjeval.sensitivity_grid`.

    Raises
    ------
    DataError
        The primary outcome cannot be measured.

    Examples
    --------
    >>> import rjeval as rj
    >>> from rjeval.simulate.one_referral import one_referral
    >>> exports, design = one_referral()
    >>> cohort = rj.select_cohort(exports, design=design)
    >>> list(rj.measure_variants(cohort, exports, design=design))
    ['primary', 'felonies only']
    """
    found = {PRIMARY: measure_time_to_event(cohort, exports, design=design)}
    primary = found[PRIMARY].definition
    for label, definition in _others(primary, exports=exports, design=design).items():
        try:
            found[label] = measure_time_to_event(
                cohort, exports, design=design, definition=definition
            )
        except DataError:
            continue
    return found


def _others(
    primary: RecidivismDefinition, *, exports: Exports, design: StudyDesign
) -> dict[str, RecidivismDefinition]:
    others = {_declared(one, primary): one for one in design.recidivism if one.name != primary.name}
    if primary.durations_given:
        return others
    for label, (table, changes) in CHOICES.items():
        same = all(getattr(primary, name) == value for name, value in changes.items())
        # Without the day of an event it is not known which days of custody came before it.
        dated = primary.times_known == "day" or changes.get("custody") != "street_time"
        if exports.has(table) and dated and not same:
            others[label] = replace(primary, **changes)
    return others


def _declared(definition: RecidivismDefinition, primary: RecidivismDefinition) -> str:
    """Return what tells a declared definition from the primary one."""
    if definition.event_text != primary.event_text:
        return definition.event_text
    return note("{event}, definition {name}", event=definition.event_text, name=definition.name)
