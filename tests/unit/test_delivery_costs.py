"""Costs by category and year: sums worked by hand, pay at the border, the figure's numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from rjeval.analysis_data import Exports
from rjeval.delivery.costs import IN_KIND, sum_costs, unit_costs
from rjeval.design.disclosure import profile_rule
from rjeval.design.study import StudyDesign
from rjeval.disclosure.border import release
from rjeval.errors import DataError, DisclosureError, WithheldError
from rjeval.figures.costs import plot_costs
from rjeval.figures.drawing import describe_axes, drawing_of
from rjeval.report.sentences import claims
from rjeval.results import ReleaseStamp, StageRates
from rjeval.tables.costs import tabulate_costs, tabulate_unit_costs

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
    assert "Pay of staff and facilitators: 2022 USD 120,000, 2023 suppressed" in alt
    assert "Space: 2022 USD 12,300, 2023 USD 13,000" in alt
    assert "Prices of 2024." in caption
    pd.testing.assert_frame_equal(drawing_of(axes).data, costs.frame)


def _period(costs, start="2022-01-01", end="2023-12-31"):
    return replace(costs, period_start=start, period_end=end)


def _stages(**changes):
    rows = [
        ("eligible", "referred", 200.0, 180.0),
        ("conferenced", "eligible", 180.0, 120.0),
        ("completed", "conferenced", 120.0, 90.0),
    ]
    frame = pd.DataFrame(rows, columns=["stage", "base_stage", "n_base", "n"])
    return StageRates(**({"frame": frame, "by": "", "conf_level": 0.95} | changes))


DESIGN = StudyDesign(
    title="A study",
    root=Path(),
    period_start=date(2022, 1, 1),
    period_end=date(2023, 12, 31),
)


def test_the_period_of_the_costs_is_that_of_all_entries():
    ends = pd.to_datetime(["2022-12-31"] * 6 + ["2023-12-31"] * 3)
    found = sum_costs(books(period_end=ends))
    assert (found.period_start, found.period_end) == ("2022-01-01", "2023-12-31")
    assert sum_costs(books()).period_end == ""


def test_a_cost_for_each_person_is_the_whole_over_the_people_who_came_so_far():
    """120,000 + 90,000 + 25,345 + 1,700 = 237,045, to three digits 237,000; over 200, 120, 90."""
    found = unit_costs(_period(sum_costs(books())), _stages(), design=DESIGN)
    assert found.frame["stage"].tolist() == ["referred", "conferenced", "completed"]
    assert found.frame["amount"].tolist() == [237_000.0] * 3
    assert found.frame["estimate"].tolist() == [1_180.0, 1_980.0, 2_630.0]
    assert not found.is_released


def test_costs_of_another_period_give_no_cost_per_person():
    with pytest.raises(DataError, match="another period"):
        unit_costs(_period(sum_costs(books()), end="2024-06-30"), _stages(), design=DESIGN)
    with pytest.raises(DataError, match="without groups"):
        unit_costs(_period(sum_costs(books())), _stages(by="site_id"), design=DESIGN)


def test_a_hidden_sum_hides_the_cost_per_person():
    costs = _period(release(sum_costs(books()), rule=profile_rule("public_strict")))
    with pytest.raises(WithheldError, match="would give it away"):
        unit_costs(costs, _stages(), design=DESIGN)


def test_of_released_results_the_cost_per_person_is_released_and_told():
    entries = [(start, "personnel", 40_000) for start in ("2022-01-01", "2023-01-01") * 5]
    stamp = ReleaseStamp(profile="public_strict", min_cell=11, round_to=5, n_suppressed=0)
    costs = release(sum_costs(books(entries, currency="USD")), rule=profile_rule("public_strict"))
    each = unit_costs(_period(costs), _stages(released=stamp), design=DESIGN)
    (told,) = claims(each, design=DESIGN).sentences
    assert told.startswith(
        "The programme cost USD 400,000 from 2022-01-01 to 2023-12-31: **USD 2,000** for each "
        "person referred (200); **USD 3,330** for each person whose conference was held (120); "
        "**USD 4,440** for each person who completed (90)."
    )
    rows = tabulate_unit_costs(each).rows
    assert rows[0] == ("Each person referred", "400,000", "200", "2,000")
    with pytest.raises(DisclosureError, match="not released"):
        claims(replace(each, released=None), design=DESIGN)


def test_the_table_of_costs_adds_up_what_it_shows():
    table = tabulate_costs(sum_costs(books()))
    assert [one.label for one in table.columns] == ["Category", "2022", "2023", "All years"]
    assert table.rows[0] == ("Pay of staff and facilitators", "120,000", "90,000", "210,000")
    assert table.rows[-1] == ("All", "133,145", "103,900", "237,045")
    hidden = release(sum_costs(books()), rule=profile_rule("public_strict"))
    rows = {row[0]: row[1:] for row in tabulate_costs(hidden).rows}
    assert rows["Pay of staff and facilitators"] == ("120,000", "–", "–")
    assert rows["All"] == ("133,100", "–", "–")
