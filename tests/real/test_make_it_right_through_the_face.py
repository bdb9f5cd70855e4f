"""A real randomised trial of restorative justice, from its study folder to the printed effect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import rjeval as rj

STUDY = Path(__file__).parents[1] / "studies" / "make_it_right"
REFERENCE = Path(__file__).parents[1] / "reference" / "data" / "rj_published" / "reference.json"
#: Closed forms on the same four counts.
CLOSED = 1e-12
PRINTED = {182: -0.189, 365: -0.184}


@pytest.fixture(scope="module")
def study():
    design = rj.read_design(STUDY)
    exports = rj.read_exports(STUDY / "data" / "raw", design=design)
    cohort = rj.select_cohort(exports, design=design)
    return cohort, rj.measure_time_to_event(cohort, exports, design=design)


@pytest.fixture(scope="module")
def reference():
    return json.loads(REFERENCE.read_text())


def test_everybody_drawn_is_analysed_as_drawn(study):
    cohort, outcome = study
    assert cohort.arms == ("control", "rj")
    assert outcome.frame["arm"].value_counts().to_dict() == {"rj": 99, "control": 44}


@pytest.mark.parametrize(("window", "key"), [(182, "mir_re6"), (365, "mir_re12")])
def test_rates_and_risk_difference_equal_the_trial(study, reference, window, key):
    expected = reference[key]
    rates = rj.fixed_window_rates(study[1], by="arm", at_days=[window]).frame.set_index("arm")
    assert rates["n_event"].to_dict() == {"control": expected["k0"], "rj": expected["k1"]}
    wilson = rates.loc["rj", ["conf_low", "conf_high"]].to_list()
    assert wilson == pytest.approx(expected["wilson1"], rel=CLOSED)
    gap = rj.risk_difference(study[1], by="arm", at_days=window).frame.set_index("term")
    assert gap.loc["risk_difference", "estimate"] == pytest.approx(expected["rd"], rel=CLOSED)
    assert gap.loc["risk_difference", "std_error"] == pytest.approx(expected["HC0"], rel=CLOSED)
    assert round(gap.loc["risk_difference", "estimate"], 3) == PRINTED[window]


def test_flow_of_the_trial_loses_nobody(study):
    flow = rj.trace_flow(*study).frame.set_index("step")
    assert flow.loc["assessed", "n"] == flow.loc["analysed", "n"] == 143
    assert (flow["kind"] == "stage").all()
