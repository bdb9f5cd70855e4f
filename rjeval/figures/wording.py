"""Numbers, intervals, captions and disclosure notes in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from rjeval.design.disclosure import PROFILE_NAMES
from rjeval.language import mark, phrase, spoken_label
from rjeval.languages.bands import band_text
from rjeval.languages.reading import retell
from rjeval.results import Result

SUPPRESSED = mark("suppressed")
NOT_FOR_RELEASE = mark("NOT FOR RELEASE")
EVERYONE = ("all", "")
_TRANSFORMS = {
    "log-log": mark("log-log transformation"),
    "log": mark("log transformation"),
}


def display(identifier: object, labels: Mapping[str, str] | None = None) -> str:
    """Return what people read for a category; unlike ``terms.label`` it keeps capitals.

    Examples
    --------
    >>> display("rj"), display("Site A"), display("prior_arrests"), display("completed")
    ('Restorative justice', 'Site A', 'Prior arrests', 'Completed')
    """
    key = str(identifier)
    own = (labels or {}).get(key)
    if own is not None:
        return own
    if key in EVERYONE:
        return phrase("Everyone")
    named = spoken_label(key)
    if named is not None:
        return _capital(named)
    return _capital(band_text(key.replace("_", " ").strip()))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def merged_labels(result: Result, labels: Mapping[str, str] | None) -> dict[str, str]:
    """Return the study's labels with those of the call put over them."""
    return {**result.labels, **(labels or {})}


def share_digits(values: pd.DataFrame) -> int:
    """Return the decimals of percentages: none where all shares are whole percentages.

    Released shares of small groups have two decimals; more would claim what is not known.
    """
    shares = values[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float) * 100
    shares = shares[np.isfinite(shares)]
    return 0 if np.allclose(shares, np.round(shares), atol=1e-6) else 1


def percent(value: float, *, digits: int = 1) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> percent(0.1234), percent(float("nan"))
    ('12.3%', 'suppressed')
    """
    return phrase(SUPPRESSED) if pd.isna(value) else f"{100 * value:.{digits}f}%"


def hidden_text(row: Mapping[Any, Any]) -> str:
    """Return what is said in the place of a hidden number: its bound, where there is one.

    Examples
    --------
    >>> hidden_text({"bound": "fewer than 11"}), hidden_text({})
    ('suppressed: fewer than 11', 'suppressed')
    """
    bound = str(row.get("bound") or "")
    if not bound:
        return phrase(SUPPRESSED)
    if bound.startswith("not shown"):
        return retell(bound)
    return phrase("suppressed: {bound}", bound=retell(bound))


def share_with_interval(
    row: Mapping[Any, Any], level: float, *, digits: int = 1, short: bool = False
) -> str:
    """Return an estimated share with its interval, or the bound that stands for it.

    Examples
    --------
    >>> share_with_interval({"estimate": 0.2, "conf_low": 0.1, "conf_high": 0.3}, 0.95, digits=0)
    '20% (95% CI 10 to 30)'
    """
    if pd.isna(row["estimate"]):
        return hidden_text(row)
    low, high = row["conf_low"], row["conf_high"]
    if pd.isna(low) or pd.isna(high):
        return phrase("{estimate} (no interval)", estimate=percent(row["estimate"], digits=digits))
    return phrase(
        "{estimate} ({low} to {high})" if short else "{estimate} ({level} CI {low} to {high})",
        estimate=percent(row["estimate"], digits=digits),
        low=f"{100 * low:.{digits}f}",
        high=f"{100 * high:.{digits}f}",
        level=level_text(level),
    )


def level_text(level: float) -> str:
    """Return a confidence level in words.

    Examples
    --------
    >>> level_text(0.95)
    '95%'
    """
    return f"{100 * level:g}%"


def transform_text(conf_type: str) -> str:
    """Return the transformation behind an interval in words."""
    if conf_type in _TRANSFORMS:
        return phrase(_TRANSFORMS[conf_type])
    return phrase("{kind} interval", kind=conf_type)


def count(value: float) -> str:
    """Return a count with separators, or a dash where it is hidden.

    Examples
    --------
    >>> count(12345), count(float("nan"))
    ('12,345', '–')
    """
    return "–" if pd.isna(value) else f"{int(value):,}"


def with_article(noun: str) -> str:
    """Return a noun phrase with its article; one that has its own determiner keeps it.

    Examples
    --------
    >>> with_article("new filing"), with_article("event"), with_article("any proven offence")
    ('a new filing', 'an event', 'any proven offence')
    """
    if noun.startswith(("any ", "the ", "a ", "an ")):
        return noun
    if noun[:1].lower() in "aeiou":
        return phrase("an {noun}", noun=noun)
    return phrase("a {noun}", noun=noun)


def listed(parts: Iterable[str]) -> str:
    """Join parts with semicolons."""
    return "; ".join(parts)


def joined(parts: Iterable[str]) -> str:
    """Join sentences, leaving out empty ones."""
    return " ".join(part.strip() for part in parts if part and part.strip())


def disclosure_note(result: Result) -> str:
    """Return one sentence on what disclosure control has done to the numbers."""
    stamp = result.released
    if stamp is None:
        return phrase("Not for release: no disclosure control has been applied.")
    if stamp.profile == "internal":
        return phrase("Not for release: internal review only, nothing is suppressed.")
    text = phrase(
        "Disclosure control ({profile}): counts of people below {least} suppressed",
        profile=phrase(PROFILE_NAMES[stamp.profile]),
        least=stamp.min_cell,
    )
    if stamp.round_to > 1:
        text += phrase(", counts rounded to {base}", base=stamp.round_to)
    if stamp.n_suppressed:
        text += phrase("; values suppressed here: {n}", n=stamp.n_suppressed)
    return f"{text}."


def closing_notes(*results: Result) -> str:
    """Return definition, caveats and disclosure note, as they end each caption, each once."""
    parts: list[str] = []
    for result in results:
        stamp_notes = result.released.notes if result.released else ()
        days = result.frame["at_days"].dropna().unique() if "at_days" in result.frame else ()
        if result.definition:
            parts.append(phrase(result.definition.sentence(list(days))))
        parts += [phrase(one) for one in (*result.notes, *stamp_notes)]
    parts += [disclosure_note(result) for result in results]
    return joined(dict.fromkeys(parts))


def for_release(*results: Result) -> bool:
    """Return whether a figure of these results may leave the team."""
    stamps = [result.released for result in results]
    return all(stamp is not None and stamp.profile != "internal" for stamp in stamps)
