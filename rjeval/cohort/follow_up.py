"""Time from the index date to the first reoffence, person by person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype

from rjeval.analysis_data import FOLLOW_UP_COLUMNS, Cohort, Exports, TimeToEvent
from rjeval.cohort.durations import durations_of
from rjeval.cohort.eligibility import select_cohort
from rjeval.cohort.guards import OutcomeFacts, judge_outcome, outcome_facts
from rjeval.cohort.populations import count_populations
from rjeval.cohort.records import prepare_records
from rjeval.cohort.rules import BETWEEN_CHECKS, rules_of
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError
from rjeval.terms import ExitReason

if TYPE_CHECKING:
    from ibis import BaseBackend

EPOCH = date(1970, 1, 1)
#: Columns of the cohort that say nothing about a person once follow-up is measured.
DROPPED = ("exclusion_reason", "time_days", "exit_reason", "entry_days", "observable_days")
DERIVED = (*DROPPED, "row_id", "status", "known_to")
LEADING = (*FOLLOW_UP_COLUMNS, "referral_id")


def measure_time_to_event(
    cohort: Cohort,
    exports: Exports,
    *,
    design: StudyDesign,
    definition: RecidivismDefinition | str | None = None,
    backend: BaseBackend | None = None,
) -> TimeToEvent:
    """Measure the time from the index date to the first reoffence.

    Parameters
    ----------
    cohort : Cohort
        Made by :func:`rjeval.select_cohort`. Where the definition has another clock, population
        or rule for repeat referrals than the cohort, people are selected anew by the definition,
        among the referrals in ``cohort``.
    exports : Exports
        ``records_check`` (who was searched, from when to when), ``followup_event`` and, where
        collected, ``exposure``; or ``follow_up`` for a definition with ``durations_given``.
    design : StudyDesign
    definition : RecidivismDefinition, str or None
        Definition or its name; where none is given, the one that selected the cohort.
    backend : ibis backend, optional
        Engine of the derivation; embedded DuckDB where none is given.

    Returns
    -------
    TimeToEvent
        Times in whole days. ``unchecked`` holds people without a valid search past their index
        date: their outcome is missing, not "no". Their ``observable_days`` is what a search up to
        the end of the records would have shown. People who were searched but have no day at risk
        under observation are in neither; :func:`rjeval.trace_flow` counts them.

    Raises
    ------
    DataError
        A table that the definition needs is not there, or nobody can be followed.

    Notes
    -----
    With t0 the index date, W the longest window, and all times in days since t0:

    - horizon = min(t0 + W, end of the records - waiting period - reporting lag), and no later
      than the day of majority where adult records were not searched;
    - the event is the first incident that counts, begun after t0 and dated in (entry, horizon];
    - a departure on an earlier day ends follow-up as a competing event; on the same day the
      reoffence counts;
    - ``entry_days`` is the first day of the records, or of release, where that is after t0, else
      0; it plays the part of the index day, so who reoffended or left by then was never at risk;
    - events are at day 1 at the earliest: an offence on t0 belongs to the index offence;
    - ``observable_days`` is horizon - t0, whatever happened to the person.

    An end of the records, a departure that the definition does not call competing, and custody
    under ``custody = "censor"`` all have the exit reason ``data_cutoff``: observation ended for a
    reason that is not an event. Where adult records are missing the exit reason is ``aged_out``.

    Where events are dated by the check that found them (``times_known = "checks"``), each check
    stands for the day that it reaches, less the delay, whether it finds an event or not.
    ``last_clear_days`` and ``found_days`` are the days between which an event lies, also of one
    found after the window; :func:`rjeval.interval_survival` and
    :func:`rjeval.fixed_window_rates` use them. ``observable_days`` is then what checks up to the
    end of the records would have shown.

    Every record that a listed source holds counts for ``rearrest``, ``rereferral`` and
    ``refiling``: which of these it is follows from the source. ``readjudication_or_reconviction``
    needs the disposition adjudicated or convicted, ``any_proven`` also takes diverted.

    Examples
    --------
    >>> import rjeval as rj
    >>> from rjeval.simulate.one_referral import one_referral
    >>> exports, design = one_referral()
    >>> cohort = rj.select_cohort(exports, design=design)
    >>> outcome = rj.measure_time_to_event(cohort, exports, design=design)
    >>> outcome.frame[["time_days", "exit_reason"]].to_numpy().tolist()
    [[30.0, 'reoffence']]
    """
    chosen = chosen_definition(cohort, design=design, definition=definition)
    included = included_by(cohort, exports, design=design, definition=chosen)
    if chosen.durations_given:
        derived = durations_of(included, exports, definition=chosen)
        people = put_beside(included, derived)
        facts = OutcomeFacts(people=people, charges=pd.DataFrame(), rules=None)
    else:
        from rjeval.cohort.derivation import derive_follow_up
        from rjeval.cohort.found_by_checks import derive_between_checks

        rules = rules_of(chosen, design)
        frames = prepare_records(included, exports, adult_age_years=chosen.adult_age_years)
        derive = derive_between_checks if rules.found_by_checks else derive_follow_up
        derived = derive(frames, rules=rules, backend=backend)
        people = put_beside(included, derived)
        facts = outcome_facts(people, frames, rules)
        chosen = known_date(chosen, derived)
    outcome = assemble(people, definition=chosen, notes=judge_outcome(facts))
    return replace(outcome, dated_by=dict(design.covariate_dates))


def chosen_definition(
    cohort: Cohort, *, design: StudyDesign, definition: RecidivismDefinition | str | None
) -> RecidivismDefinition:
    """Return the definition asked for; else the one that selected the cohort."""
    if isinstance(definition, RecidivismDefinition):
        return definition
    if definition is None and cohort.definition is not None:
        return cohort.definition
    return design.definition(definition)


def known_date(definition: RecidivismDefinition, derived: pd.DataFrame) -> RecidivismDefinition:
    """Return the definition with the day to which the records reach."""
    last = derived["known_to"].max()
    if pd.isna(last):
        return definition
    return definition.with_coverage(EPOCH + timedelta(days=int(last)))


def included_by(
    cohort: Cohort, exports: Exports, *, design: StudyDesign, definition: RecidivismDefinition
) -> pd.DataFrame:
    """Return who is included by a definition, among the referrals of a cohort."""
    own = cohort.definition or design.primary
    same = all(
        getattr(own, name) == getattr(definition, name)
        for name in ("clock", "population", "repeat_referrals")
    )
    if same:
        return cohort.included
    anew = select_cohort(exports, design=design, definition=definition).included
    return anew[anew["referral_id"].isin(cohort.frame["referral_id"])]


def put_beside(included: pd.DataFrame, derived: pd.DataFrame) -> pd.DataFrame:
    """Return included people with what was derived of them."""
    columns = [name for name in included.columns if name not in DROPPED]
    derived = derived.assign(row_id=derived["row_id"].astype(str))
    people = included[columns].assign(row_id=included["referral_id"].astype(str))
    return people.merge(derived, on="row_id", how="left", validate="1:1")


def assemble(
    frame: pd.DataFrame, *, definition: RecidivismDefinition, notes: tuple[str, ...]
) -> TimeToEvent:
    """Return people with their follow-up as a time to event."""
    columns = [name for name in frame.columns if name not in DERIVED]
    is_followed = (frame["status"] == "followed").to_numpy(dtype=bool)
    followed = frame[is_followed]
    if followed.empty:
        raise DataError(
            f"recidivism '{definition.name}': none of {len(frame)} people has a day at risk "
            "under observation.",
            hint="Check coverage_to of records_check against the index dates, waiting period "
            "and lag.",
        )
    beside = [
        name
        for name in columns
        if name not in LEADING and name != "index_date" and followed[name].notna().any()
    ]
    ready = followed[[*LEADING, "index_date", *beside]].reset_index(drop=True)
    for name in ("time_days", "entry_days", "observable_days"):
        ready[name] = ready[name].astype(float)
    ready["exit_reason"] = pd.Categorical(
        ready["exit_reason"].to_numpy(dtype=object), categories=list(map(str, ExitReason))
    )
    unchecked = frame.loc[frame["status"] == "never_checked", columns].reset_index(drop=True)
    unchecked["observable_days"] = _could_have_been(unchecked["index_date"], definition)
    people = count_populations(
        frame,
        followed=is_followed,
        windows_days=definition.windows_days,
        event=frame["exit_reason"].eq(ExitReason.REOFFENCE).to_numpy(dtype=bool, na_value=False),
    )
    return TimeToEvent(
        frame=ready,
        horizon_days=float(definition.horizon_days),
        definition=definition.with_people(people),
        unchecked=unchecked,
        notes=notes,
        covariates=tuple(
            name
            for name in beside
            if name not in BETWEEN_CHECKS and not is_datetime64_any_dtype(ready[name])
        ),
    )


def _could_have_been(index_dates: pd.Series, definition: RecidivismDefinition) -> pd.Series:
    """Return how long people never checked could have been followed, had they been checked."""
    if definition.coverage_to is None:
        return pd.Series(float("nan"), index=index_dates.index)
    lost = definition.waiting_period_days + definition.reporting_lag_days
    days = (pd.Timestamp(definition.coverage_to) - index_dates).dt.days - lost
    return days.astype(float).clip(lower=0.0, upper=float(definition.horizon_days))
