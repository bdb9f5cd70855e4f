"""Lines that are no data: blank lines, repeated headers, totals, notes and other footers."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.schemas.frames import TEXT

#: Beginnings of lines that report tools append below the data.
FOOTER = re.compile(
    r"^(grand total|sub-?totals?\b|totals?\b|confidential|generated (by|on)|report generated|"
    r"copyright|end of report|notes?:|sources?:|applied filters|filtered by|"
    r"records? (found|count)|https?://)",
    re.IGNORECASE,
)
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
        has = cell.ne("").to_numpy(dtype=bool)
        begins = has & (filled == 0)
        if begins.any():
            first = first.where(~begins, cell)
        filled += has
    few = filled <= max(2 if frame.shape[1] >= 4 else 1, FOOTER_SHARE * frame.shape[1])
    candidates = np.flatnonzero(few & (filled > 0))
    detected = np.zeros(len(frame), dtype=bool)
    texts = first.iloc[candidates].astype(str)
    named = texts.str.match(FOOTER).to_numpy(dtype=bool)
    alone = (filled[candidates] == 1) & (frame.shape[1] >= 3)
    note = texts.str.len().ge(NOTE_LENGTH) | texts.str.match(FOOTNOTE)
    detected[candidates] = named | (alone & note.to_numpy(dtype=bool))
    return Lines(first=first, filled=filled, detected=detected)
