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
    with pytest.raises(
        DesignError, match=r"equivalence_margin must (lie between 0 and 1|be a number)"
    ):
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


WHOLES = "windows_days must be a list of whole numbers"
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
    ("windows as decimals", ('name = "filing"', 'name = "f"\nwindows_days = [365.0]'), WHOLES),
    ("windows as flags", ('name = "filing"', 'name = "f"\nwindows_days = [true]'), WHOLES),
    ("doubled windows", ('name = "filing"', 'name = "f"\nwindows_days = [365, 365]'), "twice"),
    ("lag as flag", ('name = "filing"', 'name = "f"\nreporting_lag_days = true'), "whole number"),
    (
        "durations as number",
        ('name = "filing"', 'name = "f"\ndurations_given = 1'),
        "true or false",
    ),
    (
        "kinds as text",
        ('name = "filing"', 'name = "f"\ncount_event_kinds = "civil"'),
        "list of texts",
    ),
    ("label as number", ('name = "filing"', 'name = "f"\nevent_label = 5'), "must be text"),
    ("unknown source", ('name = "filing"', 'name = "f"\nsources = ["gossip"]'), "state_repository"),
    ("top as flag", ('item_id = "overall"', 'item_id = "overall"\ntop = true'), "whole number"),
    ("negative seed", ("seed = 7", "seed = -1"), "0 or more"),
    ("seed as flag", ("seed = 7", "seed = true"), "whole number"),
    ("label is no text", ('rj = "Circles"', "rj = 5"), "table of texts"),
    ("programme is no text", ("seed = 7", "programme = 5"), "must be text"),
    ("ages the wrong way round", ("seed = 7", "ages = [17, 10]"), "youngest and the oldest"),
    ("one age alone", ("seed = 7", "ages = [18]"), "youngest and the oldest"),
    ("ages as text", ("seed = 7", 'ages = "10-17"'), "youngest and the oldest"),
    ("limits as text", ("seed = 7", 'limits = "many"'), "list of texts"),
    ("covariates as text", ("seed = 7", 'covariates = "gender"'), "list of texts"),
    (
        "reviewed as text",
        ("[labels]", '[privacy]\nreviewed_columns = "x"\n[labels]'),
        "list of texts",
    ),
    ("doubled arm", ('["rj", "comparison"]', '["rj", "comparison", "rj"]'), "arm twice"),
    (
        "random without a draw",
        ("[arms]", '[arms]\ntier = "5"'),
        "willing_harmed_declined can carry",
    ),
    ("strong without a draw", ("[arms]", "[arms]\ntier = 4"), "allowed: 0 to 3"),
    (
        "unknown table",
        ("[exports.person.columns]", "[exports.persons.columns]"),
        "no table of that",
    ),
    ("misspelt column", ("person_id =", 'birth_yaer = "YOB"\nperson_id ='), "maps 'birth_yaer'"),
    ("long delimiter", ('"people.csv"', '"people.csv"\ndelimiter = "tab"'), "delimiter has 3"),
    ("header as text", ('"people.csv"', '"people.csv"\nheader_row = "4"'), "whole number"),
    ("missing as text", ('"people.csv"', '"people.csv"\nmissing = "N/A"'), "list of texts"),
    ("codes of no column", ('"people.csv"', '"people.csv"\nvalues.gendr.M = "man"'), "not mapped"),
    (
        "format of nothing",
        (
            'person_id = "Client ID"',
            'person_id = "C"\nseen = "S"\n[exports.person.dates]\nseen = ["DMY"]',
        ),
        "without any directive",
    ),
    ("formula", ("[labels]", '[models]\nrecidivism = "arm +* ("\n[labels]'), "cannot be read"),
    ("unknown term", ("[labels]", '[models]\nrecidivism = "arm + agee"\n[labels]'), "'agee'"),
    ("unknown term in C()", ("[labels]", '[models]\nsatisfaction = "C(mod)"\n[labels]'), "'mod'"),
    (
        "unknown cluster",
        ("[labels]", '[models]\ncluster = "case"\n[labels]'),
        "cluster names 'case'",
    ),
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


def test_a_comparison_carries_its_tier_and_no_more(tmp_path):
    drawn = GOOD.replace("willing_harmed_declined", "rct_control").replace(
        "[arms]", "[arms]\ntier = 5"
    )
    assert read_design(write(tmp_path, drawn)).arms.tier is DesignTier.RANDOMISED
    alone = (
        GOOD.split("[arms]")[0]
        + "[arms]\ntier = 2\n[exports.person]"
        + GOOD.split("[exports.person]")[1]
    )
    with pytest.raises(DesignError, match="none can carry; allowed: 0 to 1"):
        read_design(write(tmp_path, alone))


GOOD_MODELS = (
    "arm * age_at_index",
    "np.log(age_at_index) + C(site_id)",
    "mode + gender",
    "own_score",  # a column of the study
)


@pytest.mark.parametrize("formula", GOOD_MODELS)
def test_columns_of_the_dictionary_derived_or_mapped_may_stand_in_a_formula(tmp_path, formula):
    text = GOOD.replace("[labels]", f'[models]\nrecidivism = "{formula}"\n[labels]')
    text = text.replace("person_id =", 'own_score = "S"\nperson_id =')
    assert read_design(write(tmp_path, text)).models.recidivism == formula


def test_a_column_of_ones_own_may_look_like_one_of_the_dictionary(tmp_path):
    text = GOOD.replace("person_id =", 'genders = "G"\nperson_id =')
    with pytest.raises(DesignError) as caught:
        read_design(write(tmp_path, text))
    assert "Did you mean 'gender'?" in caught.value.hint
    text = text.replace("seed = 7", 'covariates = ["genders"]')
    assert "genders" in read_design(write(tmp_path, text)).exports[0].columns


@pytest.mark.parametrize("one", ["%d.%m.%Y", "%-m/%-d/%y", "excel", "pivot=30"])
def test_formats_of_dates_are_those_of_strptime_and_two_words(tmp_path, one):
    text = GOOD.replace("person_id =", 'seen = "S"\nperson_id =')
    text += f'[exports.person.dates]\nseen = ["{one}"]\n'
    assert read_design(write(tmp_path, text)).exports[0].dates["seen"] == (one,)


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
