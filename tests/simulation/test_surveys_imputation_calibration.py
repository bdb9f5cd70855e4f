"""Pooled intervals cover the truth where covariates are missing at random."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special

import rjeval as rj

DRAWS = 250
PEOPLE = 400
TRUTH = {"age": 0.5, "site[B]": -0.6, "prior[yes]": 0.4}
CUTS = [-1.0, 0.8]


def draw(rng):
    """A rating by a number and two categories that go together; a quarter missing by rating."""
    age = rng.normal(size=PEOPLE)
    site = rng.random(PEOPLE) < special.expit(0.7 * age)
    prior = rng.random(PEOPLE) < special.expit(0.5 * age - 0.5 * site)
    latent = 0.5 * age - 0.6 * site + 0.4 * prior + rng.logistic(size=PEOPLE)
    rating = np.searchsorted(CUTS, latent)
    frame = pd.DataFrame(
        {
            "rating": np.array(["1", "2", "3"])[rating],
            "age": age,
            "site": np.where(site, "B", "A"),
            "prior": np.where(prior, "yes", "no"),
        }
    )
    for name in ("age", "site", "prior"):
        frame.loc[rng.random(PEOPLE) < np.array([0.35, 0.25, 0.15])[rating], name] = np.nan
    return frame


@pytest.mark.slow
def test_ninety_five_per_cent_intervals_cover():
    covered = dict.fromkeys(TRUTH, 0)
    for seed in range(DRAWS):
        given = rj.ratings(
            draw(np.random.default_rng(seed)), rating="rating", levels=["1", "2", "3"], top=1
        )
        filled = rj.impute(
            given, variables=["age", "site", "prior"], n_imputations=10, iterations=5, seed=seed
        )
        fits = [rj.ordinal_regression(one, "age + site + prior") for one in filled]
        frame = rj.pool_estimates(fits).frame.set_index("term")
        for term, value in TRUTH.items():
            row = frame.loc[term]
            covered[term] += row["conf_low"] <= value <= row["conf_high"]
    error = np.sqrt(0.95 * 0.05 / DRAWS)
    for term, count in covered.items():
        # Matching five donors blurs a little: two points of slack below.
        assert 0.95 - 3 * error - 0.02 < count / DRAWS <= 1, (term, count / DRAWS)
