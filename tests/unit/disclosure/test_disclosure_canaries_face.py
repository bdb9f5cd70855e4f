"""Each public function is given data in which every cell is a token: none repeats it.

Not in what it raises (message, representation, traceback, causes), warns, logs or prints.
"""

from __future__ import annotations

import inspect
import io
import itertools
import logging
import re
import traceback
import warnings
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import Cohort, Exports
from rjeval.results import Result

CANARY = "ZQCANARY"
#: Not functions of data: words, rules, and what reads folders (given to the commands' tests).
NOT_OF_DATA = frozenset({"__version__", "DisclosureRule", "RecidivismDefinition", "Clustering"})
N = 60


def tokens(n: int = N) -> list[str]:
    return [f"{CANARY}{i:03}" for i in range(n)]


def people() -> pd.DataFrame:
    """Sixty people whose every text is a token of its own, with usable times and answers."""
    rng = np.random.default_rng(1)
    names = ("person_id", "referral_id", "case_id", "arm", "site_id", "gender", "note", "rating")
    frame = pd.DataFrame({name: tokens() for name in names})
    return frame.assign(
        days=rng.integers(1, 700, N),
        new=rng.integers(0, 2, N),
        index_date=pd.Timestamp("2024-01-01"),
        exclusion_reason=None,
        wave=tokens(),
    )


def things() -> dict[str, object]:
    """What a careless caller may hand over: frames, columns, shells around frames, texts."""
    frame = people()
    empty = pd.DataFrame()
    outcome = rj.time_to_event(
        frame, time="days", event="new", id="person_id", unit="days", covariates=["arm", "note"]
    )
    some = frame.assign(rating=np.resize(["low", "middle", "high"], N))
    answers = rj.ratings(
        some,
        rating="rating",
        levels=["low", "middle", "high"],
        id="person_id",
        covariates=["arm", "note"],
    )
    return {
        "frame": frame,
        "column": frame["note"],
        "list": tokens(),
        "text": CANARY,
        "outcome": outcome,
        "ratings": answers,
        "cohort": Cohort(frame=frame, arms=(CANARY,)),
        "exports": Exports(
            tables={"person": frame, "referral": frame, "session": frame},
            accounts=(),
            ledger=empty,
            quality=empty,
        ),
    }


#: Results show the groups that the caller asked for, thin ones too, until they are released;
#: frames are what the caller handed over. All else must not.
SHOWN = (Result, pd.DataFrame, pd.Series, dict, tuple)
THINGS = things()
SECOND = ({}, {"formula": "arm + note"}, {"formula": f"C({CANARY}) + note"}, {"by": "note"})
MORE = {"at_days": 365, "horizon_days": 365, "time": "note", "event": "note", "rating": "note"}
FUNCTIONS = sorted(name for name in rj.__all__ if name not in NOT_OF_DATA)


def told(error: BaseException) -> str:
    """Return all that can be read of an error, its causes included."""
    lines = traceback.format_exception(error)
    frames = [line for line in lines if not line.lstrip().startswith("File ")]
    return "\n".join([str(error), repr(error), repr(error.args), *frames])


def outcome_of(function, first, second: dict[str, object]) -> str:
    """Call a function and return everything it said: error, warnings, log, output, repr."""
    known = inspect.signature(function).parameters
    further = {name: value for name, value in {**MORE, **second}.items() if name in known}
    said, log = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    with (
        warnings.catch_warnings(record=True) as warned,
        redirect_stdout(said),
        redirect_stderr(said),
    ):
        warnings.simplefilter("always")
        try:
            result = function(first, **further)
            text = "" if isinstance(result, SHOWN) else repr(result)
        except Exception as error:
            text = told(error)
    logging.getLogger().removeHandler(handler)
    return "\n".join([text, said.getvalue(), log.getvalue(), *(str(one.message) for one in warned)])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_public_function_repeats_a_cell(name: str) -> None:
    function = getattr(rj, name)
    for (kind, thing), second in itertools.product(THINGS.items(), SECOND):
        said = outcome_of(function, thing, second)
        hits = re.findall(rf"{CANARY}\d+", said)
        assert not hits, f"{name}({kind}, {sorted(second)}) says a cell {len(hits)} times"


def test_every_public_name_is_called() -> None:
    assert {*FUNCTIONS, *NOT_OF_DATA} == set(rj.__all__)
