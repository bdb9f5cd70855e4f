"""Lines that are no data: blank lines, repeated headers, totals, notes and other footers."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from rjeval.schemas.frames import TEXT

#: Beginnings of lines that report tools append below the data.
FOOTER = re.compile(
    r"^(grand total|sub-?totals?\b|totals?\b|confidential|generated (by|on)|report generated|"
    r"copyright|end of report|notes?:|sources?:|applied filters|filtered by|"
    r"records? (found|count)|(row|record) count|printed (by|on)|run (by|on)\b|page \d+|https?://)",
    re.IGNORECASE,
)
#: A line of sums: it begins so, and all its other cells are numbers.
TOTAL = r"(?i)^(grand |report |overall )?(sub-?)?(totals?|sums?|counts?)\b"
SUM = r"[-+]?[$£€]?\s?[-+]?[\d.,]+\s?%?"
#: A detected footer fills at most this share of the columns, or two of four and more.
FOOTER_SHARE = 0.34
#: A line that holds one cell only is a note if it is this long, or begins like a footnote.
NOTE_LENGTH = 60
FOOTNOTE = re.compile(r"^(\(\d+\)|\*+ |[a-z]/[A-Z]|\[\d+\])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What each line of a file looks like: its first filled cell, and how many are filled."""

    first: pd.Series
    filled: np.ndarray
    detected: np.ndarray

    def __repr__(self) -> str:
        return f"Lines({len(self.filled)} lines, {int(self.detected.sum())} footers)"

    @property
    def blank(self) -> np.ndarray:
        """Boolean array: the line holds nothing."""
        return self.filled == 0


def look_at(frame: pd.DataFrame) -> Lines:
    """Return what the lines of a file look like, and which are footers beyond doubt.

    ``frame`` holds the cells without blanks around them; an empty cell is ``""``.
    """
    filled = np.zeros(len(frame), dtype=np.int64)
    first = pd.Series("", index=frame.index, dtype=TEXT)
    for name in frame.columns:
        cell = frame[name]
        given = pa.array(cell, type=pa.large_string())
        has = pc.not_equal(given, "").fill_null(True).to_numpy(zero_copy_only=False)
        begins = has & (filled == 0)
        if begins.all():
            first = cell
        elif begins.any():
            first = first.where(~begins, cell)
        filled += has
    few = filled <= max(2 if frame.shape[1] >= 4 else 1, FOOTER_SHARE * frame.shape[1])
    candidates = np.flatnonzero(few & (filled > 0))
    detected = _sums(frame, first, filled)
    texts = first.iloc[candidates].astype(str)
    named = texts.str.match(FOOTER).to_numpy(dtype=bool)
    alone = (filled[candidates] == 1) & (frame.shape[1] >= 3)
    note = texts.str.len().ge(NOTE_LENGTH) | texts.str.match(FOOTNOTE)
    detected[candidates] |= named | (alone & note.to_numpy(dtype=bool))
    return Lines(first=first, filled=filled, detected=detected)


def _sums(frame: pd.DataFrame, first: pd.Series, filled: np.ndarray) -> np.ndarray:
    """Find lines of sums, however many columns are summed."""
    found = np.zeros(len(frame), dtype=bool)
    like = pc.match_substring_regex(pa.array(first, type=pa.large_string()), TOTAL)
    begins = like.fill_null(False).to_numpy(zero_copy_only=False)
    for place in np.flatnonzero(begins & (filled > 1)):
        cells = frame.iloc[place].astype(str)
        others = cells[cells.ne("")].iloc[1:]
        found[place] = len(others) < frame.shape[1] - 1 and others.str.fullmatch(SUM).all()
    return found
