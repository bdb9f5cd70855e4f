"""How counts of people are written in notes; the border hides or rounds them by its rule."""

from __future__ import annotations

from rjeval.language import named, note
from rjeval.terms import Role


def about(n: int) -> str:
    """Return a count as a note carries it until :func:`rjeval.release` hides or rounds it.

    Examples
    --------
    >>> about(48)
    'about 48'
    """
    return note("about {n:,}", n=n)


def whose_answers(role: str) -> tuple[str, ...]:
    """Return a note that says whose answers a model rests on; none for a flat table.

    Examples
    --------
    >>> whose_answers("harmed_party"), whose_answers("respondent")
    (('Answers of harmed parties.',), ())
    """
    if role not in set(Role):
        return ()
    return (note("Answers of {who}.", who=named(role, lower=True)),)
