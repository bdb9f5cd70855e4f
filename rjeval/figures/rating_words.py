"""Title, alternative text and caption of rating bars."""

from __future__ import annotations

from collections.abc import Mapping

from rjeval.figures.drawing import Drawing
from rjeval.figures.wording import (
    closing_notes,
    count,
    display,
    for_release,
    joined,
    level_text,
    share_digits,
    share_with_interval,
)
from rjeval.results import RatingShares


def top_header(shares: RatingShares, words: Mapping[str, str]) -> str:
    """Return the heading of the column of top shares."""
    return f"{_top_levels(shares, words)} ({level_text(shares.conf_level)} CI)"


def _top_levels(shares: RatingShares, words: Mapping[str, str]) -> str:
    names = [display(level, words) for level in shares.levels[-shares.top :]]
    return " or ".join([names[0], *(name[:1].lower() + name[1:] for name in names[1:])])


def ratings_drawing(shares: RatingShares, words: Mapping[str, str]) -> Drawing:
    """Return words and numbers of a figure of ratings."""
    role = display(shares.role, words)
    return Drawing(
        title=f"Ratings by {role[:1].lower()}{role[1:]}",
        subtitle=_response(shares),
        alt=_alt(shares, words, role=role),
        caption=_caption(shares, words),
        data=shares.frame.copy(),
        for_release=for_release(shares),
    )


def _response(shares: RatingShares) -> str:
    """Return who answered of those asked, as counts and share; nothing where not known."""
    if not shares.n_invited or shares.n_responded is None:
        return ""
    rate = shares.n_responded / shares.n_invited
    low = "; respondents may differ from the rest" if rate < 0.5 else ""
    return (
        f"{count(shares.n_responded)} of {count(shares.n_invited)} invited answered "
        f"({100 * rate:.0f}%){low}"
    )


def _alt(shares: RatingShares, words: Mapping[str, str], *, role: str) -> str:
    digits, top = share_digits(shares.frame), _top_levels(shares, words)
    parts = []
    for row in shares.frame.to_dict("records"):
        group = f", {display(row[shares.by], words)}" if shares.by else ""
        value = share_with_interval(row, shares.conf_level, digits=digits)
        parts.append(f"{row['item']}{group}: {value}, n = {_size(row['n'])}.")
    return joined((f"Stacked bars of ratings by {role.lower()}, share rating {top}.", *parts))


def _size(value: float) -> str:
    shown = count(value)
    return "suppressed" if shown == "–" else shown


def _caption(shares: RatingShares, words: Mapping[str, str]) -> str:
    n = shares.frame["n"]
    span = f"{count(n.min())} to {count(n.max())}" if n.min() != n.max() else count(n.min())
    response = _response(shares)
    return joined(
        (
            f"Answers of {display(shares.role, words).lower()}, n = {span} per row.",
            f"{response}." if response else "",
            f"On the right: share rating {_top_levels(shares, words)} with "
            f"{level_text(shares.conf_level)} Wilson confidence interval.",
            closing_notes(shares),
        )
    )
