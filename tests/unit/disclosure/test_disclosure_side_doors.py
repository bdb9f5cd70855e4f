"""Person-level data do not pass the border, and no refusal repeats a value of them."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rjeval.analysis_data import Cohort
from rjeval.disclosure.attack import person_tokens
from rjeval.disclosure.border import release
from rjeval.errors import DisclosureError

CANARY = "ZQCANARY77"


def people() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "referral_id": [CANARY],
            "person_id": [CANARY],
            "case_id": [CANARY],
            "arm": ["rj"],
            "index_date": pd.to_datetime(["2024-01-01"]),
            "exclusion_reason": [None],
        }
    )


@pytest.mark.parametrize(
    "thing",
    [people(), people()["person_id"], Cohort(frame=people(), arms=("rj",)), [CANARY], CANARY],
)
def test_data_are_refused_without_being_repeated(thing, rule, caplog, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(DisclosureError) as caught:
        release(thing, rule=rule)
    said = capfd.readouterr()
    for text in (str(caught.value), repr(caught.value), caplog.text, said.out, said.err):
        assert CANARY not in text
    assert caught.value.exit_code == 13


def test_refused_models_name_no_number_of_people(results, rule) -> None:
    """9 events and 4 parameters leave 5: with 4 said, neither 9 nor 5 may be."""
    small = replace(results["cox"], n_events=9)
    with pytest.raises(DisclosureError) as caught:
        release(small, rule=rule)
    assert "4 parameters" in str(caught.value)
    assert not {"9", "5"} & set(str(caught.value))


def test_the_solver_says_nothing(rule, capfd) -> None:
    """HiGHS remarks on its own bookkeeping past Python; in a notebook they would be output."""
    from rjeval.results import CountTable

    rng = np.random.default_rng(5)
    for _ in range(30):
        counts = rng.negative_binomial(1, 1 / 30, size=(4, 4))
        frame = pd.DataFrame(
            {
                "site": np.repeat(list("abcd"), 4),
                "kind": np.tile(list("wxyz"), 4),
                "n": counts.ravel(),
            }
        )
        release(
            CountTable(frame=frame, title="t", dimensions=("site", "kind"), what="x"), rule=rule
        )
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_tokens_of_people_are_gathered_and_places_are_not() -> None:
    from rjeval.analysis_data import Exports

    frame = pd.DataFrame({"person_id": [CANARY, None], "site_id": ["LAKESIDE", "NORTH"]})
    nothing = pd.DataFrame()
    exports = Exports(tables={"person": frame}, accounts=(), ledger=nothing, quality=nothing)
    assert person_tokens(exports) == {CANARY}


def test_every_type_of_result_has_a_door() -> None:
    """A new result without a rule of its own is refused, so that it cannot be forgotten."""
    import rjeval.results
    from rjeval.disclosure.border import _DOORS
    from rjeval.results import Result

    known = {one.__name__ for one in _DOORS}
    modules = vars(rjeval.results)
    made = {
        name for name, one in modules.items() if isinstance(one, type) and issubclass(one, Result)
    }
    from_released = {"UnitCosts"}  # worked out from released costs and stages, and stamped so
    assert made - {"Result"} - from_released <= known
