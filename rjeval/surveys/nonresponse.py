"""Weights for non-response, from what is known of everybody asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import special

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError
from rjeval.language import mark, note
from rjeval.model_frame import build_model_frame
from rjeval.surveys.estimates import check_maximum, column_spans
from rjeval.surveys.logistic import fit_logistic
from rjeval.surveys.wording import about

#: A weight above this multiple of the median weight is cut to it.
TRIM = 5.0
#: A chance to answer below this rests on hardly anybody like the person.
THIN_CHANCE = 0.10
#: An effective number of answers below this share of the answers is worth a caveat.
POOR_EFFICIENCY = 0.70


def weight_nonresponse(
    ratings: Ratings, formula: str, *, item: str | None = None, trim: float = TRIM
) -> Ratings:
    """Weight those who answered so that they resemble everybody asked.

    Parameters
    ----------
    ratings : Ratings
        With rows for the people asked who did not answer, as :func:`rjeval.score_ratings`
        keeps them.
    formula : str
        What is known of everybody asked and may go with answering: ``"site_id + mode"``.
    item : str, optional
        The item whose answer counts as answering; the primary item where not given.
    trim : float
        Weights above this multiple of the median are cut to it.

    Returns
    -------
    Ratings
        ``weight`` is multiplied by one over the chance to answer (a logistic regression), trimmed,
        and scaled so that the weights of those who answered add up to their number. Estimators
        take it up by themselves, with robust errors. People who did not answer keep their
        weight. Notes give the effective number of answers, ``(sum w)^2 / sum w^2``.

    Raises
    ------
    EstimationError
        Everybody answered, nobody did, or something in the formula is not known of everybody.
    ConvergenceError
        A level in which nobody, or everybody, answered; merge it with a neighbour.

    Notes
    -----
    Weights remove bias only so far as the formula holds what goes with both answering and the
    answer; the bounds of :func:`rjeval.satisfaction_shares` assume nothing. Little (1986),
    doi 10.2307/1403140; effective number after Kish (1965).

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame({
    ...     "rating": ["5", "5", "1", None, "5", None, None, "1"], "site": [*"AAAABBBB"]})
    >>> given = rj.ratings(people, rating="rating", levels=list("12345"))
    >>> weighted = rj.weight_nonresponse(given, "site")
    >>> weighted.frame["weight"].round(3).tolist()
    [0.833, 0.833, 0.833, 1.0, 1.25, 1.0, 1.0, 1.25]
    """
    if trim < 1:
        raise EstimationError("trim must be 1 or more: the multiple of the median weight allowed.")
    rows = ratings.of(item)
    answered = rows["rating"].notna().to_numpy()
    if not answered.any() or answered.all():
        word = "Everybody" if answered.all() else "Nobody"
        raise EstimationError(
            f"{word} asked has answered, so there is no non-response to weight for.",
            hint="A flat table must keep the people asked who did not answer, without a rating.",
        )
    design = build_model_frame(rows, formula, intercept=True)
    if design.n_dropped:
        raise EstimationError(
            f"{design.n_dropped} of {len(rows)} people asked lack a variable of '{formula}'.",
            hint="Weights need what is known of everybody asked; name other variables.",
        )
    chance = _chance(design.matrix, answered, rows["weight"], design.terms)
    weights = _trimmed(1 / chance[answered], trim) * rows["weight"].to_numpy()[answered]
    weights *= answered.sum() / weights.sum()
    keys = pd.MultiIndex.from_frame(rows[["party_id", "case_id"]])
    if keys.has_duplicates:
        raise EstimationError("Some people have several rows for this item; they must have one.")
    frame = ratings.frame.copy()
    by_person = pd.Series(weights, index=keys[answered])
    found = by_person.reindex(pd.MultiIndex.from_frame(frame[["party_id", "case_id"]])).to_numpy()
    frame["weight"] = np.where(np.isnan(found), frame["weight"], found)
    notes = _notes(weights, chance, formula)
    return replace(ratings, frame=frame, notes=(*ratings.notes, *notes))


def _chance(
    X: np.ndarray, answered: np.ndarray, weight: pd.Series, terms: tuple[str, ...]
) -> np.ndarray:
    """Chance to answer of everybody asked, by logistic regression."""
    found = fit_logistic(answered.astype(float), X, weights=weight.to_numpy(dtype=float))
    check_maximum(found, column_spans(X), terms)
    chance: np.ndarray = special.expit(X @ found.params)
    return chance


def _trimmed(weights: np.ndarray, trim: float) -> np.ndarray:
    return np.minimum(weights, trim * np.median(weights))


def _notes(weights: np.ndarray, chance: np.ndarray, formula: str) -> tuple[str, ...]:
    effective = weights.sum() ** 2 / (weights**2).sum()
    notes: list[str] = [
        note(
            "Weighted for non-response on {formula}; effective number of answers: {n}.",
            formula=formula,
            n=about(round(effective)),
        )
    ]
    if effective < POOR_EFFICIENCY * len(weights):
        notes.append(mark("Weights for non-response vary much, so weighted figures are imprecise."))
    if (chance < THIN_CHANCE).any():
        notes.append(
            mark("Some people asked were very unlikely to answer; hardly anybody speaks for them.")
        )
    return tuple(notes)
