"""Trends of repeated cross-sections: weighted shares where samples are alike, else a refusal."""

from __future__ import annotations

import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import EstimationError, GuardError


def waves(how=("probability",) * 3, good=(30, 45, 60)):
    rows = []
    for year, kind, k in zip((2022, 2023, 2024), how, good, strict=True):
        rows += [(year, kind, "2", k), (year, kind, "1", 100 - k)]
    frame = pd.DataFrame(rows, columns=["year", "how", "trust", "people"])
    return rj.ratings(frame, rating="trust", levels=["1", "2"], weight="people", top=1)


def test_shares_by_wave_and_the_direction():
    trend = rj.rating_trend(waves(), by="year", sample_type="how")
    assert trend.frame["estimate"].tolist() == [0.30, 0.45, 0.60]
    assert "the share rises" in trend.notes[-1]
    flat = rj.rating_trend(waves(good=(50, 52, 49)), by="year", sample_type="how")
    assert "does not clearly change" in flat.notes[-1]


def test_waves_named_by_words_have_a_trend_too():
    given = waves()
    frame = given.frame.assign(year="wave " + given.frame["year"].astype(str))
    from dataclasses import replace

    trend = rj.rating_trend(replace(given, frame=frame), by="year", sample_type="how")
    assert "the share rises" in trend.notes[-1]


def test_changing_or_convenient_samples_carry_no_trend():
    with pytest.raises(GuardError, match="kind of sample changes"):
        rj.rating_trend(
            waves(("probability", "probability", "panel")), by="year", sample_type="how"
        )
    with pytest.raises(GuardError, match="Convenience"):
        rj.rating_trend(waves(("convenience",) * 3), by="year", sample_type="how")
    with pytest.raises(EstimationError, match="unknown how"):
        rj.rating_trend(waves(("panel", None, "panel")), by="year", sample_type="how")
    with pytest.raises(EstimationError, match="two waves"):
        rj.rating_trend(waves(), by="how", sample_type="how")
    with pytest.raises(EstimationError, match="no column nowhere"):
        rj.rating_trend(waves(), by="nowhere", sample_type="how")
