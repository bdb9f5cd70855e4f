"""What is missing, alone and together, and codes that nobody mapped: counted by hand."""

from __future__ import annotations

import re

import pytest

from rjeval.cli.main import main
from rjeval.ingest.gaps import find_gaps, find_patterns, list_unknown
from rjeval.ingest.quality_page import quality_page

HEAD = "Ref,Person,Referred,By,Age,Outcome\n"
MAP = """
[exports.referral]
file = "referrals.csv"
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
referral_source = "By"
age_at_referral = "Age"
exit_status = "Outcome"
"""
CANARY = "CANARY7391"


def rows(*kinds):
    """Rows of (source, age, outcome), numbered."""
    return HEAD + "".join(
        f"R{i},P{i},2022-01-{1 + i % 28:02d},{by},{age},{end}\n"
        for i, (by, age, end) in enumerate(kinds)
    )


@pytest.fixture
def exports(study):
    whole = ("police", "15", "open")
    given = [whole] * 6 + [("", "", "open")] * 3 + [("police", "", "open")] * 1
    return study.read(MAP, referrals__csv=rows(*given))


def test_missing_cells_are_counted_by_column_and_together(exports):
    gaps = find_gaps(exports)
    assert [(one.column, one.n_missing, one.n_rows) for one in gaps] == [
        ("referral_source", 3, 10),
        ("age_at_referral", 4, 10),
    ]
    patterns = find_patterns(exports, gaps)
    assert [(one.columns, one.n_rows) for one in patterns] == [
        ((), 6),
        (("referral_source", "age_at_referral"), 3),
        (("age_at_referral",), 1),
    ]
    assert [one.share for one in patterns] == [0.6, 0.3, 0.1]


def test_a_mapped_column_without_any_value_is_missing_entirely(study):
    exports = study.read(MAP, referrals__csv=rows(*[("police", "", "open")] * 4))
    gaps = find_gaps(exports)
    assert [(one.column, one.n_missing, one.n_rows) for one in gaps] == [("age_at_referral", 4, 4)]
    assert find_patterns(exports, gaps) == ()  # it tells no rows apart


def test_columns_that_were_never_collected_are_no_gap(exports):
    assert "enrolled_date" in exports.tables["referral"].columns
    assert "enrolled_date" not in {one.column for one in find_gaps(exports)}


@pytest.fixture
def unmapped(study):
    given = [("Sheriff", "15", "open")] * 11 + [(CANARY, "15", "open")] * 10
    given += [("police", "15", "a@b.org")] * 12
    return study.read(
        MAP, more="[privacy]\nreviewed_columns = ['Outcome']\n", referrals__csv=rows(*given)
    )


def test_codes_that_nobody_mapped_are_listed_and_rare_ones_only_counted(unmapped):
    listed = [str(one) for one in list_unknown(unmapped.unmapped)]
    assert listed == [
        "referral.referral_source: 'Sheriff' in 11 rows",
        "referral.referral_source: 1 spelling in 10 rows, not shown",
        "referral.exit_status: 1 spelling in 12 rows, not shown",  # looks like an e-mail
    ]
    page = quality_page(unmapped, title="A study")
    assert "Sheriff" in page
    assert CANARY not in page
    assert "a@b.org" not in page
    text = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "referral referral_source rare or sensitive, not shown 1 10" in text


def test_all_of_them_lie_beside_the_clean_tables(study, unmapped, capsys):
    import pandas as pd

    raw = ["--raw", str(study.folder / "raw")]
    assert main(["prepare", str(study.folder), *raw]) == 0
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err
    kept = pd.read_csv(study.folder / "data" / "processed" / "unmapped.csv")
    assert kept["n_rows"].tolist() == [11, 10, 12]
    assert CANARY in set(kept["text"])


def test_the_terminal_says_how_many_where_how_grave_and_what_then(study, capsys):
    given = [("police", "15", "open")] * 3 + [("police", "", "open")]
    text = rows(*given) + "R9,P9,,police,15,open\n"
    study.write(referrals__csv=text)
    study.design(MAP)
    assert main(["check", str(study.folder), "--raw", str(study.folder / "raw")]) == 15
    said = capsys.readouterr()
    line = next(one for one in said.out.splitlines() if "V01" in one)
    assert line == (
        "  V01  error   referral.referral_date: 1 of 5 rows. A needed cell is empty. "
        "Blocks these rows, which are in quarantine."
    )
    assert re.search(r"^  referral +5 +4 +1 +0 +0$", said.out, re.MULTILINE)
    assert "  referral: age_at_referral 25%; 75% of rows are whole" in said.out
    assert said.err.splitlines()[0] == (
        "Error: 1 error rule failed in 1 of 1 table; 1 row refused."
    )


def test_warnings_alone_leave_the_exit_code_at_zero(study, capsys):
    study.write(referrals__csv=rows(("police", "15", "open"), ("elves", "15", "open")))
    study.design(MAP)
    assert main(["check", str(study.folder), "--raw", str(study.folder / "raw")]) == 0
    said = capsys.readouterr()
    assert "Rules that failed: 1 warning" in said.out
    assert "No error: `rjeval prepare` stores the clean tables." in said.out
    assert said.err == ""
