"""How counts of people are written in notes; the border hides or rounds them by its rule."""

from __future__ import annotations

from rjeval.language import mark, named, note
from rjeval.terms import Role

#: When a survey was asked, as a note says it.
WAVE_WORDS = {
    "pre": mark("before the conference"),
    "post": mark("after the conference"),
    "followup_1m": mark("1 month later"),
    "followup_6m": mark("6 months later"),
    "followup_12m": mark("12 months later"),
}


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
