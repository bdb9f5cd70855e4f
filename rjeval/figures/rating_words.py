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
from rjeval.language import phrase
from rjeval.results import RatingShares


def top_header(shares: RatingShares, words: Mapping[str, str]) -> str:
    """Return the heading of the column of top shares."""
    return phrase(
        "{answers} ({level} CI)",
        answers=_top_levels(shares, words),
        level=level_text(shares.conf_level),
    )


def _top_levels(shares: RatingShares, words: Mapping[str, str]) -> str:
    names = [display(level, words) for level in shares.levels[-shares.top :]]
    return phrase(" or ").join([names[0], *(name[:1].lower() + name[1:] for name in names[1:])])


def ratings_drawing(shares: RatingShares, words: Mapping[str, str]) -> Drawing:
    """Return words and numbers of a figure of ratings."""
    role = display(shares.role, words)
    return Drawing(
        title=phrase("Ratings by {role}", role=f"{role[:1].lower()}{role[1:]}"),
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
    low = phrase("; respondents may differ from the rest") if rate < 0.5 else ""
    text = phrase(
        "{n} of {whole} invited answered ({share:.0f}%)",
        n=count(shares.n_responded),
        whole=count(shares.n_invited),
        share=100 * rate,
    )
    return text + low


def _alt(shares: RatingShares, words: Mapping[str, str], *, role: str) -> str:
    digits, top = share_digits(shares.frame), _top_levels(shares, words)
    parts = []
    for row in shares.frame.to_dict("records"):
        group = f", {display(row[shares.by], words)}" if shares.by else ""
        value = share_with_interval(row, shares.conf_level, digits=digits)
        parts.append(f"{row['item']}{group}: {value}, n = {_size(row['n'])}.")
    what = phrase(
        "Stacked bars of ratings by {role}, share rating {answers}.",
        role=role.lower(),
        answers=top,
    )
    return joined((what, *parts))


def _size(value: float) -> str:
    shown = count(value)
    return phrase("suppressed") if shown == "–" else shown


def _caption(shares: RatingShares, words: Mapping[str, str]) -> str:
    n = shares.frame["n"]
    span = count(n.min())
    if n.min() != n.max():
        span = phrase("{low} to {high}", low=count(n.min()), high=count(n.max()))
    response = _response(shares)
    return joined(
        (
            phrase(
                "Answers of {role}, n = {n} per row.",
                role=display(shares.role, words).lower(),
                n=span,
            ),
            f"{response}." if response else "",
            phrase(
                "On the right: share rating {answers} with {level} Wilson confidence interval.",
                answers=_top_levels(shares, words),
                level=level_text(shares.conf_level),
            ),
            closing_notes(shares),
        )
    )
