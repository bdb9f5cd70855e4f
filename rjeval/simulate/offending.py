"""Reoffences, other recorded events, departures and custody of a synthetic programme."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.simulate.people import EXTRACT_DAY
from rjeval.simulate.truth import Truth, shared_uniform

NEVER = 10**6
#: Days from offence to filing stay under the reporting lag of 30 days that the study declares.
MAX_FILING_DAYS = 28
CHARGES = 3
MINOR_KINDS = ("technical_violation", "status_offence", "traffic_infraction", "warrant_fta")


def first_reoffence(rng: np.random.Generator, people: pd.DataFrame, *, truth: Truth) -> np.ndarray:
    """Return the day of the first reoffence, counted from referral (at least 1)."""
    uniform = shared_uniform(rng, people["case"].to_numpy(), correlation=truth.case_correlation)
    hazard = np.exp(truth.linear_predictor(people)) * truth.rate
    days = (-np.log(uniform) / hazard) ** (1 / truth.shape)
    return np.minimum(np.ceil(days), NEVER).clip(1).astype(int)


def departures(rng: np.random.Generator, n: int, *, truth: Truth) -> pd.DataFrame:
    """Return day of death or departure, counted from referral, and which of the two."""
    day = np.ceil(rng.exponential(1 / max(truth.departure_hazard, 1e-12), n)).clip(1, NEVER)
    state = np.where(rng.random(n) < 0.12, "deceased", "left_jurisdiction")
    return pd.DataFrame({"day": day.astype(int), "state": state})


def incidents(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Return qualifying incidents, one row each: the first reoffence, then further ones.

    ``people`` holds ``first`` and ``gone`` (days since referral). Nothing is recorded after
    death or departure, nor after the extract.
    """
    first = people["first"].to_numpy()
    last = np.minimum(people["gone"].to_numpy(), EXTRACT_DAY - people["referral"].to_numpy())
    seen = np.flatnonzero(first <= last)
    more = rng.poisson(0.5 * (last[seen] - first[seen]) / 730)
    person = np.concatenate([seen, np.repeat(seen, more)])
    room = np.repeat(last[seen] - first[seen], more)
    later = np.repeat(first[seen], more) + 1 + np.floor(rng.random(room.size) * room).astype(int)
    day = np.concatenate([first[seen], np.minimum(later, np.repeat(last[seen], more))])
    table = _incident_rows(rng, people, person=person, day=day)
    table["kind"] = "new_offence"
    table["level"] = np.where(rng.random(len(table)) < 0.25, "felony", "misdemeanor")
    return table


def other_events(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Return recorded events that never count: minor kinds, infractions, and earlier offences."""
    last = np.minimum(people["gone"].to_numpy(), EXTRACT_DAY - people["referral"].to_numpy())
    number = rng.poisson(0.10 * np.maximum(last, 0) / 365.25)
    person = np.repeat(np.arange(len(people)), number)
    day = 1 + np.floor(rng.random(person.size) * last[person]).astype(int)
    minor = _incident_rows(rng, people, person=person, day=np.minimum(day, last[person]))
    kinds = rng.choice([*MINOR_KINDS, "new_offence"], len(minor), p=[0.35, 0.15, 0.2, 0.15, 0.15])
    minor["kind"], minor["level"] = kinds, np.where(kinds == "new_offence", "infraction", "petty")

    earlier = np.flatnonzero(rng.random(len(people)) < 0.06)
    before = _incident_rows(rng, people, person=earlier, day=-rng.integers(2, 120, earlier.size))
    before["kind"], before["level"] = "new_offence", "misdemeanor"

    again = np.flatnonzero(rng.random(len(people)) < 0.05)
    index = (people["incident"] - people["referral"]).to_numpy()[again]
    same = _incident_rows(rng, people, person=again, day=index)
    same["kind"], same["level"] = "new_offence", "misdemeanor"
    same["is_index"] = True
    some = [part for part in (minor, before, same) if len(part)]
    return pd.concat(some, ignore_index=True) if some else minor


def _incident_rows(
    rng: np.random.Generator, people: pd.DataFrame, *, person: np.ndarray, day: np.ndarray
) -> pd.DataFrame:
    """Dates of incidents: offence, arrest, filing, disposition, as days since the origin."""
    n = person.size
    offence = people["referral"].to_numpy()[person] + day
    arrest = offence + rng.integers(0, 8, n)
    filing = np.minimum(arrest + rng.integers(0, 21, n), offence + MAX_FILING_DAYS)
    return pd.DataFrame(
        {
            "person": person,
            "offence": offence,
            "arrest": arrest,
            "filing": filing,
            "disposed": filing + np.ceil(rng.gamma(2.0, 45.0, n)).astype(int),
            "is_index": np.zeros(n, dtype=bool),
        }
    )


def dispose(rng: np.random.Generator, events: pd.DataFrame, *, people: pd.DataFrame) -> np.ndarray:
    """Return the court's outcome of each incident as known at the extract."""
    n = len(events)
    adult = events["offence"].to_numpy() >= people["birth"].to_numpy()[events["person"]] + 6574
    outcome = rng.choice(
        ["proven", "dismissed", "diverted", "acquitted", "unknown"],
        n,
        p=[0.62, 0.22, 0.10, 0.02, 0.04],
    )
    outcome = np.where(outcome == "proven", np.where(adult, "convicted", "adjudicated"), outcome)
    return np.where(events["disposed"].to_numpy() > EXTRACT_DAY, "pending", outcome)


def charges(rng: np.random.Generator, events: pd.DataFrame) -> pd.DataFrame:
    """Return one row per charge: an incident brings one to three."""
    number = rng.choice([1, 2, CHARGES], len(events), p=[0.68, 0.24, 0.08])
    return events.loc[events.index.repeat(number)].reset_index(drop=True)


def custody_spells(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Return spells off the street: before referral, after a reoffence, or for violations.

    No spell holds a person's first reoffence, so that the planted hazard stays what it is.
    """
    n = len(people)
    start = np.where(rng.random(n) < 0.03, -rng.integers(5, 30, n), NEVER)
    length = rng.integers(1, 5, n)
    pretrial = _spells(start, length=length, state="detained_pretrial")
    first = people["first"].to_numpy()
    after = np.where(rng.random(n) < 0.12, first + rng.integers(60, 200, n), NEVER)
    served = _spells(after, length=rng.integers(20, 240, n), state="custody")
    start = np.where(rng.random(n) < 0.03, rng.integers(30, 500, n), NEVER)
    length = rng.integers(14, 90, n)
    start = np.where((first >= start) & (first <= start + length), NEVER, start)
    residential = _spells(start, length=length, state="residential")
    some = [part for part in (pretrial, served, residential) if len(part)]
    spells = pd.concat(some) if some else pretrial
    gone = people["gone"].to_numpy()[spells["person"]]
    room = EXTRACT_DAY - people["referral"].to_numpy()[spells["person"]]
    return spells[spells["to"].to_numpy() <= np.minimum(gone, room)].reset_index(drop=True)


def _spells(start: np.ndarray, *, length: np.ndarray, state: str) -> pd.DataFrame:
    person = np.flatnonzero(start < NEVER)
    return pd.DataFrame(
        {"person": person, "from": start[person], "to": (start + length)[person], "state": state}
    )
