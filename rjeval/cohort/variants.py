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
    >>> from datetime import date
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> from rjeval.analysis_data import Exports
    >>> from rjeval.design.study import StudyDesign
    >>> referral = pd.DataFrame({"referral_id": ["R1"], "person_id": ["A"], "arm": ["rj"]})
    >>> referral["referral_date"] = pd.Timestamp(2022, 1, 10)
    >>> check = {"person_id": ["A"], "match_status": "matched_record"}
    >>> covered = {"coverage_from": pd.Timestamp(2010, 1, 1)}
    >>> covered["coverage_to"] = pd.Timestamp(2024, 12, 31)
    >>> found = pd.DataFrame({"event_id": ["E1", "E2"], "person_id": "A"})
    >>> found["event_kind"] = "new_offence"
    >>> found["offence_date"] = pd.to_datetime(["2022-02-09", "2022-08-01"])
    >>> tables = {"referral": referral, "followup_event": found}
    >>> tables["records_check"] = pd.DataFrame({**check, **covered})
    >>> nothing = pd.DataFrame()
    >>> exports = Exports(tables=tables, accounts=(), ledger=nothing, quality=nothing)
    >>> year = rj.RecidivismDefinition(windows_days=(365,), minimum_level="any")
    >>> design = StudyDesign(
    ...     title="small", root=Path(), extract_date=date(2024, 12, 31), recidivism=(year,)
    ... )
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
