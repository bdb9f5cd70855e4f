"""Cases, the people responsible in them, and the arm that each case came into."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: First referral, last referral and day of the extract; all other days count from the first.
ORIGIN = np.datetime64("2021-07-01")
REFERRAL_DAYS = 1096
EXTRACT_DAY = int((np.datetime64("2025-12-31") - ORIGIN) / np.timedelta64(1, "D"))
SITES = ("lakeside", "penasco")
AGES = (12, 25)
OFFENCE_GROUPS = ("property", "person", "society", "status")
SOURCES = ("prosecutor", "court", "police", "school", "probation")
RACES = ("White", "Hispanic_Latino", "Black", "AIAN", "Asian", "MENA", "Hispanic_Latino;White")
ID_LETTERS = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ"))
#: Prime, so that consecutive people get unlike ids that never repeat.
ID_STEP = 86_028_121
#: Pairs of people whose ids differ by case only, per 1,000 people (at least two pairs).
TWINS_PER_1000 = 5


def draw_cases(rng: np.random.Generator, n_people: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return cases in order of referral, and for each person the number of the case."""
    sizes = rng.choice([1, 2, 3], size=n_people, p=[0.74, 0.18, 0.08])
    case_of = np.repeat(np.arange(n_people), sizes)[:n_people]
    n = int(case_of[-1]) + 1
    referral = np.sort(rng.integers(0, REFERRAL_DAYS, n))
    incident = referral - rng.integers(5, 61, n)
    offered = referral + rng.integers(2, 15, n)
    cases = pd.DataFrame(
        {
            "site": (rng.random(n) < 0.40).astype(int),
            "incident": incident,
            "arrest": np.minimum(incident + rng.integers(0, 11, n), referral),
            "referral": referral,
            "offered": offered,
            "enrolled": offered + rng.integers(1, 11, n),
            "offence_group": rng.choice(OFFENCE_GROUPS, n, p=[0.46, 0.36, 0.14, 0.04]),
            "source": rng.choice(SOURCES, n, p=[0.38, 0.24, 0.18, 0.12, 0.08]),
            "stage": rng.choice(["ineligible", "unwilling", "willing"], n, p=[0.03, 0.04, 0.93]),
        }
    )
    return cases, case_of


def draw_people(
    rng: np.random.Generator, cases: pd.DataFrame, *, case_of: np.ndarray
) -> pd.DataFrame:
    """Return one row per person with covariates as they were at referral."""
    n = len(case_of)
    age = np.clip(np.rint(rng.normal(17.2, 2.8, n)), *AGES).astype(int)
    referral = cases["referral"].to_numpy()[case_of]
    birth = referral - np.floor(age * 365.25).astype(int) - rng.integers(1, 365, n)
    return pd.DataFrame(
        {
            "person_id": person_ids(rng, n),
            "case": case_of,
            "age": age,
            "birth": birth,
            "prior": rng.negative_binomial(0.9, 0.45, n),
            "site": cases["site"].to_numpy()[case_of],
            "referral": referral,
            "gender": rng.choice(
                ["man", "woman", "nonbinary", "unknown"], n, p=[0.69, 0.27, 0.02, 0.02]
            ),
            "race": rng.choice(RACES, n, p=[0.40, 0.28, 0.16, 0.05, 0.04, 0.02, 0.05]),
            "language": rng.choice(["eng", "spa", "nav"], n, p=[0.80, 0.17, 0.03]),
        }
    )


def draw_arms(rng: np.random.Generator, cases: pd.DataFrame, *, people: pd.DataFrame) -> np.ndarray:
    """Return the arm of each case: ``rj``, ``comparison`` or ``None``.

    Everybody with an arm was willing. Harmed parties decline more often where the responsible
    people have more prior arrests or are younger, and at the second site; so the arms differ
    in risk before anything was done, and an adjusted comparison differs from a raw one.
    """
    mean = people.groupby("case")[["prior", "age"]].mean()
    score = -0.75 + 0.55 * cases["site"] + 0.22 * (mean["prior"] - 1.1) - 0.05 * (mean["age"] - 17)
    declined = rng.random(len(cases)) < 1 / (1 + np.exp(-score.to_numpy()))
    arm = np.where(declined, "comparison", "rj").astype(object)
    arm[(cases["stage"] != "willing").to_numpy()] = None
    return arm


def person_ids(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return ids as a CRM makes them; a few pairs differ by the case of their letters only."""
    width = 6
    number = (rng.integers(1_000_000) + np.arange(n)) * ID_STEP % len(ID_LETTERS) ** width
    digits = number[:, None] // len(ID_LETTERS) ** np.arange(width)[None, :] % len(ID_LETTERS)
    tails = ID_LETTERS[digits].view(f"<U{width}").ravel() if n else np.array([], dtype=str)
    ids = np.char.add("0035e", tails)
    twins = min(max(2, round(n * TWINS_PER_1000 / 1000)), n // 2)
    first = np.arange(twins) * 2
    ids[first + 1] = np.char.add("0035e", np.char.lower(tails[first]))
    return ids.astype(object)


def case_ids(n: int, *, start: int = 0) -> np.ndarray:
    """Return case numbers, which begin with zeros."""
    return np.char.zfill(np.arange(start + 1, start + n + 1).astype(str), 6).astype(object)


def as_dates(days: np.ndarray | pd.Series) -> pd.Series:
    """Return days since the first possible referral as dates; missing stays missing."""
    given = np.asarray(days, dtype=float)
    missing = np.isnan(given)
    # pandas rounds uninitialised memory where a float number of days is missing, and may warn
    offsets = pd.Series(pd.to_timedelta(np.where(missing, 0.0, given), unit="D"))
    return (pd.Timestamp(ORIGIN) + offsets.mask(missing)).astype("datetime64[ns]")


def only_where(condition: np.ndarray | pd.Series, value: object) -> np.ndarray:
    """Return the value (one, or an array of them) where a condition holds, else missing."""
    chosen = np.full(len(condition), None, dtype=object)
    mask = np.asarray(condition, dtype=bool)
    chosen[mask] = value[mask] if isinstance(value, np.ndarray) else value
    return chosen
