"""Rows leave only where enough people look alike; k and l are counted anew here, row by row."""

from __future__ import annotations

import json
import re
import stat
from collections import defaultdict

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rjeval.cli.main import main
from rjeval.design.microdata import MicrodataDesign, read_microdata
from rjeval.disclosure.microdata import (
    least_values,
    protect_microdata,
    refuse_about_harmed,
    refuse_funded,
    smallest_class,
)
from rjeval.errors import DesignError, DisclosureError


def classes(frame, columns):
    """Rows by the values of some columns, found by walking through the rows."""
    found = defaultdict(list)
    for place in range(len(frame)):
        key = tuple(str(frame[name].iloc[place]) for name in columns)
        found[key].append(place)
    return found


VALUES = st.sampled_from(["a", "b", None])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES, st.integers(0, 4)), min_size=1, max_size=25))
def test_k_and_l_are_those_that_counting_rows_gives(rows):
    frame = pd.DataFrame(rows, columns=["site", "group", "outcome", "person"])
    quasi = ["site", "group"]
    found = classes(frame, quasi)
    fewest = min(len({frame["person"].iloc[i] for i in group}) for group in found.values())
    assert smallest_class(frame, quasi, people=frame["person"]) == fewest
    poorest = min(
        len({frame["outcome"].iloc[i] for i in group} - {None}) for group in found.values()
    )
    assert least_values(frame, quasi, sensitive="outcome") == poorest


def test_k_and_l_are_those_of_pycanon(root):
    """pycanon's own numbers on a table of 300 rows; made by tests/reference/python."""
    kept = json.loads((root / "tests/reference/data/microdata_pycanon.json").read_text())
    frame = pd.DataFrame(kept["rows"])
    for case in kept["cases"]:
        places = pd.Series(range(len(frame)))
        assert smallest_class(frame, case["quasi"], people=places) == case["k"]
        for name, value in case["l"].items():
            assert least_values(frame, case["quasi"], sensitive=name) == value


def people(n=60):
    """Two sites, two genders, 15 people in each pair, both outcomes in each."""
    return pd.DataFrame(
        {
            "referral_id": [f"R{i}" for i in range(n)],
            "person_id": [f"P{i}" for i in range(n)],
            "index_date": pd.Timestamp("2022-01-01") + pd.to_timedelta(range(n), unit="D"),
            "enrolled_date": pd.Timestamp("2022-01-11") + pd.to_timedelta(range(n), unit="D"),
            "site_id": ["north", "south"] * (n // 2),
            "gender": ["woman", "woman", "man", "man"] * (n // 4),
            "age_at_index": [13, 16] * (n // 2),
            "exit_reason": (["reoffence"] * 4 + ["censored"] * 4) * (n // 8) + ["death"] * (n % 8),
            "note": [f"said {i} things about the day" for i in range(n)],
        }
    )


ASKED = MicrodataDesign(
    quasi_identifiers=("site_id", "gender", "age_at_index"),
    sensitive=("exit_reason",),
    others=("enrolled_date",),
    bands={"age_at_index": (12, 15, 18)},
)


def test_rows_that_are_safe_leave_without_ids_dates_or_order():
    rows = people()
    safe = protect_microdata(rows, ASKED, table="referral", seed=1)
    assert list(safe.frame.columns) == [
        "site_id",
        "gender",
        "age_at_index",
        "exit_reason",
        "enrolled_date",
    ]
    assert safe.smallest_class == 15
    assert safe.frame["enrolled_date"].tolist() == [10] * 60  # days, never dates
    assert set(safe.frame["age_at_index"]) == {"12-14", "15-17"}
    assert safe.frame["gender"].tolist() != rows["gender"].tolist()
    assert safe.frame.value_counts().sort_index().tolist() == (
        rows.assign(age_at_index=rows["age_at_index"].map({13: "12-14", 16: "15-17"}), e=10)[
            ["site_id", "gender", "age_at_index", "exit_reason", "e"]
        ]
        .value_counts()
        .sort_index()
        .tolist()
    )


def test_too_few_alike_is_refused_with_class_sizes_by_column_and_no_value():
    rows = people()
    rows.loc[0, "gender"] = "nonbinary"
    with pytest.raises(DisclosureError) as caught:
        protect_microdata(rows, ASKED, table="referral", seed=1)
    said = str(caught.value)
    assert "has 1, and 11 are needed" in said
    assert "site_id 30, gender 1, age_at_index 30" in said
    assert not re.search("nonbinary|north|south|woman|R0|P0|reoffence", said)


def test_several_referrals_of_one_person_are_one_person():
    rows = people()
    rows.loc[rows["gender"] == "man", "person_id"] = "P2"
    with pytest.raises(DisclosureError, match="has 1, and 11"):
        protect_microdata(rows, ASKED, table="referral", seed=1)


def test_a_sensitive_value_that_all_of_a_group_share_is_refused():
    rows = people()
    alike = (rows["site_id"] == "north") & (rows["gender"] == "man")
    rows.loc[alike, "exit_reason"] = "censored"
    with pytest.raises(DisclosureError, match="fewer than 2 different values") as caught:
        protect_microdata(rows, ASKED, table="referral", seed=1)
    assert "exit_reason 1" in str(caught.value)
    assert "censored" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"others": ("person_id",)}, "ids and dates of the clock never leave"),
        ({"others": ("index_date",)}, "ids and dates of the clock never leave"),
        ({"others": ("note",)}, "differ from row to row"),
        ({"sensitive": ("exit_reason", "note")}, "differ from row to row"),
        ({"quasi_identifiers": ("site_id",), "others": ("gender",)}, "must name gender"),
        ({"sensitive": ("gender",), "quasi_identifiers": ("site_id",)}, "must name gender"),
        ({"sensitive": ("enrolled_date",), "others": ("exit_reason",)}, "must name exit_reason"),
        ({"others": ("shoe_size",)}, "not there: shoe_size"),
        ({"sensitive": ()}, "must name quasi_identifiers and sensitive"),
    ],
)
def test_columns_that_may_not_leave_in_that_role_are_refused(change, said):
    from dataclasses import replace

    asked = replace(ASKED, **change)
    with pytest.raises(DisclosureError, match=said):
        protect_microdata(people(), asked, table="referral", seed=1)


@pytest.mark.parametrize(
    ("funded", "streams", "n"),
    [
        ([True, False, False], frozenset(), 1),
        ([False, None, False], frozenset(), 1),  # not recorded counts as funded
        ([False, False, False], frozenset({"vawa"}), 3),
        ([False, False, False], frozenset({"state", "voca"}), 3),
    ],
)
def test_rows_about_harmed_people_under_voca_or_vawa_never_leave(funded, streams, n):
    harmed = pd.DataFrame({"funded_by_voca": pd.array(funded, dtype="boolean")})
    with pytest.raises(DisclosureError, match=rf"\(V99\): {n} of 3"):
        refuse_funded(harmed, streams=streams)


def test_rows_about_harmed_people_that_nobody_of_these_pays_for_are_judged_like_others():
    harmed = pd.DataFrame({"funded_by_voca": pd.array([False, False], dtype="boolean")})
    refuse_funded(harmed, streams=frozenset({"foundation"}))


def test_what_a_referral_tells_of_the_harmed_is_held_back_too():
    asked = MicrodataDesign(quasi_identifiers=("site_id",), sensitive=("harmed_consent",))
    paid = pd.DataFrame({"funded_by_voca": pd.array([True], dtype="boolean")})
    with pytest.raises(DisclosureError, match=r"harmed_consent .* \(V99\)"):
        refuse_about_harmed(asked, paid)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"k": 5}, "below the floor of 11"),
        ({"l": 1}, "below the floor of 2"),
        ({"rows": "people"}, "must be one of cohort, harmed_party"),
        ({"sensitive": ["a"], "others": ["a"]}, "names twice: a"),
        ({"bands": {"a": [1]}}, "must name a column"),
        ({"others": ["a"], "bands": {"a": [3, 1]}}, "ascending order"),
        ({"colums": []}, "unknown key"),
    ],
)
def test_designs_that_ask_for_less_care_are_refused(given, said):
    with pytest.raises(DesignError, match=said):
        read_microdata({"microdata": given})


MICRODATA = """
[microdata]
quasi_identifiers = ["arm", "age_at_index"]
sensitive = ["exit_reason"]
others = ["eligible"]
bands = { age_at_index = [15] }
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "study"
    assert main(["simulate", str(folder), "--size", "300", "--seed", "4"]) == 0
    assert main(["prepare", str(folder)]) == 0
    return folder


def declare(study, text):
    design = study / "study.toml"
    plain = design.read_text().split("\n[microdata]")[0]
    design.write_text(plain + "\n" + text.lstrip("\n") if text else plain)


def test_the_command_writes_rows_and_their_description_for_one_reader(study, tmp_path, capsys):
    declare(study, MICRODATA)
    target = tmp_path / "out" / "rows.csv"
    assert main(["export-microdata", str(target), str(study)]) == 0
    frame = pd.read_csv(target)
    assert list(frame.columns) == ["arm", "age_at_index", "exit_reason", "eligible"]
    assert min(len(one) for one in classes(frame, ["arm", "age_at_index"]).values()) >= 11
    assert {stat.S_IMODE(one.stat().st_mode) for one in target.parent.iterdir()} == {0o600}
    assert len(list(target.parent.iterdir())) == 2
    described = target.with_name("rows.csv.README.md").read_text()
    assert "| `exit_reason` | sensitive |" in described
    persons = pd.read_parquet(study / "data/processed/person.parquet")["person_id"]
    written = target.read_text() + described + capsys.readouterr().out
    assert [one for one in persons if one in written] == []


def test_the_command_refuses_harmed_people_under_voca_by_rule_v99(study, tmp_path, capsys):
    declare(
        study,
        '[microdata]\nrows = "harmed_party"\nquasi_identifiers = ["age_band"]\n'
        'sensitive = ["relationship"]\n',
    )
    target = tmp_path / "rows.csv"
    assert main(["export-microdata", str(target), str(study)]) == 13
    assert "(V99)" in capsys.readouterr().err
    assert not target.exists()


def test_the_command_refuses_rows_that_tell_and_leaves_nothing(study, tmp_path, capsys):
    declare(study, MICRODATA.replace('"arm", ', '"arm", "gender", "site_id", "offence_group", '))
    target = tmp_path / "rows.csv"
    assert main(["export-microdata", str(target), str(study)]) == 13
    said = capsys.readouterr().err
    assert re.search(r"by column alone: arm \d+, gender \d+, site_id \d+", said)
    assert list(tmp_path.iterdir()) == []


def test_the_command_refuses_a_place_inside_the_study(study, capsys):
    declare(study, MICRODATA)
    assert main(["export-microdata", str(study / "rows.csv"), str(study)]) == 13
    assert "in the study folder" in capsys.readouterr().err
