"""The follow-up derivation equals a day-by-day walk through tiny random programmes.

The walk below shares no code with the package: it holds sets of days and looks at one day after
the other, where the derivation works on intervals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rjeval.analysis_data import Exports
from rjeval.cohort.eligibility import select_cohort
from rjeval.cohort.follow_up import measure_time_to_event
from rjeval.cohort.history import measure_event_history
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError
from rjeval.terms import RecidivismMeasure

ORIGIN = pd.Timestamp("2022-05-15")  # so that 1 July, the birthday of all, is day 47
EXTRACT = 190
BIRTHDAY = {2003: -318, 2004: 47, 2005: 412}  # 18 on 1 July 2021, 2022, 2023, in days from ORIGIN
HELD = {"custody", "detained_pretrial", "residential"}
SEARCHED = {"matched_record", "matched_no_record"}
SOURCES = ("state_repository", "local_court", "juvenile_court", "adult_court")
FAR = 10_000


@dataclass
class Person:
    born: int | None
    referrals: list[int]
    checks: list[dict] = field(default_factory=list)
    charges: list[dict] = field(default_factory=list)
    stays: list[dict] = field(default_factory=list)


# --- the walk -------------------------------------------------------------------------------


def covers(check: dict, born: int | None, day: int) -> bool:
    """Whether a search could show what the person did on a day."""
    if not check["from"] <= day <= min(check["to"], check["run"], EXTRACT):
        return False
    if born is None:
        return check["juvenile"] or check["adult"]
    majority = BIRTHDAY[born]
    # juvenile records searched from the day of majority on show no day of childhood
    child = check["juvenile"] and day <= majority and check["from"] < majority
    return child or (check["adult"] and day >= majority)


def chains_of(checks: list[dict], born: int | None) -> list[list[int]]:
    """Unbroken runs of covered days."""
    days = [d for d in range(-40, EXTRACT + 1) if any(covers(c, born, d) for c in checks)]
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def settled(chain: list[int], checks: list[dict], born: int | None, delay: int) -> int:
    """Last day about which the searches of a chain are final."""
    last = -FAR
    for check in checks:
        if not any(covers(check, born, day) for day in chain):
            continue
        end = min(check["to"], check["run"], EXTRACT) - delay
        if born is not None and not check["adult"]:
            end = min(end, BIRTHDAY[born])
        last = max(last, end)
    return last


def grouped(checks: list[dict], sources: tuple[str, ...]) -> list[list[dict]]:
    valid = [c for c in checks if c["status"] in SEARCHED]
    if not sources:
        return [valid]
    courts = {"juvenile_court", "adult_court"}
    wanted = [{s} for s in sources if not (courts <= set(sources) and s in courts)]
    if courts <= set(sources):
        wanted.append(courts)
    return [[c for c in valid if c["source"] in group] for group in wanted]


def observed(person: Person, start: int, rule: dict) -> tuple[str, int, int, int]:
    entry, limit, known = 0, FAR, FAR
    usable = True
    for checks in grouped(person.checks, rule["sources"]):
        chains = chains_of(checks, person.born)
        if not any(chain[-1] > start for chain in chains):
            return "never checked", 0, 0, 0
        for chain in chains:
            end = settled(chain, checks, person.born, rule["delay"]) - start
            begin = max(chain[0] - start, 0)
            if end > begin:
                mine = [c for c in checks if any(covers(c, person.born, d) for d in chain)]
                raw = max(min(c["to"], c["run"], EXTRACT) for c in mine)
                entry, limit, known = max(entry, begin), min(limit, end), min(known, raw)
                break
        else:
            usable = False
    return ("ok" if usable else "no day"), entry, limit, known


def counted(person: Person, start: int, known: int, held: set[int], rule: dict) -> dict:
    """Days of all charges that count, by incident."""
    found: dict[object, list[int]] = {}
    for charge in person.charges:
        dates = [charge[k] for k in ("offence", "arrest", "filing") if charge[k] is not None]
        if not dates:
            continue
        same = [charge]
        if charge["incident"] is not None:
            same = [c for c in person.charges if c["incident"] == charge["incident"]]
        began = min(
            next((c[k] for k in ("offence", "arrest", "filing") if c[k] is not None), FAR)
            for c in same
        )
        late = charge["decided"] is not None and charge["decided"] > known
        proven = charge["outcome"] in ("convicted", "adjudicated") and not late
        if (
            began > start
            and charge["kind"] == "new_offence"
            and charge["level"] not in ("infraction", "petty")
            and (proven or not rule["proven"])
            and dates[0] not in held
        ):
            found.setdefault(charge["incident"] or dates[0], []).append(dates[0] - start)
    return {key: min(days) for key, days in found.items()}


def first_leaving(person: Person, start: int, held: set[int], rule: dict) -> tuple[int, str]:
    exits = []
    for stay in person.stays:
        end = FAR if stay["to"] is None else stay["to"]
        if stay["state"] == "deceased":
            exits.append((max(stay["from"] - start, 0), 0, "death"))
        elif stay["state"] == "left_jurisdiction" and (stay["from"] > start or end > start):
            reason = "left_jurisdiction" if rule["leaving"] else "data_cutoff"
            order = 1 if rule["leaving"] else 3
            exits.append((max(stay["from"] - start, 0), order, reason))
    if rule["custody"] in ("censor", "competing"):
        reason = ("custody", 2) if rule["custody"] == "competing" else ("data_cutoff", 3)
        exits += [
            (day - 1 - start, reason[1], reason[0])
            for day in held
            if day - 1 not in held and day > start + 1
        ]
    first = min(exits, default=(FAR, 9, ""))
    return first[0], first[2]


def walk(person: Person, start: int, rule: dict, *, all_events: bool = False) -> tuple:
    """Follow one referral day by day: (exit, time, entry, observable).

    With ``all_events`` no reoffence ends follow-up, and the days of all incidents come last.
    """
    window, street = rule["window"], rule["custody"] == "street_time"
    held = {
        day
        for stay in person.stays
        if stay["state"] in HELD
        for day in range(stay["from"] + 1, FAR if stay["to"] is None else stay["to"])
    }
    if rule["custody"] == "ignore":
        held = set()
    state, entry, limit, known = observed(person, start, rule)
    if state != "ok":
        return (state,)
    if rule["custody"] in ("censor", "competing"):
        free = next(d for d in range(start + 1, FAR + 1) if d not in held)
        if free > start + 1:
            entry = max(entry, free - start)
    if not street:
        limit = min(limit, window)
    incidents = counted(person, start, known, held, rule)
    event = FAR if all_events else min(incidents.values(), default=FAR)
    leaving, why = first_leaving(person, start, held, rule)
    clock = clock_at_entry = clock_at_end = 0
    seen = []
    time, reason = None, ""
    for day in range(limit + 1):
        if day > 0 and not (street and start + day in held):
            clock += 1
        if day == entry:
            clock_at_entry = clock
        if time is None and day > entry:
            seen += [clock] * sum(one == day for one in incidents.values())
        if time is None and day == event:
            time, reason = clock, "reoffence"
        elif time is None and day == leaving:
            time, reason = clock, why
    clock_at_end = clock
    if time is None:
        time = clock
        majority = None if person.born is None else BIRTHDAY[person.born] - start
        reason = "aged_out" if limit == majority else "data_cutoff"
        if clock >= window:
            reason = "end_of_follow_up"
    elif time > window:
        reason = "end_of_follow_up"
    time = min(time, window)
    if entry > limit or time <= clock_at_entry:
        return ("no day",)
    told = (reason, time, clock_at_entry, min(clock_at_end, window))
    return (*told, sorted(one for one in seen if one <= window)) if all_events else told


# --- the same programme as exports ----------------------------------------------------------


def date(day: int | None) -> pd.Timestamp:
    return pd.NaT if day is None else ORIGIN + pd.Timedelta(days=day)


def exports_of(people: list[Person]) -> Exports:
    rows: dict[str, list[dict]] = {
        "referral": [],
        "records_check": [],
        "followup_event": [],
        "exposure": [],
    }
    for number, person in enumerate(people):
        who = {"person_id": f"P{number}"}
        for k, start in enumerate(person.referrals):
            row = {"referral_id": f"P{number}R{k}", "case_id": f"C{number}", "arm": "rj"}
            row |= {"referral_date": date(start), "birth_year": person.born}
            rows["referral"].append(who | row)
        for check in person.checks:
            row = {"source": check["source"], "match_status": check["status"]}
            row |= {"coverage_from": date(check["from"]), "coverage_to": date(check["to"])}
            row |= {"run_date": date(check["run"]), "juvenile_covered": check["juvenile"]}
            rows["records_check"].append(who | row | {"adult_covered": check["adult"]})
        for charge in person.charges:
            row = {f"{name}_date": date(charge[name]) for name in ("offence", "arrest", "filing")}
            row |= {"disposition_date": date(charge["decided"]), "level": charge["level"]}
            row |= {"disposition": charge["outcome"], "event_kind": charge["kind"]}
            rows["followup_event"].append(who | row | {"incident_key": charge["incident"]})
        for stay in person.stays:
            row = {"state": stay["state"], "from": date(stay["from"]), "to": date(stay["to"])}
            rows["exposure"].append(who | row)
    tables = {name: pd.DataFrame(given) for name, given in rows.items() if given}
    tables["referral"]["birth_year"] = tables["referral"]["birth_year"].astype("Int64")
    none = pd.DataFrame()
    return Exports(tables=tables, accounts=(), ledger=none, quality=none)


def study_of(people: list[Person], rule: dict):
    """The programme as exports, cohort and design."""
    definition = RecidivismDefinition(
        event=RecidivismMeasure.RECONVICTION if rule["proven"] else RecidivismMeasure.REFILING,
        windows_days=(rule["window"],),
        waiting_period_days=rule["delay"] // 2,
        reporting_lag_days=rule["delay"] - rule["delay"] // 2,
        custody=rule["custody"],
        sources=rule["sources"],
        competing=("deceased", "left_jurisdiction") if rule["leaving"] else ("deceased",),
        repeat_referrals="all",
    )
    design = StudyDesign(
        title="tiny",
        root=Path(),
        recidivism=(definition,),
        extract_date=date(EXTRACT).date(),
    )
    exports = exports_of(people)
    return select_cohort(exports, design=design), exports, design


def derived(people: list[Person], rule: dict) -> dict[str, tuple]:
    cohort, exports, design = study_of(people, rule)
    if "records_check" not in exports.tables:
        return {}
    found = dict.fromkeys(cohort.frame["referral_id"], ("no day",))
    try:
        outcome = measure_time_to_event(cohort, exports, design=design)
    except DataError:
        return dict.fromkeys(found)
    found |= dict.fromkeys(outcome.unchecked["referral_id"], ("never checked",))
    names = ["referral_id", "exit_reason", "time_days", "entry_days", "observable_days"]
    for key, *rest in outcome.frame[names].itertuples(index=False):
        found[key] = tuple(rest)
    return found


def walked(people: list[Person], rule: dict) -> dict[str, tuple]:
    return {
        f"P{number}R{k}": walk(person, start, rule)
        for number, person in enumerate(people)
        for k, start in enumerate(person.referrals)
    }


# --- random programmes ----------------------------------------------------------------------


def some(low: int, high: int):
    return st.integers(low, high)


def maybe(low: int, high: int):
    return st.one_of(st.none(), some(low, high))


CHECK = st.fixed_dictionaries(
    {
        "source": st.sampled_from(SOURCES),
        "status": st.sampled_from([*sorted(SEARCHED), "matched_record", "no_match"]),
        "from": some(-30, 90),
        "to": some(10, EXTRACT + 10),
        "run": st.one_of(st.just(EXTRACT), some(30, EXTRACT)),
        "juvenile": st.booleans(),
        "adult": st.sampled_from([True, True, False]),
    }
)
CHARGE = st.fixed_dictionaries(
    {
        "incident": st.sampled_from([None, "I1", "I2"]),
        "offence": maybe(-10, 130),
        "arrest": maybe(0, 130),
        "filing": maybe(0, 130),
        "decided": maybe(20, 180),
        "outcome": st.sampled_from(["convicted", "adjudicated", "pending", "dismissed"]),
        "kind": st.sampled_from(["new_offence", "new_offence", "technical_violation"]),
        "level": st.sampled_from(["misdemeanor", "felony", "infraction", None]),
    }
)
STAY = st.builds(
    lambda state, begin, length: {
        "state": state,
        "from": begin,
        "to": None if length is None else begin + length,
    },
    st.sampled_from([*sorted(HELD), "deceased", "left_jurisdiction", "at_liberty"]),
    some(-20, 130),
    maybe(0, 40),
)
PERSON = st.builds(
    Person,
    born=st.sampled_from([None, *BIRTHDAY]),
    referrals=st.lists(some(0, 60), min_size=1, max_size=2, unique=True),
    checks=st.lists(CHECK, max_size=4),
    charges=st.lists(CHARGE, max_size=4),
    stays=st.lists(STAY, max_size=3),
)
RULE = st.fixed_dictionaries(
    {
        "window": st.sampled_from([1, 20, 60]),
        "delay": st.sampled_from([0, 1, 15]),
        "custody": st.sampled_from(["ignore", "censor", "competing", "street_time"]),
        "proven": st.booleans(),
        "leaving": st.booleans(),
        "sources": st.sampled_from(
            [(), ("state_repository",), ("juvenile_court", "adult_court"), SOURCES[:2]]
        ),
    }
)


def compare(people: list[Person], rule: dict) -> None:
    found, expected = derived(people, rule), walked(people, rule)
    for key, one in found.items():
        assert one is not None or expected[key][0] in ("no day", "never checked"), key
        assert one is None or one == expected[key], key


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=st.lists(PERSON, min_size=1, max_size=15), rule=RULE)
def test_derivation_equals_a_day_by_day_walk(people, rule):
    compare(people, rule)


def random_person(rng: np.random.Generator) -> Person:
    """A person with usual records: mostly searched, some gaps, some custody."""

    def maybe_day(low: int, high: int, share: float) -> int | None:
        return None if rng.random() > share else int(rng.integers(low, high))

    def one_of(*values):
        return values[rng.integers(len(values))]

    checks = [
        {
            "source": one_of(*SOURCES),
            "status": one_of("matched_record", "matched_no_record", "matched_record", "ambiguous"),
            "from": int(rng.integers(-40, 60)),
            "to": int(rng.integers(40, EXTRACT + 5)),
            "run": EXTRACT,
            "juvenile": bool(rng.random() < 0.8),
            "adult": bool(rng.random() < 0.7),
        }
        for _ in range(rng.integers(1, 5))
    ]
    charges = [
        {
            "incident": one_of(None, "I1", "I2", "I3"),
            "offence": maybe_day(-5, 150, 0.8),
            "arrest": maybe_day(0, 150, 0.7),
            "filing": maybe_day(0, 150, 0.7),
            "decided": maybe_day(20, 190, 0.6),
            "outcome": one_of("convicted", "adjudicated", "pending"),
            "kind": one_of("new_offence", "new_offence", "warrant_fta"),
            "level": one_of("misdemeanor", "felony", "petty", None),
        }
        for _ in range(rng.integers(0, 4))
    ]
    stays = []
    for _ in range(rng.integers(0, 3)):
        begin = int(rng.integers(-20, 120))
        length = maybe_day(0, 50, 0.9)
        state = one_of("custody", "residential", "custody", "deceased", "left_jurisdiction")
        stays.append(
            {"state": state, "from": begin, "to": None if length is None else begin + length}
        )
    return Person(
        born=one_of(None, *BIRTHDAY),
        referrals=sorted({int(one) for one in rng.integers(0, 60, size=2)}),
        checks=checks,
        charges=charges,
        stays=stays,
    )


@pytest.mark.parametrize("custody", ["ignore", "censor", "competing", "street_time"])
@pytest.mark.parametrize("proven", [False, True])
@pytest.mark.parametrize("sources", [(), ("juvenile_court", "adult_court")], ids=["any", "courts"])
def test_derivation_equals_the_walk_on_many_people(custody, proven, sources):
    rng = np.random.default_rng([20260101, len(custody), proven, len(sources)])
    people = [random_person(rng) for _ in range(150)]
    rule = {"window": 60, "delay": 10, "custody": custody, "proven": proven}
    rule |= {"leaving": proven, "sources": sources}
    compare(people, rule)
    exits = {one[0] for one in walked(people, rule).values()}
    assert {"reoffence", "end_of_follow_up", "data_cutoff", "death", "no day"} <= exits


@pytest.mark.parametrize("custody", ["ignore", "censor", "competing", "street_time"])
@pytest.mark.parametrize("proven", [False, True])
def test_event_history_equals_the_walk_past_the_first_event(custody, proven):
    rng = np.random.default_rng([20260102, len(custody), proven])
    people = [random_person(rng) for _ in range(150)]
    rule = {"window": 60, "delay": 10, "custody": custody, "proven": proven}
    rule |= {"leaving": True, "sources": ()}
    cohort, exports, design = study_of(people, rule)
    history = measure_event_history(cohort, exports, design=design)
    days = history.events.groupby("referral_id")["time_days"].apply(sorted).to_dict()
    names = ["referral_id", "exit_reason", "time_days", "entry_days", "observable_days"]
    found = {
        key: (*rest, days.get(key, []))
        for key, *rest in history.people[names].itertuples(index=False)
    }
    expected = {
        f"P{number}R{k}": walk(person, start, rule, all_events=True)
        for number, person in enumerate(people)
        for k, start in enumerate(person.referrals)
    }
    assert found == {key: one for key, one in expected.items() if len(one) > 1}
    assert proven or max(len(one) for one in days.values()) > 1
    assert history.people["n_events"].to_list() == [len(found[k][-1]) for k in found]
