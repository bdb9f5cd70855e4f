"""Populations that differ by a few people are one number, in whatever result they stand."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.design.disclosure import DisclosureRule
from rjeval.design.populations import widened
from rjeval.disclosure.border import release
from rjeval.disclosure.rounding import round_counts

RULE = DisclosureRule()
LARGEST = 140
#: Differences that must not be told apart: everything a threshold of 11 protects.
FEW = set(range(1, 11))


def test_what_is_shown_of_two_nested_populations_tells_no_few() -> None:
    """Over all pairs up to 140: a shown pair fits every difference from 1 to 10, or none."""
    fits: dict[tuple[float, float], set[int]] = defaultdict(set)
    for wide in range(11, LARGEST):
        for inner in range(11, wide + 1):
            shown = round_counts([wide, widened(inner, (wide, inner), least=11)], RULE)
            fits[(shown[0], shown[1])].add(wide - inner)
    for (wide_shown, _), differences in fits.items():
        told = differences & FEW
        if wide_shown >= 25 + RULE.round_to:  # below, fewer than 10 people can be missing
            assert not told or told == FEW
        assert not told or differences <= FEW | {0}


@pytest.mark.parametrize("seed", range(40))
def test_any_numbers_of_one_chain_that_are_shown_lie_a_threshold_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chain = tuple(np.sort(rng.integers(11, 400, size=rng.integers(2, 7)))[::-1].tolist())
    shown = [widened(n, chain, least=11) for n in chain]
    gaps = [abs(a - b) for a, b in itertools.combinations(shown, 2) if a != b]
    assert min(gaps, default=11) >= 11
    assert all(0 <= s - n < 11 for s, n in zip(shown, chain, strict=True))
    alone = [widened(n, chain, least=11) for n in chain[-1:]]
    assert alone == shown[-1:]


def people(*, lost: int, late: int) -> rj.TimeToEvent:
    """Two arms of 60 and 90: of the first, some never checked and some not yet mature."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"arm": pd.Categorical(["as usual"] * 60 + ["rj"] * 90)})
    frame["day"] = 365.0
    with_event = [*range(0, 20), *range(60, 84)]
    frame.loc[with_event, "day"] = rng.integers(10, 300, len(with_event)).astype(float)
    frame["new"] = frame.index.isin(with_event).astype(int)
    frame["seen"] = 365.0
    frame.loc[range(59, 59 - late, -1), "seen"] = 300.0
    frame.loc[range(59, 59 - late, -1), "day"] = 300.0
    whole = rj.time_to_event(frame, time="day", event="new", observable="seen", covariates=["arm"])
    gone = range(58 - late, 58 - late - lost, -1)
    known = whole.definition.people
    chains = dict(known.chains)
    left = whole.frame.drop(index=list(gone)).reset_index(drop=True)
    after = {("", ""): 150 - lost, ("arm", "as usual"): 60 - lost, ("arm", "rj"): 90}
    mature = {("", ""): late, ("arm", "as usual"): late, ("arm", "rj"): 0}
    for key, n in after.items():
        chains[key] = (chains[key][0], n, n - mature[key])
    definition = whole.definition.with_people(replace(known, chains=chains))
    return replace(whole, frame=left, definition=definition)


def sizes(outcome: rj.TimeToEvent) -> dict[str, object]:
    """Return each number of people that any result about the outcome prints, with its notes."""
    rates = release(rj.fixed_window_rates(outcome, by="arm", at_days=365), rule=RULE)
    gap = release(rj.risk_difference(outcome, by="arm", at_days=365), rule=RULE)
    curve = release(rj.kaplan_meier(outcome, by="arm"), rule=RULE)
    test = release(rj.log_rank_test(outcome, by="arm"), rule=RULE)
    mean = release(rj.restricted_mean(outcome, by="arm", horizon_days=300), rule=RULE)
    cox = release(rj.cox_regression(outcome, "arm"), rule=RULE)
    days = release(rj.survival_quantiles(outcome, by="arm"), rule=RULE)
    start = curve.frame.loc[curve.frame["time_days"] == 0, "n_at_risk"]
    return {
        "followed": rates.frame["n_total"].tolist(),
        "mature": rates.frame["n_mature"].tolist(),
        "arms": gap.arms["n"].tolist(),
        "curve": curve.groups["n"].tolist(),
        "start": start.tolist(),
        "test": test.groups["n"].tolist(),
        "mean": mean.frame["n"].tolist(),
        "days": sorted(set(days.frame["n"])),
        "model": cox.n,
        "levels": cox.level_counts["n"].tolist(),
        "notes": (rates.released.notes, rates.frame["bound"].tolist()),
    }


def test_a_few_lost_or_not_mature_give_the_same_sizes_however_few() -> None:
    """From 1 to 10 people apart, nothing that counts people differs."""
    shown = [
        sizes(people(lost=lost, late=late))
        for lost, late in [(1, 0), (4, 0), (10, 0), (1, 9), (5, 4), (0, 3), (0, 10)]
    ]
    for one in shown[1:]:
        assert one == shown[0]
    whole = shown[0]
    assert whole["followed"] == whole["mature"] == whole["arms"] == [60, 90]
    assert whole["curve"] == whole["start"] == whole["test"] == whole["mean"] == [60, 90]
    assert (whole["model"], whole["levels"]) == (150, [60, 90])
    assert any("Fewer than 11 people of a group" in text for text in whole["notes"][0])


def test_many_lost_are_told() -> None:
    far = sizes(people(lost=12, late=0))
    assert far["followed"] == far["curve"] == [50, 90]
    mixed = sizes(people(lost=4, late=9))
    assert (mixed["followed"], mixed["mature"]) == ([60, 90], [45, 90])
    assert mixed["arms"] == mixed["mature"]


def test_nobody_lost_needs_no_word() -> None:
    whole = sizes(people(lost=0, late=0))
    assert whole["followed"] == whole["mature"] == [60, 90]
    assert not any("of a group" in text for text in whole["notes"][0])


def test_a_bound_stays_true_where_the_denominator_is_a_wider_one() -> None:
    """10 of 50 people are 20%: "under 18%", as of 60, would be false."""
    outcome = people(lost=10, late=0)
    frame = outcome.frame.copy()
    keep = frame.index[(frame["arm"] == "as usual") & (frame["exit_reason"] == "reoffence")][10:]
    frame.loc[keep, "exit_reason"] = "data_cutoff"
    outcome = replace(outcome, frame=frame)
    shown = release(rj.fixed_window_rates(outcome, by="arm", at_days=365), rule=RULE).frame
    bound = shown.loc[shown["arm"] == "as usual", "bound"].iloc[0]
    assert bound.startswith("fewer than 11 of 60 (under 21%")


def test_intervals_hold_the_exact_ones_where_sizes_are_widened() -> None:
    for lost, late in [(1, 0), (10, 0), (5, 5)]:
        given = rj.fixed_window_rates(people(lost=lost, late=late), by="arm", at_days=365)
        shown = release(given, rule=RULE).frame
        assert (shown["conf_low"] <= given.frame["conf_low"]).all()
        assert (shown["conf_high"] >= given.frame["conf_high"]).all()
