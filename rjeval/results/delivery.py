"""Results about what the programme did, beyond counts: rates of stages, money owed and paid."""

from __future__ import annotations

from dataclasses import dataclass

from rjeval.results.base import Result


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StageRates(Result):
    """Share of people who reached a stage, of those who reached the stage before it.

    ``frame`` columns: group column where given, ``stage, base_stage, n_base, n, estimate,
    conf_low, conf_high`` (Wilson), in the order of the programme.
    """

    by: str
    conf_level: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MoneyTotals(Result):
    """Money owed and paid, as sums over people, and the ratio of the sums.

    ``frame`` columns: group column where given, ``n_people, n_obligations, n_paid_in_full,
    n_paid_nothing`` (people), ``amount_owed, amount_paid, estimate, std_error, conf_low,
    conf_high`` (the share paid: ratio of the sums), then ``largest_owed, second_owed,
    largest_paid, second_paid``: what the one or two people with most owe and paid, which only
    the dominance rule of :func:`rjeval.release` needs and which it takes out.
    """

    by: str
    conf_level: float
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CostTotals(Result):
    """What the programme cost, by category and year.

    ``frame`` columns: ``category, year, n_entries, amount``, then ``largest`` and ``second``:
    the two largest entries of each sum, which only the dominance rule of :func:`rjeval.release`
    needs and which it takes out, with the number of entries. ``period_start`` and ``period_end``
    are the first and the last day of all periods, as ISO dates; empty where one is unknown.
    """

    currency: str = ""
    price_year: str = ""
    period_start: str = ""
    period_end: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UnitCosts(Result):
    """What the programme cost for each person who reached a stage: a sum over a count.

    ``frame`` columns: ``stage, n, amount, estimate``. ``amount`` is the whole cost of the period
    in each row; nothing is shared out between stages.
    """

    currency: str = ""
    price_year: str = ""
    period_start: str = ""
    period_end: str = ""
