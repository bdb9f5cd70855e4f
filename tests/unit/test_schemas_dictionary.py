"""The data dictionary is whole, its Pandera models come from it, and checks show no values."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

from rjeval.errors import DesignError, ValidationError
from rjeval.schemas.columns import KINDS, LEVELS, PRIVACY
from rjeval.schemas.frames import TEXT, conform, dtype_of
from rjeval.schemas.models import MODEL_RULES, model, require_valid, validate
from rjeval.schemas.tables import TABLES, table

CANARY = "CANARY-7391"


@pytest.mark.parametrize("name", list(TABLES))
def test_each_entry_is_whole(name):
    entry = table(name)
    assert entry.title
    assert entry.grain.startswith("one row per")
    assert set(entry.key) <= set(entry.names)
    assert len(set(entry.names)) == len(entry.names)
    for column in entry.columns:
        assert column.kind in KINDS
        assert column.level in LEVELS
        assert column.privacy in PRIVACY
        assert column.privacy != "D", "a direct identifier has no place in the dictionary"
        assert column.title
        assert column.unit or column.kind not in ("int", "number")
        assert column.allowed or column.kind not in ("category", "multi")


@pytest.mark.parametrize("name", list(TABLES))
def test_parents_are_tables_with_that_column_and_stand_first(name):
    order = list(TABLES)
    for column, parent, key in table(name).parents:
        assert table(name).column(column) is not None
        if parent in TABLES:
            assert order.index(parent) < order.index(name)
            assert table(parent).column(key) is not None


@pytest.mark.parametrize("name", list(TABLES))
def test_each_model_says_what_the_dictionary_says(name):
    made = model(name)
    entry = table(name)
    assert (made.title, made.description) == (entry.title, entry.grain)
    assert list(made.columns) == list(entry.names)
    for column in entry.columns:
        mine = made.columns[column.name]
        assert mine.title == column.title
        assert mine.description
        assert mine.metadata["unit"] == column.unit
        assert mine.nullable == (not column.needed)


def test_looking_a_column_up_loads_neither_pandas_nor_pandera():
    code = (
        "import sys; from rjeval.schemas.tables import TABLES; "
        "print([m for m in ('pandas', 'pandera') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_an_unknown_table_is_refused_with_the_nearest():
    with pytest.raises(DesignError, match=r"Did you mean \[exports.referral\]"):
        table("referal")


def referrals(**columns):
    given = {
        "referral_id": ["a", "b", "c"],
        "person_id": ["1", "2", "3"],
        "referral_date": pd.to_datetime(["2022-01-01"] * 3),
        **columns,
    }
    return conform(table("referral"), pd.DataFrame(given))


def test_a_sound_table_has_no_findings_and_missing_values_pass():
    frame = referrals(age_at_referral=[8, None, 120], arm=["rj", None, "comparison"])
    before = frame.copy()
    assert validate("referral", frame) == ()
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"arm": ["rj", CANARY, CANARY]}, ("arm", "V08", [1, 2])),
        ({"age_at_referral": [7, 30, 121]}, ("age_at_referral", "V54", [0, 2])),
        ({"referral_id": ["a", CANARY, CANARY]}, ("referral_id", "V11", [1, 2])),
        ({"referral_id": ["a", None, "c"]}, ("referral_id", "V01", [1])),
        (
            {"referral_date": pd.to_datetime(["2022-01-01", None, None])},
            ("referral_date", "V01", [1, 2]),
        ),
    ],
)
def test_broken_rows_are_given_by_rule_and_position(columns, expected):
    (found,) = validate("referral", referrals(**columns))
    assert (found.column, found.rule, found.rows.tolist()) == expected
    assert CANARY not in repr(found)


def test_positions_do_not_depend_on_the_index():
    frame = referrals(arm=["rj", "x", "rj"]).set_axis([9, 9, 4], axis=0)
    (found,) = validate("referral", frame)
    assert found.rows.tolist() == [1]


def test_a_column_of_the_wrong_type_is_one_finding():
    frame = referrals().assign(age_at_referral=["x", "y", "z"])
    rules = {(one.column, one.rule) for one in validate("referral", frame)}
    assert ("age_at_referral", "V07") in rules


def test_several_categories_in_a_cell_are_each_checked():
    people = pd.DataFrame(
        {"person_id": ["1", "2", "3"], "race_ethnicity": ["Black;White", None, "Black;Elf"]}
    )
    (found,) = validate("person", conform(table("person"), people))
    assert (found.rule, found.rows.tolist()) == ("V08", [2])


def test_a_nibrs_code_that_lost_its_zero_is_v86():
    events = pd.DataFrame(
        {
            "event_id": ["1", "2", "3"],
            "person_id": ["1", "1", "1"],
            "nibrs_code": ["90", "09A", "13B"],
        }
    )
    (found,) = validate("followup_event", conform(table("followup_event"), events))
    assert (found.rule, found.rows.tolist()) == ("V86", [0])


def test_the_error_holds_counts_and_no_values():
    frame = referrals(
        referral_id=[CANARY, CANARY, "c"], arm=[CANARY, "rj", "rj"], age_at_referral=[5, 9, 9]
    )
    with pytest.raises(ValidationError) as caught:
        require_valid("referral", frame)
    assert CANARY not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert set(caught.value.checks) == {
        ("referral", "age_at_referral", "V54", 1),
        ("referral", "arm", "V08", 1),
        ("referral", "referral_id", "V11", 2),
    }
    assert str(caught.value).startswith(
        f"referral.age_at_referral: 1 of 3 rows break V54: {MODEL_RULES['V54']} (2 further"
    )


def test_require_valid_lets_sound_rows_pass():
    require_valid("referral", referrals())


def test_conform_adds_what_was_not_collected_and_keeps_covariates_last():
    frame = conform(table("person"), pd.DataFrame({"town": ["x"], "person_id": ["1"]}))
    assert [*frame.columns] == [*table("person").names, "town"]
    assert frame["birth_year"].isna().all()
    assert frame["town"].dtype == TEXT
    for column in table("person").columns:
        assert frame[column.name].dtype == dtype_of(column)
