"""Cox from counts of covariate patterns by days equals R's coxph on rows, ties and all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rjeval as rj
from rjeval.errors import TooFewEventsError
from rjeval.recidivism.counted_cox import cox_by_counts
from rjeval.recidivism.partial_likelihood import fit_cox
from rjeval.recidivism.pattern_counts import count_patterns
from rjeval.recidivism.risk_sets import lay_out
from rjeval.recidivism.tie_series import TieSeries

#: R stops when the log-likelihood gains less than 1e-9 of itself; this is what that leaves.
ITERATED = 1e-6
#: Sums in another order.
ROUNDING = 1e-10
ROSSI = "fin + age + race + wexp + mar + paro + prio"


@pytest.mark.parametrize(("key", "ties"), [("cox_efron", "efron"), ("cox_breslow", "breslow")])
def test_rossi_from_counts_equals_r(rossi, reference, key, ties):
    expected = reference("rossi")[key]
    cox = cox_by_counts(rossi, ROSSI, ties=ties, conf_level=0.95, least=1)
    assert cox is not None
    want = pd.DataFrame(expected["terms"])
    assert cox.frame["estimate"].to_numpy() == pytest.approx(want["coef"], rel=ITERATED)
    assert cox.frame["std_error"].to_numpy() == pytest.approx(want["se"], rel=ITERATED)
    assert cox.fit["loglik"] == pytest.approx(expected["loglik"], rel=ROUNDING)
    assert (cox.n, cox.n_events) == (expected["n"], expected["nevent"])


def test_counts_say_of_their_rows_what_rows_say(rossi):
    by_rows = rj.cox_regression(rossi, ROSSI, diagnostics=False)
    counted = cox_by_counts(rossi, ROSSI, ties="efron", conf_level=0.95, least=1)
    assert counted is not None
    pd.testing.assert_frame_equal(counted.level_counts, by_rows.level_counts)
    pd.testing.assert_frame_equal(counted.frame, by_rows.frame, rtol=ROUNDING)
    assert counted.reference_levels == by_rows.reference_levels
    assert counted.notes == by_rows.notes
    assert dict(counted.fit) == pytest.approx(dict(by_rows.fit), rel=1e-8)


@given(
    st.integers(0, 2**32 - 1), st.sampled_from([3, 12, 200]), st.sampled_from(["efron", "breslow"])
)
@settings(max_examples=30, deadline=None)
def test_a_count_is_so_many_rows(seed, days, ties):
    rng = np.random.default_rng(seed)
    n = 400
    frame = pd.DataFrame(
        {"a": rng.integers(0, 2, n), "b": rng.integers(-1, 3, n), "c": rng.random(n) < 0.4}
    )
    time, event = rng.integers(1, days, n).astype(float), rng.random(n) < 0.6
    patterns = count_patterns(frame, ["a", "b", "c"], time=time, event=event)
    assert patterns is not None
    assert (patterns.n.sum(), patterns.n_event.sum()) == (n, event.sum())
    counted = fit_cox(patterns.frame.to_numpy(dtype=float), patterns.sets, ties=ties)
    rows = fit_cox(frame.to_numpy(dtype=float), lay_out(time, event), ties=ties)
    assert counted.coef == pytest.approx(rows.coef, rel=1e-8, abs=ROUNDING)
    assert counted.covariance == pytest.approx(rows.covariance, rel=1e-8, abs=ROUNDING)
    assert counted.loglik == pytest.approx(rows.loglik, rel=ROUNDING)


@pytest.mark.parametrize("share", [1e-6, 0.01, 0.0999, 0.1001, 0.5, 1.0])
def test_the_series_equals_the_sum_over_each_tied_event(share):
    n_tied = np.array([1, 2, 7, 900])
    risk = np.array([3.0, 50.0, 1e4, 1e6])
    got = TieSeries.of(n_tied).scalars(risk, share * risk, efron=True)
    log = 0.0
    for g, d in enumerate(n_tied):
        fraction = np.arange(d) / d
        reduced = risk[g] * (1 - fraction * share)
        log += np.log(reduced).sum()
        want = [1 / reduced, fraction / reduced, reduced**-2, fraction * reduced**-2]
        want.append(fraction**2 * reduced**-2)
        have = [got.k1[g], got.k2[g], got.k3[g], got.k4[g], got.k5[g]]
        assert have == pytest.approx([part.sum() for part in want], rel=1e-13)
    assert got.log == pytest.approx(log, rel=1e-13)


@pytest.mark.parametrize(
    ("change", "formula"),
    [
        ({"age": 20.5}, "fin + age"),
        ({"time_days": 3.5}, "fin + age"),
        ({"entry_days": 0.5}, "fin + age"),
        ({"age": np.nan}, "fin + age"),
        ({}, "fin + np.log(age)"),
    ],
)
def test_rows_are_used_where_counts_cannot_serve(rossi, change, formula):
    frame = rossi.frame.copy()
    for name, value in change.items():
        column = frame[name].astype(float)
        column.iloc[-1] = value
        frame[name] = column
    outcome = _same(rossi, frame)
    assert cox_by_counts(outcome, formula, ties="efron", conf_level=0.95, least=1) is None


def _same(outcome, frame):
    return replace(outcome, frame=frame)


def test_few_events_are_refused_as_with_rows(rossi):
    few = _same(rossi, rossi.frame[rossi.reoffended].head(20))
    with pytest.raises(TooFewEventsError):
        cox_by_counts(few, "fin + age + race + prio + mar", ties="efron", conf_level=0.95, least=1)
