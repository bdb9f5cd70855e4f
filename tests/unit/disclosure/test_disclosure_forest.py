"""Forest plots and models: from no interval follow the people behind a level."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.border import release
from rjeval.disclosure.coarse import coarsened
from rjeval.disclosure.rounding import round_counts
from rjeval.errors import WithheldError

RULE = DisclosureRule()
Z = 1.959963984540054
#: What rounding joins: an intruder must be left with as many counts of a level.
SPAN = RULE.round_to
FIVE_DECIMALS = 1e-5


def as_shown(first: np.ndarray, second: float, *, log_ratio: float) -> dict[str, np.ndarray]:
    """Release log rate ratios of two groups with these events: variance 1/a + 1/b."""
    error = np.sqrt(1 / first + 1 / second)
    frame = pd.DataFrame({"estimate": log_ratio, "std_error": error})
    frame["conf_low"] = frame["estimate"] - Z * error
    frame["conf_high"] = frame["estimate"] + Z * error
    return coarsened(frame, conf_level=0.95, rule=RULE)


@pytest.mark.parametrize("second", [15, 25, 60, 300, 1000])
def test_no_interval_tells_the_events_of_a_level(second: int) -> None:
    """Whoever knows the estimate exactly and the other group as it is shown is left with as many
    counts of a level as rounding leaves; at the threshold itself, with three.
    """
    counts = np.arange(RULE.min_cell, 160).astype(float)
    others = np.arange(RULE.min_cell, second + 2 * SPAN)
    fits: dict[tuple[float, ...], set[float]] = {}
    for other in others[round_counts(others, RULE) == second]:
        shown = as_shown(counts, float(other), log_ratio=-0.37)
        for i, count in enumerate(counts):
            key = tuple(float(values[i]) for values in shown.values())
            fits.setdefault(key, set()).add(count)
    whole = [found for found in fits.values() if max(found) < counts[-1] - 2 * SPAN]
    assert min(len(found) for found in whole) >= 3
    apart = [len(found) for found in whole if min(found) > RULE.min_cell + SPAN]
    assert min(apart, default=SPAN) >= SPAN


@pytest.mark.parametrize("log_ratio", [-0.8, -0.123, 0.0, 0.456])
def test_a_coarse_interval_holds_the_exact_one_and_claims_no_more(log_ratio: float) -> None:
    counts = np.arange(RULE.min_cell, 400).astype(float)
    shown = as_shown(counts, 80, log_ratio=log_ratio)
    error = np.sqrt(1 / counts + 1 / 80)
    assert (shown["conf_low"] <= log_ratio - Z * error + FIVE_DECIMALS).all()
    assert (shown["conf_high"] >= log_ratio + Z * error - FIVE_DECIMALS).all()
    inside = (shown["conf_low"] <= 0) & (shown["conf_high"] >= 0)
    assert (shown["p_value"][inside] > 0.049).all()
    assert (np.abs(shown["statistic"]) <= np.abs(log_ratio) / error + 0.2).all()
    wider = (shown["conf_high"] - shown["conf_low"]) / (2 * Z * error)
    assert np.median(wider) < 1.1


def people(n: tuple[int, int, int], events: tuple[int, int, int]) -> rj.TimeToEvent:
    """Three sites with so many people and events, on days that repeat."""
    rng = np.random.default_rng(5)
    blocks = []
    for site, size, new in zip("ABC", n, events, strict=True):
        day = rng.integers(20, 700, size).astype(float)
        blocks.append(pd.DataFrame({"site": site, "day": day, "new": np.arange(size) < new}))
    frame = pd.concat(blocks, ignore_index=True)
    frame["age"] = rng.normal(30, 6, len(frame)).round()
    frame["few"] = (np.arange(len(frame)) % 40 == 0).astype(int)
    frame["site"] = frame["site"].astype("category")
    frame["new"] = frame["new"].astype(int)
    columns = ["site", "age", "few"]
    return rj.time_to_event(frame, time="day", event="new", covariates=columns)


def test_twelve_events_of_a_level_do_not_follow_from_a_cox_model() -> None:
    """The variance of the level is nearly 1/12 + 1/150, and gave 12 away."""
    outcome = people((300, 300, 40), (150, 120, 12))
    exact = rj.cox_regression(outcome, "site")
    told = release(exact, rule=RULE)
    row = (exact.frame["term"] == "site[C]").to_numpy()

    def counts_that_fit(error: float) -> list[int]:
        return [n for n in range(11, 18) if abs(np.sqrt(1 / n + 1 / 150) - error) < 0.0035]

    assert counts_that_fit(float(exact.frame.loc[row, "std_error"].iloc[0])) == [12]
    for shown in (told.frame["std_error"].to_numpy()[row], np.sqrt(np.diag(told.vcov))[row]):
        assert counts_that_fit(float(shown[0])) != [12]
    kept = told.frame[["conf_low", "conf_high"]].to_numpy()
    ends = exact.frame[["conf_low", "conf_high"]].to_numpy()
    assert (kept[:, 0] <= ends[:, 0]).all()
    assert (kept[:, 1] >= ends[:, 1]).all()


def test_a_level_below_the_threshold_is_in_no_forest_plot() -> None:
    outcome = people((300, 300, 9), (150, 120, 5))
    told = release(rj.cox_regression(outcome, "site + age"), rule=RULE)
    row = told.frame.set_index("term").loc["site[C]"]
    assert row[["estimate", "std_error", "conf_low", "conf_high", "p_value"]].isna().all()
    assert np.isnan(told.vcov[1]).all()
    assert np.isnan(told.vcov[:, 1]).all()
    drawn = rj.plot_estimates(told)
    written = drawn.figure.findobj(lambda one: hasattr(one, "get_text"))
    texts = " ".join(text.get_text() for text in written)
    number = np.exp(rj.cox_regression(outcome, "site + age").frame["estimate"].iloc[1])
    assert f"{number:.2f}" not in texts


def test_a_column_of_zeros_and_ones_is_a_category_too() -> None:
    """8 ones of 320: as a number they had a coefficient of their own."""
    outcome = people((150, 150, 20), (75, 60, 11))
    told = release(rj.cox_regression(outcome, "age + few"), rule=RULE)
    row = told.frame.set_index("term").loc["few"]
    assert row[["estimate", "std_error", "conf_low", "conf_high", "p_value"]].isna().all()
    assert told.frame.set_index("term").loc["age", "estimate"] == pytest.approx(
        rj.cox_regression(outcome, "age + few").frame["estimate"].iloc[0], abs=0.0005
    )


def test_models_with_few_degrees_of_freedom_or_as_many_terms_as_cells_are_withheld() -> None:
    with pytest.raises(WithheldError, match="residual degrees of freedom"):
        release(rj.cox_regression(people((40, 40, 20), (4, 4, 3)), "site"), rule=RULE)
    outcome = people((300, 300, 100), (150, 120, 50))
    frame = outcome.frame.assign(sex=pd.Categorical(np.tile(["f", "m"], 350)))
    crossed = rj.cox_regression(replace(outcome, frame=frame), "site * sex")
    with pytest.raises(WithheldError, match="saturated"):
        release(crossed, rule=RULE)


def test_steps_and_spans_are_those_of_the_rule() -> None:
    """Raised rounding joins more people."""
    counts = np.arange(20, 200).astype(float)
    by = {}
    for base in (5, 10):
        rule = rj.profile_rule("public_strict", round_to=base)
        error = 1 / np.sqrt(counts)
        frame = pd.DataFrame({"estimate": 0.2, "std_error": error})
        frame = frame.assign(conf_low=0.2 - Z * error, conf_high=0.2 + Z * error)
        shown = coarsened(frame, conf_level=0.95, rule=rule)["conf_low"]
        by[base] = [len(list(found)) for _, found in itertools.groupby(shown)]
    assert np.median(by[5]) == 5
    assert np.median(by[10]) == 10
