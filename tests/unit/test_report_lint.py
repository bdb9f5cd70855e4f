"""Wording rules: each catches what it is for, lets the better sentence pass, and says where."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest

from rjeval.cli.main import main
from rjeval.errors import ReportError
from rjeval.languages.files import read_shipped
from rjeval.report.lint import lint_text
from rjeval.report.passages import read_words
from rjeval.report.spanish_wording import SPANISH_RULES
from rjeval.report.wording_rules import RULES
from rjeval.terms import DesignTier

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))

#: rule, a sentence that breaks it, the sentence to write instead.
PAIRS = [
    ("W1", "The programme reduced harm.", "The programme served 120 families."),
    ("W2", "Conferences were held for 60% of cases.", "They were held for 60% (72 of 120)."),
    (
        "W3",
        "The recidivism rate was low.",
        "Reoffending rate: a new filing within 12 months of referral.",
    ),
    ("W4", "It is 30% lower, n = 200.", "It went from 20% to 14%, n = 200, 6 percentage points."),
    (
        "W5",
        "A new filing was recorded for 40 of 280 people (16%).",
        "A new filing was recorded for 40 of 280 people (14.3%).",
    ),
    ("W6", "Completers did well.", "Everyone referred is shown, with those who completed."),
    ("W7", "There was no difference.", "There was no clear difference."),
    ("W8", "This holds, p < 0.05.", "The 95% CI was 0.7 to 0.9."),
    (
        "W9",
        "We saw that 90% (45 of 50) were satisfied.",
        "Of 80 harmed parties invited, 50 answered; 90% (45 of 50) were satisfied.",
    ),
    (
        "W10",
        "A systematic review found fewer offences, and our rate was 12% (12 of 100).",
        "A systematic review found fewer offences (doi:10.4073/csr.2013.12).",
    ),
    ("W11", "The state average is higher.", "For context, the state average is shown."),
    ("W12", "The county saved $2 million.", "The programme cost $2 million."),
    (
        "W13",
        "Fewer were offered a conference because of their ethnicity.",
        "Of 60 Latino youth referred, 40 were offered a conference.",
    ),
    ("W14", "All but one agreed.", "Most agreed."),
    ("W15", "Offenders came.", "The people responsible came."),
    (
        "W16",
        "Our circles strengthen community trust.",
        "Community trust is not measured here.",
    ),
    ("W17", "Video is as effective as meeting.", "Some meetings were held by video."),
    ("W18", "Arrests will fall.", "Arrests were counted."),
    (
        "W19",
        "Last year the rate was 15% (30 of 200).",
        "Last year the rate was 15% (30 of 200), as published; the same definition.",
    ),
    (
        "W20",
        "One mother said: “I could tell him to his face what it did to us.”",
        "One mother said, and consented to be quoted: “I could tell him to his face.”",
    ),
]


@pytest.mark.parametrize(("rule", "bad", "good"), PAIRS, ids=[one[0] for one in PAIRS])
def test_each_rule_catches_its_sentence_and_lets_the_better_one_pass(rule, bad, good):
    assert rule in {one.rule for one in lint_text(bad)}
    assert rule not in {one.rule for one in lint_text(good)}


def test_every_rule_has_its_pair_and_none_of_the_twenty_is_missing():
    twenty = {f"W{number}" for number in range(1, 21)}
    assert {one[0] for one in PAIRS} == {rule.name for rule in RULES} == twenty


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("It was 40 of 280 (14.3%).", True),
        ("It was 40 of 280 (14%).", True),
        ("It was 40 of 280 (15%).", False),
        ("It was 14.3% (40 of 280).", True),
        ("It was 14.4% (40 of 280).", False),
        # 32.1 to 18.4 is a fall of 42.7%; a newspaper printed 48%.
        ("It went from 32.1% to 18.4%, a 42.7% fall.", True),
        ("It went from 32.1% to 18.4%, a 43% fall.", True),
        ("It went from 32.1% to 18.4%, a 48% fall.", False),
    ],
)
def test_shares_and_relative_changes_are_worked_out_again(text, right):
    assert ("W5" not in {one.rule for one in lint_text(text)}) is right


def test_a_matched_design_may_not_say_caused_and_a_weak_one_may_not_speak_of_savings():
    assert "W1" in {one.rule for one in lint_text("It caused less.", tier=DesignTier.MATCHED)}
    saved = "It saved $1 to $2 million in prices of 2024, by the method of the appendix."
    assert "W12" in {one.rule for one in lint_text(saved, tier=DesignTier.UNMATCHED)}
    assert "W12" not in {one.rule for one in lint_text(saved, tier=DesignTier.MATCHED)}


def test_few_answers_need_their_caution_in_the_same_paragraph():
    bare = "Of 100 invited, 40% of those invited answered."
    assert "W9" in {one.rule for one in lint_text(bare)}
    assert "W9" not in {one.rule for one in lint_text(f"{bare} Respondents may differ.")}


def test_a_randomised_design_may_speak_of_an_effect():
    text = "Assignment reduced filings."
    assert lint_text(text, tier=DesignTier.UNMATCHED)
    assert not lint_text(text, tier=DesignTier.RANDOMISED)


def test_the_place_is_the_paragraph():
    (found,) = lint_text("One.\n\nTwo.\n\nThe clinic saved lives.\n")
    assert (found.paragraph, found.rule, found.found) == (3, "W1", "saved")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_our_own_notebooks_keep_the_rules(path):
    assert lint_text(read_words(path)) == []


def test_word_files_and_notebooks_are_read(tmp_path):
    document = docx.Document()
    document.add_paragraph("First.")
    document.add_paragraph("All but one agreed.")
    document.save(str(tmp_path / "draft.docx"))
    assert "All but one agreed." in read_words(tmp_path / "draft.docx")
    cells = [
        {"cell_type": "markdown", "source": ["All but ", "one agreed."]},
        {"cell_type": "code", "source": "reduced"},
    ]
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert read_words(tmp_path / "n.ipynb") == "All but one agreed."


def test_what_cannot_be_read_is_one_sentence(tmp_path):
    (tmp_path / "x.docx").write_bytes(b"no zip")
    with pytest.raises(ReportError, match=r"x\.docx is not readable text"):
        read_words(tmp_path / "x.docx")
    with pytest.raises(ReportError, match="cannot be read"):
        read_words(tmp_path / "absent.md")


def test_the_command_lists_findings_and_fails(tmp_path, capsys):
    draft = tmp_path / "draft.md"
    draft.write_text("Offenders came.\n", encoding="utf-8")
    assert main(["lint-text", str(draft)]) == 14
    said = capsys.readouterr()
    assert "draft.md, paragraph 1, W15: “Offenders”. Write people first" in said.out
    assert "Sentences that break a wording rule: 1." in said.err
    cells = [
        {"cell_type": "code", "source": "1"},
        {"cell_type": "markdown", "source": ["Fine.\n", "\n", "Offenders came."]},
    ]
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert main(["lint-text", str(tmp_path / "n.ipynb")]) == 14
    assert "n.ipynb, cell 2, paragraph 2, W15" in capsys.readouterr().out
    draft.write_text("People came.\n", encoding="utf-8")
    assert main(["lint-text", str(draft)]) == 0


#: rule, a Spanish sentence that breaks it, the sentence to write instead.
SPANISH_PAIRS = [
    ("W1", "Esto demuestra el valor del programa.", "El programa atendió a 120 familias."),
    ("W1", "El programa redujo el daño.", "Se registraron 35 eventos."),
    ("W1", "El programa causó esta baja.", "La tasa fue más baja; los grupos son diferentes."),
    ("W2", "Hubo conferencias en el 60% de los casos.", "Hubo en el 60% (72 de 120)."),
    ("W7", "No hubo diferencia.", "No hay diferencia clara."),
    ("W7", "La diferencia no es significativa.", "El intervalo incluye la ausencia de diferencia."),
    ("W8", "Es estadísticamente significativo.", "El IC del 95% fue de 0.7 a 0.9."),
    ("W14", "Todas menos una aceptaron.", "La mayoría aceptó."),
    ("W15", "Los ofensores vinieron.", "Las personas responsables vinieron."),
]


@pytest.mark.parametrize(("rule", "bad", "good"), SPANISH_PAIRS)
def test_the_decisive_words_are_known_in_spanish(rule, bad, good):
    assert rule in {one.rule for one in lint_text(bad)}
    assert rule not in {one.rule for one in lint_text(good)}


def test_a_spanish_report_breaks_no_spanish_rule():
    # What is said of a randomised trial alone is not said at this tier.
    told = [one for one in read_shipped("es").phrases.values() if "la asignación a" not in one]
    found = [
        (one.name, text)
        for text in told
        for one in SPANISH_RULES
        if one.broken_by(text, DesignTier.ONE_GROUP)
    ]
    assert not found
