"""The logic model in numbers: each released number under its head, nothing of the comparison."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.errors import DisclosureError
from rjeval.results import CostTotals, FixedWindowRates, MoneyTotals, ReleaseStamp, StageRates
from rjeval.tables.logic_model import tabulate_logic_model

STAMP = ReleaseStamp(profile="public_strict", min_cell=11, round_to=5, n_suppressed=0)
DESIGN = StudyDesign(
    title="A study",
    root=Path(),
    arms=ArmsDesign(levels=("comparison", "rj")),
)


def _stages(**changes):
    rows = [("offered", "referred", 200.0, 180.0), ("completed", "offered", 180.0, float("nan"))]
    frame = pd.DataFrame(rows, columns=["stage", "base_stage", "n_base", "n"])
    frame = frame.assign(estimate=frame["n"] / frame["n_base"], conf_low=0.1, conf_high=0.9)
    return StageRates(frame=frame, by="", conf_level=0.95, released=STAMP, **changes)


def _rates():
    frame = pd.DataFrame(
        {
            "arm": ["rj", "comparison"],
            "at_days": [365.0, 365.0],
            "n_mature": [100.0, 80.0],
            "n_event": [20.0, 20.0],
            "estimate": [0.2, 0.25],
            "conf_low": [0.1, 0.2],
            "conf_high": [0.3, 0.3],
        }
    )
    return FixedWindowRates(
        frame=frame,
        by="arm",
        conf_level=0.95,
        released=STAMP,
        definition=RecidivismDefinition(),
    )


def test_each_number_stands_under_its_head():
    costs = CostTotals(
        frame=pd.DataFrame({"category": ["pay"], "year": [2022], "amount": [123_456.0]}),
        currency="USD",
        released=STAMP,
    )
    money = MoneyTotals(
        frame=pd.DataFrame({"amount_owed": [900.0], "amount_paid": [800.0]}),
        by="",
        conf_level=0.95,
        released=STAMP,
    )
    table = tabulate_logic_model(costs, _stages(), money, _rates(), design=DESIGN)
    (row,) = table.rows
    assert row[0] == "USD 123,000 spent or given in kind"
    assert row[1] == "180 people offered the programme"
    assert row[2] == "Restitution paid: 800 of 900 agreed"
    assert row[3] == "New filing within 365 days of referral: 20.0% (20 of 100)"
    assert "25.0%" not in row[3]


def test_a_step_without_a_number_says_so():
    (row,) = tabulate_logic_model(_stages(), design=DESIGN).rows
    assert row == (
        "not measured here",
        "180 people offered the programme",
        "not measured here",
        "not measured here",
    )


def test_nothing_unreleased_enters():
    with pytest.raises(DisclosureError, match="not released"):
        tabulate_logic_model(
            CostTotals(frame=pd.DataFrame({"amount": [1.0]})),
            design=DESIGN,
        )
