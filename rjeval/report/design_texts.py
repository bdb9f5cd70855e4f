"""The study's own sentences pass no release, so they are read before they are printed."""

from __future__ import annotations

from rjeval.design.people_counts import says_few_people
from rjeval.design.study import StudyDesign
from rjeval.errors import DisclosureError

#: Keys of ``[study]`` whose text reports print as it is.
PRINTED = ("title", "programme", "sources_note", "limits", "why_no_recidivism")


def check_design_texts(design: StudyDesign) -> None:
    """Refuse sentences of the design that count fewer people than may be shown.

    Raises
    ------
    DisclosureError
        With the key, never with the sentence.
    """
    rule = design.disclosure
    for key in PRINTED if rule.suppresses else ():
        given = getattr(design, key)
        for number, text in enumerate([given] if isinstance(given, str) else given, start=1):
            if says_few_people(text, below=rule.min_cell):
                where = key if isinstance(given, str) else f"{key}, sentence {number},"
                raise DisclosureError(
                    f"[study] {where} counts fewer than {rule.min_cell} people, which a report "
                    "may not print.",
                    hint='Write "a few people" instead of the number.',
                )
