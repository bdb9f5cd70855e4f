"""A design that cannot be analysed is refused with what is wrong and what is allowed."""

from __future__ import annotations

from datetime import date

import pytest

from rjeval.design import read_design
from rjeval.design.disclosure import profile_rule
from rjeval.errors import DesignError
from rjeval.terms import Clock, DesignTier, RecidivismMeasure

GOOD = """
[study]
title = "A study"
period_start = 2021-01-01
period_end = 2022-12-31
extract_date = 2024-12-31
seed = 7
[arms]
levels = ["rj", "comparison"]
reference = "comparison"
comparison_type = "willing_harmed_declined"
[[recidivism]]
name = "filing"
[[recidivism]]
name = "conviction"
event = "readjudication_or_reconviction"
[[survey]]
role = "harmed_party"
item_id = "overall"
[disclosure]
min_cell = 15
[labels]
rj = "Circles"
[exports.person]
file = "people.csv"
[exports.person.columns]
person_id = "Client ID"
"""


def write(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_design_is_read_whole(tmp_path):
    design = read_design(write(tmp_path, GOOD))
    assert design.extract_date == date(2024, 12, 31)
    assert design.arms.levels == ("comparison", "rj"), "the reference arm stands first"
    assert design.arms.tier is DesignTier.UNMATCHED, (
        "two arms are tier 2 unless the design says more"
    )
    assert design.primary.clock is Clock.REFERRAL
    assert design.definition("conviction").event is RecidivismMeasure.RECONVICTION
    assert design.disclosure.min_cell == 15
    assert design.label("rj") == "Circles"
    assert design.exports[0].columns == {"person_id": "Client ID"}


def test_a_survey_may_fix_its_equivalence_margin_and_comparable_wordings(tmp_path):
    plain = read_design(write(tmp_path, GOOD)).survey("harmed_party")
    assert plain.equivalence_margin is None
    assert plain.comparable_wordings == ()
    more = 'item_id = "overall"\nequivalence_margin = 0.10\ncomparable_wordings = ["overall"]'
    given = read_design(write(tmp_path, GOOD.replace('item_id = "overall"', more)))
    assert given.survey("harmed_party").equivalence_margin == 0.10
    assert given.survey("harmed_party").comparable_wordings == ("overall",)


@pytest.mark.parametrize("margin", ["0.0", "1.0", "10", '"0.1"', "true", "-0.1", "nan"])
def test_a_margin_that_is_no_share_is_refused(tmp_path, margin):
    text = GOOD.replace(
        'item_id = "overall"', f'item_id = "overall"\nequivalence_margin = {margin}'
    )
    with pytest.raises(DesignError, match="equivalence_margin must lie between 0 and 1"):
        read_design(write(tmp_path, text))


def test_a_folder_stands_for_its_study_file(tmp_path):
    write(tmp_path, GOOD)
    assert read_design(tmp_path).title == "A study"


def test_proven_measures_wait_for_the_court_by_default(tmp_path):
    design = read_design(write(tmp_path, GOOD))
    assert design.definition("conviction").waiting_period_days == 183  # six months (UK measure)
    assert design.primary.waiting_period_days == 0


def test_each_definition_prints_its_six_labels(tmp_path):
    labels = dict(read_design(write(tmp_path, GOOD)).primary.six_labels())
    expected = ["Event", "Clock starts", "Window", "Waiting period", "Records", "Population"]
    assert list(labels) == expected
    assert "new filing" in labels["Event"]
    assert "365 days" in labels["Window"]


BROKEN = [
    ("unknown key", ('title = "A study"', 'titel = "A study"'), "unknown key 'titel'"),
    ("unknown section", ("[labels]", "[lables]"), "unknown key 'lables'"),
    ("no title", ('title = "A study"', 'title = ""'), "title is missing"),
    ("reference not an arm", ('reference = "comparison"', 'reference = "control"'), "not among"),
    ("unknown event", ('event = "readj', 'event = "rearest" # '), "event must be one of"),
    ("clock of one arm", ('name = "filing"', 'name = "f"\nclock = "exit_date"'), "one arm only"),
    (
        "population of one arm",
        ('name = "filing"', 'name = "f"\npopulation = "completed"'),
        "one arm only",
    ),
    (
        "window beyond records",
        ('name = "filing"', 'name = "f"\nwindows_days = [1825]'),
        "longer than the records",
    ),
    ("empty windows", ('name = "filing"', 'name = "f"\nwindows_days = []'), "windows_days"),
    ("doubled name", ('name = "conviction"', 'name = "filing"'), "share a name"),
    ("period turned round", ("period_end = 2022-12-31", "period_end = 2020-12-31"), "not after"),
    (
        "extract before end",
        ("extract_date = 2024-12-31", "extract_date = 2022-06-30"),
        "before period_end",
    ),
    ("date as text", ("period_start = 2021-01-01", 'period_start = "2021"'), "must be a date"),
    ("seed as text", ("seed = 7", 'seed = "7"'), "whole number"),
    ("lowered threshold", ("min_cell = 15", "min_cell = 5"), "below the floor 11"),
    ("unknown profile", ("min_cell = 15", 'profile = "open"'), "profile is not one of"),
    ("unknown role", ('role = "harmed_party"', 'role = "victim"'), "role must be one of"),
    ("no file", ('file = "people.csv"', ""), "file is missing"),
    ("wrong map", ('person_id = "Client ID"', "person_id = 5"), "table of texts"),
    ("unknown map key", ('file = "people.csv"', 'file = "p.csv"\ncolums = {}'), "unknown key"),
    ("not toml", ("[study]", "[study"), "not valid TOML"),
    ("bad tier", ("[arms]", "[arms]\ntier = 9"), "tier must be one of"),
    ("bad custody", ('name = "filing"', 'name = "f"\ncustody = "drop"'), "custody must be one of"),
]


@pytest.mark.parametrize(("swap", "said"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_design_is_refused_in_one_sentence(tmp_path, swap, said):
    assert swap[0] in GOOD
    with pytest.raises(DesignError) as caught:
        read_design(write(tmp_path, GOOD.replace(*swap, 1)))
    assert said in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.exit_code == 10


def test_a_missing_file_says_how_to_begin(tmp_path):
    with pytest.raises(DesignError) as caught:
        read_design(tmp_path / "nowhere")
    assert "rjeval init" in caught.value.hint


def test_a_design_without_exports_is_refused(tmp_path):
    text = GOOD.split("[exports.person]")[0]
    with pytest.raises(DesignError, match="names no export"):
        read_design(write(tmp_path, text))


def test_asking_for_what_is_not_declared_lists_what_is(tmp_path):
    design = read_design(write(tmp_path, GOOD))
    with pytest.raises(DesignError, match="filing, conviction"):
        design.definition("arrest")
    with pytest.raises(DesignError, match="declared: harmed_party"):
        design.survey("community")


def test_limits_may_be_raised_never_lowered():
    assert profile_rule("public_strict", round_to=10).round_to == 10
    with pytest.raises(DesignError, match="below the floor"):
        profile_rule("public_strict", min_denominator=10)
