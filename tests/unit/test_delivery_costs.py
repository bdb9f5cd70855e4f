"""Costs by category and year: sums worked by hand, pay at the border, the figure's numbers."""

from __future__ import annotations

import pandas as pd
import pytest

from rjeval.analysis_data import Exports
from rjeval.delivery.costs import IN_KIND, sum_costs
from rjeval.design.disclosure import profile_rule
from rjeval.disclosure.border import release
from rjeval.errors import DataError
from rjeval.figures.costs import plot_costs
from rjeval.figures.drawing import describe_axes, drawing_of

#: period begins, category, amount
BOOKS = [
    ("2022-01-01", "personnel", 60_000),
    ("2022-07-01", "personnel", 20_000),
    ("2022-01-01", "fringe", 15_000),
    ("2022-01-01", "facilitator_contract", 25_000),
    ("2022-01-01", "space", 12_345),
    ("2022-01-01", "travel", 800),
    ("2023-01-01", "personnel", 90_000),
    ("2023-01-01", "space", 13_000),
    ("2023-01-01", "travel", 900),
]


def books(rows=BOOKS, **more):
    frame = pd.DataFrame(rows, columns=["period_start", "category", "amount"])
    frame["period_start"] = pd.to_datetime(frame["period_start"])
    empty = pd.DataFrame()
    tables = {"cost": frame.assign(**more)}
    return Exports(tables=tables, accounts=(), ledger=empty, quality=empty)


def amounts(result):
    return result.frame.set_index(["category", "year"])["amount"]


def test_sums_by_category_and_year_with_pay_as_one_sum():
    """Pay 2022: 60,000 + 20,000 + 15,000 + 25,000 = 120,000."""
    found = sum_costs(books(currency="USD", price_year=2024))
    assert amounts(found).to_dict() == {
        ("pay", 2022): 120_000,
        ("pay", 2023): 90_000,
        ("space", 2022): 12_345,
        ("space", 2023): 13_000,
        ("travel", 2022): 800,
        ("travel", 2023): 900,
    }
    assert (found.currency, found.price_year) == ("USD", "2024")


def test_a_category_without_an_entry_in_a_year_cost_nothing_then():
    found = sum_costs(books([*BOOKS, ("2023-01-01", "training", 500)]))
    assert amounts(found)[("training", 2022)] == 0


def test_pay_of_one_or_two_entries_is_hidden_and_the_smallest_other_sum_with_it():
    """2022: the two largest are 85,000 of 120,000 (71%), the rest 35,000; 2023: one entry."""
    shown = release(sum_costs(books()), rule=profile_rule("public_strict")).frame
    kinds = shown.set_index(["category", "year"])["suppressed"]
    assert kinds[("pay", 2022)] == ""
    assert kinds[("pay", 2023)] == "primary"
    assert kinds[("travel", 2023)] == "complementary"
    assert (kinds == "").sum() == 4
    assert shown["amount"].isna().tolist() == (shown["suppressed"] != "").tolist()
    assert shown.set_index(["category", "year"])["amount"][("space", 2022)] == 12_300
    assert not {"largest", "second", "n_entries"} & set(shown.columns)


@pytest.mark.parametrize(("column", "text"), [("currency", "currencies"), ("price_year", "prices")])
def test_amounts_that_cannot_be_added_up_are_refused(column, text):
    mixed = books(**{column: ["a"] * 4 + ["b"] * 5})
    with pytest.raises(DataError, match=text):
        sum_costs(mixed)


def test_no_amount_is_refused_and_contributions_in_kind_are_said():
    with pytest.raises(DataError, match="no sum of costs"):
        sum_costs(books([("2022-01-01", "space", None)]))
    assert IN_KIND in sum_costs(books(cash_or_inkind="in_kind")).notes


def test_the_figure_says_and_carries_the_released_numbers():
    costs = release(
        sum_costs(books(currency="USD", price_year=2024)), rule=profile_rule("public_strict")
    )
    axes = plot_costs(costs)
    alt, caption = describe_axes(axes)
    assert "Pay: 2022 USD 120,000, 2023 suppressed" in alt
    assert "Space: 2022 USD 12,300, 2023 USD 13,000" in alt
    assert "Prices of 2024." in caption
    pd.testing.assert_frame_equal(drawing_of(axes).data, costs.frame)
