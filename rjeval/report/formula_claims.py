"""The formulas behind the numbers, for the methods appendix."""

from __future__ import annotations

from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase

FORMULAS = (
    mark(
        "Share with its interval (Wilson): (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + "
        "z²/n), p the share among n people, z the normal quantile of the level."
    ),
    mark(
        "Difference of two shares (Newcombe's hybrid): d − √((p₁ − l₁)² + (u₂ − p₂)²) to d + "
        "√((u₁ − p₁)² + (p₂ − l₂)²), l and u the ends of Wilson's intervals."
    ),
    mark(
        "Curve (Kaplan–Meier): S(t) = ∏(1 − dᵢ/nᵢ) over event days up to t, d events among n "
        "at risk; its interval on the scale of log(−log S)."
    ),
    mark(
        "Cumulative incidence (Aalen–Johansen): F(t) = Σ S(tᵢ₋₁)·dᵢ/nᵢ, S the chance of having "
        "had no event of any kind; standard error by the infinitesimal jackknife."
    ),
    mark(
        "Restricted mean: the area under S to the horizon; variance Σ Aᵢ²·dᵢ/(nᵢ(nᵢ − dᵢ)), A "
        "the area from the event day to the horizon."
    ),
    mark(
        "Cox regression: partial likelihood with Efron's ties; clustered standard errors from "
        "I⁻¹(Σ UᵢUᵢᵀ)I⁻¹, U the score residuals summed by cluster and I the information."
    ),
    mark(
        "Proportional-odds regression: logit P(Y ≤ k) = θₖ − xβ by maximum likelihood; "
        "standard errors clustered in the same way where a cluster is declared."
    ),
    mark(
        "Mean change in pairs: the mean of after less before among people who answered both "
        "times, with an interval from their variance, clustered where they share a case."
    ),
    mark(
        "People still needed: n·((error now · (z + z_power) / difference)² − 1), the error now "
        "being the width of the interval over 2z."
    ),
)


def formula_claims(_: StudyDesign) -> list[str]:
    """Say how each kind of number is worked out."""
    return [phrase(one) for one in FORMULAS]
