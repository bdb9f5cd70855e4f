"""Writes the invented exports of the tutorial: no real people, no real programme.

Run as ``python docs/tutorial/invent_exports.py docs/tutorial/exports``. The same seed gives the
same bytes, and a test holds the files beside this script to it.
"""

from __future__ import annotations

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np

SEED = 20230101
N_CASES = 170
START = date(2023, 1, 1)
PULLED = date(2025, 6, 30)
ANSWERS = ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied")
#: Where the mood of a person turns into the next better answer.
CUTS = (-2.1, -1.5, -0.9, 0.4)
HEADERS = {
    "participants.csv": "Participant ID,Birth Year,Gender,Earlier Arrests",
    "referrals.csv": "Referral No,Participant ID,Case No,Office,Date Referred,Referred By,Eligible,"
    "Date Offered,Agreed To Take Part,Harmed Party Agreed,Date Closed,Outcome,Age,Offense",
    "meetings.csv": "Meeting No,Case No,Kind,Planned,Held,Status,How,Why Video",
    "court_search.csv": "Search No,Participant ID,Searched On,Records From,Records To,Result",
    "court_filings.csv": "Charge No,Participant ID,Offense Date,Filed,Type,Level,Outcome",
    "surveys.csv": "Survey No,Harmed Party ID,Case No,Sent,Result,Answered,Overall satisfied,"
    "Had my say,Felt safe",
}
Files = dict[str, list[list[str]]]


def us(day: date | None) -> str:
    """Return a date as the case system writes it."""
    return "" if day is None else day.strftime("%m/%d/%Y")


def invent(seed: int = SEED) -> Files:
    """Return each file as its rows, header first."""
    rng = np.random.default_rng(seed)
    files: Files = {name: [line.split(",")] for name, line in HEADERS.items()}
    for number in range(1, N_CASES + 1):
        _add_case(files, f"C{number:04d}", rng)
    _spoil(files["referrals.csv"])
    return files


def _add_case(files: Files, case: str, rng: np.random.Generator) -> None:
    referred = START + timedelta(days=int(rng.integers(0, 365)))
    offered = referred + timedelta(days=int(rng.integers(2, 20)))
    held = offered + timedelta(days=int(rng.integers(30, 90)))
    harmed_agreed = rng.random() < 0.75
    office = str(rng.choice(["North", "South"]))
    source = str(rng.choice(["District Attorney", "Police", "School"], p=[0.5, 0.35, 0.15]))
    offence = str(rng.choice(["Property", "Person", "Public order"]))
    meets = False
    for _ in range(int(rng.choice([1, 2], p=[0.5, 0.5]))):
        number = len(files["participants.csv"])
        person = f"P{number:04d}"
        agreed = rng.random() < 0.85
        meets |= agreed and harmed_agreed
        done = agreed and harmed_agreed and rng.random() < 0.85
        closed = held + timedelta(days=int(rng.integers(60, 150))) if agreed else offered
        age = _add_person(files, person, referred, rng)
        files["referrals.csv"].append(
            [
                *(f"R{number:04d}", person, case, office, us(referred), source, "Yes", us(offered)),
                *(_yes(agreed), _yes(harmed_agreed), us(closed)),
                *("Completed" if done else "Not completed" if agreed else "Withdrew", age, offence),
            ]
        )
    if meets:
        _add_meetings(files, case, offered, held, rng)


def _add_person(files: Files, person: str, referred: date, rng: np.random.Generator) -> str:
    age, arrests = int(rng.integers(14, 26)), int(rng.poisson(0.8))
    gender = str(rng.choice(["Male", "Female"], p=[0.7, 0.3]))
    files["participants.csv"].append([person, str(referred.year - age), gender, str(arrests)])
    if rng.random() > 0.05:  # the others are never searched: a missing outcome, not a good one
        _add_court(files, person, referred, 0.2 + 0.06 * arrests, rng)
    return str(age)


def _add_court(
    files: Files, person: str, referred: date, rate: float, rng: np.random.Generator
) -> None:
    offence = referred + timedelta(days=int(rng.exponential(365 / rate)) + 1)
    found = offence <= PULLED - timedelta(days=60)
    result = "Record found" if found else "No record"
    number = len(files["court_search.csv"])
    files["court_search.csv"].append(
        [f"Q{number:04d}", person, us(PULLED), "01/01/2015", us(PULLED), result]
    )
    if found:
        level = str(rng.choice(["Felony", "Misdemeanor", "Infraction"], p=[0.2, 0.65, 0.15]))
        kind = str(rng.choice(["New offense", "Probation violation"], p=[0.9, 0.1]))
        filed = offence + timedelta(days=int(rng.integers(3, 45)))
        number = len(files["court_filings.csv"])
        files["court_filings.csv"].append(
            [f"K{number:04d}", person, us(offence), us(filed), kind, level, "Pending"]
        )


def _add_meetings(
    files: Files, case: str, offered: date, held: date, rng: np.random.Generator
) -> None:
    rows = files["meetings.csv"]
    by_video = rng.random() < 0.3
    how = ["Video", str(rng.choice(["Distance", "Choice"]))] if by_video else ["In person", ""]
    for kind, day in (
        ("Preparation, participant", offered + timedelta(days=10)),
        ("Preparation, harmed party", offered + timedelta(days=15)),
        ("Conference", held),
    ):
        rows.append([f"M{len(rows):04d}", case, kind, us(day), us(day), "Held", *how])
    _add_survey(files["surveys.csv"], case, held + timedelta(days=7), rng)


def _add_survey(rows: list[list[str]], case: str, sent: date, rng: np.random.Generator) -> None:
    answered = rng.random() < 0.68
    mood = rng.normal() + rng.normal(scale=0.7, size=3)  # one mood colours all three answers
    picks = [ANSWERS[int(one)] for one in np.digitize(mood, CUTS)]
    number = len(rows)
    rows.append(
        [f"S{number:04d}", f"H{number:04d}", case, us(sent)]
        + ["Returned" if answered else "No reply"]
        + [us(sent + timedelta(days=12)) if answered else ""]
        + (picks if answered else [""] * 3)
    )


def _spoil(rows: list[list[str]]) -> None:
    """Put into a clean file what real exports hold: a double, a missing date, a last line."""
    rows.append(list(rows[40]))
    rows[100][4] = ""
    rows.append(["Grand Total", str(len(rows) - 1), *[""] * (len(rows[0]) - 2)])


def _yes(true: object) -> str:
    return "Yes" if true else "No"


def write(folder: Path, seed: int = SEED) -> None:
    """Write every file into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in invent(seed).items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
