"""Numbers, intervals, captions and disclosure notes in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from rjeval.results import Result
from rjeval.terms import LABELS

SUPPRESSED = "suppressed"
NOT_FOR_RELEASE = "NOT FOR RELEASE"
EVERYONE = ("all", "")
_TRANSFORMS = {"log-log": "log-log transformation", "log": "log transformation"}


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
        return "Everyone"
    if key in LABELS:
        return _capital(LABELS[key])
    return _capital(key.replace("_", " ").strip())


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
    return SUPPRESSED if pd.isna(value) else f"{100 * value:.{digits}f}%"


def hidden_text(row: Mapping[Any, Any]) -> str:
    """Return what is said in the place of a hidden number: its bound, where there is one.

    Examples
    --------
    >>> hidden_text({"bound": "fewer than 11"}), hidden_text({})
    ('suppressed: fewer than 11', 'suppressed')
    """
    bound = str(row.get("bound") or "")
    if not bound or bound.startswith("not shown"):
        return bound or SUPPRESSED
    return f"{SUPPRESSED}: {bound}"


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
        return f"{percent(row['estimate'], digits=digits)} (no interval)"
    bounds = f"{100 * low:.{digits}f} to {100 * high:.{digits}f}"
    name = "" if short else f"{level_text(level)} CI "
    return f"{percent(row['estimate'], digits=digits)} ({name}{bounds})"


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
    return _TRANSFORMS.get(conf_type, f"{conf_type} interval")


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
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


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
        return "Not for release: no disclosure control has been applied."
    if stamp.profile == "internal":
        return "Not for release: internal review only, nothing is suppressed."
    rounding = f", counts rounded to {stamp.round_to}" if stamp.round_to > 1 else ""
    hidden = f"; values suppressed here: {stamp.n_suppressed}" if stamp.n_suppressed else ""
    return (
        f"Disclosure control ({stamp.profile}): counts of people below {stamp.min_cell} "
        f"suppressed{rounding}{hidden}."
    )


def closing_notes(*results: Result) -> str:
    """Return definition, caveats and disclosure note, as they end each caption, each once."""
    parts: list[str] = []
    for result in results:
        stamp_notes = result.released.notes if result.released else ()
        days = result.frame["at_days"].dropna().unique() if "at_days" in result.frame else ()
        definition = result.definition.sentence(list(days)) if result.definition else ""
        parts += [definition, *result.notes, *stamp_notes]
    parts += [disclosure_note(result) for result in results]
    return joined(dict.fromkeys(parts))


def for_release(*results: Result) -> bool:
    """Return whether a figure of these results may leave the team."""
    stamps = [result.released for result in results]
    return all(stamp is not None and stamp.profile != "internal" for stamp in stamps)
