"""Tests of people trained and the community survey as ratings: pairs, waves, weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import Exports
from rjeval.delivery.outreach import count_trained
from rjeval.errors import DataError, EstimationError
from rjeval.surveys.waves import score_change

NONE = pd.DataFrame()


def exports(**tables: pd.DataFrame) -> Exports:
    return Exports(tables=tables, accounts=(), ledger=NONE, quality=NONE)


def scores_of(before: list[float], after: list[float], *, best: float = 10.0) -> pd.DataFrame:
    waves = []
    for wave, scores in (("pre", before), ("post", after)):
        frame = pd.DataFrame({"test_score": scores, "wave": wave, "training_id": "T1"})
        waves.append(frame.assign(trainee_id=[f"c{k}" for k in range(len(scores))], test_max=best))
    return pd.concat(waves, ignore_index=True)


def test_pairs_of_tests_give_the_mean_gain():
    """Gains 1, 2, 3, 2, 2, 2: 2 points; the seventh took one test only."""
    table = scores_of([4, 5, 5, 3, 6, 4, 9], [5, 7, 8, 5, 8, 6])
    before, after = rj.score_training(exports(training_response=table))
    assert after.role == "trainee"
    change = rj.paired_change(before, after).coefficients()
    assert change["estimate"].tolist() == pytest.approx([2.0])


def test_tests_of_different_best_scores_are_not_compared():
    table = pd.concat([scores_of([1], [2]), scores_of([1], [2], best=20.0)])
    with pytest.raises(DataError, match="2 different best scores"):
        rj.score_training(exports(training_response=table))


def test_the_community_survey_is_weighted_and_its_waves_are_in_order():
    """2024: weights 3 high, 1 low: 75% high; 2023: 1 of 2."""
    table = pd.DataFrame(
        {
            "respondent_id": list("abcdef"),
            "wave": ["2024", "2024", "2023", "2023", "2024", "2023"],
            "sample_type": "probability",
            "weight": [3.0, 1.0, 1.0, 1.0, 1.0, 1.0],
            "trust_legal_system": [5, 1, 4, 2, np.nan, np.nan],
        }
    )
    answers = rj.score_community(exports(community_survey=table))
    assert answers.role == "community"
    shares = rj.satisfaction_shares(answers, by="wave").frame
    assert shares["wave"].astype(str).tolist() == ["2023", "2024"]
    assert shares["estimate"].tolist() == pytest.approx([0.5, 0.75])
    with pytest.raises(DataError, match="no item"):
        rj.score_community(exports(community_survey=table), item="hope")


def test_people_trained_are_counted_by_audience():
    table = pd.DataFrame(
        {"audience": ["police", "judge", "police", None], "n_attended": [12, 9, 8, None]}
    )
    counted = count_trained(exports(training_event=table.astype({"n_attended": "Int64"})))
    assert counted.frame.to_dict("list") == {"audience": ["police", "judge"], "n": [20, 9]}
    assert "left out" in counted.notes[0]


def test_items_that_were_not_asked_twice_give_no_change():
    asked = pd.DataFrame({"invitation_id": ["1"], "role": ["harmed_party"], "wave": ["pre"]})
    answers = pd.DataFrame({"invitation_id": ["1"], "item_id": ["fear"]})
    data = exports(survey_invitation=asked, survey_response=answers)
    with pytest.raises(EstimationError, match="both before and after"):
        score_change(data, None, design=None, role="harmed_party", items=["fear"])
