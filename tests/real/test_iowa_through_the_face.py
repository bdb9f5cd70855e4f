"""12,373 releases with durations instead of dates: counts and models equal R's."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

import rjeval as rj

pytestmark = pytest.mark.real
STUDY = Path(__file__).parents[1] / "studies" / "iowa"
#: Both are closed forms on the same counts; R prints 15 digits.
CLOSED = 1e-10
#: R's Cox stops at a relative gain of 1e-9 in the log-likelihood.
ITERATED = 1e-6
DERIVED = "male + black + under25 + age55 + violent + drug + property + discharge + target1"


@pytest.fixture(scope="module")
def folder(real_data):
    return real_data / "iowa"


@pytest.fixture(scope="module")
def reference(folder):
    return json.loads((folder / "reference.json").read_text())


@pytest.fixture(scope="module")
def outcome(folder):
    design = rj.read_design(STUDY)
    exports = rj.read_exports(folder, design=design)
    cohort = rj.select_cohort(exports, design=design)
    return rj.measure_time_to_event(cohort, exports, design=design)


@pytest.fixture(scope="module")
def complete(outcome):
    """People whose sex and age are known, with the 0/1 variables of the reference."""
    frame = outcome.frame[outcome.frame["sex"].notna() & outcome.frame["age_group"].notna()]
    text = frame.astype(dict.fromkeys(("race", "release_type"), str))
    flags = {
        "male": frame["sex"] == "Male",
        "black": text["race"].str.startswith("Black"),
        "under25": frame["age_group"] == "Under 25",
        "age55": frame["age_group"] == "55 and Older",
        "violent": frame["offence_type"] == "Violent",
        "drug": frame["offence_type"] == "Drug",
        "property": frame["offence_type"] == "Property",
        "discharge": text["release_type"].str.startswith("Discharged"),
        "target1": frame["target_population"] == "Yes",
    }
    ready = frame.assign(**{name: flag.astype(int) for name, flag in flags.items()})
    return dataclasses.replace(outcome, frame=ready.reset_index(drop=True))


def test_all_releases_are_followed_and_technical_returns_compete(outcome):
    assert len(outcome.frame) == 12373
    assert int(outcome.reoffended.sum()) == 2428
    assert int(outcome.competing.sum()) == 1371
    assert outcome.horizon_days == 1095


def test_returns_on_the_day_of_release_come_first_of_all(outcome):
    early = outcome.frame[outcome.frame["time_days"] < 1]
    assert len(early) == 4
    assert early["time_days"].eq(0.5).all()


def test_cumulative_incidence_equals_r(complete, reference):
    curves = rj.cumulative_incidence(complete, by="arm").frame
    rows = [one for one in reference["cif_all"]["cif"] if one["curve"] == "1 1"]
    assert rows
    for row in rows:
        reached = curves[curves["time_days"] <= row["time"]].iloc[-1]
        assert reached["estimate"] == pytest.approx(row["cif"], rel=CLOSED)


def test_cause_specific_cox_equals_r(complete, reference):
    expected = reference["cause_specific_new"]
    cox = rj.cox_regression(complete, DERIVED)
    assert cox.n == expected["n"]
    assert cox.n_events == expected["nevent"]
    frame = cox.coefficients()
    coefs = [one["coef"] for one in expected["terms"]]
    errors = [one["se"] for one in expected["terms"]]
    assert frame["estimate"].to_list() == pytest.approx(coefs, rel=ITERATED)
    assert frame["std_error"].to_list() == pytest.approx(errors, rel=ITERATED)


def test_shorter_horizon_cuts_follow_up(folder):
    design = rj.read_design(STUDY)
    exports = rj.read_exports(folder, design=design)
    cohort = rj.select_cohort(exports, design=design)
    year = dataclasses.replace(design.primary, windows_days=(365,))
    outcome = rj.measure_time_to_event(cohort, exports, design=design, definition=year)
    assert outcome.frame["time_days"].max() == 365
    assert int(outcome.reoffended.sum()) == 754
