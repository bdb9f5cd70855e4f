"""Sentences of refused estimates: each is one that the code raises, and Spanish tells it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import rjeval
from rjeval.language import spoken, use_language
from rjeval.languages.files import read_shipped
from rjeval.languages.reading import pattern_of, retell
from rjeval.report.refusal import without_counts, without_settings
from rjeval.report.refusal_texts import REFUSALS

PACKAGE = Path(rjeval.__file__).parent
#: Words that :func:`without_counts` puts in the place of a number, so no code raises them.
MADE_HERE = {
    "too few",
    "Too few",
    "horizon_days is {days}, but follow-up of the shortest-followed group ends earlier.",
    "Some of the terms repeat the others: {names}.",
    "Some of the rows lack a variable of the model; leaving out more than {share} is refused.",
    "Some of the answers lack a variable of the formula; leaving out more than {share} is refused.",
}


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    before = spoken()
    yield
    use_language(before)


def _texts() -> str:
    """Every text of the code, numbers and names as ``{}``; endings that depend on a choice too."""
    found = []
    for file in PACKAGE.rglob("*.py"):
        if file.name == "refusal_texts.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    one.value if isinstance(one, ast.Constant) else "{}" for one in node.values
                ]
                found.append(without_settings("".join(parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.sub(r"\{[^}]*\}", "{}", node.value))
            elif isinstance(node, ast.BinOp) and isinstance(node.right, ast.IfExp):
                ends = (node.right.body, node.right.orelse)
                if isinstance(node.left, ast.JoinedStr):
                    start = [
                        one.value if isinstance(one, ast.Constant) else "{}"
                        for one in node.left.values
                    ]
                    found += ["".join(start) + str(getattr(end, "value", "")) for end in ends]
    return "\n".join(found)


def test_each_sentence_is_raised_somewhere() -> None:
    known = _texts()
    shown = [re.sub(r"\{[^}]*\}", "{}", one) for one in REFUSALS if one not in MADE_HERE]
    assert not [one for one in shown if one not in known]


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (
            "Fewer than 30 people answered both times in some group.",
            "Menos de 30 personas respondieron las dos veces en algún grupo.",
        ),
        (
            "9 groups of facilitator are too few for a spread between groups; at least 10 are "
            "needed.",
            "Los grupos de persona facilitadora (9) son muy pocos para medir la dispersión entre "
            "ellos; se necesitan al menos 10.",
        ),
        ("Words of a stranger.", "Words of a stranger."),
    ],
)
def test_a_refusal_is_told_in_spanish(raised: str, told: str) -> None:
    use_language(read_shipped("es"))
    assert retell(without_counts(raised), among=REFUSALS) == told


def test_no_two_sentences_can_be_taken_for_one_another() -> None:
    for one in REFUSALS:
        text = re.sub(r"\{[^}]*\}", "7", one)
        same = [two for two in REFUSALS if re.fullmatch(pattern_of(two), text)]
        assert same == [one]
