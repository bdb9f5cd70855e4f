"""A language that nobody speaks reaches every text of a report: one TOML file is enough.

Each Latin letter of rjeval's texts is replaced by a Greek one. What is still Latin in the three
documents is a text that no language file reaches, unless it is the study's own, an identifier of
the data, or a name.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rjeval.cli.main import main
from rjeval.language import NOUNS, spoken, use_language
from rjeval.languages.files import read_shipped
from rjeval.schemas.tables import TABLES
from rjeval.terms import LABELS

LATIN, GREEK = "abcdefghijklmnopqrstuvwxyz", "αβψδεφγηιξκλμνοπϙρστθωςχυζ"
LETTERS = str.maketrans(LATIN + LATIN.upper(), GREEK + GREEK.upper())
#: What a translator leaves alone: parts, code, addresses.
KEPT = re.compile(r"(\{[^}]*\}|`[^`]*`|<[^>]+>|\]\([^)]*\)|doi:\S+)")
#: Identifiers, files, formats of dates, sources, sums of a hash.
NAMES = re.compile(
    r"\S+\.(?:csv|xlsx|toml|json)\b|\w+(?:_\w+)+|%\S+|doi:\S+|10\.\d+/\S+|\b[0-9a-f]{64}\b|"
    r"utf-8\S*|cp1252|\w+\[\w+\]|\b[RV]\d+\b|zip3"
)
#: Names of software, of people, of codes, and values of the invented data.
PROPER = frozenset(
    {"numpy", "pandas", "scipy", "lifelines", "statsmodels", "ibis", "framework", "ibisframework"}
    | {"matplotlib", "rjeval", "lock", "study", "toml", "wald", "newcombe", "usd"}
    | {"autumn", "no", "capacity", "pay", "case", "penasco", "training"}
)


def invented(text: str) -> str:
    return "".join(
        one if place % 2 else one.translate(LETTERS) for place, one in enumerate(KEPT.split(text))
    )


def language_file() -> str:
    """Every text that `rjeval words` writes, in letters that only it has."""
    shipped = read_shipped("es")

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    nouns = (f"{who} = {json.dumps([invented(one) for one in NOUNS[who]])}" for who in NOUNS)
    labels = (
        f"{quoted(key)} = {quoted(invented(LABELS.get(key, key.replace('_', ' '))))}"
        for key in shipped.labels
    )
    phrases = (f"{quoted(key)} = {quoted(invented(key))}" for key in shipped.phrases)
    head = 'code = "el"\nname = "Γ"\n[nouns]'
    return "\n".join([head, *nouns, "[labels]", *labels, "[phrases]", *phrases]) + "\n"


@pytest.fixture(scope="module")
def invented_report(tmp_path_factory) -> Path:
    """The report of a programme so small that much of it cannot be given, and says why."""
    folder = tmp_path_factory.mktemp("invented") / "small"
    assert main(["simulate", str(folder), "--size", "60", "--seed", "5"]) == 0
    (folder / "words.toml").write_text(language_file(), encoding="utf-8")
    design = folder / "study.toml"
    text = design.read_text(encoding="utf-8")
    line = '[report]\nlanguage = "words.toml"\n'
    if "[report]" in text:
        text = text.replace("[report]\n", line, 1)
    else:
        text = text.replace("[disclosure]", f"{line}\n[disclosure]", 1)
    terms = '\n[terms]\nharmed = ["ωω", "ωωω"]\nresponsible = ["ππ", "πππ"]\n'
    design.write_text(text + terms, encoding="utf-8")
    before = spoken()
    try:
        assert main(["report", str(folder), "--kind", "all"]) == 0
    finally:
        use_language(before)
    return folder


@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
def test_nothing_is_left_that_a_language_file_does_not_reach(
    form, invented_report, read_texts, own_texts
):
    own = own_texts(invented_report)
    columns = {part for table in TABLES.values() for part in (table.name, *table.names)}
    left = []
    documents = sorted((invented_report / "reports").rglob(f"*.{form}"))
    assert len(documents) == 3
    for document in documents:
        for text in read_texts(document):
            rest = NAMES.sub(" ", own.sub(" ", text))
            words = {one.lower() for one in re.findall(r"[A-Za-z]{2,}", rest)}
            unknown = words - columns - PROPER
            if unknown:
                left.append(f"{document.name}: {sorted(unknown)}: {text[:160]}")
    assert not left, "\n".join(left)


def test_the_whole_of_it_is_there(invented_report, read_texts):
    (page,) = (invented_report / "reports").rglob("annual_report.html")
    said = " ".join(read_texts(page))
    assert invented("Not given") in said
    assert invented("Reoffending") in said
    assert '<html lang="el"' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
def test_the_programmes_own_words_for_people_stand_everywhere(form, invented_report, read_texts):
    documents = (invented_report / "reports").rglob(f"*.{form}")
    said = " ".join(text for one in documents for text in read_texts(one)).lower()
    assert "ωωω" in said
    assert "πππ" in said
    left = {one for forms in NOUNS.values() for one in map(invented, forms) if one in said}
    assert left == set()
