"""Tiles, objectives and the funder's export: released numbers only, verdicts by the interval."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import rjeval as rj
from rjeval.design.objectives import Aims, FunderMeasure, Objective
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, StudyDesign
from rjeval.errors import DesignError, DisclosureError
from rjeval.language import Language, spoken, use_language
from rjeval.languages.files import read_shipped
from rjeval.report.measures_export import write_measures
from rjeval.results import CohortFlow, FixedWindowRates, RatingShares, ReleaseStamp, StageRates
from rjeval.tables.measures import Measure, definition_id, measures_of
from rjeval.tables.objectives import MEASURES_MIME, verdict

STAMP = ReleaseStamp(profile="public_strict", min_cell=11, round_to=5, n_suppressed=0)
HIDDEN = float("nan")


def rates(**changes) -> FixedWindowRates:
    frame = pd.DataFrame(
        {
            "arm": ["comparison", "rj"],
            "at_days": [365, 365],
            "n_mature": [185.0, 280.0],
            "n_event": [HIDDEN, 40.0],
            "estimate": [HIDDEN, 40 / 280],
            "conf_low": [HIDDEN, 0.107],
            "conf_high": [HIDDEN, 0.188],
        }
    )
    made = {"frame": frame, "by": "arm", "conf_level": 0.95, "released": STAMP}
    definition = RecidivismDefinition(name="refiling", source_label="county court")
    return FixedWindowRates(**(made | {"definition": definition} | changes))


def flow() -> CohortFlow:
    frame = pd.DataFrame(
        {
            "step": ["assessed", "not_eligible", "included"],
            "label": ["Referrals assessed", "Not eligible", "Included"],
            "kind": ["stage", "exclusion", "stage"],
            "n": [600.0, 65.0, 535.0],
        }
    )
    return CohortFlow(frame=frame, arms=("comparison", "rj"), released=STAMP)


def study(**aims) -> StudyDesign:
    return StudyDesign(
        title="Valley",
        root=Path(),
        arms=ArmsDesign(levels=("comparison", "rj")),
        period_start=date(2021, 7, 1),
        period_end=date(2024, 6, 30),
        aims=Aims(**aims),
    )


def goal(**changes) -> Objective:
    given = {"measure": "refiling:365:rj", "text": "Few filings", "target": 0.2}
    return Objective(**(given | {"direction": "at_most"} | changes))


def test_each_measure_has_its_id_its_counts_and_its_interval():
    (hidden, shown) = measures_of([rates()], design=study())
    assert (shown.id, shown.count, shown.n) == ("refiling:365:rj", 40, 280)
    assert (shown.value, shown.conf_low, shown.conf_high) == (40 / 280, 0.107, 0.188)
    assert shown.label == "New filing within 365 days of referral, Restorative justice"
    assert shown.source == "county court"
    assert (hidden.id, hidden.value, hidden.count) == ("refiling:365:comparison", None, None)


def test_the_id_of_a_definition_changes_with_it_and_not_with_a_later_pull():
    base = RecidivismDefinition(name="refiling")
    assert definition_id(base) == definition_id(base.with_coverage(date(2025, 1, 1)))
    assert definition_id(base) != definition_id(
        RecidivismDefinition(name="refiling", reporting_lag_days=90)
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target": 0.20}, "met"),
        ({"target": 0.10}, "not met"),
        ({"target": 0.15}, "cannot be told: the target lies within the interval"),
        ({"target": 0.10, "direction": "at_least"}, "met"),
        ({"target": 0.20, "direction": "at_least"}, "not met"),
        ({"measure": "refiling:365:comparison"}, "not shown: too few people"),
        ({"measure": "rearrest:365:rj"}, "not measured here"),
        ({"measure": "people:included", "target": 500, "direction": "at_least"}, "met"),
        ({"measure": "people:included", "target": 536, "direction": "at_least"}, "not met"),
    ],
)
def test_met_only_where_the_whole_interval_lies_on_the_good_side(changes, said):
    one = goal(**changes)
    table = rj.tabulate_objectives(flow(), rates(), design=study(objectives=(one,)))
    assert table.rows[0][3] == said


def test_an_objective_stands_with_target_day_baseline_count_and_interval():
    one = goal(by=date(2026, 6, 30), baseline=0.25, baseline_source="figures of 2019.")
    table = rj.tabulate_objectives(rates(), design=study(objectives=(one,)))
    assert table.rows == (
        (
            "Few filings",
            "at most 20.0% by 2026-06-30 (before: 25.0%)",
            "14.3% (40 of 280; 95% CI 10.7%–18.8%)",
            "met",
        ),
    )
    assert table.notes == ("Before: figures of 2019.",)


def test_tiles_show_headlines_with_count_interval_period_and_source():
    tiles = rj.tabulate_tiles(flow(), rates(), design=study())
    page = tiles.to_html()
    assert page.count("<li>") == 3
    assert "<strong>14.3%</strong> <span>40 of 280; 95% CI 10.7%–18.8%</span>" in page
    assert "referrals 2021-07-01 to 2024-06-30; source: county court" in page
    assert "<strong>not shown</strong>" in page
    assert "<strong>535</strong>" in page
    assert ">600<" not in page


def test_the_export_names_the_funders_measure_and_writes_no_hidden_number(tmp_path):
    asked = FunderMeasure(
        system="OJJDP PMT", code="371", measure="refiling:365:rj", definition="Share of youth …"
    )
    tiles = rj.tabulate_tiles(rates(), design=study(funder_measures=(asked,)))
    records = json.loads(tiles._repr_mimebundle_()[MEASURES_MIME])
    write_measures(records, tmp_path)
    table = pd.read_csv(tmp_path / "performance_measures.csv")
    assert json.loads((tmp_path / "performance_measures.json").read_text("utf-8")) == records
    mine = table.set_index("id")
    assert mine.loc["refiling:365:rj", "system_code"] == 371
    assert mine.loc["refiling:365:rj", "definition_id"].startswith("refiling-")
    assert mine.loc["refiling:365:comparison", ["value", "count", "conf_low"]].isna().all()
    assert mine.loc["refiling:365:rj", "n"] == 280


def test_other_results_give_their_measures():
    shares = RatingShares(
        frame=pd.DataFrame(
            {
                "item_id": ["overall", "voice"],
                "item": ["Satisfied", "Heard"],
                "n": [130.0, 130.0],
                "n_top": [100.0, 90.0],
                "estimate": [0.77, 0.69],
                "conf_low": [0.67, 0.6],
                "conf_high": [0.83, 0.77],
            }
        ),
        by="",
        role="harmed_party",
        levels=("no", "yes"),
        top=1,
        conf_level=0.95,
        n_invited=200,
        n_responded=130,
        primary_item="overall",
        released=STAMP,
    )
    stages = StageRates(
        frame=pd.DataFrame(
            {
                "stage": ["completed"],
                "base_stage": ["conferenced"],
                "n_base": [300.0],
                "n": [230.0],
                "estimate": [0.767],
                "conf_low": [0.71],
                "conf_high": [0.82],
            }
        ),
        by="",
        conf_level=0.95,
        released=STAMP,
    )
    found = measures_of([shares, stages], design=study())
    assert [one.id for one in found] == ["satisfaction:harmed_party:overall", "stage:completed"]
    assert found[0].source == "survey; 65% of those invited answered"


def test_what_is_not_released_or_holds_no_measure_is_refused():
    with pytest.raises(DisclosureError, match="FixedWindowRates that is not released"):
        rj.tabulate_tiles(rates(released=None), design=study())
    with pytest.raises(TypeError, match="Measure holds no measure"):
        measures_of(
            [Measure(id="a", label="a", unit="count", count=1, n=1, value=1)], design=study()
        )


def test_a_verdict_needs_no_interval_where_a_count_has_none():
    count = Measure(id="a", label="a", unit="count", count=10, n=None, value=10)
    assert verdict(Objective(measure="a", text="A", target=10), count) == "met"


TOML = '[study]\ntitle = "A"\n[exports.person]\nfile = "p.csv"\n'


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[planning]\nrisk_difference = 1.5\n", "risk_difference must lie between 0 and 1"),
        ("[planning]\npower = 0.2\n", "power must be at least 0.5"),
        ('[[objectives]]\nmeasure = "a"\ntext = "A"\ntarget = -1\n', "must not be negative"),
        (
            '[[objectives]]\nmeasure = "a"\ntext = "A"\ntarget = 1\ndirection = "up"\n',
            "direction must be one of at_least, at_most",
        ),
        ('[[performance_measures]]\nsystem = "X"\n', "lacks a key"),
        ('[report]\ndocx_template = "none.docx"\n', "names no Word file"),
    ],
)
def test_aims_that_cannot_be_meant_are_refused(more, said, tmp_path):
    (tmp_path / "study.toml").write_text(TOML + more, encoding="utf-8")
    with pytest.raises(DesignError, match=said):
        rj.read_design(tmp_path)


def test_the_id_of_a_definition_is_the_same_in_every_language():
    primary = RecidivismDefinition(name="refiling")
    before = spoken()
    try:
        use_language(Language())
        english = definition_id(primary)
        use_language(read_shipped("es"))
        assert definition_id(primary) == english
    finally:
        use_language(before)
