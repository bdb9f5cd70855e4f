"""Reading texts back: English that lost its parts, and headings of any language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from rjeval.language import Language, spoken, use_language
from rjeval.languages.files import read_shipped
from rjeval.languages.reading import in_english, pattern_of, retell, tongues


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    before = spoken()
    yield
    use_language(before)


def test_a_plain_english_text_is_told_part_by_part():
    use_language(read_shipped("es"))
    told = retell(
        "Since the report of 2024-06-30, headline figures changed: 3, unchanged: 9; "
        "tables with other numbers: 4."
    )
    assert told == (
        "Desde el informe del 2024-06-30, cifras principales que cambiaron: 3, sin cambio: 9; "
        "tablas con otros números: 4."
    )
    assert retell("fewer people: 1,200, now 900") == "menos personas: 1,200, ahora 900"


def test_what_no_template_made_stays_as_it_is():
    use_language(read_shipped("es"))
    assert retell("Words of a programme.") == "Words of a programme."
    use_language(Language())
    assert retell("Since the report of X no figure has changed.").startswith("Since")


def test_a_heading_of_any_shipped_language_is_read_in_english():
    assert in_english("Paso") == "Step"
    assert in_english("Personas dañadas") == "Harmed parties"
    assert in_english("Peñasco") == "Peñasco"


def test_a_language_of_ones_own_is_read_too():
    use_language(Language(code="xx", name="X", phrases={"Step": "Xxx"}))
    assert [one.code for one in tongues()] == ["xx", "es"]
    assert in_english("Xxx") == "Step"


def test_a_part_that_stands_twice_must_say_the_same():
    pattern = re.compile(pattern_of("<{least}: fewer than {least}", {"least": r"\d+"}))
    assert pattern.fullmatch("<11: fewer than 11")
    assert not pattern.fullmatch("<11: fewer than 12")
