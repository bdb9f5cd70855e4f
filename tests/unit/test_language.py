"""Language of what is printed: nothing left in English, no number lost, the programme's words."""

from __future__ import annotations

import ast
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

import rjeval
from rjeval.design.recidivism import EVENT_KINDS, LEVELS
from rjeval.design.words import read_words
from rjeval.errors import DesignError
from rjeval.language import (
    Language,
    choose_terms,
    named,
    note,
    phrase,
    spoken,
    use_language,
)
from rjeval.languages.files import SHIPPED, parts_of, read_language, shipped_text
from rjeval.terms import LABELS, POPULATIONS

PACKAGE = Path(rjeval.__file__).parent
OTHERS = [code for code in SHIPPED if code != "en"]


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    before = spoken()
    yield
    use_language(before)


def _templates() -> Iterator[tuple[str, str]]:
    """Every text that the code hands to ``phrase``, ``mark`` or ``note``; and its file."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.name == "language.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if called and node.func.id in {"phrase", "mark", "note"} and node.args:
                for given in _choices(node.args[0]):
                    if isinstance(given, ast.Constant):
                        yield given.value, str(file.relative_to(PACKAGE))


def _choices(node: ast.expr) -> list[ast.expr]:
    """One text, or the two of a conditional expression."""
    if isinstance(node, ast.IfExp):
        return [*_choices(node.body), *_choices(node.orelse)]
    return [node]


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_of_the_code_is_translated(code: str) -> None:
    phrases = read_language(code, folder=PACKAGE).phrases
    missing = [f"{where}: {text}" for text, where in _templates() if text not in phrases]
    missing += [text for text in _of_terms() if text not in phrases]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_is_of_a_text_that_is_still_printed(code: str) -> None:
    known = {text for text, _ in _templates()} | set(_of_terms())
    known |= set(_notebook_paragraphs()) | set(_notebook_titles())
    stale = [text for text in read_language(code, folder=PACKAGE).phrases if text not in known]
    assert not stale, "\n".join(stale)


@pytest.mark.parametrize("code", OTHERS)
def test_every_paragraph_and_title_of_the_notebooks_is_translated(code: str) -> None:
    phrases = read_language(code, folder=PACKAGE).phrases
    told = [*_notebook_paragraphs(), *_notebook_titles()]
    assert not [text for text in told if text not in phrases]


@pytest.mark.parametrize("code", OTHERS)
def test_a_heading_stays_a_heading_of_its_level(code: str) -> None:
    phrases = read_language(code, folder=PACKAGE).phrases
    heads = [text for text in _notebook_paragraphs() if text.startswith("#")]
    assert heads
    assert [_level(text) for text in heads] == [_level(phrases[text]) for text in heads]


@pytest.mark.parametrize("code", OTHERS)
def test_every_label_is_translated(code: str) -> None:
    assert set(LABELS) <= set(read_language(code, folder=PACKAGE).labels)


def _of_terms() -> Iterator[str]:
    """Words that a definition of reoffending is made of."""
    yield from POPULATIONS.values()
    yield from (kind.replace("_", " ") for kind in EVENT_KINDS)
    yield from (level for level in LEVELS if level != "any")


def _notebook_paragraphs() -> Iterator[str]:
    import nbformat

    for file in sorted((PACKAGE.parent / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(file, 4).cells:
            if cell.cell_type == "markdown":
                yield from (part.strip() for part in cell.source.split("\n\n"))


def _notebook_titles() -> Iterator[str]:
    """Titles that the code of the notebooks gives to tables."""
    import nbformat

    for file in sorted((PACKAGE.parent / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(file, 4).cells:
            for node in ast.walk(ast.parse(cell.source if cell.cell_type == "code" else "")):
                if isinstance(node, ast.keyword) and node.arg == "title":
                    yield ast.literal_eval(node.value)


def _level(heading: str) -> int:
    return len(heading) - len(heading.lstrip("#"))


def test_what_a_language_lacks_is_said_in_english() -> None:
    use_language(Language(code="xx", name="X", phrases={"{n} people": "{n} xx"}))
    assert phrase("{n} people", n=3) == "3 xx"
    assert phrase("{n} cases", n=3) == "3 cases"


def test_a_number_cannot_be_lost_in_translation(tmp_path: Path) -> None:
    (tmp_path / "xx.toml").write_text(
        'code = "xx"\nname = "X"\n[phrases]\n"{n} of {total} people" = "{n} xx"\n'
    )
    with pytest.raises(DesignError, match="1 phrases do not have the same parts"):
        read_language("xx.toml", folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 'X'", "code is missing"),
        ("code = 'xx'\nname = 'X'\nphrases = 3", "must be a table of texts"),
        ("code = 'xx'\nname = 'X'\n[nouns]\nother = ['a']", r"\[nouns\]"),
        ("code = ", "not valid TOML"),
    ],
)
def test_a_language_file_that_is_not_valid_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "xx.toml").write_text(text)
    with pytest.raises(DesignError, match=said):
        read_language("xx.toml", folder=tmp_path)


def test_a_language_nobody_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="must be one of en, es"):
        read_words({"report": {"language": "tlh"}}, folder=tmp_path)


def test_the_programme_calls_people_by_its_own_words(tmp_path: Path) -> None:
    raw = {"terms": {"harmed": ["victim", "victims"], "responsible": ["youth", "young people"]}}
    use_language(read_words(raw, folder=tmp_path))
    assert phrase("People harmed and a responsible party met.") == "Victims and a youth met."
    # Words of the data are parts, and parts are never changed.
    assert phrase("{name} said", name="Harmed parties") == "Harmed parties said"


def test_terms_need_a_singular_and_a_plural(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="needs two words"):
        read_words({"terms": {"harmed": ["victim"]}}, folder=tmp_path)


@pytest.mark.parametrize("code", OTHERS)
def test_the_words_for_people_can_be_chosen_in_each_language(code: str) -> None:
    language = read_language(code, folder=PACKAGE)
    own = choose_terms(language, {"harmed": ("víctima", "víctimas")})
    use_language(own)
    singular, plural = language.nouns["harmed"][:2]
    assert phrase(f"{singular}, {plural}") == "víctima, víctimas"


def test_parts_are_found_with_their_formats() -> None:
    assert parts_of("{n:,} of {total:.1f}%") == {"n", "total"}


@pytest.mark.parametrize("code", OTHERS)
def test_the_shipped_file_is_the_pattern_for_others(code: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(shipped_text(code), encoding="utf-8")
    assert (
        read_language("own.toml", folder=tmp_path).phrases
        == read_language(code, folder=tmp_path).phrases
    )


def test_a_note_stays_english_in_a_result_and_is_translated_where_it_is_printed() -> None:
    kept = note("{n} people had a {event}", n=3, event=named("refiling"))
    language = Language(
        code="xx",
        name="X",
        labels={"refiling": "yyy"},
        phrases={"{n} people had a {event}": "{event} xx {n}"},
    )
    use_language(language)
    assert kept == "3 people had a new filing"
    assert phrase(kept) == "yyy xx 3"
    assert phrase("({text})", text=kept) == "(yyy xx 3)"


def test_a_note_survives_being_stored() -> None:
    use_language(Language(code="xx", name="X", phrases={"{n} people": "{n} xx"}))
    assert phrase(pickle.loads(pickle.dumps(note("{n} people", n=3)))) == "3 xx"


def test_a_hidden_count_stays_hidden_in_every_language() -> None:
    """The border rewrites the parts of a note, so that a translation has no other number."""
    from rjeval.design.disclosure import DisclosureRule
    from rjeval.disclosure.note_text import safe_note

    kept = note("{n:,} people of {whole:,} were left out.", n=7, whole=212)
    safe = safe_note(kept, rule=DisclosureRule())
    assert safe == "fewer than 11 people of 210 were left out."
    phrases = {
        "{n:,} people of {whole:,} were left out.": "{whole:,} xx {n:,}",
        "fewer than {least}": "yy {least}",
    }
    use_language(Language(code="xx", name="X", phrases=phrases))
    assert phrase(safe) == "210 xx yy 11"
