"""All incidents of each person in follow-up: the input of frequency and seriousness."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rjeval.analysis_data import FOLLOW_UP_COLUMNS, Cohort, EventHistory, Exports, TimeToEvent
from rjeval.cohort.follow_up import (
    assemble,
    chosen_definition,
    included_by,
    known_date,
    put_beside,
)
from rjeval.cohort.guards import judge_outcome, outcome_facts
from rjeval.cohort.populations import count_populations
from rjeval.cohort.records import prepare_records
from rjeval.cohort.rules import SERIOUSNESS, rules_of
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError

if TYPE_CHECKING:
    from ibis import BaseBackend

MEASURES = ("n_events", "worst_level", "chi_days")


def measure_event_history(
    cohort: Cohort,
    exports: Exports,
    *,
    design: StudyDesign,
    definition: RecidivismDefinition | str | None = None,
    backend: BaseBackend | None = None,
) -> EventHistory:
    """Find all incidents of each person in follow-up that no reoffence ends.

    Parameters
    ----------
    cohort, exports, design, definition, backend
        As for :func:`rjeval.measure_time_to_event`.

    Returns
    -------
    EventHistory
        People with the number of their incidents, and the incidents with their days.

    Raises
    ------
    DataError
        The study brings durations, which hold the first event only, or nobody can be followed.

    Notes
    -----
    The same rules decide what counts and when observation begins and ends, except that a
    reoffence does not end it; who reoffended before observation began stays in. Charges of one
    incident count once, by the day of the first that counts, with the worst level and the largest
    harm weight among them; charges without a key of an incident are one incident per day. A
    missing level is no level: it does not lower the worst one.

    Examples
    --------
    >>> import rjeval as rj
    >>> from rjeval.simulate.one_referral import one_referral
    >>> exports, design = one_referral()
    >>> cohort = rj.select_cohort(exports, design=design)
    >>> history = rj.measure_event_history(cohort, exports, design=design)
    >>> history
    EventHistory(people=1, incidents=2)
    """
    chosen = chosen_definition(cohort, design=design, definition=definition)
    if chosen.durations_given:
        raise DataError(
            f"recidivism '{chosen.name}' brings durations to the first event, so how often people "
            "offended is not known."
        )
    from rjeval.cohort.derivation import derive_history

    included = included_by(cohort, exports, design=design, definition=chosen)
    rules = rules_of(chosen, design)
    frames = prepare_records(included, exports, adult_age_years=chosen.adult_age_years)
    derived, incidents = derive_history(frames, rules=rules, backend=backend)
    people = put_beside(included, derived)
    notes = judge_outcome(outcome_facts(people, frames, rules), first_events=False)
    chosen = known_date(chosen, derived)
    outcome = assemble(people, definition=chosen, notes=notes)
    events = _events(incidents, outcome.frame)
    return EventHistory(
        people=_with_measures(outcome.frame, events),
        events=events,
        horizon_days=outcome.horizon_days,
        definition=_with_first_events(outcome, events),
        unchecked=outcome.unchecked,
        covariates=outcome.covariates,
        notes=notes,
    )


def _with_first_events(outcome: TimeToEvent, events: pd.DataFrame) -> RecidivismDefinition:
    """Return the definition with its populations, and who of them had a first incident."""
    first = events.groupby("referral_id")["time_days"].min()
    people = outcome.frame.assign(time_days=outcome.frame["referral_id"].map(first).astype(float))
    counted = count_populations(
        people,
        followed=np.ones(len(people), dtype=bool),
        windows_days=outcome.definition.windows_days,
        event=people["time_days"].notna().to_numpy(),
    )
    known = outcome.definition.people or counted
    return outcome.definition.with_people(replace(known, events=counted.events))


def _events(incidents: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return one row per incident, in the order of the people and of time."""
    place = pd.Series(np.arange(len(people)), index=people["referral_id"].astype(str))
    keys = incidents["row_id"].astype(str)
    rank = incidents["rank"].astype("Int64")
    levels = rank.map(dict(enumerate(SERIOUSNESS)), na_action="ignore")
    events = pd.DataFrame(
        {
            "referral_id": people["referral_id"].to_numpy()[place.loc[keys].to_numpy()],
            "time_days": incidents["time_days"].to_numpy(dtype=float),
            "level": pd.Categorical(
                levels.to_numpy(dtype=object), categories=SERIOUSNESS, ordered=True
            ),
            "chi_days": incidents["chi_days"].astype("Float64").to_numpy(float, na_value=np.nan),
        }
    )
    order = np.lexsort((events["time_days"], place.loc[keys].to_numpy()))
    return events.iloc[order].reset_index(drop=True)


def _with_measures(people: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    per = events.assign(rank=events["level"].cat.codes.astype(float).replace(-1.0, np.nan))
    sums = per.groupby("referral_id").agg(
        n_events=("time_days", "size"),
        rank=("rank", "max"),
        chi_days=("chi_days", lambda harm: harm.sum(min_count=1)),
    )
    mine = sums.reindex(people["referral_id"])
    worst = mine["rank"].astype("Int64").map(dict(enumerate(SERIOUSNESS)), na_action="ignore")
    measured = people.assign(
        n_events=mine["n_events"].fillna(0).to_numpy(dtype=int),
        worst_level=pd.Categorical(
            worst.to_numpy(dtype=object), categories=SERIOUSNESS, ordered=True
        ),
        chi_days=mine["chi_days"].to_numpy(dtype=float),
    )
    first = [*FOLLOW_UP_COLUMNS, "referral_id", *MEASURES]
    return measured[[*first, *(name for name in people.columns if name not in first)]]
