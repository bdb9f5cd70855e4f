"""How counts of people are written in notes, which travel past the disclosure rule."""

from __future__ import annotations

from rjeval.design.disclosure import HARMED_PARTY_FLOOR
from rjeval.terms import Role, label

#: Base to which larger counts are rounded in a note.
ROUND_TO = 5


def about(n: int) -> str:
    """Return a count that may stand in a caption: small ones hidden, others rounded.

    Examples
    --------
    >>> about(3), about(48)
    ('fewer than 11', 'about 50')
    """
    if n < HARMED_PARTY_FLOOR:
        return f"fewer than {HARMED_PARTY_FLOOR}"
    return f"about {ROUND_TO * round(n / ROUND_TO)}"


def whose_answers(role: str) -> tuple[str, ...]:
    """Return a note that says whose answers a model rests on; none for a flat table.

    Examples
    --------
    >>> whose_answers("harmed_party"), whose_answers("respondent")
    (('Answers of harmed parties.',), ())
    """
    return (f"Answers of {label(role).lower()}.",) if role in set(Role) else ()
