"""Terms of a model in words: ``arm[rj]`` as "Arm: Restorative justice", with its reference."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rjeval.figures.wording import display
from rjeval.language import phrase
from rjeval.languages.bands import level_identifier

_LEVEL = re.compile(r"^(?P<variable>.+?)\[(?P<level>.*)\]$")


def term_text(
    term: str, *, references: Mapping[str, str], labels: Mapping[str, str]
) -> tuple[str, str]:
    """Return what a term is called, and what it is compared with.

    Examples
    --------
    >>> term_text("arm[rj]", references={"arm": "comparison"}, labels={})
    ('Arm: Restorative justice', 'compared with Comparison')
    >>> term_text("prior_arrests", references={}, labels={})
    ('Prior arrests', 'per 1 more')
    """
    if term in labels and ("[" in term or ":" in term):
        return labels[term], ""
    parts = [_one(part, references, labels) for part in term.split(":")]
    if len(parts) > 1:
        return " × ".join(name for name, _ in parts), phrase("interaction")
    return parts[0]


def _one(part: str, references: Mapping[str, str], labels: Mapping[str, str]) -> tuple[str, str]:
    found = _LEVEL.match(part)
    if found is None:
        return display(part, labels), phrase("per 1 more")
    variable, level = found["variable"], found["level"]
    reference = references.get(variable)
    against = ""
    if reference:
        against = phrase("compared with {reference}", reference=display(reference, labels))
    return (
        f"{display(variable, labels)}: {display(level_identifier(variable, level), labels)}",
        against,
    )


def subgroup_text(
    term: str, *, references: Mapping[str, str], labels: Mapping[str, str]
) -> tuple[str, str]:
    """Return the subgroup of a contrast between arms, and which arms.

    Examples
    --------
    >>> subgroup_text("arm[rj]:sex[woman]", references={"arm": "comparison"}, labels={})
    ('Sex: Woman', 'Restorative justice compared with Comparison')
    """
    contrast, _, group = term.partition(":")
    found = _LEVEL.match(contrast)
    name, _ = _one(group, {}, labels)
    if found is None:
        return name, ""
    reference = display(references.get(found["variable"], ""), labels)
    pair = phrase(
        "{group} compared with {reference}",
        group=display(found["level"], labels),
        reference=reference,
    )
    return name, pair
