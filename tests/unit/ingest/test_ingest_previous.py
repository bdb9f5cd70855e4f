"""What is not as it was last time, and what became of mended rows: counts, on terminal and page."""

from __future__ import annotations

import re

import pytest

import rjeval as rj
from rjeval.cli.main import main
from rjeval.ingest.previous import changes_since

CANARY = "CANARY7391"
MAP = """
[exports.referral]
file = "referrals.csv"
[exports.referral.columns]
referral_id = "Ref"
person_id = "Person"
referral_date = "Referred"
referral_source = "By"
age_at_referral = "Age"
"""
HEAD = "Ref,Person,Referred,By,Age\n"


def row(i, *, day="2022-03-04", by="court", age="25"):
    return f"R{i},P{i},{day},{by},{age}\n"


TEN = HEAD + "".join(row(i, age=str(20 + i)) for i in range(10))


@pytest.fixture
def since(study):
    """Changes of a second set of files against a first that was prepared."""

    def of(first, second, *, before=MAP, now=MAP):
        folder = study.folder / "data" / "processed"
        rj.save_exports(study.read(before, referrals__csv=first), folder)
        return [str(one) for one in changes_since(study.read(now, referrals__csv=second), folder)]

    return of


def test_the_same_files_show_no_change_and_a_first_time_none_either(since, study, tmp_path):
    assert since(TEN, TEN) == []
    assert changes_since(study.read(MAP), tmp_path / "nothing") == ()


def test_rows_categories_and_ranges_are_compared_in_counts(since):
    more = TEN + row(10, by="police") + row(11, age="70") + row(12, day="2022-09-09")
    assert since(TEN, more) == [
        "referral: 13 accepted rows, 10 last time",
        "referral.age_at_referral: 1 rows beyond the range of last time",
        "referral.referral_date: 1 rows beyond the range of last time",
        "referral.referral_source: 1 rows in categories not seen last time",
    ]


def test_columns_that_come_and_go_are_named(since):
    fewer = MAP.replace('age_at_referral = "Age"\n', 'gender_noted = "Age"\n')
    assert since(TEN, TEN, now=fewer) == [
        "referral.age_at_referral: has gone",
        "referral.gender_noted: is new",
    ]


def test_mended_rows_are_found_again_by_their_key(since):
    refused = TEN + row(10, day="") + row(11, day="") + row(12, day="")
    mended = TEN + row(10) + row(11, day="")
    assert since(refused, mended) == [
        "referral: of 3 rows refused last time 1 came back and were accepted, "
        "1 were refused again, 1 are not in the files"
    ]


def test_rows_of_a_run_that_was_stopped_come_back_too(study, capsys):
    exports = MAP.replace("referral_source", "arm")
    raw = ["--raw", str(study.folder / "raw")]
    study.design(exports)
    study.write(referrals__csv=HEAD + row(1, by=CANARY) + row(2, by="rj"))
    assert main(["prepare", str(study.folder), *raw]) == 11
    study.write(referrals__csv=HEAD + row(1, by="rj") + row(2, by="rj"))
    assert main(["check", str(study.folder), *raw]) == 0
    said = capsys.readouterr()
    assert "of 1 rows refused last time 1 came back" in said.out
    assert CANARY not in said.out + said.err


def test_the_page_stands_alone_and_shows_counts_only(study, capsys):
    exports = MAP.replace("referral_source", "arm")
    study.design(exports)
    study.write(referrals__csv=HEAD + row(1, by=CANARY) + row(2, by="rj", age="") + row(3, by="rj"))
    page = study.folder / "quality.html"
    raw = str(study.folder / "raw")
    assert main(["check", str(study.folder), "--raw", raw, "--html", str(page)]) == 11
    text = page.read_text(encoding="utf-8")
    assert "What stops this study" in text
    assert "referral.arm: 1 of 3 rows hold 1 spelling" in text
    assert "not for release" in text
    assert "<td>age_at_referral</td>" in text
    assert CANARY not in text + capsys.readouterr().out
    assert not re.search(r'src=|href="[^#]|url\(|https?:', text)
    for anchor in re.findall(r'href="#(\w+)"', text):
        assert f'id="{anchor}"' in text
    assert text.count("<h1>") == 1
    assert main(["check", str(study.folder), "--raw", raw, "--html", "/no/such/x.html"]) == 14
