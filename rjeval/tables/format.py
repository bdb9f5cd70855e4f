"""The only place where numbers become text.

Counts have thousands separators; percentages no decimal for fewer than 500 people and one from
there on; ratios two decimals; p-values two significant digits and ``<0.001``. What is hidden is
``<11`` (under the threshold) or an en dash (hidden to protect another number).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from rjeval.language import phrase, read_label
from rjeval.languages.bands import level_identifier

HIDDEN = "–"
MINUS = "−"
#: People from whom on a percentage has a decimal.
FINE_PERCENT_FROM = 500


def is_missing(value: object) -> bool:
    """Return whether a value is missing: ``None`` or NaN."""
    return value is None or value != value


def count(value: object, *, kind: str = "", min_cell: int = 11) -> str:
    """Return a count; where it is missing, why.

    Examples
    --------
    >>> count(1234.0), count(float("nan")), count(float("nan"), kind="primary")
    ('1,234', '–', '<11')
    """
    if is_missing(value):
        return f"<{min_cell}" if kind == "primary" else HIDDEN
    return signed(f"{float(value):,.0f}")  # type: ignore[arg-type]


def percent(value: object, *, n: object = None) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> percent(0.2069, n=290), percent(0.2069, n=2900)
    ('21%', '20.7%')
    """
    if is_missing(value):
        return HIDDEN
    return f"{_percent_number(float(value), n=n)}%"  # type: ignore[arg-type]


def _percent_number(value: float, *, n: object = None) -> str:
    fine = not is_missing(n) and float(n) >= FINE_PERCENT_FROM  # type: ignore[arg-type]
    return signed(f"{100 * value:.1f}" if fine else f"{100 * value:.0f}")


def percent_interval(low: object, high: object, *, n: object = None) -> str:
    """Return an interval of a share.

    Examples
    --------
    >>> percent_interval(0.164, 0.257, n=290)
    '16–26%'
    """
    if is_missing(low) or is_missing(high):
        return HIDDEN
    ends = [_percent_number(float(end), n=n) for end in (low, high)]  # type: ignore[arg-type]
    return f"{ends[0]}–{ends[1]}%"


def points(value: object) -> str:
    """Return a difference of shares in percentage points, one decimal.

    Examples
    --------
    >>> points(-0.0931)
    '−9.3'
    """
    return HIDDEN if is_missing(value) else signed(f"{100 * float(value):.1f}")  # type: ignore[arg-type]


def ratio(value: object) -> str:
    """Return a ratio with two decimals, or three significant digits from 100 on.

    Examples
    --------
    >>> ratio(0.6897), ratio(12345.6)
    ('0.69', '12,300')
    """
    if is_missing(value):
        return HIDDEN
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        return phrase("not estimable")
    if abs(number) >= 100:
        power = math.floor(math.log10(abs(number))) - 2
        return signed(f"{round(number / 10**power) * 10**power:,.0f}")
    return signed(f"{number:.2f}")


def decimal(value: object) -> str:
    """Return a number with one decimal, or none from 100 on."""
    if is_missing(value):
        return HIDDEN
    number = float(value)  # type: ignore[arg-type]
    return signed(f"{number:,.0f}" if abs(number) >= 100 else f"{number:.1f}")


def p_value(value: object) -> str:
    """Return a p-value.

    Examples
    --------
    >>> p_value(0.0357), p_value(0.00002), p_value(0.45678)
    ('0.036', '<0.001', '0.46')
    """
    if is_missing(value):
        return HIDDEN
    number = float(value)  # type: ignore[arg-type]
    if number < 0.001:
        return "<0.001"
    return f"{number:.3f}" if number < 0.1 else f"{number:.2f}"


def interval(low: object, high: object, *, as_text: Callable[[object], str] = ratio) -> str:
    """Return an interval with an en dash, or "to" where an end is negative.

    Examples
    --------
    >>> interval(0.49, 0.96), interval(-0.18, 0.01, as_text=points)
    ('0.49–0.96', '−18.0 to 1.0')
    """
    if is_missing(low) or is_missing(high):
        return HIDDEN
    ends = (as_text(low), as_text(high))
    if MINUS in "".join(ends):
        return phrase("{low} to {high}", low=ends[0], high=ends[1])
    return f"{ends[0]}–{ends[1]}"


def level_text(conf_level: float) -> str:
    """Return the heading of an interval: ``95% CI``."""
    return phrase("{level:g}% CI", level=100 * conf_level)


def signed(text: str) -> str:
    """Return the text with a true minus sign, and no minus before nought."""
    if text.startswith("-"):
        bare = text[1:]
        return MINUS + bare if bare.strip("0.,") else bare
    return text


def term_text(
    term: str,
    *,
    labels: Mapping[str, str] | None = None,
    reference_levels: Mapping[str, str] | None = None,
) -> str:
    """Return what people read for a model's term.

    Examples
    --------
    >>> term_text("arm[rj]", reference_levels={"arm": "comparison"})
    'Arm: Restorative justice (against Comparison)'
    """
    names = dict(labels or {})
    if ":" in term and "[" not in term.split(":")[-1].split("]")[-1]:
        parts = [term_text(part, labels=labels) for part in term.split(":")]
        return " × ".join(parts)
    if "[" not in term:
        return read_label(term, names)
    variable, level = term.rstrip("]").split("[", 1)
    known = level_identifier(variable, level)
    text = f"{read_label(variable, names)}: {read_label(known, names)}"
    reference = (reference_levels or {}).get(variable)
    if not reference:
        return text
    return phrase("{term} (against {reference})", term=text, reference=read_label(reference, names))
