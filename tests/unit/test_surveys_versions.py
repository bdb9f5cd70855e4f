"""A change of wording breaks a series: answers are not pooled, trended or paired across it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import Cohort, Exports
from rjeval.design import ArmsDesign, StudyDesign, SurveyDesign
from rjeval.errors import DataError, GuardError

SURVEY = SurveyDesign(
    name="victims",
    role="harmed_party",
    item_id="overall",
    items=("overall", "voice"),
    levels=("bad", "middling", "good"),
    top=1,
)
CHANGED = pd.Timestamp("2024-01-01")
#: Seven people; h4 on the very day of the change, h7 without any day.
DAYS = ["2023-03-01", "2023-06-01", "2023-12-31", "2024-01-01", "2024-02-01", "2024-05-01", None]


def design(**more):
    return StudyDesign(
        title="Hand-made",
        root=Path(),
        arms=ArmsDesign(levels=("rj",)),
        surveys=(replace(SURVEY, **more),),
    )


def study(hashes, *, valid_from=("2020-01-01", "2024-01-01"), days=DAYS):
    """Version 1 and 2 of one questionnaire; ``hashes`` of overall and voice in each."""
    people = [f"h{i}" for i in range(1, 8)]
    invitations = pd.DataFrame(
        {
            "invitation_id": [f"q{i}" for i in range(1, 8)],
            "party_id": people,
            "case_id": [f"c{i}" for i in range(1, 8)],
            "role": "harmed_party",
            "wave": "post",
            "status": "completed",
            "instrument_id": "form",
            "invited_date": pd.to_datetime(pd.Series(days)),
        }
    )
    said = invitations[["invitation_id"]].merge(
        pd.DataFrame({"item_id": ["overall", "voice"]}), how="cross"
    )
    instrument = pd.DataFrame(
        {
            "instrument_id": "form",
            "version": ["1", "2"],
            "valid_from": pd.to_datetime(pd.Series(valid_from)),
            "language": "eng",
        }
    )
    items = pd.DataFrame(
        {
            "instrument_id": "form",
            "version": ["1", "1", "2", "2"],
            "item_id": ["overall", "voice"] * 2,
            "text_hash": hashes,
        }
    )
    tables = {
        "survey_invitation": invitations,
        "survey_response": said.assign(value=2.0, missing_state=None, mode_experienced=None),
        "survey_instrument": instrument,
        "survey_item": items,
    }
    exports = Exports(tables=tables, accounts=(), ledger=pd.DataFrame(), quality=pd.DataFrame())
    frame = pd.DataFrame(
        {
            "person_id": people,
            "case_id": invitations["case_id"],
            "arm": "rj",
            "index_date": CHANGED,
            "exclusion_reason": None,
        }
    )
    return exports, Cohort(frame=frame, arms=("rj",))


SAME, OTHER = ["a", "b", "a", "b"], ["a", "b", "a", "c"]


def test_the_version_is_the_one_in_use_on_the_day_asked():
    scored = rj.score_ratings(*study(SAME), design=design())
    versions = scored.of().set_index("party_id")["version"]
    assert versions[["h1", "h2", "h3"]].tolist() == ["1"] * 3
    assert versions[["h4", "h5", "h6"]].tolist() == ["2"] * 3
    assert versions.isna()["h7"]


def test_versions_of_one_wording_are_pooled_even_without_dates():
    scored = rj.score_ratings(*study(SAME), design=design())
    assert set(scored.of("voice")["text_hash"]) == {"b"}
    assert len(scored.of()) == 7


def test_answers_to_different_wordings_are_not_pooled():
    with pytest.raises(GuardError, match="wording of Voice changed") as refused:
        rj.score_ratings(*study(OTHER), design=design())
    assert "version=" in str(refused.value)
    # The item that was not reworded is pooled.
    assert len(rj.score_ratings(*study(OTHER), design=design(), items=["overall"]).of()) == 7


def test_one_version_is_scored_with_its_own_denominator():
    scored = rj.score_ratings(*study(OTHER), design=design(), version="1")
    assert set(scored.frame["party_id"]) == {"h1", "h2", "h3"}
    assert (scored.n_eligible, scored.n_invited, scored.n_responded) == (3, 3, 3)
    with pytest.raises(DataError, match="version named"):
        rj.score_ratings(*study(OTHER), design=design(), version="9")


def test_a_wording_that_the_dates_do_not_settle_is_not_pooled():
    with pytest.raises(GuardError, match="Voice"):
        rj.score_ratings(*study(OTHER, days=[None] * 7), design=design())
    with pytest.raises(GuardError, match="Voice"):
        rj.score_ratings(*study(OTHER, valid_from=(None, None)), design=design())
    # Before the first version was in use.
    with pytest.raises(GuardError, match="Voice"):
        rj.score_ratings(*study(OTHER, days=["2019-01-01"] * 7), design=design())


def test_declared_items_are_pooled_and_a_note_says_so():
    declared = design(comparable_wordings=("voice",))
    scored = rj.score_ratings(*study(OTHER), design=declared)
    assert len(scored.of("voice")) == 7
    assert any("declares the versions comparable" in note for note in scored.notes)
    shares = rj.satisfaction_shares(scored, by="version")
    assert shares.frame.groupby("version")["n"].first().tolist() == [3, 3]


def test_without_item_tables_nothing_changes():
    exports, cohort = study(OTHER)
    tables = {name: one for name, one in exports.tables.items() if name != "survey_item"}
    scored = rj.score_ratings(replace(exports, tables=tables), cohort, design=design())
    assert "text_hash" not in scored.frame.columns
    assert len(scored.of()) == 7


def flat(values, wording):
    frame = pd.DataFrame({"who": list("abcdef"), "fear": values, "text_hash": wording})
    return rj.ratings(frame, rating="fear", levels=list("12345"), id="who")


def test_change_across_wordings_is_refused():
    before = flat(list("543424"), "a")
    assert rj.paired_change(before, flat(list("332312"), "a")).n == 6
    with pytest.raises(GuardError, match="difference would be that of the question"):
        rj.paired_change(before, flat(list("332312"), "b"))


def test_a_trend_across_wordings_is_refused():
    frame = pd.DataFrame(
        {
            "year": [2022, 2022, 2023, 2023],
            "how": "probability",
            "trust": ["1", "2"] * 2,
            "people": [40, 60, 50, 50],
            "text_hash": ["a", "a", "b", "b"],
        }
    )

    def waves(one):
        return rj.ratings(one, rating="trust", levels=["1", "2"], weight="people", top=1)

    with pytest.raises(GuardError, match="wording of Trust changed"):
        rj.rating_trend(waves(frame), by="year", sample_type="how")
    alike = rj.rating_trend(waves(frame.assign(text_hash="a")), by="year", sample_type="how")
    assert alike.frame["estimate"].tolist() == [0.6, 0.5]
