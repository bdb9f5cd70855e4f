"""Percentages and relative changes of a sentence, worked out again from what stands beside them."""

from __future__ import annotations

import re

_NUMBER = r"(\d[\d,]*(?:\.\d+)?)"
_SHARE = rf"{_NUMBER}\s?(?:%|percent\b|per cent\b)"
#: "40 of 280 people (14.3%", "14.3% (40 of 280".
_COUNT_FIRST = re.compile(rf"{_NUMBER} of {_NUMBER}\b[^.;()%]{{0,40}}\({_SHARE}")
_SHARE_FIRST = re.compile(rf"{_SHARE}[^.;()%]{{0,40}}\({_NUMBER} of {_NUMBER}\b")
_FROM_TO = re.compile(rf"from {_SHARE}[^%]{{0,40}}? to {_SHARE}", re.IGNORECASE)
_CHANGE = re.compile(
    rf"{_SHARE} (?:relative )?(?:less|more|lower|higher|fewer|reduction|fall|drop|decrease|"
    r"increase|rise)",
    re.IGNORECASE,
)


def wrong_ratio(text: str) -> str:
    """Return the first figure that does not follow from those beside it; empty where all do.

    A figure is right within half a unit of its last printed digit; the rates behind a relative
    change count as rounded in the same way.

    Examples
    --------
    >>> wrong_ratio("40 of 280 people (14.3%)"), wrong_ratio("40 of 280 people (16%)")
    ('', '40 of 280 people (16%')
    >>> wrong_ratio("from 32.1% to 18.4%, a 48% fall")
    '48% fall'
    """
    for pattern, order in ((_COUNT_FIRST, (0, 1, 2)), (_SHARE_FIRST, (1, 2, 0))):
        for hit in pattern.finditer(text):
            count, total, share = (hit.group(place + 1) for place in order)
            if not _share_follows(count, total, share):
                return hit.group(0)
    return _wrong_change(text)


def _share_follows(count: str, total: str, share: str) -> bool:
    people = _value(total)
    return people > 0 and abs(100 * _value(count) / people - _value(share)) <= _half(share) + 1e-9


def _wrong_change(text: str) -> str:
    rates, change = _FROM_TO.search(text), _CHANGE.search(text)
    if rates is None or change is None:
        return ""
    before, after = rates.groups()
    ends = [
        100 * abs(after_end / before_end - 1)
        for before_end in _ends(before)
        for after_end in _ends(after)
        if before_end > 0
    ]
    stated, slack = _value(change.group(1)), _half(change.group(1))
    right = bool(ends) and min(ends) - slack <= stated <= max(ends) + slack
    return "" if right else change.group(0)


def _ends(printed: str) -> tuple[float, float]:
    return _value(printed) - _half(printed), _value(printed) + _half(printed)


def _value(printed: str) -> float:
    return float(printed.replace(",", ""))


def _half(printed: str) -> float:
    """Half a unit of the last printed digit."""
    return 0.5 * 10.0 ** -len(printed.partition(".")[2])
