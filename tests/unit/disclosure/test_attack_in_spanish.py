"""The attack on a Spanish report: each turn of phrase that gives people away is found there too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rjeval.design.disclosure import DisclosureRule
from rjeval.design.people_counts import says_few_people
from rjeval.disclosure.attack import attack_report
from rjeval.disclosure.attack_forms import FORMS
from rjeval.language import Language, phrase, spoken, use_language
from rjeval.languages.files import SHIPPED, read_shipped

ROWS = [["Policía", "60"], ["Escuela", "<11"]]


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    before = spoken()
    yield
    use_language(before)


def table(header: list[str], *rows: list[str], caption: str = "Conteos") -> str:
    head = "".join(f"<th>{one}</th>" for one in header)
    body = "".join(
        f"<tr><th>{row[0]}</th>{''.join(f'<td>{one}</td>' for one in row[1:])}</tr>" for row in rows
    )
    return f"<table><caption>{caption}</caption><tr>{head}</tr>{body}</table>"


def findings(folder: Path, body: str) -> set[str]:
    (folder / "r.html").write_text(f'<html lang="es"><body>{body}</body></html>', encoding="utf-8")
    return {one.rule for one in attack_report(folder, rule=DisclosureRule()).findings}


LEAKS = {
    "k of n": ("small count", "<p>Lo dijeron 8 de 60 personas.</p>"),
    "k of the n": ("small count", "<p>Volvieron 3 de las 45.</p>"),
    "n = k": ("small count", "<p>Sede piloto, n = 7.</p>"),
    "events = k": ("small count", "<p>eventos = 4</p>"),
    "few people in words": ("small count", "<p>Cuatro personas volvieron el mismo día.</p>"),
    "few people in figures": ("small count", "<p>Perdimos a 7 jóvenes.</p>"),
    "one of them": ("small count", "<p>Una persona murió antes.</p>"),
    "about a few": ("small count", "<p>Las recogió quien facilitó (unas 10).</p>"),
    "all but one": ("wording", "<p>Todas menos una estuvieron de acuerdo.</p>"),
    "only two": ("wording", "<p>Solo dos participantes no estuvieron de acuerdo.</p>"),
    "none of the group": ("wording", "<p>Ninguna de las 45 fue arrestada.</p>"),
    "everybody": ("wording", "<p>El 100% de las personas dañadas aceptó.</p>"),
    "n of n": ("wording", "<p>Aceptaron 45 de las 45.</p>"),
    "mark left in": ("mark", "<p>no publicar</p>"),
    "small count in a table": ("small count", table(["Fuente", "Personas"], ["Escuela", "5"])),
    "numerator from rate and size": (
        "rate times n",
        table(["Grupo", "Personas", "Con evento", "Tasa"], ["rj", "60", "<11", "13%"]),
    ),
    "hidden part of a column total": (
        "derivable",
        table(["Fuente", "Personas"], ["Policía", "60"], ["Escuela", "–"], ["Total", "65"]),
    ),
    "two sizes of one group": (
        "two values",
        table(["Paso", "Total", "rj"], ["Incluidas en la cohorte", "535", "205"])
        + table(["Característica", "rj (n = 210)"], ["Mujer", "65 (31%)"]),
    ),
    "invited in a caption and in a table": (
        "two values",
        table(["Papel", "Invitadas", "Respondieron"], ["Personas dañadas", "230", "135"])
        + table(
            ["Pregunta", "Respuestas"],
            ["Justo", "130"],
            caption="Papel: Personas dañadas. Respondieron 135 de 235 personas invitadas (57%).",
        ),
    ),
}


@pytest.mark.parametrize("leak", list(LEAKS))
def test_each_leak_planted_in_spanish_is_found(leak: str, tmp_path: Path) -> None:
    expected, body = LEAKS[leak]
    assert expected in findings(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "<p>Menos de 11 de 60 personas lo dijeron.</p>",
        "<p>Unas 9 de cada 100 personas tuvieron una nueva acusación.</p>",
        "<p>Una persona puede tener más de un caso; al menos 5 personas por grupo.</p>",
        "<p>Fuerza del diseño: nivel 5 de 5.</p>",
        table(["Paso", "Total"], ["Evaluadas", "535"], ["Excluidas: no elegible", "60"]),
        table(["Etapa", "Personas", "Tasa"], ["Consintió", "60", "100%"]),
        table(["Periodo (días)", "Personas", "Tasa"], ["365", "60", "13%"]),
    ],
)
def test_what_gives_nobody_away_passes(body: str, tmp_path: Path) -> None:
    assert not findings(tmp_path, body)


def test_every_shipped_language_has_its_forms() -> None:
    assert set(FORMS) == set(SHIPPED)


def test_in_a_language_of_a_study_s_own_the_templates_show_what_to_look_for(tmp_path: Path) -> None:
    own = Language(code="xx", name="X", phrases={"{n} of {whole}": "{n} xx {whole}", "Rate": "Qq"})
    assert not findings(tmp_path, "<p>8 xx 60</p>")
    use_language(own)
    assert findings(tmp_path, "<p>8 xx 60</p>") == {"small count"}


def test_sentences_of_the_design_are_read_in_spanish() -> None:
    use_language(read_shipped("es"))
    assert phrase("{n} of {whole}", n=8, whole=60) == "8 de 60"
    assert says_few_people("Tres familias se mudaron.", below=11)
    assert not says_few_people("Más de cuatro personas de cada diez.", below=11)
