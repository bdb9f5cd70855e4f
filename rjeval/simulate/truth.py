"""What is planted in a synthetic programme, and the risks that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Covariates are centred here, so that ``baseline_risk`` belongs to a recognisable person.
MEAN_AGE = 17
#: Days of the two windows for which true risks are returned.
WINDOWS_DAYS = (365, 730)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Parameters from which a programme is drawn.

    Parameters
    ----------
    hazard_ratio : float
        Hazard of reoffending, restorative arm against comparison arm, same covariates.
    log_hazard_age, log_hazard_prior, log_hazard_site : float
        Log hazard ratio per year of age, per prior arrest, and for the second site.
    baseline_risk : float
        Risk within 730 days of a comparison person aged 17 without prior arrests at the first
        site, if nobody left.
    shape : float
        Weibull shape of the baseline hazard; below 1 the hazard falls with time.
    departure_rate : float
        Deaths and departures from the jurisdiction, per person and year.
    mode_shift_harmed, mode_shift_responsible : float
        Shift of the latent logistic rating for a conference by video against in person; the
        coefficient that a proportional-odds model estimates. Below 0: less satisfied.
    site_shift : float
        The same for the second site against the first, both roles.
    fear_shift : float
        The same for fear and anger after the conference against before it.
    case_correlation : float
        Correlation of latent outcomes of people who share a case.
    unchecked_share, adult_uncovered_share : float
        Share of people whose records were never checked, and of minors without adult records.

    Notes
    -----
    Reoffending has the hazard ``exp(lp) * rate * shape * t ** (shape - 1)`` with
    ``lp = log(hazard_ratio) * rj + ...``, so the hazard ratio is constant over time, and holds
    given the covariates. Correlation within a case comes from a mixture copula: each person
    takes the case's uniform draw with probability ``sqrt(case_correlation)``, else an own one.
    Margins therefore stay exact, and a marginal Cox model recovers ``hazard_ratio``.
    """

    hazard_ratio: float = 0.70
    log_hazard_age: float = -0.06
    log_hazard_prior: float = 0.18
    log_hazard_site: float = 0.20
    baseline_risk: float = 0.24
    shape: float = 0.85
    departure_rate: float = 0.012
    mode_shift_harmed: float = -0.60
    mode_shift_responsible: float = -0.20
    site_shift: float = 0.30
    fear_shift: float = -0.90
    case_correlation: float = 0.15
    unchecked_share: float = 0.10
    adult_uncovered_share: float = 0.05

    @property
    def rate(self) -> float:
        """Scale of the baseline hazard: cumulative hazard at ``t`` is ``rate * t ** shape``."""
        return float(-np.log1p(-self.baseline_risk) / max(WINDOWS_DAYS) ** self.shape)

    @property
    def departure_hazard(self) -> float:
        """Departures per day."""
        return self.departure_rate / 365.25

    def linear_predictor(self, people: pd.DataFrame) -> np.ndarray:
        """Return the log hazard of each person relative to the baseline."""
        return (
            np.log(self.hazard_ratio) * (people["arm"] == "rj").to_numpy(dtype=float)
            + self.log_hazard_age * (people["age"].to_numpy(dtype=float) - MEAN_AGE)
            + self.log_hazard_prior * people["prior"].to_numpy(dtype=float)
            + self.log_hazard_site * people["site"].to_numpy(dtype=float)
        )


def planted_risks(people: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Return the true risks of reoffending that the planted parameters give these people.

    Parameters
    ----------
    people : DataFrame
        ``arm, age, prior, site``; those without an arm are left out.
    truth : Truth

    Returns
    -------
    DataFrame
        ``arm, at_days, risk, standardised_risk``. ``risk`` averages over the people of the
        arm: what an unadjusted estimate is after. ``standardised_risk`` averages over
        everybody as if all were in the arm: what an adjusted estimate is after. Both are
        cumulative incidences, with death and departure as competing events.
    """
    people = people[people["arm"].notna()]
    rows = []
    for arm in ("comparison", "rj"):
        own = _mean_incidence(people[people["arm"] == arm], truth)
        everyone = _mean_incidence(people.assign(arm=arm), truth)
        rows += [(arm, day, own[day], everyone[day]) for day in WINDOWS_DAYS]
    return pd.DataFrame(rows, columns=["arm", "at_days", "risk", "standardised_risk"])


def _mean_incidence(people: pd.DataFrame, truth: Truth) -> dict[int, float]:
    """Cumulative incidence on whole days, averaged over people."""
    values, counts = np.unique(truth.linear_predictor(people), return_counts=True)
    days = np.arange(max(WINDOWS_DAYS) + 1)
    free = np.exp(-np.exp(values)[:, None] * truth.rate * days[None, :] ** truth.shape)
    still_here = np.exp(-truth.departure_hazard * (days[1:] - 1))
    incidence = np.cumsum(-np.diff(free, axis=1) * still_here, axis=1)
    mean = counts @ incidence / max(counts.sum(), 1)
    return {day: float(mean[day - 1]) for day in WINDOWS_DAYS}


def shared_uniform(
    rng: np.random.Generator, groups: np.ndarray, *, correlation: float
) -> np.ndarray:
    """Uniform draws whose correlation within a group is exact, and whose margins are uniform."""
    group_draw = rng.random(int(groups.max(initial=-1)) + 1)
    own = rng.random(len(groups))
    takes_group = rng.random(len(groups)) < np.sqrt(correlation)
    return np.where(takes_group, group_draw[groups], own)
