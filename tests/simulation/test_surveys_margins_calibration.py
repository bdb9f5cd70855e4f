"""Intervals of average marginal effects cover the truth with few, some and many clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special

import rjeval as rj

LEVELS = [*"12345"]
CUTS = np.array([-2.5, -1.5, -0.5, 1.0])
EFFECT = -0.5
#: Standard deviation of the latent rating between cases.
BETWEEN = 0.6
DRAWS = 400
PER_CLUSTER = 6


def draw(rng, n_clusters):
    """Ratings of people in cases; the mode is that of the case, so clustering matters."""
    case = np.repeat(np.arange(n_clusters), PER_CLUSTER)
    video = rng.permutation(np.arange(n_clusters) % 2)[case]
    age = rng.normal(size=len(case))
    shared = rng.normal(0, BETWEEN, n_clusters)[case]
    latent = EFFECT * video + 0.3 * age + shared + rng.logistic(size=len(case))
    return pd.DataFrame(
        {
            "rating": np.array(LEVELS)[np.searchsorted(CUTS, latent)],
            "mode": np.where(video == 1, "video", "in_person"),
            "age": age,
            "case_id": case,
        }
    )


def true_effect():
    """Difference in the share rating 4 or 5, averaged over age and case by brute force."""
    rng = np.random.default_rng(0)
    rest = 0.3 * rng.normal(size=2_000_000) + rng.normal(0, BETWEEN, 2_000_000) - CUTS[2]
    return float((special.expit(rest + EFFECT) - special.expit(rest)).mean())


@pytest.mark.slow
@pytest.mark.parametrize("n_clusters", [15, 30, 100])
def test_ninety_five_per_cent_intervals_cover(n_clusters):
    truth, covered, made = true_effect(), 0, 0
    for seed in range(DRAWS):
        frame = draw(np.random.default_rng([seed, n_clusters]), n_clusters)
        given = rj.ratings(frame, rating="rating", levels=LEVELS)
        try:
            fit = rj.average_marginal_effects(given, "mode + age", cluster="case_id")
        except rj.errors.ConvergenceError:
            continue
        row = fit.coefficients().set_index("term").loc["mode[video]"]
        covered += row["conf_low"] <= truth <= row["conf_high"]
        made += 1
    share, error = covered / made, np.sqrt(0.95 * 0.05 / made)
    assert made > 0.98 * DRAWS
    # Three Monte Carlo errors either way, and one point of slack for the sandwich at 30.
    assert 0.95 - 3 * error - 0.01 < share < 0.95 + 3 * error, share
