"""Predicted shares of answers: none that leads back to an answer that few people gave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.results import ModelEstimates

#: Component of the rows that a model is read by: the share of favourable answers.
HEADLINE = "coefficient"
#: How far predicted shares of all answers may add up to something else than 1.
SLACK = 1e-6


def rare_answers(
    result: ModelEstimates, *, frame: pd.DataFrame, rule: DisclosureRule
) -> np.ndarray:
    """Boolean array: predicted shares from which the few who gave an answer would follow.

    A fitted share times the people fitted is close to the count of an answer. Rare answers are
    hidden at every level, and so is the next rarest while those hidden stay under the threshold
    together. The favourable share is the sum of the best answers, and its rest that of the
    others: it is hidden where either is rare, as the plain share of the same answers is, and
    where it is shown, answers are hidden within each side as if that side were the whole.
    """
    table = frame.pivot_table(index="component", columns="term", values="estimate", sort=False)
    shares = table.drop(index=[HEADLINE], errors="ignore")
    named = frame["statistic"].isna().all() and len(shares) > 1
    if result.model != "ordinal" or not named or not np.allclose(shares.sum(), 1, atol=SLACK):
        return np.zeros(len(frame), dtype=bool)
    counts = shares.min(axis=1) * result.n
    top = _favourable(table, shares=shares)
    if top == 0:
        hidden = _hidden(counts, rule=rule)
    elif _is_few(table.T[HEADLINE], result=result, rule=rule):
        hidden = [HEADLINE, *_hidden(counts, rule=rule)]
    else:
        sides = counts.iloc[:-top], counts.iloc[-top:]
        hidden = [name for side in sides for name in _hidden(side, rule=rule)]
    return frame["component"].isin(hidden).to_numpy()


def _favourable(table: pd.DataFrame, *, shares: pd.DataFrame) -> int:
    """Return how many of the best answers make up the favourable share; 0 where it is absent."""
    if HEADLINE not in table.index:
        return 0
    for top in range(1, len(shares)):
        if np.allclose(shares.iloc[-top:].sum(), table.loc[HEADLINE], atol=SLACK):
            return top
    return len(shares) - 1


def _is_few(share: pd.Series, *, result: ModelEstimates, rule: DisclosureRule) -> bool:
    """Whether few people gave a favourable answer, or few another, as fitted or as counted."""
    fitted = min(float(share.min()), 1 - float(share.max())) * result.n
    counted = np.inf
    if result.n_events is not None:
        counted = min(result.n_events, result.n - result.n_events)
    return bool(min(fitted, counted) < rule.min_cell)


def _hidden(counts: pd.Series, *, rule: DisclosureRule) -> list[str]:
    """Return the rare answers, and the next rarest until they protect each other."""
    ordered = counts.sort_values()
    rare = int((ordered < rule.min_cell).sum())
    while 0 < rare < len(ordered) and ordered.iloc[:rare].sum() < rule.min_cell:
        rare += 1
    rare = 2 if rare == 1 else rare
    return [str(name) for name in ordered.index[:rare]]
