"""A twin knows released numbers only: nothing else goes in, and they come out again, about."""

from __future__ import annotations

import inspect
import stat
import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.cli.main import main
from rjeval.cli.twins import released_results
from rjeval.design.disclosure import profile_rule
from rjeval.errors import DesignError, DisclosureError
from rjeval.results import BaselineTable, FixedWindowRates
from rjeval.simulate.twin import draw_twin
from rjeval.simulate.twin_margins import released_margins
from rjeval.simulate.twin_study import to_toml

#: A share of n people drawn at random lies this many standard errors around its margin, and
#: rounding counts to 5 moves it by up to 5 of the group.
ERRORS, ROUNDED = 4.0, 5.0


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("true") / "study"
    assert main(["simulate", str(folder), "--size", "320", "--seed", "8"]) == 0
    assert main(["prepare", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def design(study):
    return rj.read_design(study)


@pytest.fixture(scope="module")
def exports(study, design):
    return rj.load_exports(study / "data" / "processed", design=design)


@pytest.fixture(scope="module")
def released(exports, design):
    return list(released_results(exports, design))


@pytest.fixture(scope="module")
def twin(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin") / "twin"
    assert main(["twin", str(folder), str(study)]) == 0
    return folder


@pytest.fixture(scope="module")
def twins_own(twin):
    design = rj.read_design(twin)
    exports = rj.read_exports(twin / "data" / "raw", design=design)
    return exports, list(released_results(exports, design))


def test_the_door_takes_released_results_and_no_data():
    named = inspect.signature(draw_twin).parameters
    assert {name: str(one.annotation) for name, one in named.items()} == {
        "results": "Result",
        "design": "StudyDesign",
        "seed": "int",
    }


def test_unreleased_or_internal_results_are_refused(exports, design, released):
    cohort = rj.select_cohort(exports, design=design)
    flow = rj.trace_flow(cohort)
    with pytest.raises(DisclosureError, match="released results only"):
        draw_twin(flow, design=design)
    inside = rj.release(flow, rule=profile_rule("internal"))
    with pytest.raises(DisclosureError, match="released results only"):
        draw_twin(inside, *released, design=design)


def test_other_people_behind_the_same_released_numbers_give_the_same_twin(released, design):
    # every number that release hid is replaced by another one: the twin does not change
    def disturbed(one):
        frame = one.frame.copy()
        assert frame.isna().any().any() or not frame["suppressed"].any()
        return replace(one, frame=frame.sample(frac=1, random_state=1).sort_index())

    tables, _ = draw_twin(*released, design=design, seed=5)
    again, _ = draw_twin(*map(disturbed, released), design=design, seed=5)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, again[name])


def test_no_id_of_the_study_is_in_the_twin(exports, twin):
    ids = {
        str(one)
        for frame in exports.tables.values()
        for name in ("person_id", "case_id", "referral_id", "harmed_id", "invitation_id")
        if name in frame.columns
        for one in frame[name].dropna()
    }
    cells = {
        cell
        for path in (twin / "data" / "raw").glob("*.csv")
        for cell in pd.read_csv(path, dtype=str).stack().unique()
    }
    assert len(ids) > 500
    assert ids & cells == set()


def test_the_twin_passes_its_check_and_says_what_it_is(twin, capsys):
    assert main(["check", str(twin)]) == 0
    said = capsys.readouterr().out
    assert "quarantined" in said
    design = tomllib.loads((twin / "study.toml").read_text())
    assert design["study"]["synthetic"] is True
    assert design["study"]["title"].startswith("Synthetic twin of: ")
    assert "privacy" not in design
    assert "No number in it is a finding" in (twin / "README.md").read_text()


def test_every_row_of_the_twin_is_accepted(twins_own):
    exports, _ = twins_own
    assert {one.table: one.n_quarantined + one.n_duplicates for one in exports.accounts} == {
        one.table: 0 for one in exports.accounts
    }


def counts_of(results):
    """(variable, level, arm) -> share, and (variable, "n", arm) -> size, of shown levels."""
    (table,) = [one for one in results if isinstance(one, BaselineTable)]
    shown = table.frame[table.frame["kind"].eq("count")]
    return {
        (row["variable"], row["level"], arm): (row[f"share_{arm}"], row[f"n_{arm}"])
        for row in shown.to_dict("records")
        for arm in table.groups
        if np.isfinite(row[f"n_{arm}"])
    }


def test_shares_of_characteristics_are_about_those_released(released, twins_own):
    true, made = counts_of(released), counts_of(twins_own[1])
    both = set(true) & set(made)
    assert len(both) >= 8
    for key in both:
        (share, n), (mine, m) = true[key], made[key]
        size = min(n / max(share, 1e-9), m / max(mine, 1e-9))
        allowed = ERRORS * np.sqrt(share * (1 - share) / size) + 2 * ROUNDED / size
        assert abs(share - mine) <= allowed, key


def test_arms_and_size_are_about_those_released(released, twins_own, design):
    arms = design.arms.levels
    true, made = (released_margins(one, arms=arms) for one in (released, twins_own[1]))
    # whole cases are kept, of up to a handful of referrals, and counts are rounded to 5
    assert abs(true.n_referrals - made.n_referrals) <= 20
    for arm in arms:
        assert abs(true.arms[arm] - made.arms[arm]) < 0.04, arm


def test_means_are_about_those_released(released, twins_own, design):
    arms = design.arms.levels
    true, made = (released_margins(one, arms=arms) for one in (released, twins_own[1]))
    for name in ("age_at_index", "prior_arrests"):
        for arm in arms:
            (mean, sd), (mine, _) = true.means[name][arm], made.means[name][arm]
            # arms have 80 people and more; counts are drawn as whole numbers
            assert abs(mean - mine) <= ERRORS * sd / np.sqrt(80) + 0.1, (name, arm)


def test_where_all_is_hidden_a_twin_is_still_drawn(released, design):
    def hidden(one):
        numbers = one.frame.select_dtypes("number").columns.difference(["at_days"])
        return replace(one, frame=one.frame.assign(**dict.fromkeys(numbers, np.nan)))

    tables, absent = draw_twin(*map(hidden, released), design=design, seed=1)
    assert absent == ()
    assert set(tables) == set(design.tables())
    # the number of referrals was hidden too: 200 stand for it, in whole cases
    assert 190 <= len(tables["referral"]) <= 215
    assert tables["referral"]["age_at_referral"].between(8, 99).all()
    assert set(tables["person"]["gender"].dropna()) <= {"man", "woman", "nonbinary", "unknown"}


def test_reoffending_is_about_what_was_released(released, twins_own):
    true, made = (
        next(one for one in results if isinstance(one, FixedWindowRates)).frame.set_index(
            ["arm", "at_days"]
        )
        for results in (released, twins_own[1])
    )
    for key, row in true[true["estimate"].notna()].iterrows():
        mine = made.loc[key]
        # two independent samples of about the same size, plus the rounding of either
        error = np.sqrt(2 * row["estimate"] * (1 - row["estimate"]) / row["n_mature"])
        allowed = ERRORS * error + 2 * ROUNDED / row["n_mature"]
        assert abs(row["estimate"] - mine["estimate"]) <= allowed, key


def test_ratings_are_about_what_was_released(released, twins_own, design):
    true, made = (
        released_margins(one, arms=design.arms.levels).tops for one in (released, twins_own[1])
    )
    both = set(true) & set(made)  # what one of the two had to hide cannot be compared
    assert len(both) >= 6
    for key, share in {key: true[key] for key in both}.items():
        # the share in the top is drawn by rank, so only rounding and whole people are between
        assert abs(share - made[key]) < 0.12, key


def test_a_twin_is_private_and_never_lies_in_the_study_or_over_something(study, twin, capsys):
    modes = {oct(stat.S_IMODE(one.stat().st_mode)) for one in (twin / "data" / "raw").glob("*")}
    assert modes == {"0o600"}
    assert main(["twin", str(study / "twin"), str(study)]) == 13
    assert main(["twin", str(twin), str(study)]) == 11
    assert "is not empty" in capsys.readouterr().err


def test_hidden_levels_share_what_is_left_evenly():
    from rjeval.results.base import ReleaseStamp

    stamp = ReleaseStamp(profile="public_strict", min_cell=11, round_to=5, n_suppressed=2)
    frame = pd.DataFrame(
        {
            "variable": ["age_at_index", "gender", "gender", "gender"],
            "level": ["", "man", "woman", "nonbinary"],
            "kind": ["mean", "count", "count", "count"],
            "n_rj": [100.0, 80.0, np.nan, np.nan],
            "share_rj": [np.nan, 0.8, np.nan, np.nan],
            "mean_rj": [16.0, np.nan, np.nan, np.nan],
            "sd_rj": [2.0, np.nan, np.nan, np.nan],
        }
    )
    table = BaselineTable(frame=frame, by="arm", groups=("rj",), released=stamp)
    found = released_margins([table], arms=("rj",))
    # 100 people, 80 men: the two hidden levels have the other 20 between them
    assert found.levels["gender"]["rj"] == pytest.approx(
        {"man": 0.8, "woman": 0.1, "nonbinary": 0.1}
    )
    assert found.means["age_at_index"]["rj"] == (16.0, 2.0)


def test_a_study_of_durations_has_no_twin(released, design):
    durations = replace(
        design, exports=tuple(replace(m, table="follow_up") for m in design.exports[:1])
    )
    with pytest.raises(DesignError, match="table of referrals only"):
        draw_twin(*released, design=durations)


def test_designs_survive_being_written():
    given = {
        "study": {"title": 'A "study" of \\ñ', "seed": 3, "ok": True, "x": 0.5},
        "survey": [{"role": "a", "wording": {"Felt safe": "b", "k": "c"}}],
        "exports": {"person": {"file": "p.csv", "columns": {"from": "from"}}},
    }
    assert tomllib.loads(to_toml(given)) == {**given, "exports": given["exports"]}


def test_a_report_can_be_made_of_the_twin(twin):
    assert main(["report", str(twin), "--kind", "factsheet"]) == 0
    (page,) = (twin / "reports").rglob("fact_sheet.html")
    assert "Synthetic twin of" in page.read_text(encoding="utf-8")
