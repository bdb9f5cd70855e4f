"""Invitations and responses become one role's ratings, by hand-made tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import Cohort, Exports
from rjeval.design import ArmsDesign, StudyDesign, SurveyDesign
from rjeval.errors import DataError, DesignError, GuardError

ITEMS = ("overall", "voice")
SURVEY = SurveyDesign(
    name="victims",
    role="harmed_party",
    item_id="overall",
    items=ITEMS,
    levels=("bad", "middling", "good"),
    top=1,
    wording={"overall": "Satisfied overall"},
)
DESIGN = StudyDesign(
    title="Hand-made",
    root=Path(),
    arms=ArmsDesign(levels=("comparison", "rj")),
    surveys=(SURVEY,),
)
DAY = pd.Timestamp("2024-03-01")


@pytest.fixture
def cohort():
    """Cases A and B are one arm each; C has both; D is not analysed."""
    frame = pd.DataFrame(
        {
            "referral_id": list("123456"),
            "person_id": list("uvwxyz"),
            "case_id": list("AABCCD"),
            "arm": ["rj", "rj", "comparison", "rj", "comparison", "rj"],
            "index_date": DAY,
            "site_id": ["north", "north", "south", "south", "south", "south"],
            "exclusion_reason": [None] * 5 + ["ineligible"],
        }
    )
    return Cohort(frame=frame, arms=("comparison", "rj"))


def invitation(ident, party, case, status, *, role="harmed_party", wave="post"):
    return {
        "invitation_id": ident,
        "party_id": party,
        "case_id": case,
        "role": role,
        "wave": wave,
        "status": status,
        "administered_by": "independent",
    }


def response(ident, item, value, state=None, mode=None):
    return {
        "invitation_id": ident,
        "item_id": item,
        "value": value,
        "missing_state": state,
        "mode_experienced": mode,
    }


@pytest.fixture
def tables():
    asked = [
        invitation("q1", "h1", "A", "completed"),
        invitation("q2", "h2", "B", "refused"),
        invitation("q3", "h3", "C", "no_contact"),
        invitation("q4", "h4", "A", "unsafe_to_contact"),
        invitation("q5", "h5", "D", "completed"),
        invitation("q6", "u", "A", "completed", role="responsible_party"),
        invitation("q7", "h1", "A", "completed", wave="pre"),
        invitation("q8", "h6", "B", "partial"),
        invitation("q9", "h6", "B", "no_contact"),
    ]
    said = [
        response("q1", "overall", 3.0, mode="video"),
        response("q1", "voice", None, "not_applicable", mode="video"),
        response("q5", "overall", 1.0),
        response("q6", "overall", 2.0),
        response("q7", "overall", 1.0),
        response("q8", "overall", 1.0, mode="phone"),
    ]
    held = [
        ("A", "prep_harmed", "held", DAY + pd.Timedelta(days=5), "phone"),
        ("A", "conference", "cancelled", pd.NaT, "video"),
        ("A", "conference", "held", DAY + pd.Timedelta(days=40), "in_person"),
        ("A", "conference", "held", DAY + pd.Timedelta(days=60), "video"),
    ]
    names = ["case_id", "session_type", "status", "held_date", "mode"]
    return {
        "survey_invitation": pd.DataFrame(asked),
        "survey_response": pd.DataFrame(said),
        "session": pd.DataFrame(held, columns=names),
        "harmed_party": pd.DataFrame(
            {"harmed_id": ["h1", "h2"], "kind": ["person", "business"], "participation": "direct"}
        ),
    }


def exports(tables):
    return Exports(tables=tables, accounts=(), ledger=pd.DataFrame(), quality=pd.DataFrame())


@pytest.fixture
def scored(tables, cohort):
    return rj.score_ratings(exports(tables), cohort, design=DESIGN, standing="all")


def row(scored, party, item="overall"):
    frame = scored.frame
    return frame[(frame["party_id"] == party) & (frame["item_id"] == item)].iloc[0]


def test_people_are_counted_from_the_invitations_of_analysed_cases(scored):
    assert (scored.n_eligible, scored.n_invited, scored.n_responded) == (5, 4, 2)
    assert set(scored.frame["party_id"]) == {"h1", "h2", "h3", "h6"}
    assert len(scored.frame) == 4 * len(ITEMS)
    assert any("not analysed" in note for note in scored.notes)
    assert any("same people" in note for note in scored.notes)


def test_answers_become_ordered_categories_of_the_design(scored):
    assert row(scored, "h1")["rating"] == "good"
    assert row(scored, "h6")["rating"] == "bad"
    assert scored.frame["rating"].cat.ordered
    assert tuple(scored.frame["rating"].cat.categories) == SURVEY.levels
    assert scored.wording("overall") == "Satisfied overall"


def test_ways_of_not_answering_are_kept_apart(scored):
    assert pd.isna(row(scored, "h1")["missing_state"])
    assert row(scored, "h1", "voice")["missing_state"] == "not_applicable"
    assert row(scored, "h2")["missing_state"] == "declined"
    assert row(scored, "h3")["missing_state"] == "not_collected"
    assert row(scored, "h6", "voice")["missing_state"] == "not_collected"


def test_arm_is_that_of_the_case_and_missing_where_the_case_has_both(scored):
    assert row(scored, "h1")["arm"] == "rj"
    assert row(scored, "h2")["arm"] == "comparison"
    assert pd.isna(row(scored, "h3")["arm"])
    assert list(scored.frame["arm"].cat.categories) == ["comparison", "rj"]
    assert any("both arms" in note for note in scored.notes)


def test_mode_and_days_are_those_of_the_first_held_conference(scored):
    assert (row(scored, "h1")["mode"], row(scored, "h1")["days_to_conference"]) == ("in_person", 40)
    assert row(scored, "h6")["mode"] == "phone"  # no session recorded: what was said
    assert pd.isna(row(scored, "h3")["mode"])
    assert row(scored, "h2")["site_id"] == "south"


def test_kind_of_harmed_party_is_a_covariate(scored):
    assert row(scored, "h2")["party_kind"] == "business"
    assert {"party_kind", "site_id", "days_to_conference"} <= set(scored.covariates)


def standing_tables(tables):
    """A person, a household that sent a stand-in, a school, and one of whom nothing is known."""
    tables["harmed_party"] = pd.DataFrame(
        {
            "harmed_id": ["h1", "h6", "h2", "h1"],
            "case_id": ["A", "B", "B", "D"],
            "kind": ["person", "household", "school", "business"],
            "participation": ["direct", "surrogate_sent", "direct", "direct"],
        }
    )
    tables["survey_invitation"].loc[1, "status"] = "completed"  # h2
    said = [response("q2", "overall", 2.0), response("q2", "fear", 2.0), response("q1", "fear", 1)]
    tables["survey_response"] = pd.concat([tables["survey_response"], pd.DataFrame(said)])
    return tables


def test_harmed_people_stand_ins_and_organisations_are_kept_apart(tables, cohort):
    ready = exports(standing_tables(tables))
    scored = rj.score_ratings(ready, cohort, design=DESIGN, standing="all")
    standing = scored.of().set_index("party_id")["standing"]
    assert standing[["h1", "h6", "h2"]].tolist() == ["direct", "surrogate", "organisation"]
    assert standing["h3"] == "direct", "nothing recorded: as where people harmed are asked for"
    assert len(scored.of()) == 4, "a party harmed in two cases is joined by case"
    shares = rj.satisfaction_shares(scored, by="standing", item="overall").frame
    assert shares["standing"].tolist() == ["direct", "surrogate", "organisation"]
    assert shares["n"].tolist() == [1, 1, 1]
    assert shares["estimate"].tolist() == [1, 0, 0]
    whole = rj.satisfaction_shares(scored, by="standing", item="overall")
    assert (whole.n_invited, whole.n_responded) == (None, None), "a total would tell of a few"
    assert shares[["bound_low", "bound_high"]].notna().all(axis=None)


def test_people_harmed_are_as_many_alone_as_beside_the_others(tables, cohort):
    """Otherwise the difference would count those of whom nothing was recorded."""
    ready = exports(standing_tables(tables))
    alone = rj.score_ratings(ready, cohort, design=DESIGN)
    beside = rj.score_ratings(ready, cohort, design=DESIGN, standing="all")
    direct = beside.of()[lambda rows: rows["standing"] == "direct"]
    assert set(alone.of()["party_id"]) == set(direct["party_id"])


def test_people_harmed_are_the_default_and_others_are_counted_apart(tables, cohort):
    ready = exports(standing_tables(tables))
    scored = rj.score_ratings(ready, cohort, design=DESIGN)
    assert set(scored.of()["party_id"]) == {"h1", "h3"}, "h3: nothing recorded"
    assert (scored.n_eligible, scored.n_invited, scored.n_responded) == (3, 2, 1)
    whose = "organisations (about 1) and people for whom a stand-in went (about 1)"
    assert any(f"Answers of {whose} are not among these" in one for one in scored.notes)
    for standing, party in (("surrogate", "h6"), ("organisation", "h2")):
        apart = rj.score_ratings(ready, cohort, design=DESIGN, standing=standing)
        assert apart.of()["party_id"].tolist() == [party]
        assert apart.n_invited == 1
    with pytest.raises(DataError, match="standing must be one of direct"):
        rj.score_ratings(ready, cohort, design=DESIGN, standing="pooled")


def test_people_of_whom_nothing_is_recorded_are_told_of(tables, cohort):
    ready = standing_tables(tables)
    ready["harmed_party"].loc[0, "kind"] = None
    scored = rj.score_ratings(exports(ready), cohort, design=DESIGN)
    assert any("it was not recorded whether they were people" in one for one in scored.notes)
    ready["harmed_party"][["kind", "participation"]] = None
    nobody = rj.score_ratings(exports(ready), cohort, design=DESIGN)
    assert nobody.n_invited == 4, "nothing recorded of anybody: nobody can be parted"


def test_nobody_of_a_standing_is_said_to_be_nobody(tables, cohort):
    ready = standing_tables(tables)
    ready["harmed_party"]["participation"] = "direct"
    with pytest.raises(DataError, match="has the standing surrogate"):
        rj.score_ratings(exports(ready), cohort, design=DESIGN, standing="surrogate")


def test_the_table_of_shares_has_a_row_per_standing(tables, cohort):
    ready = exports(standing_tables(tables))
    scored = rj.score_ratings(ready, cohort, design=DESIGN, standing="all")
    table = rj.tabulate_shares(rj.satisfaction_shares(scored, by="standing"))
    shown = table.to_html()
    assert all(word in shown for word in ("Direct", "Surrogate", "Organisation"))


def test_feelings_do_not_apply_to_organisations(tables, cohort):
    ready = exports(standing_tables(tables))
    scored = rj.score_ratings(ready, cohort, design=DESIGN, items=["fear"], standing="all")
    assert pd.isna(row(scored, "h2", "fear")["rating"])
    assert row(scored, "h2", "fear")["missing_state"] == "not_applicable"
    assert row(scored, "h1", "fear")["rating"] == "bad"
    # Not asked of it, so no silence that the bounds would count either way.
    shares = rj.satisfaction_shares(scored, by="standing").frame.set_index("standing")
    assert shares.loc["organisation", "n"] == 0


def test_roles_are_never_pooled(tables, cohort):
    for pooled in ("all", ["harmed_party", "responsible_party"]):
        with pytest.raises(GuardError, match="never pooled"):
            rj.score_ratings(exports(tables), cohort, design=DESIGN, role=pooled)
    with pytest.raises(DesignError):
        rj.score_ratings(exports(tables), cohort, design=DESIGN, role="community")


def test_without_invitations_there_is_no_denominator(tables, cohort):
    del tables["survey_invitation"]
    with pytest.raises(DataError, match="how many were asked"):
        rj.score_ratings(exports(tables), cohort, design=DESIGN)


def test_without_sessions_and_responses_all_is_missing_but_counted(tables, cohort):
    asked = {"survey_invitation": tables["survey_invitation"]}
    scored = rj.score_ratings(exports(asked), cohort, design=DESIGN)
    assert scored.frame["rating"].isna().all()
    assert scored.n_invited == 4


@pytest.mark.parametrize("value", [0.0, 4.0, 2.5])
def test_answers_off_the_scale_are_refused_in_counts(tables, cohort, value):
    tables["survey_response"].loc[0, "value"] = value
    with pytest.raises(DataError, match="1 of 2 answers are off the scale 1 to 3"):
        rj.score_ratings(exports(tables), cohort, design=DESIGN)


def test_ratings_flow_into_shares_with_bounds(scored):
    frame = rj.satisfaction_shares(scored).to_frame()
    assert list(frame["item_id"]) == list(ITEMS)
    first = frame.iloc[0]
    assert (first["n"], first["n_top"], first["estimate"]) == (2, 1, 0.5)
    assert (first["bound_low"], first["bound_high"]) == (0.25, 0.75)
    assert frame.iloc[1]["n"] == 0
