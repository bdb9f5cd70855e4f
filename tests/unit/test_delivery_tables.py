"""Tables of stages and restitution: the text of each cell, hidden ones included."""

from __future__ import annotations

import pandas as pd
import pytest

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.border import release
from rjeval.errors import DisclosureError
from rjeval.results import MoneyTotals, StageRates
from rjeval.results.base import REPORT_MODE
from rjeval.tables.delivery import tabulate_restitution, tabulate_stages


@pytest.fixture
def stages():
    frame = pd.DataFrame(
        {
            "site_id": ["a", "a"],
            "stage": ["eligible", "completed"],
            "base_stage": ["referred", "eligible"],
            "n_base": [100, 60],
            "n": [60, 54],
            "estimate": [0.6, 0.9],
            "conf_low": [0.502, 0.799],
            "conf_high": [0.691, 0.953],
        }
    )
    return StageRates(frame=frame, by="site_id", conf_level=0.95)


@pytest.fixture
def money():
    frame = pd.DataFrame(
        {
            "n_people": [40.0],
            "n_obligations": [44.0],
            "n_paid_in_full": [25.0],
            "n_paid_nothing": [3.0],
            "amount_owed": [12_345.0],
            "amount_paid": [9_876.0],
            "estimate": [0.8],
            "std_error": [0.05],
            "conf_low": [0.702],
            "conf_high": [0.898],
            "largest_owed": [900.0],
            "second_owed": [800.0],
            "largest_paid": [900.0],
            "second_paid": [800.0],
        }
    )
    return MoneyTotals(frame=frame, by="", conf_level=0.95, currency="USD")


def test_stages_before_release_are_marked(stages):
    table = tabulate_stages(stages, labels={"a": "North office"})
    assert table.marked
    assert table.rows[0] == ("North office", "Eligible", "Referred", "100", "60", "60%", "50–69%")


def test_a_released_stage_that_nearly_all_reached_shows_no_number(stages):
    table = tabulate_stages(release(stages, rule=DisclosureRule()))
    assert not table.marked
    assert table.rows[1][4] == "–"
    assert table.rows[1][6] == "–"
    assert any("rounded to multiples of 5" in note for note in table.notes)


def test_restitution_names_its_currency_and_rounds_sums(money):
    table = tabulate_restitution(release(money, rule=DisclosureRule()))
    assert [column.label for column in table.columns][1] == "Owed (USD)"
    assert table.rows[0] == ("40", "12,300", "9,880", "80%", "70–90%", "25")


def test_restitution_of_few_is_said_so_and_not_shown(money):
    few = money.frame.assign(n_people=8.0)
    table = tabulate_restitution(
        release(MoneyTotals(frame=few, by="", conf_level=0.95), rule=DisclosureRule())
    )
    assert table.rows[0][1:4] == ("–", "–", "too few people for a sum")


def test_a_report_refuses_what_was_not_released(stages, money, monkeypatch):
    monkeypatch.setenv(REPORT_MODE, "1")
    with pytest.raises(DisclosureError, match="without having been released"):
        tabulate_stages(stages)
    with pytest.raises(DisclosureError, match="without having been released"):
        tabulate_restitution(money)
