"""Differences and ratios between groups in words: scale, numbers, rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rjeval.figures.timeline import day_text
from rjeval.figures.wording import display, hidden_text, level_text


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
        unit = f", {self.unit}" if self.unit else ""
        return f"{self.name}{unit}{' (log scale)' if self.ratio else ''}"


_LESS_MORE = ("less reoffending", "more reoffending")
KINDS = {
    "risk_difference": Kind(
        "Risk difference",
        ratio=False,
        factor=100,
        digits=1,
        sides=_LESS_MORE,
        unit="percentage points",
    ),
    "risk_ratio": Kind("Risk ratio", ratio=True),
    "odds_ratio": Kind("Odds ratio", ratio=True),
    "rmst_difference": Kind(
        "Difference in mean event-free time",
        ratio=False,
        digits=0,
        unit="days",
        sides=("fewer event-free days", "more event-free days"),
    ),
    "rmst_ratio": Kind("Ratio of mean event-free time", ratio=True),
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
        return f"{texts[0]} (no interval)"
    return f"{texts[0]} ({texts[1]} to {texts[2]})"


def _number(value: float, kind: Kind) -> str:
    return "" if pd.isna(value) else f"{value * kind.factor:.{kind.digits}f}".replace("-", "−")


def comparison_text(row: Mapping[Any, Any], words: Mapping[str, str]) -> str:
    """Return who is compared with whom, and when."""
    days = row.get("at_days")
    when = "" if days is None or pd.isna(days) else f"\nat {day_text(float(days))}"
    group, reference = display(row["group"], words), display(row["reference"], words)
    return f"{group} compared with {reference}{when}"


def interval_text(level: float) -> str:
    """Return the name of the interval."""
    return f"{level_text(level)} confidence interval"
