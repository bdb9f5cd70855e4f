"""What every table must say beside its numbers: definition, rounding, what is hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rjeval.language import phrase, read_label, spoken_label
from rjeval.languages.bands import band_text
from rjeval.results import (
    Contrast,
    FixedWindowRates,
    RatingShares,
    ResponseRates,
    Result,
    StageRates,
)

#: What code writes; anything else was written for people and is left as it is.
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
#: Results whose rates and intervals follow from counts.
FROM_COUNTS = (Contrast, FixedWindowRates, RatingShares, ResponseRates, StageRates)


def definition_text(result: Result) -> str:
    """Return the definition as a sentence with the windows shown, ``""`` where there is none."""
    if result.definition is None:
        return ""
    days = result.frame["at_days"].dropna().unique() if "at_days" in result.frame else ()
    return phrase(result.definition.sentence(list(days)))


def release_notes(result: Result) -> tuple[str, ...]:
    """Return the notes that a table of this result carries: caveats, rounding, suppression."""
    stamp = result.released
    if stamp is None or stamp.profile == "internal":
        return tuple(phrase(one) for one in result.notes)
    notes = [phrase(one) for one in (*result.notes, *stamp.notes)]
    if stamp.round_to > 1:
        derived = isinstance(result, FROM_COUNTS)
        text = (
            phrase(
                "Counts are rounded to multiples of {round_to} (small counts upwards), parts so "
                "that they add up to their total where they can; rates are worked out from the "
                "rounded counts, and their intervals are widened to hold the exact ones.",
                round_to=stamp.round_to,
            )
            if derived
            else phrase(
                "Counts are rounded to multiples of {round_to} (small counts upwards), parts so "
                "that they add up to their total where they can.",
                round_to=stamp.round_to,
            )
        )
        notes.append(text)
    if stamp.n_suppressed:
        notes.append(
            phrase(
                "<{least}: fewer than {least}, not shown. –: not shown, because it is too small, "
                "does not apply, or would give away a number that is.",
                least=stamp.min_cell,
            )
        )
    return tuple(dict.fromkeys(notes))


def threshold(result: Result) -> int:
    """Return the threshold under which counts of this result are hidden."""
    return 11 if result.released is None else result.released.min_cell


def reader_label(identifier: object, labels: Mapping[str, str] | None) -> str:
    """Return what people read for an identifier."""
    text, names = str(identifier), dict(labels or {})
    if text in names or _IDENTIFIER.fullmatch(text) or spoken_label(text) is not None:
        return read_label(text, names)
    return band_text(text)


def join_sentences(*sentences: str) -> str:
    """Return the sentences that are not empty, each with its full stop."""
    kept = [text.strip().rstrip(".") + "." for text in sentences if text.strip()]
    return " ".join(kept)
