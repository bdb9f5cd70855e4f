"""`rjeval attack`: what it says and how it ends."""

from __future__ import annotations

from rjeval.cli.main import main

DISCLOSURE = 13


def test_a_clean_folder_ends_well(tmp_path, capsys) -> None:
    (tmp_path / "report.html").write_text("<p>Of 290 people, 60 had a new filing.</p>")
    assert main(["attack", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "no findings." in said
    assert "Ids of the raw data were not looked for" in said


def test_a_leak_ends_with_the_disclosure_code_and_names_no_number(tmp_path, capsys) -> None:
    (tmp_path / "report.html").write_text("<p>8 of 60 people had a new filing.</p>")
    assert main(["attack", str(tmp_path)]) == DISCLOSURE
    said = capsys.readouterr()
    assert "small count: report.html" in said.out
    assert "8" not in said.out + said.err


def test_no_folder_is_one_sentence(tmp_path, capsys) -> None:
    assert main(["attack", str(tmp_path / "absent")]) == DISCLOSURE
    assert "absent or empty" in capsys.readouterr().err
