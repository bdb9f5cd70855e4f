"""Percentages and relative changes of a sentence, worked out again from what stands beside them."""

from __future__ import annotations

import re

_NUMBER = r"(\d[\d,]*(?:\.\d+)?)"
_SHARE = rf"{_NUMBER}\s?(?:%|percent\b|per cent\b)"
#: "40 of 280 people (14.3%", "14.3% (40 of 280".
_COUNT_FIRST = re.compile(rf"{_NUMBER} of {_NUMBER}\b[^.;()%]{{0,40}}\({_SHARE}")
_SHARE_FIRST = re.compile(rf"{_SHARE}[^.;()%]{{0,40}}\({_NUMBER} of {_NUMBER}\b")
#: "of 120 youth, 90 (75%)", "(85%; 90 of 120)".
_WHOLE_FIRST = re.compile(
    rf"\b[Oo]f (?:the |all |these )?{_NUMBER}\b[^.;()%]{{0,90}}?[, ]{_NUMBER} (?:[a-z]+ ){{0,4}}"
    rf"\({_SHARE}\)"
)
_TOGETHER = re.compile(rf"\({_SHARE}[;,] {_NUMBER} of {_NUMBER}\b")
_FROM_TO = re.compile(rf"from {_SHARE}[^%]{{0,40}}? to {_SHARE}", re.IGNORECASE)
_CHANGE = re.compile(
    rf"{_SHARE} (?:relative )?(?:less|more|lower|higher|fewer|reduction|fall|drop|decrease|"
    r"decline|increase|rise)",
    re.IGNORECASE,
)
#: "fell by 6%", "a 6% drop".
_BY = re.compile(
    rf"\b(?:by|fell|dropped|rose|grew|down|up) (?:about |nearly |almost )?{_SHARE}|"
    rf"{_SHARE} (?:fall|drop|decrease|decline|increase|rise|reduction)",
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
    for pattern, order in (
        (_COUNT_FIRST, (0, 1, 2)),
        (_SHARE_FIRST, (1, 2, 0)),
        (_TOGETHER, (1, 2, 0)),
        (_WHOLE_FIRST, (1, 0, 2)),
    ):
        for hit in pattern.finditer(text):
            count, total, share = (hit.group(place + 1) for place in order)
            if not _share_follows(count, total, share):
                return hit.group(0)
    return _wrong_change(text)


def points_for_percent(text: str) -> str:
    """Return a difference of two percentages that is called percent; empty where there is none.

    Examples
    --------
    >>> points_for_percent("dropped by 6%, from 20% to 14%")
    'by 6%'
    >>> points_for_percent("dropped by 30%, from 20% to 14%")
    ''
    """
    rates, change = _FROM_TO.search(text), _BY.search(text)
    if rates is None or change is None or _wrong_change_of(change, rates) == "":
        return ""
    before, after = map(_value, rates.groups())
    stated = next(one for one in change.groups() if one)
    apart = abs(abs(after - before) - _value(stated))
    return change.group(0) if apart <= 2 * _half(stated) + 1e-9 else ""


def _share_follows(count: str, total: str, share: str) -> bool:
    people = _value(total)
    return people > 0 and abs(100 * _value(count) / people - _value(share)) <= _half(share) + 1e-9


def _wrong_change(text: str) -> str:
    rates, change = _FROM_TO.search(text), _CHANGE.search(text)
    return "" if rates is None or change is None else _wrong_change_of(change, rates)


def _wrong_change_of(change: re.Match[str], rates: re.Match[str]) -> str:
    """Return a relative change that does not follow from the two rates; empty where it does."""
    before, after = rates.groups()
    ends = [
        100 * abs(after_end / before_end - 1)
        for before_end in _ends(before)
        for after_end in _ends(after)
        if before_end > 0
    ]
    shown = next(one for one in change.groups() if one)
    stated, slack = _value(shown), _half(shown)
    right = bool(ends) and min(ends) - slack <= stated <= max(ends) + slack
    return "" if right else change.group(0)


def _ends(printed: str) -> tuple[float, float]:
    return _value(printed) - _half(printed), _value(printed) + _half(printed)


def _value(printed: str) -> float:
    return float(printed.replace(",", ""))


def _half(printed: str) -> float:
    """Half a unit of the last printed digit."""
    return 0.5 * 10.0 ** -len(printed.partition(".")[2])
