"""Meetings, exits and harmed parties of a synthetic programme."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.simulate.people import case_ids, only_where

REASONS = ("choice", "distance", "health", "safety", "policy", "unknown")
NOT_HELD = ("cancelled", "no_show_responsible", "no_show_harmed", "postponed", "technical_failure")
HARMED_KINDS = ("person", "household", "business", "school", "public_body")
AGE_BANDS = ("0-12", "13-17", "18-24", "25-59", "60+")
FACILITATORS = 14


def draw_conferences(rng: np.random.Generator, cases: pd.DataFrame) -> pd.DataFrame:
    """Return per case: conference held, its day, mode and kind; missing where none was held."""
    n = len(cases)
    planned = cases["enrolled"].to_numpy() + 10 + np.ceil(rng.gamma(2.6, 17.0, n)).astype(int)
    held = (cases["arm"] == "rj").to_numpy() & (rng.random(n) < 0.88) & ~cases["is_repeat"]
    video = rng.random(n) < 0.28 + 0.26 * cases["site"].to_numpy()
    way = rng.choice(["direct", "surrogate_sent", "indirect_letter"], n, p=[0.86, 0.10, 0.04])
    refusal = rng.choice(["declined", "unreachable"], n, p=[0.8, 0.2])
    return pd.DataFrame(
        {
            "planned": planned,
            "held": held,
            "conference": np.where(held, planned, np.nan),
            "mode": np.where(video, "video", "in_person"),
            "kind": np.where(rng.random(n) < 0.8, "conference", "circle"),
            "participation": np.where(cases["arm"] == "rj", way, refusal),
        },
        index=cases.index,
    )


def draw_sessions(rng: np.random.Generator, cases: pd.DataFrame) -> pd.DataFrame:
    """Return one row per meeting: preparations, conferences held or not, follow-up meetings."""
    willing = cases[(cases["stage"] == "willing") & ~cases["is_repeat"]]
    rj = willing[willing["arm"] == "rj"]
    held = rj[rj["held"]]
    failed = rj[~rj["held"] | (rng.random(len(rj)) < 0.12)]
    before = failed["planned"] - np.where(failed["held"], rng.integers(3, 9, len(failed)), 0)
    parts = [
        _meetings(
            willing, kind="prep_responsible", day=willing["enrolled"] + 3, video=0.3, rng=rng
        ),
        _meetings(rj, kind="prep_harmed", day=rj["enrolled"] + 8, video=0.4, rng=rng),
        _meetings(held, kind="followup", day=held["planned"] + 30, video=0.5, rng=rng),
    ]
    for part in parts:
        part["status"] = "held"
    meeting = _meetings(held, kind="conference", day=held["planned"], video=0.0, rng=rng)
    meeting = meeting.assign(
        status="held", mode=held["mode"].to_numpy(), session_type=held["kind"].to_numpy()
    )
    missed = _meetings(failed, kind="conference", day=before, video=0.0, rng=rng)
    missed = missed.assign(
        status=rng.choice(NOT_HELD, len(missed), p=[0.3, 0.2, 0.2, 0.2, 0.1]),
        mode=failed["mode"].to_numpy(),
        session_type=failed["kind"].to_numpy(),
    )
    some = [part for part in (*parts, meeting, missed) if len(part)]
    table = pd.concat(some, ignore_index=True)
    table = table.sort_values(["scheduled", "case", "session_type"], ignore_index=True)
    return _complete(rng, table)


def _meetings(
    cases: pd.DataFrame, *, kind: str, day: pd.Series, video: float, rng: np.random.Generator
) -> pd.DataFrame:
    n = len(cases)
    return pd.DataFrame(
        {
            "case": cases.index.to_numpy(),
            "session_type": kind,
            "scheduled": np.asarray(day),
            "mode": np.where(rng.random(n) < video, "video", "in_person"),
        }
    )


def _complete(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    n = len(table)
    held = table["status"] == "held"
    reason = rng.choice(REASONS, n, p=[0.42, 0.26, 0.1, 0.08, 0.1, 0.04])
    prepared = table["session_type"].str.startswith("prep")
    minutes = np.where(prepared, rng.integers(30, 75, n), rng.integers(50, 150, n))
    trouble = (table["mode"] == "video") & held & (rng.random(n) < 0.15)
    return table.assign(
        session_id=np.char.add("S-", np.char.zfill(np.arange(1, n + 1).astype(str), 5)),
        held_day=table["scheduled"].where(held),
        mode_reason=pd.Series(reason, dtype=object).where(table["mode"] == "video"),
        minutes=pd.Series(minutes, dtype=float).where(held),
        facilitator=np.char.add(
            "F", np.char.zfill(rng.integers(1, FACILITATORS + 1, n).astype(str), 2)
        ),
        trouble=trouble,
    )


def draw_exits(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Return day and status of exit, and what became of the charge, for each referral.

    ``people`` holds ``stage, arm, held, planned, offered, enrolled, first, referral``.
    """
    n = len(people)
    status = rng.choice(
        ["completed", "partial", "not_completed_noncompliance"], n, p=[0.80, 0.08, 0.12]
    ).astype(object)
    day = people["planned"].to_numpy() + rng.integers(45, 150, n)
    new = people["referral"].to_numpy() + people["first"].to_numpy()
    stopped = (new < day) & (rng.random(n) < 0.6)
    ended = np.maximum(new + 5, people["planned"].to_numpy() + 1)
    status[stopped], day = "new_offence", np.where(stopped, ended, day)
    rj, held = (people["arm"] == "rj").to_numpy(), people["held"].to_numpy(dtype=bool)
    left = rj & ~held
    status[left] = np.where(rng.random(n) < 0.5, "withdrew_responsible", "withdrew_harmed")[left]
    status[left & people["is_repeat"].to_numpy(dtype=bool)] = "withdrew_responsible"
    day = np.where(left, people["planned"].to_numpy() + 7, day)
    declined = (people["arm"] == "comparison").to_numpy()
    status[declined], day = "withdrew_harmed", np.where(declined, people["enrolled"] + 20, day)
    outside = people["arm"].isna().to_numpy()
    unwilling = (people["stage"] == "unwilling").to_numpy()
    status[outside] = np.where(unwilling, "withdrew_responsible", "transferred")[outside]
    day = np.where(outside, people["offered"].to_numpy() + 14, day)
    good = np.isin(status.astype(str), ["completed", "partial"])
    legal = np.where(good, "dismissed", "returned_to_court")
    return pd.DataFrame({"exit": day, "status": status, "legal": legal}, index=people.index)


def draw_harmed(rng: np.random.Generator, cases: pd.DataFrame) -> pd.DataFrame:
    """Return one row per harmed party of each case that got as far as asking one."""
    asked = cases[(cases["stage"] == "willing") & ~cases["is_repeat"]]
    number = rng.choice([1, 2, 3], len(asked), p=[0.80, 0.15, 0.05])
    table = asked.loc[asked.index.repeat(number)]
    n = len(table)
    kind = rng.choice(HARMED_KINDS, n, p=[0.76, 0.05, 0.12, 0.05, 0.02])
    is_person = kind == "person"
    band = rng.choice(AGE_BANDS, n, p=[0.05, 0.24, 0.19, 0.42, 0.10])
    offered = table["offered"].to_numpy() + rng.integers(2, 10, n)
    return pd.DataFrame(
        {
            "harmed_id": np.char.add("H", np.char.zfill(np.arange(1, n + 1).astype(str), 5)),
            "case": table.index.to_numpy(),
            "case_id": case_ids(len(cases))[table.index.to_numpy()],
            "kind": kind,
            "age_band": only_where(is_person, band),
            "is_minor": only_where(is_person, np.isin(band, AGE_BANDS[:2])),
            "relationship": rng.choice(
                ["stranger", "acquaintance", "family", "classmate", "employee_employer", "other"],
                n,
                p=[0.34, 0.28, 0.08, 0.18, 0.06, 0.06],
            ),
            "participation": table["participation"].to_numpy(),
            "offered": offered,
            "decided": offered + rng.integers(0, 9, n),
            "voca": rng.random(n) < 0.15,
        }
    )
