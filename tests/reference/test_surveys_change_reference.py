"""Paired change equals R's paired tests, metafor's SMCR and clubSandwich; the lost are told."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as given_data
from hypothesis import settings
from hypothesis import strategies as st
from scipy import stats

import rjeval as rj
from rjeval.errors import EstimationError, GuardError

#: Closed forms in double precision.
EXACT = 1e-9
LEVELS = [*"12345"]


def wave(frame, column, **more):
    kept = frame.rename(columns={column: "fear"})[["who", "case", "group", "fear"]]
    return rj.ratings(
        kept.assign(fear=kept["fear"].astype("string")),
        rating="fear",
        levels=LEVELS,
        id="who",
        case="case",
        covariates=["group"],
        **more,
    )


@pytest.fixture(scope="module")
def pairs(root):
    return pd.read_csv(root / "tests" / "reference" / "data" / "paired" / "fear.csv")


@pytest.fixture(scope="module")
def reference(root):
    path = root / "tests" / "reference" / "data" / "paired" / "reference.json"
    return json.loads(path.read_text())


def rows(pairs, **more):
    result = rj.paired_change(wave(pairs, "before"), wave(pairs, "after"), **more)
    return result, result.frame.set_index(["component", "term"])


def test_mean_change_is_the_paired_t_test(pairs, reference):
    _, frame = rows(pairs)
    row, theirs = frame.loc["coefficient", "fear"], reference["t"]
    ours = row[["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]]
    expected = [theirs[name] for name in ("mean", "se", "t", "p", "lo", "hi")]
    np.testing.assert_allclose(ours.astype(float), expected, rtol=EXACT)


def test_signed_rank_is_wilcox_test(pairs, reference):
    _, frame = rows(pairs)
    row = frame.loc["signed rank", "fear"]
    assert row["statistic"] == reference["wilcox"]["V"]
    assert row["p_value"] == pytest.approx(reference["wilcox"]["p"], rel=EXACT)
    moved = (pairs["after"] - pairs["before"]).loc[lambda x: x != 0]
    total = len(moved) * (len(moved) + 1) / 2
    by_hand = (2 * reference["wilcox"]["V"] - total) / total
    assert row["estimate"] == pytest.approx(by_hand)


def test_standardised_change_is_smcr(pairs, reference):
    _, frame = rows(pairs)
    row = frame.loc["standardised", "fear"]
    assert row["estimate"] == pytest.approx(reference["smcr"]["yi"], rel=1e-6)
    assert row["std_error"] == pytest.approx(reference["smcr"]["se"], rel=1e-6)


def test_clustered_change_and_difference_are_cr2(pairs, reference):
    _, frame = rows(pairs, cluster="case_id")
    row = frame.loc["coefficient", "fear"]
    assert row["std_error"] == pytest.approx(reference["clustered"]["se"], rel=EXACT)
    assert row["p_value"] == pytest.approx(reference["clustered"]["p"], rel=1e-7)
    result, frame = rows(pairs, by="group", cluster="case_id")
    row, theirs = frame.loc["difference", "fear[rj]"], reference["difference"]
    assert row["estimate"] == pytest.approx(theirs["est"], rel=EXACT)
    assert row["std_error"] == pytest.approx(theirs["se"], rel=EXACT)
    assert row["p_value"] == pytest.approx(theirs["p"], rel=1e-7)
    assert not any("No comparison group" in note for note in result.notes)


def test_net_share_by_hand(pairs):
    # Of 24, 3 rose and 13 fell (counted in the file): -10/24.
    change = pairs["after"] - pairs["before"]
    assert ((change > 0).sum(), (change < 0).sum()) == (3, 13)
    row = rows(pairs)[1].loc["net share", "fear"]
    assert row["estimate"] == pytest.approx(-10 / 24)
    assert row["std_error"] == pytest.approx(np.sqrt((16 / 24 - (10 / 24) ** 2) / 24))


def test_only_pairs_count_and_the_rest_are_told(pairs):
    frame = pairs.copy()
    frame[["before", "after"]] = frame[["before", "after"]].astype("Int64")
    frame.loc[[0, 2, 6], "after"] = pd.NA
    frame.loc[[1, 3, 4, 5, 7, 8], "before"] = pd.NA
    result, table = rows(frame)
    kept = pairs.drop(index=range(9))
    expected = stats.ttest_rel(kept["after"], kept["before"])
    assert result.n == len(kept)
    assert table.loc["coefficient", "fear"]["p_value"] == pytest.approx(expected.pvalue)
    counts = rj.count_pairs(wave(frame, "before"), wave(frame, "after")).frame
    assert dict(zip(counts["answered"], counts["n"], strict=True)) == {
        "both times": 15,
        "only after": 6,
        "only before": 3,
    }
    # The three lost rated 5 each; the pairs' mean is near 3.5.
    assert any("answered only before differ" in note for note in result.notes)
    assert any("over a fifth" in note for note in result.notes)


def test_extreme_baselines_warn_of_regression_to_the_mean(pairs):
    high = pairs.assign(before=5)
    assert any("regression to the mean" in note for note in rows(high)[0].notes)
    assert not any("regression" in note for note in rows(pairs)[0].notes)
    later = rj.paired_change(wave(pairs, "before"), wave(pairs, "after"), retrospective=True)
    assert any("asked afterwards" in note for note in later.notes)


def test_what_cannot_be_paired_is_refused(pairs):
    from dataclasses import replace

    before, after = wave(pairs, "before"), wave(pairs, "after")
    with pytest.raises(GuardError, match="never pooled"):
        rj.paired_change(replace(before, role="responsible_party"), after)
    with pytest.raises(EstimationError, match="share no item"):
        rj.paired_change(replace(before, levels=("a", "b")), after)
    with pytest.raises(EstimationError, match="Fewer than 5"):
        rj.paired_change(replace(before, frame=before.frame.iloc[:4]), after)
    twice = replace(before, frame=pd.concat([before.frame, before.frame]))
    with pytest.raises(EstimationError, match="several rows"):
        rj.paired_change(twice, after)
    with pytest.raises(EstimationError, match="no column nowhere"):
        rj.paired_change(before, after, by="nowhere")


@settings(deadline=None, max_examples=20)
@given_data(seed=st.integers(0, 10_000))
def test_swapping_the_waves_flips_each_measure(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "who": np.arange(20).astype(str),
            "case": "c",
            "group": "g",
            "before": rng.integers(1, 6, 20),
            "after": rng.integers(1, 6, 20),
        }
    )
    forth = rj.paired_change(wave(frame, "before"), wave(frame, "after")).frame
    back = rj.paired_change(wave(frame, "after"), wave(frame, "before")).frame
    for component in ("coefficient", "net share", "signed rank"):
        a = forth[forth["component"] == component]["estimate"]
        b = back[back["component"] == component]["estimate"]
        np.testing.assert_allclose(a, -b, atol=1e-12)
