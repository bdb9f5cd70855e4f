"""A whole synthetic programme, as clean tables with planted truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.simulate.clean_tables import clean_tables
from rjeval.simulate.costs import draw_costs
from rjeval.simulate.offending import (
    charges,
    custody_spells,
    departures,
    dispose,
    first_reoffence,
    incidents,
    other_events,
)
from rjeval.simulate.outreach import draw_outreach
from rjeval.simulate.people import REFERRAL_DAYS, draw_arms, draw_cases, draw_people
from rjeval.simulate.process import draw_conferences, draw_exits, draw_harmed, draw_sessions
from rjeval.simulate.records import draw_checks, draw_coverage, visible
from rjeval.simulate.repair import draw_agreements, draw_obligations, draw_payments
from rjeval.simulate.truth import Truth, planted_risks
from rjeval.simulate.voices import draw_answers, draw_invitations

DEFAULT_SEED = 20_210_701
#: Share of referrals that are a second referral of somebody referred before.
REPEAT_SHARE = 0.03


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SimulatedProgramme:
    """A synthetic programme: tables as they should come out of ingest, and what was planted.

    Parameters
    ----------
    tables : mapping of table name to frame
        Columns of the data dictionary; dates as ``datetime64[ns]``, missing as NaN or NaT.
    truth : Truth
        Parameters that were planted.
    risks : DataFrame
        True risks that follow from them; see :func:`rjeval.simulate.truth.planted_risks`.
    seed : int
    """

    tables: dict[str, pd.DataFrame]
    truth: Truth
    risks: pd.DataFrame
    seed: int

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} {len(frame)}" for name, frame in self.tables.items())
        return f"SimulatedProgramme(synthetic, seed={self.seed}: {rows})"

    def risk(self, arm: str, *, at_days: int, standardised: bool = False) -> float:
        """Return the true risk of an arm within so many days.

        Examples
        --------
        >>> programme = simulate_programme(n_referrals=200, seed=1)
        >>> programme.risk("rj", at_days=365) < programme.risk("rj", at_days=730)
        True
        """
        row = self.risks[(self.risks["arm"] == arm) & (self.risks["at_days"] == at_days)]
        return float(row["standardised_risk" if standardised else "risk"].iloc[0])


def simulate_programme(
    *, n_referrals: int = 600, seed: int = DEFAULT_SEED, truth: Truth | None = None
) -> SimulatedProgramme:
    """Return a synthetic restorative-justice programme with planted truth.

    Referrals of 2021-07-01 to 2024-06-30 at two sites; records to 2025-12-31. The comparison
    arm was willing, but the harmed party declined or could not be reached.

    Parameters
    ----------
    n_referrals : int
        Number of referrals, at least 20.
    seed : int
        The same seed gives the same programme.
    truth : Truth, optional
        What to plant.

    Returns
    -------
    SimulatedProgramme

    Raises
    ------
    ValueError
        Fewer than 20 referrals.

    Examples
    --------
    >>> programme = simulate_programme(n_referrals=600, seed=1)
    >>> len(programme.tables["referral"])
    600
    >>> programme.truth.hazard_ratio
    0.7
    """
    if n_referrals < 20:
        raise ValueError("n_referrals must be at least 20.")
    truth = truth or Truth()
    rng = np.random.default_rng(seed)
    cases, case_of = draw_cases(rng, n_referrals - round(REPEAT_SHARE * n_referrals))
    people = draw_people(rng, cases, case_of=case_of)
    cases["arm"] = draw_arms(rng, cases, people=people)
    cases["is_repeat"] = False
    people["arm"] = cases["arm"].to_numpy()[case_of]
    people["incident"] = cases["incident"].to_numpy()[case_of]
    gone = departures(rng, len(people), truth=truth)
    people["gone"] = gone["day"].to_numpy()
    people["gone_state"] = gone["state"].to_numpy()
    people["first"] = first_reoffence(rng, people, truth=truth)
    people = people.join(draw_coverage(rng, people, truth=truth))
    qualifying = incidents(rng, people)
    risks = planted_risks(people, truth)
    cases, referrals = _with_repeats(rng, cases, people=people, n_referrals=n_referrals)
    tables = {
        "people": people,
        **_process_parts(rng, cases, referrals=referrals, truth=truth),
        **_records_parts(rng, people, qualifying=qualifying),
    }
    tables |= _repair_parts(np.random.default_rng([seed, 2]), tables["referrals"])
    clean = clean_tables(tables) | draw_outreach(np.random.default_rng([seed, 3]))
    clean["cost"] = draw_costs(np.random.default_rng([seed, 4]), n_referrals=n_referrals)
    return SimulatedProgramme(tables=clean, truth=truth, risks=risks, seed=seed)


def _with_repeats(
    rng: np.random.Generator, cases: pd.DataFrame, *, people: pd.DataFrame, n_referrals: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add second referrals of people who reoffended, in the arm that they already had."""
    day = people["referral"] + people["first"]
    seen = people["arm"].notna() & (people["first"] <= people["gone"])
    able = np.flatnonzero(seen & (day + 30 < REFERRAL_DAYS))
    who = np.sort(rng.permutation(able)[: n_referrals - len(people)])
    new = cases.iloc[people["case"].to_numpy()[who]].reset_index(drop=True)
    incident = day.to_numpy()[who]
    new = new.assign(
        incident=incident,
        arrest=incident,
        referral=incident + 30,
        is_repeat=True,
        offered=incident + 36,
        enrolled=incident + 40,
    )
    referrals = people[["person_id", "case", "age", "birth", "referral", "first"]]
    referrals = referrals.assign(person=np.arange(len(people)))
    again = referrals.iloc[who].assign(case=len(cases) + np.arange(len(who)))
    again["referral"], again["first"] = new["referral"].to_numpy(), 10**6
    again["age"] = ((again["referral"] - again["birth"]) / 365.25).astype(int)
    both = pd.concat([referrals, again], ignore_index=True)
    number = np.char.zfill(np.arange(1, len(both) + 1).astype(str), 5)
    both["referral_id"] = np.char.add("R", number).astype(object)
    return pd.concat([cases, new], ignore_index=True), both


def _process_parts(
    rng: np.random.Generator, cases: pd.DataFrame, *, referrals: pd.DataFrame, truth: Truth
) -> dict[str, pd.DataFrame]:
    cases = cases.join(draw_conferences(rng, cases))
    referrals = referrals.join(cases.drop(columns=["referral"]), on="case")
    harmed = draw_harmed(rng, cases)
    invitations = draw_invitations(rng, _parties(harmed, referrals=referrals, cases=cases))
    return {
        "cases": cases,
        "referrals": referrals.join(draw_exits(rng, referrals)),
        "harmed": harmed,
        "sessions": draw_sessions(rng, cases),
        "invitations": invitations,
        "answers": draw_answers(rng, invitations, truth=truth),
    }


def _parties(harmed: pd.DataFrame, *, referrals: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Everybody whose conference was held, as far as they took part themselves."""
    direct = harmed[harmed["participation"] == "direct"]
    columns = ["mode", "site", "conference", "held", "enrolled"]
    victims = direct[["harmed_id", "case", "kind"]].join(cases[columns], on="case")
    victims = victims.rename(columns={"harmed_id": "party_id"}).assign(role="harmed_party")
    doers = referrals[["person_id", "case", *columns]].assign(kind="responsible")
    doers = doers.rename(columns={"person_id": "party_id"}).assign(role="responsible_party")
    table = pd.concat([victims, doers], ignore_index=True)
    table = table[table["held"]].rename(columns={"enrolled": "ready"})
    return table.reset_index(drop=True)


def _records_parts(
    rng: np.random.Generator, people: pd.DataFrame, *, qualifying: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    events = pd.concat([qualifying, other_events(rng, people)], ignore_index=True)
    events["disposition"] = dispose(rng, events, people=people)
    events = events[visible(events, people=people)]
    events = events.sort_values(["offence", "person", "filing"], ignore_index=True)
    return {
        "events": charges(rng, events.assign(incident=np.arange(len(events)))),
        "checks": draw_checks(people),
        "spells": custody_spells(rng, people),
    }


def _repair_parts(rng: np.random.Generator, referrals: pd.DataFrame) -> dict[str, pd.DataFrame]:
    agreements = draw_agreements(rng, referrals)
    obligations = draw_obligations(rng, agreements)
    payments = draw_payments(rng, obligations)
    return {"agreements": agreements, "obligations": obligations, "payments": payments}
