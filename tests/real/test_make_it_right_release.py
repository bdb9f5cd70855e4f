"""The report of the Make-it-Right trial prints the trial's own difference and interval."""

from __future__ import annotations

import json

import pytest

import rjeval as rj

PRINTED = 1e-9  # closed forms of printed counts


@pytest.fixture(scope="module")
def released(root):
    folder = root / "tests" / "studies" / "make_it_right"
    design = rj.read_design(folder)
    exports = rj.read_exports(folder / "data" / "raw", design=design)
    cohort = rj.select_cohort(exports, design=design)
    outcome = rj.measure_time_to_event(cohort, exports, design=design)
    rates = rj.fixed_window_rates(outcome, by="arm", at_days=[182, 365])
    gap = rj.risk_difference(outcome, by="arm", at_days=[182, 365])
    return rj.release(rates, gap, rule=design.disclosure)


@pytest.mark.parametrize(("day", "key"), [(182, "mir_re6"), (365, "mir_re12")])
def test_released_numbers_are_the_printed_ones(released, root, day, key):
    source = root / "tests" / "reference" / "data" / "rj_published" / "reference.json"
    expected = json.loads(source.read_text())[key]
    rates, gap = (one.frame[one.frame["at_days"] == day] for one in released)
    row = gap[gap["term"] == "risk_difference"].iloc[0]
    assert row["estimate"] == pytest.approx(expected["rd"], abs=PRINTED)
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(expected["rd_wald"], abs=PRINTED)
    control = rates[rates["arm"] == "control"].iloc[0]
    assert control["estimate"] == pytest.approx(expected["p0"], abs=PRINTED)
    ends = [control["conf_low"], control["conf_high"]]
    assert ends == pytest.approx(expected["wilson0"], abs=PRINTED)
