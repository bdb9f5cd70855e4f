"""Whether a scale's items hang together: alpha, omega, item-rest correlations, odd answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError, GuardError
from rjeval.language import mark, note
from rjeval.results import ModelEstimates
from rjeval.surveys.factor import fit_one_factor
from rjeval.surveys.proportions import normal_quantile
from rjeval.surveys.scales import Scale, item_values
from rjeval.surveys.wording import about, whose_answers

#: Fewest complete respondents from whom reliability is given.
FEWEST_PEOPLE = 50
#: Straight-lining is looked for from this many items on.
STRAIGHT_ITEMS = 8
COLUMNS = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")


def scale_reliability(
    ratings: Ratings, scale: Scale, *, conf_level: float = 0.95, max_dropped: float = 0.10
) -> ModelEstimates:
    """Return alpha and omega of a scale with intervals, and how each item fits.

    Parameters
    ----------
    ratings : Ratings
        With the scale's items.
    scale : Scale
        Reversed items are turned round first.
    conf_level : float
        Level of the intervals.
    max_dropped : float
        Largest share of the people who answered some item that may lack another.

    Returns
    -------
    ModelEstimates
        ``component`` ``coefficient``: ``alpha`` (Cronbach; Feldt's interval) and, from three
        items on, ``omega`` (McDonald, one factor by maximum likelihood; delta-method interval on
        the logit scale). ``item-rest correlation`` and ``alpha without`` have a row per item.
        People who answered all items are used. Notes name items that run against the rest (a
        flipped export, or one that should be reversed) and tell of straight-lining: the same
        answer to 8 or more items of which some are reversed.

    Raises
    ------
    EstimationError
        Fewer than 2 items, fewer than 50 complete respondents, or an item without variation.
    GuardError
        More than ``max_dropped`` of the people who answered left an item out.

    Notes
    -----
    Cronbach (1951), doi 10.1007/BF02310555; Feldt (1965), doi 10.1007/BF02289499; McDonald
    (1999). Ratings are taken as scores, so with few categories both are too low rather than
    too high.
    """
    if len(scale.items) < 2:
        raise EstimationError("Reliability needs at least two items.")
    values, n_dropped = _complete(item_values(ratings, scale), max_dropped)
    n, k = values.shape
    if n < FEWEST_PEOPLE:
        raise EstimationError(
            f"{n} people answered all {k} items; reliability needs {FEWEST_PEOPLE}.",
            hint="Report the items one by one.",
        )
    matrix = values.to_numpy()
    covariance = np.cov(matrix, rowvar=False)
    if (np.diag(covariance) == 0).any():
        raise EstimationError("All people gave the same answer to some item, so nothing varies.")
    rest = _item_rest(matrix)
    rows = [("coefficient", "alpha", *_alpha_row(covariance, n, conf_level))]
    notes = list(_answer_notes(ratings, scale, rest))
    if k > 2:
        omega, more = _omega_row(covariance, n, conf_level)
        rows.append(("coefficient", "omega", *omega))
        notes += more
    blank = (np.nan,) * 5
    rows += [
        ("item-rest correlation", item, r, *blank)
        for item, r in zip(scale.items, rest, strict=True)
    ]
    if k > 2:
        rows += [
            ("alpha without", item, _alpha(np.delete(np.delete(covariance, i, 0), i, 1)), *blank)
            for i, item in enumerate(scale.items)
        ]
    return ModelEstimates(
        frame=pd.DataFrame(rows, columns=["component", "term", *COLUMNS]),
        model="reliability",
        outcome=scale.name,
        formula=" + ".join(scale.items),
        scale="",
        conf_level=conf_level,
        n=n,
        n_dropped=n_dropped,
        std_error_kind=mark("Feldt; delta method"),
        notes=(*whose_answers(ratings.role), *notes),
    )


def _complete(values: pd.DataFrame, allowed: float) -> tuple[pd.DataFrame, int]:
    """People who answered all items, and how many answered some only."""
    answered = values[values.notna().any(axis=1)]
    whole = answered.dropna()
    n_dropped = len(answered) - len(whole)
    if n_dropped > allowed * len(answered):
        raise GuardError(
            f"{n_dropped} of {len(answered)} people who answered ({n_dropped / len(answered):.0%}) "
            f"left an item of the scale out; leaving out more than {allowed:.0%} is refused.",
            hint="See whether an item did not apply to some, or state max_dropped= and report it.",
        )
    return whole, n_dropped


def _alpha(covariance: np.ndarray) -> float:
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _alpha_row(covariance: np.ndarray, n: int, level: float) -> tuple[float, ...]:
    alpha, k = _alpha(covariance), len(covariance)
    df1, df2 = n - 1, (n - 1) * (k - 1)
    tail = (1 - level) / 2
    low = 1 - (1 - alpha) * float(special.fdtri(df1, df2, 1 - tail))
    high = 1 - (1 - alpha) * float(special.fdtri(df1, df2, tail))
    return alpha, np.nan, np.nan, np.nan, low, high


def _omega_row(
    covariance: np.ndarray, n: int, level: float
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    factor = fit_one_factor(covariance, n)
    if not factor.proper:
        why = mark("Omega has no proper solution: the items do not share one factor.")
        return (np.nan,) * 6, (why,)
    z, omega = normal_quantile(level), factor.omega
    half = z * factor.std_error / (omega * (1 - omega))
    low, high = special.expit(special.logit(omega) + np.array([-half, half]))
    return (omega, factor.std_error, np.nan, np.nan, float(low), float(high)), ()


def _item_rest(matrix: np.ndarray) -> list[float]:
    total = matrix.sum(axis=1)
    found = []
    for column in matrix.T:
        rest = total - column
        found.append(float(np.corrcoef(column, rest)[0, 1]) if rest.std() > 0 else np.nan)
    return found


def _answer_notes(ratings: Ratings, scale: Scale, rest: list[float]) -> tuple[str, ...]:
    notes = []
    against = [item for item, r in zip(scale.items, rest, strict=True) if r < 0]
    if against:
        notes.append(
            note(
                "{items} runs against the other items: a flipped export, or an item that should be "
                "reversed.",
                items=", ".join(against),
            )
        )
    if len(scale.items) >= STRAIGHT_ITEMS and scale.reverse:
        raw = item_values(ratings, scale, turned=False).dropna()
        straight = int((raw.nunique(axis=1) == 1).sum())
        if straight:
            notes.append(
                note(
                    "Some people gave the same answer to all items, reversed ones among them "
                    "({n}).",
                    n=about(straight),
                )
            )
    return tuple(notes)
