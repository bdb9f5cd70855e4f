"""Differences and ratios between groups in words: scale, numbers, rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rjeval.figures.timeline import day_text
from rjeval.figures.wording import display, hidden_text, level_text
from rjeval.language import mark, phrase


@dataclass(frozen=True, slots=True)
class Kind:
    """How one term of a contrast is written."""

    name: str
    ratio: bool
    factor: float = 1.0
    digits: int = 2
    sides: tuple[str, str] = ("", "")
    unit: str = ""

    @property
    def axis(self) -> str:
        """Label of the axis: name, unit, and that it is logarithmic."""
        unit = f", {phrase(self.unit)}" if self.unit else ""
        return f"{phrase(self.name)}{unit}{phrase(' (log scale)') if self.ratio else ''}"


_LESS_MORE = (mark("less reoffending"), mark("more reoffending"))
KINDS = {
    "risk_difference": Kind(
        mark("Risk difference"),
        ratio=False,
        factor=100,
        digits=1,
        sides=_LESS_MORE,
        unit=mark("percentage points"),
    ),
    "risk_ratio": Kind(mark("Risk ratio"), ratio=True),
    "odds_ratio": Kind(mark("Odds ratio"), ratio=True),
    "rmst_difference": Kind(
        mark("Difference in mean event-free time"),
        ratio=False,
        digits=0,
        unit=mark("days"),
        sides=(mark("fewer event-free days"), mark("more event-free days")),
    ),
    "rmst_ratio": Kind(mark("Ratio of mean event-free time"), ratio=True),
}


def kind_of(term: str) -> Kind:
    """Return how a term is written.

    Raises
    ------
    ValueError
        For a term that no axis can carry; the number needed passes through infinity.
    """
    if term not in KINDS:
        raise ValueError(f"A figure of contrasts shows {', '.join(KINDS)}, not {term}.")
    return KINDS[term]


def contrast_number(row: Mapping[Any, Any], kind: Kind) -> str:
    """Return an estimate with its interval in the unit of its kind.

    Examples
    --------
    >>> row = {"estimate": -0.0521, "conf_low": -0.101, "conf_high": -0.003}
    >>> contrast_number(row, KINDS["risk_difference"])
    '−5.2 (−10.1 to −0.3)'
    """
    if pd.isna(row["estimate"]):
        return hidden_text(row)
    texts = [_number(row[name], kind) for name in ("estimate", "conf_low", "conf_high")]
    if pd.isna(row["conf_low"]) or pd.isna(row["conf_high"]):
        return phrase("{estimate} (no interval)", estimate=texts[0])
    return phrase("{estimate} ({low} to {high})", estimate=texts[0], low=texts[1], high=texts[2])


def _number(value: float, kind: Kind) -> str:
    return "" if pd.isna(value) else f"{value * kind.factor:.{kind.digits}f}".replace("-", "−")


def comparison_text(row: Mapping[Any, Any], words: Mapping[str, str]) -> str:
    """Return who is compared with whom, and when."""
    days = row.get("at_days")
    group, reference = display(row["group"], words), display(row["reference"], words)
    pair = phrase("{group} compared with {reference}", group=group, reference=reference)
    if days is None or pd.isna(days):
        return pair
    return pair + "\n" + phrase("at {time}", time=day_text(float(days)))


def interval_text(level: float) -> str:
    """Return the name of the interval."""
    return phrase("{level} confidence interval", level=level_text(level))


def intervals_text(level: float) -> str:
    """Return the name of several intervals."""
    return phrase("{level} confidence intervals", level=level_text(level))
