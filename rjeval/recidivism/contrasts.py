"""Pairs of arms become differences, ratios and numbers needed, in one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.errors import EstimationError
from rjeval.recidivism.normal import two_sided_p, z_quantile
from rjeval.recidivism.proportions import (
    Estimate,
    difference,
    log_ratio,
    number_needed,
    odds_ratio,
    risk_ratio,
)

#: One line of a contrast: the arm, its reference, the term and the estimate.
Pair = tuple["Arm", "Arm", str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """Risk of one group by one day; ``risk`` and ``error`` only where they come from a curve."""

    group: str
    at_days: float
    n: int
    n_event: int
    risk: float | None = None
    error: float = 0.0

    @property
    def estimate(self) -> float:
        """Risk by the day."""
        return self.n_event / self.n if self.risk is None else self.risk


def compare_proportions(arms: list[Arm], *, method: str, conf_level: float) -> list[Pair]:
    """Return difference, ratio, odds ratio and number needed of proportions."""
    pairs: list[Pair] = []
    for arm, reference in _against_first(arms):
        k1, n1, k0, n0 = arm.n_event, arm.n, reference.n_event, reference.n
        gap = difference(k1, n1, k0=k0, n0=n0, method=method, conf_level=conf_level)
        ratio = risk_ratio(k1, n1, k0=k0, n0=n0, conf_level=conf_level)
        odds = odds_ratio(k1, n1, k0=k0, n0=n0, conf_level=conf_level)
        pairs += [
            (arm, reference, "risk_difference", gap),
            (arm, reference, "risk_ratio", ratio),
            (arm, reference, "odds_ratio", odds),
            (arm, reference, "number_needed", number_needed(gap)),
        ]
    return pairs


def compare_survival(arms: list[Arm], *, conf_level: float) -> list[Pair]:
    """Return the same contrasts of risks with standard errors (delta method)."""
    z = z_quantile(conf_level)
    pairs: list[Pair] = []
    for arm, reference in _against_first(arms):
        p1, p0 = arm.estimate, reference.estimate
        error = float(np.hypot(arm.error, reference.error))
        gap = Estimate(
            estimate=p1 - p0,
            std_error=error,
            statistic=(p1 - p0) / error if error > 0 else float("nan"),
            conf_low=p1 - p0 - z * error,
            conf_high=p1 - p0 + z * error,
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = float(np.hypot(np.divide(arm.error, p1), np.divide(reference.error, p0)))
            logits = float(
                np.hypot(
                    np.divide(arm.error, p1 * (1 - p1)),
                    np.divide(reference.error, p0 * (1 - p0)),
                )
            )
            ratio = float(np.divide(p1, p0))
            odds = float(np.divide(p1 * (1 - p0), p0 * (1 - p1)))
        pairs += [
            (arm, reference, "risk_difference", gap),
            (arm, reference, "risk_ratio", log_ratio(ratio, logs, conf_level=conf_level)),
            (arm, reference, "odds_ratio", log_ratio(odds, logits, conf_level=conf_level)),
            (arm, reference, "number_needed", number_needed(gap)),
        ]
    return pairs


def contrast_frame(pairs: list[Pair]) -> pd.DataFrame:
    """Return the table of a :class:`~rjeval.results.survival.Contrast`."""
    frame = pd.DataFrame(
        [
            (
                *(arm.group, reference.group, arm.at_days, term),
                *(one.estimate, one.std_error, one.statistic, one.conf_low, one.conf_high),
            )
            for arm, reference, term, one in pairs
        ],
        columns=[
            *("group", "reference", "at_days", "term", "estimate", "std_error"),
            *("statistic", "conf_low", "conf_high"),
        ],
    )
    frame.insert(7, "p_value", two_sided_p(frame["statistic"].to_numpy(dtype=float)))
    return frame


def _against_first(arms: list[Arm]) -> Iterator[tuple[Arm, Arm]]:
    for day in dict.fromkeys(arm.at_days for arm in arms):
        of_day = [arm for arm in arms if arm.at_days == day]
        if len(of_day) < 2:
            raise EstimationError("There is one group only, so there is nothing to compare.")
        for arm in of_day[1:]:
            yield arm, of_day[0]
