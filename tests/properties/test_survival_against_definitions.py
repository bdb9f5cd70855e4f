"""Small hostile data (ties, late entry, rows of a person, empty groups) against plain definitions.

Nothing here is taken from the package: each estimate is worked out person by person, risk set by
risk set, or shown to be a maximum of a likelihood that is written down naively.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import EstimationError
from rjeval.recidivism.concordance import concordance
from rjeval.recidivism.interval_censored import turnbull
from rjeval.recidivism.partial_likelihood import fit_cox
from rjeval.recidivism.risk_sets import lay_out
from rjeval.recidivism.score_residuals import robust_covariance

#: Sums in another order.
ROUNDING = 1e-10
#: Derivatives by differences of this size, and what they leave.
STEP, BY_DIFFERENCES = 1e-5, 2e-6
SEEDS = range(12)


def hostile(seed, *, late=True, least=6):
    """Few people and days; entry often on the day of another's exit."""
    rng = np.random.default_rng([20261122, seed])
    n, days = int(rng.integers(least, 30)), int(rng.choice([2, 4, 12]))
    time = rng.integers(1, days + 1, n).astype(float)
    entry = np.where(rng.random(n) < 0.4, rng.choice(np.append(time, 0.0), n), 0.0)
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "time": time,
            "entry": np.where(late & (entry < time), entry, 0.0),
            "kind": rng.choice(3, n, p=[0.3, 0.5, 0.2]),
            "arm": pd.Categorical(rng.choice(list("abc"), n, p=[0.5, 0.4, 0.1])),
            "x": rng.integers(0, 2, n).astype(float),
            "z": rng.normal(size=n).round(1),
            "w": rng.choice([0.1, 0.2, 0.7, 3.0], n),
            "site": rng.choice([1, 2, 9], n),
        }
    )


def outcome_of(frame):
    table = frame.assign(new=frame["kind"] == 1, gone=np.where(frame["kind"] == 2, "death", ""))
    return rj.time_to_event(
        table, time="time", event="new", entry="entry", id="id", competing="gone", unit=None
    )


def at_risk(frame, day):
    return (frame["entry"] < day) & (day <= frame["time"])


def curves_by_hand(frame, weight):
    """Survival free of the event, of any event, and incidence, after each day of an exit."""
    survival, free, incidence, lines = 1.0, 1.0, 0.0, {}
    for day in np.unique(frame["time"]):
        here = weight[at_risk(frame, day)].sum()
        gone = (frame["time"] == day) & (frame["kind"] > 0)
        own = gone & (frame["kind"] == 1)
        if here > 0:
            incidence += free * weight[own].sum() / here
            survival *= 1 - weight[own].sum() / here
            free *= 1 - weight[gone].sum() / here
        lines[day] = (survival, incidence)
    return np.array(list(lines.values()))


def influences(frame, weight):
    """Derivative of the curves in the logarithm of each row's weight."""
    rows = []
    for i in range(len(frame)):
        up, down = weight.copy(), weight.copy()
        up[i] *= 1 + STEP
        down[i] *= 1 - STEP
        rows.append((curves_by_hand(frame, up) - curves_by_hand(frame, down)) / (2 * STEP))
    return np.array(rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_curves_and_their_errors_are_those_of_the_definition(seed):
    frame = hostile(seed)
    ones, weight = np.ones(len(frame)), frame["w"].to_numpy()
    outcome = outcome_of(frame)
    cuts = [1.0, 2.5, 3.0]
    for one in (outcome, rj.split_at(outcome, cuts)):
        weighted = rj.kaplan_meier(one, weights="w").frame
        plain = rj.cumulative_incidence(one).frame
        for table, column, given in ((weighted, 0, weight), (plain, 1, ones)):
            want = curves_by_hand(frame, given)[:, column]
            error = np.sqrt((influences(frame, given)[:, :, column] ** 2).sum(axis=0))
            got = table[table["time_days"].isin(frame["time"].unique())]
            assert got["estimate"].to_numpy() == pytest.approx(want, rel=ROUNDING, abs=ROUNDING)
            some = got["estimate"].to_numpy() > 0
            assert got["std_error"].to_numpy()[some] == pytest.approx(
                error[some], abs=BY_DIFFERENCES
            )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_stratified_log_rank_test_is_the_sum_over_days(seed):
    frame = hostile(seed, least=12)
    excess, spread = np.zeros(3), np.zeros((3, 3))
    arm = frame["arm"].cat.codes.to_numpy()
    for site in frame["site"].unique():
        for day in frame["time"].unique():
            here = (at_risk(frame, day) & (frame["site"] == site)).to_numpy()
            now = here & (frame["time"] == day).to_numpy() & (frame["kind"] == 1).to_numpy()
            n, d = here.sum(), now.sum()
            if not d:
                continue
            share = np.bincount(arm[here], minlength=3) / n
            excess += np.bincount(arm[now], minlength=3) - d * share
            if n > 1:
                spread += d * (n - d) / (n - 1) * (np.diag(share) - np.outer(share, share))
    try:
        found = rj.log_rank_test(outcome_of(frame), by="arm", strata="site").frame.iloc[0]
    except EstimationError:
        assert np.abs(spread).max() < ROUNDING
        return
    assert found["df"] == np.linalg.matrix_rank(spread, tol=ROUNDING)
    want = float(excess @ np.linalg.pinv(spread, rcond=ROUNDING) @ excess)
    assert found["statistic"] == pytest.approx(want, rel=1e-8)


def efron(beta, frame, *, strata=False):
    """The weighted partial log-likelihood with Efron's ties, risk set by risk set."""
    risk = frame["w"] * np.exp(frame[["x", "z"]].to_numpy() @ beta)
    linear = frame[["x", "z"]].to_numpy() @ beta
    total, groups = 0.0, frame["site"] if strata else frame["site"] * 0
    for site in groups.unique():
        for day in frame["time"].unique():
            here = at_risk(frame, day) & (groups == site)
            now = here & (frame["time"] == day) & (frame["kind"] == 1)
            d = int(now.sum())
            for rank in range(d):
                reduced = risk[here].sum() - rank / d * risk[now].sum()
                total -= frame["w"][now].mean() * np.log(reduced)
            total += float((frame["w"] * linear)[now].sum())
    return total


def slope(function, point):
    units = np.eye(point.size) * STEP
    return np.array([(function(point + u) - function(point - u)) / (2 * STEP) for u in units])


def fitted(frame):
    sets = lay_out(
        frame["time"].to_numpy(),
        (frame["kind"] == 1).to_numpy(),
        entry=frame["entry"].to_numpy(),
        stratum=pd.factorize(frame["site"])[0],
        weight=frame["w"].to_numpy(),
    )
    return fit_cox(frame[["x", "z"]].to_numpy(), sets, terms=("x", "z")), sets


def with_maximum(seed, *, least):
    """The first of the seed's samples in which no covariate separates."""
    for attempt in range(20):
        frame = hostile(seed + 1000 * attempt, least=least)
        try:
            return (frame, *fitted(frame))
        except EstimationError:
            continue
    raise AssertionError("every sample was separated")


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_cox_is_the_maximum_and_its_robust_error_the_jackknife(seed):
    frame, fit, sets = with_maximum(seed, least=24)
    assert fit.loglik == pytest.approx(efron(fit.coef, frame, strata=True), rel=1e-9)
    assert slope(lambda b: efron(b, frame, strata=True), fit.coef) == pytest.approx(0, abs=1e-5)
    moved = []
    for i in range(len(frame)):
        ends = []
        for sign in (1, -1):
            weight = frame["w"].to_numpy().copy()
            weight[i] *= 1 + sign * STEP
            ends.append(fitted(frame.assign(w=weight))[0].coef)
        moved.append((ends[0] - ends[1]) / (2 * STEP))
    robust = robust_covariance(fit, sets)
    assert robust == pytest.approx(np.array(moved).T @ np.array(moved), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_firth_is_the_maximum_of_the_penalised_likelihood(seed):
    frame = hostile(seed, least=15).assign(w=1.0)
    frame["x"] = np.where(frame["kind"] == 1, 1.0, frame["x"])  # nobody without x has the event

    def penalised(beta):
        curve = [slope(lambda b, j=j: slope(lambda c: efron(c, frame), b)[j], beta) for j in (0, 1)]
        return efron(beta, frame) + np.log(np.linalg.det(-np.array(curve))) / 2

    cox = rj.cox_regression(outcome_of(frame), "x + z", penalty="firth").frame
    best = cox["estimate"].to_numpy()
    wide = 1e-2  # second differences of a difference are rough
    for unit in np.eye(2) * wide:
        assert penalised(best) >= max(penalised(best + unit), penalised(best - unit)) - 1e-4


@pytest.mark.parametrize("seed", SEEDS)
def test_concordance_counts_pairs(seed):
    frame, fit, sets = with_maximum(seed, least=15)
    score = (frame[["x", "z"]].to_numpy() @ fit.coef).round(9)
    won = pairs = 0.0
    for i, first in frame[frame["kind"] == 1].iterrows():
        later = at_risk(frame, first["time"]) & (frame["site"] == first["site"])
        later &= (frame["time"] > first["time"]) | (frame["kind"] != 1)
        for j in np.flatnonzero(later):
            both = first["w"] * frame["w"].iloc[j]
            pairs += both
            won += both * (0.5 if score[i] == score[j] else float(score[i] > score[j]))
    got = concordance(fit.linear, sets)[0]
    assert got == pytest.approx(won / pairs if pairs else np.nan, rel=ROUNDING, nan_ok=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_turnbulls_masses_cannot_be_bettered(seed):
    rng = np.random.default_rng([7, seed])
    left = rng.integers(0, 8, 20).astype(float)
    right = np.where(rng.random(20) < 0.3, np.inf, left + rng.integers(1, 6, 20))
    ends, mass = turnbull(left, right)
    assert mass.sum() == pytest.approx(1)
    # every half day and beyond: no other place for mass raises the likelihood
    places = np.append(np.arange(0.5, 15), np.inf)
    inside = (left[:, None] < places) & (places <= right[:, None])
    chance = np.array(
        [mass[(a < ends) & (ends <= b)].sum() for a, b in zip(left, right, strict=True)]
    )
    assert ((inside / chance[:, None]).sum(axis=0) <= 20 * (1 + 1e-7)).all()


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_standardised_risks_are_means_of_predictions_with_the_jackknife(seed):
    frame = hostile(seed, late=seed % 2 == 0, least=26).assign(w=1.0, site=1)
    frame["arm"] = pd.Categorical(np.where(frame["x"] > 0, "b", "a"))
    day = float(np.median(frame["time"]))

    def risk(weight, *, of_arm):
        one = frame.assign(w=weight)
        fit, _ = fitted(one)
        relative = np.exp(one[["x", "z"]].to_numpy() @ fit.coef)
        hazard = 0.0
        for t in np.unique(one["time"][(one["kind"] == 1) & (one["time"] <= day)]):
            here, now = at_risk(one, t), (one["time"] == t) & (one["kind"] == 1)
            d, at, tied = int(now.sum()), weight * relative * here, weight * relative * now
            terms = [weight[now].mean() / (at.sum() - k / d * tied.sum()) for k in range(d)]
            hazard += sum(terms)
        world = np.exp(np.column_stack([np.full(len(one), of_arm), one["z"]]) @ fit.coef)
        return float(np.average(1 - np.exp(-hazard * world), weights=weight))

    found = rj.standardised_risk_difference(outcome_of(frame), "arm + z", at_days=day)
    ones = np.ones(len(frame))
    want = [risk(ones, of_arm=one) for one in (0.0, 1.0)]
    assert found.arms["estimate"].to_numpy() == pytest.approx(want, rel=1e-8)
    moved = []
    for i in range(len(frame)):
        ends = []
        for sign in (1, -1):
            weight = ones.copy()
            weight[i] += sign * STEP
            ends.append(risk(weight, of_arm=1.0) - risk(weight, of_arm=0.0))
        moved.append((ends[0] - ends[1]) / (2 * STEP))
    error = found.frame.set_index("term").loc["risk_difference", "std_error"]
    assert error == pytest.approx(float(np.sqrt(np.sum(np.square(moved)))), rel=1e-4)
