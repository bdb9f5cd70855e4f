"""A formula becomes a named matrix; what cannot be estimated is refused by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rjeval.errors import EstimationError, RankDeficiencyError
from rjeval.model_frame import build_model_frame

PEOPLE = pd.DataFrame(
    {
        "arm": pd.Categorical(["rj", "comparison", "rj", "comparison", "rj"], ["comparison", "rj"]),
        "age": [15.0, 16.0, np.nan, 18.0, 21.0],
        "priors": [0, 1, 2, 3, 5],
        "site": ["north", "south", "north", "south", "south"],
        "one": ["x"] * 5,
    }
)


def test_terms_bear_the_names_that_people_read():
    built = build_model_frame(PEOPLE, "arm + age + site")
    assert built.terms == ("arm[rj]", "age", "site[south]")
    assert built.variables == ("arm", "age", "site")
    assert built.reference_levels == {"arm": "comparison", "site": "north"}


def test_incomplete_rows_are_dropped_and_counted():
    built = build_model_frame(PEOPLE, "arm + age")
    assert built.n_dropped == 1
    assert built.kept.tolist() == [0, 1, 3, 4]
    assert built.matrix[:, 0].tolist() == [1, 0, 0, 1]


def test_a_formula_is_not_dropped_for_a_column_it_does_not_use():
    assert build_model_frame(PEOPLE, "arm + priors").n_dropped == 0


def test_interactions_and_intercept():
    built = build_model_frame(PEOPLE, "arm * priors", intercept=True)
    assert built.terms == ("(Intercept)", "arm[rj]", "priors", "arm[rj]:priors")
    assert (built.matrix[:, 0] == 1).all()


def test_a_repeated_term_is_named():
    twice = PEOPLE.assign(half=PEOPLE["priors"] / 2)
    with pytest.raises(RankDeficiencyError) as caught:
        build_model_frame(twice, "priors + half")
    assert caught.value.terms == ("half",)


@pytest.mark.parametrize(
    ("formula", "said"),
    [("arm + agee", "agee"), ("one + arm", "one value only"), ("arm +* age", "cannot be read")],
)
def test_a_formula_that_cannot_serve_is_refused(formula, said):
    with pytest.raises(EstimationError) as caught:
        build_model_frame(PEOPLE, formula)
    assert said in caught.value.message


def test_no_complete_row_is_refused():
    with pytest.raises(EstimationError, match="No row is complete"):
        build_model_frame(PEOPLE.assign(age=np.nan), "age")


def test_the_input_is_not_changed_and_the_repr_shows_no_row():
    before = PEOPLE.copy(deep=True)
    built = build_model_frame(PEOPLE, "arm + site")
    pd.testing.assert_frame_equal(PEOPLE, before)
    assert repr(built) == "ModelFrame(rows=5, terms=('arm[rj]', 'site[south]'), dropped=0)"


@pytest.mark.parametrize("formula", ["age", "arm", "flag", "arm + age", "age+arm + age + flag"])
def test_added_columns_are_coded_as_the_general_machinery_codes_them(formula):
    # "(age)" is the same term to formulaic, and no plain name to the short way.
    people = pd.DataFrame(
        {
            "arm": pd.Categorical(list("bacab"), list("abc")),
            "age": pd.array([30, 41, None, 25, 60], dtype="Int64"),
            "flag": [True, False, False, True, True],
        }
    )
    short = build_model_frame(people, formula, intercept=True)
    long = build_model_frame(people, f"({formula})", intercept=True)
    np.testing.assert_array_equal(short.matrix, long.matrix)
    assert short.terms == long.terms
    assert short.variables == long.variables
    assert short.reference_levels == long.reference_levels
