"""Trainings with their tests, and the community survey: what was given, learnt and thought."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.simulate.people import as_dates
from rjeval.simulate.raw_layout import RawFile

N_TRAININGS = 14
AUDIENCES = ("facilitator", "police", "school_staff", "attorney", "law_student")
TEST_MAX = 10
#: Chance of a right answer before and after a training.
RIGHT_BEFORE, RIGHT_AFTER = 0.52, 0.69
#: Shares of people trained who took the test before and after.
TOOK_BEFORE, TOOK_AFTER = 0.92, 0.86
#: Wave of the community survey -> shares of the answers 1 to 5 on trust in the legal system.
TRUST = {
    "autumn 2022": (0.14, 0.22, 0.30, 0.25, 0.09),
    "autumn 2023": (0.13, 0.21, 0.29, 0.27, 0.10),
    "autumn 2024": (0.11, 0.20, 0.28, 0.29, 0.12),
}
N_ASKED = 420

FILES: dict[str, RawFile] = {
    "training_event": RawFile(
        file="outreach_trainings.csv",
        columns={
            "training_id": "Training",
            "date": "Date",
            "audience": "For whom",
            "hours": "Hours",
            "mode": "Held by",
            "n_registered": "Registered",
            "n_attended": "Attended",
        },
        values={"audience": {"school_staff": "School staff", "law_student": "Law student"}},
    ),
    "training_response": RawFile(
        file="outreach_tests.csv",
        columns={
            "training_id": "Training",
            "trainee_id": "Own code",
            "wave": "Before or after",
            "test_score": "Score",
            "test_max": "Out of",
        },
        values={"wave": {"pre": "Before", "post": "After"}},
    ),
    "community_survey": RawFile(
        file="outreach_community.csv",
        columns={
            "respondent_id": "No.",
            "wave": "Survey",
            "area": "Area",
            "sample_type": "Sample",
            "weight": "Weight",
            "trust_legal_system": "Trust in the legal system",
        },
    ),
}


def draw_outreach(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return the tables of trainings, their tests and the community survey."""
    events = _trainings(rng)
    return {
        "training_event": events,
        "training_response": _tests(rng, events),
        "community_survey": _community(rng),
    }


def _trainings(rng: np.random.Generator) -> pd.DataFrame:
    day = np.sort(rng.integers(30, 1065, N_TRAININGS))
    attended = rng.integers(9, 24, N_TRAININGS)
    return pd.DataFrame(
        {
            "training_id": [f"T{number:02d}" for number in range(1, N_TRAININGS + 1)],
            "date": as_dates(day),
            "audience": [AUDIENCES[k % len(AUDIENCES)] for k in range(N_TRAININGS)],
            "hours": rng.choice([3.0, 6.0, 12.0], N_TRAININGS),
            "mode": rng.choice(["in_person", "video"], N_TRAININGS, p=[0.7, 0.3]),
            "n_registered": attended + rng.integers(0, 6, N_TRAININGS),
            "n_attended": attended,
        }
    )


def _tests(rng: np.random.Generator, events: pd.DataFrame) -> pd.DataFrame:
    """Return tests of people with an ability of their own; some miss the one or the other."""
    training = np.repeat(events["training_id"].to_numpy(), events["n_attended"])
    n = len(training)
    ability = rng.normal(0, 0.6, n)
    code = np.char.add("code", np.char.zfill(rng.permutation(n).astype(str), 4))
    waves = []
    for wave, right, took in (
        ("pre", RIGHT_BEFORE, TOOK_BEFORE),
        ("post", RIGHT_AFTER, TOOK_AFTER),
    ):
        chance = 1 / (1 + np.exp(-(np.log(right / (1 - right)) + ability)))
        scores = rng.binomial(TEST_MAX, chance).astype(float)
        table = pd.DataFrame({"training_id": training, "trainee_id": code, "wave": wave})
        table = table.assign(test_score=scores, test_max=float(TEST_MAX))
        waves.append(table[rng.random(n) < took])
    return pd.concat(waves, ignore_index=True)


def _community(rng: np.random.Generator) -> pd.DataFrame:
    """Return repeated cross-sections by chance, each year other people."""
    waves = []
    for wave, shares in TRUST.items():
        table = pd.DataFrame({"trust_legal_system": 1.0 + rng.choice(5, N_ASKED, p=shares)})
        table.loc[rng.random(N_ASKED) < 0.04, "trust_legal_system"] = np.nan
        waves.append(
            table.assign(
                wave=wave,
                area=rng.choice(["North", "South", "Lake"], N_ASKED),
                sample_type="probability",
                weight=rng.choice([1, 2, 3], N_ASKED, p=[0.6, 0.3, 0.1]).astype(float),
            )
        )
    table = pd.concat(waves, ignore_index=True)
    number = np.char.zfill(np.arange(1, len(table) + 1).astype(str), 5)
    return table.assign(respondent_id=np.char.add("A", number))
