"""Small programmes get a whole report: what can be counted, and why the rest is not given."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from rjeval.cli.main import main

#: Fewer people than a rate needs, than a model needs, and enough for both: what is not given.
SIZES = ((20, "at least 20 are needed"), (60, "Cox regression needs at least 5 per"), (120, ""))
#: Limits of methods that a refusal may name: people of a rate, events of a subgroup, pairs.
LIMITS = {"20", "10", "5"}


def study(folder: Path, size: int) -> Path:
    assert main(["simulate", str(folder), "--size", str(size), "--seed", "5"]) == 0
    return folder


def words(folder: Path, *given: str) -> str:
    """Make the report of a study and return the words of its page."""
    assert main(["report", str(folder), *given]) == 0
    (page,) = (folder / "reports").rglob("annual_report.html")
    text = page.read_text(encoding="utf-8")
    return html.unescape(re.sub(r"<[^>]+>", " ", text[text.index("<main") : text.index("</main")]))


@pytest.mark.parametrize(("size", "missing"), SIZES)
def test_a_small_programme_gets_its_report_and_is_told_what_is_not_given(size, missing, tmp_path):
    said = words(study(tmp_path / "small", size), "--kind", "all")
    for part in ("Every row accounted for", "From everyone assessed", "Limits", "A second measure"):
        assert part in said
    told = re.findall(r"Not given: ([^.]*\.)", said)
    assert missing in " ".join(told)
    for one in told:
        counts = re.findall(r"\d+(?= (?:mature people|events|answers|people))", one)
        assert set(counts) <= LIMITS


def test_a_programme_without_any_event_gets_its_report(tmp_path):
    folder = study(tmp_path / "clear", 120)
    (events,) = (folder / "data" / "raw").glob("*event*")
    lines = events.read_text(encoding="cp1252").splitlines()
    events.write_text(lines[0] + "\n", encoding="cp1252")
    assert "Not given: Too few events for" in words(folder)
