"""Release sums of money: no sum that would show what one person owes or has paid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.intervals import outward_significant
from rjeval.disclosure.rounding import round_counts, significant
from rjeval.disclosure.stamp import stamped
from rjeval.language import mark, note
from rjeval.results import MoneyTotals

#: A sum is hidden where its two largest contributors make up more than this share of it.
TWO_LARGEST_SHARE = 0.90
#: A sum is hidden where all but its two largest come to less than this share of the largest.
P_RATIO = 0.10
OF_PEOPLE = ("n_people", "n_paid_in_full", "n_paid_nothing")
AMOUNTS = ("amount_owed", "amount_paid", "estimate", "std_error")
CONTRIBUTORS = ("largest_owed", "second_owed", "largest_paid", "second_paid")


def release_money(result: MoneyTotals, *, frame: pd.DataFrame, rule: DisclosureRule) -> MoneyTotals:
    """Release money owed and paid; see :func:`rjeval.release`.

    Sums need ``min_cell`` people and no dominance: the two largest make up at most 90% of it,
    and the rest is at least 10% of the largest (the second largest could else estimate the
    largest). What was paid is hidden where fewer than ``min_cell`` people paid anything, or
    fewer have something left to pay: the sum, or what is missing from it, is theirs. Where one
    group of several is hidden, the next smallest is hidden with it, because the sum over all
    groups may be known. Amounts and shares are given to three significant digits, counts
    rounded.
    """
    frame = frame.copy().reset_index(drop=True)
    people = frame["n_people"].to_numpy(dtype=float)
    thin = people < rule.min_cell
    unsafe = _dominated(frame, "owed") | _dominated(frame, "paid")
    kinds = np.where(thin, "denominator", np.where(unsafe, "primary", "")).astype(object)
    gone = (kinds != "") | _few_payers(frame, rule=rule)
    if gone.sum() == 1 and len(frame) > 1:
        shown = np.flatnonzero(~gone)
        kinds[shown[np.argmin(frame["amount_owed"].to_numpy()[shown])]] = "complementary"
    few = (kinds == "") & _few_payers(frame, rule=rule)
    hidden = kinds != ""
    for name in OF_PEOPLE:
        values = frame[name].to_numpy(dtype=float)
        small = hidden | (values < rule.min_cell) | (people - values < _least(name, rule))
        frame[name] = np.where(small, np.nan, round_counts(values, rule))
    frame["n_obligations"] = np.where(
        hidden, np.nan, round_counts(frame["n_obligations"].to_numpy(dtype=float), rule)
    )
    ends = outward_significant(frame["conf_low"], frame["conf_high"])
    for name in AMOUNTS:
        away = hidden | (few & (name != "amount_owed"))
        frame[name] = np.where(away, np.nan, significant(frame[name]))
    for name, end in zip(("conf_low", "conf_high"), ends, strict=True):
        frame[name] = np.where(hidden | few, np.nan, end)
    frame["suppressed"] = np.where(few, "primary", kinds)
    why = note("not shown: fewer than {least} people paid, or are left to pay", least=rule.min_cell)
    frame["bound"] = [why if one else _reason(kind) for one, kind in zip(few, kinds, strict=True)]
    frame = frame.drop(columns=list(CONTRIBUTORS))
    return stamped(result, frame, rule=rule, n_suppressed=int((hidden | few).sum()))


def _few_payers(frame: pd.DataFrame, *, rule: DisclosureRule) -> np.ndarray:
    """Boolean array: groups in which a few people paid anything, or a few did not pay in full."""
    people = frame["n_people"].to_numpy(dtype=float)
    paid = people - frame["n_paid_nothing"].to_numpy(dtype=float)
    owing = people - frame["n_paid_in_full"].to_numpy(dtype=float)
    return np.asarray(np.minimum(paid, owing) < rule.min_cell)


def _dominated(frame: pd.DataFrame, what: str) -> np.ndarray:
    total, first = frame[f"amount_{what}"], frame[f"largest_{what}"]
    return dominated(total, first=first, second=frame[f"second_{what}"])


def dominated(total: object, *, first: object, second: object) -> np.ndarray:
    """Whether one or two contributors make up so much of each sum that it tells theirs.

    Examples
    --------
    >>> dominated([100, 100], first=[80, 30], second=[15, 20]).tolist()
    [True, False]
    """
    whole, largest = np.asarray(total, dtype=float), np.asarray(first, dtype=float)
    two = largest + np.asarray(second, dtype=float)
    return np.asarray((two > TWO_LARGEST_SHARE * whole) | (whole - two < P_RATIO * largest))


def _least(name: str, rule: DisclosureRule) -> int:
    """How many must be left over beside a count, so that it does not speak of everybody."""
    return 0 if name == "n_people" else rule.min_cell


def _reason(kind: str) -> str:
    return {
        "": "",
        "denominator": mark("too few people for a sum"),
        "primary": mark("not shown: one or two people make up most of it"),
        "complementary": mark("not shown, to protect another sum"),
    }[kind]
