"""One result from the results of several imputed data sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import special

from rjeval.errors import EstimationError
from rjeval.language import mark, note
from rjeval.results import ModelEstimates
from rjeval.surveys.wording import about

#: Share of missing information above which a row rests more on the imputation than on answers.
MUCH_MISSING = 0.5
#: A share of variance between imputations below this is none.
NO_SHARE = 1e-10


def pool_estimates(
    results: Sequence[ModelEstimates], *, complete: ModelEstimates | None = None
) -> ModelEstimates:
    """Pool the same model fitted to several imputed data sets, by Rubin's rules.

    Parameters
    ----------
    results : sequence of ModelEstimates
        One per imputation: Cox, ordinal, linear or logistic, all alike.
    complete : ModelEstimates, optional
        The same model of the people without a missing value, as fitted with ``max_dropped=1``.
        A note then says which estimates the imputation moved by more than their standard error
        among the complete; show both by ``rj.tabulate_estimates(complete, pooled)``.

    Returns
    -------
    ModelEstimates
        Means of the estimates; variance = mean variance + (1 + 1/m) variance between
        imputations; Student's t with Barnard and Rubin's degrees of freedom, which never exceed
        those of complete data. Two columns more: ``df`` and ``missing_information`` (0 to 1).

    Raises
    ------
    EstimationError
        Fewer than two results, or results of different models (``complete`` among them).

    Notes
    -----
    Complete-data degrees of freedom are people (events, for a Cox model; clusters, where
    clustered) less parameters. Rubin (1987); Barnard and Rubin (1999), doi
    10.1093/biomet/86.4.948; equal to ``mice::pool``.
    """
    first = _check(results)
    if complete is not None:
        _check((first, complete))
    estimates = np.stack([one.frame["estimate"].to_numpy(dtype=float) for one in results])
    within = np.mean([one.vcov for one in results], axis=0)
    m = len(results)
    between = np.atleast_2d(np.cov(estimates, rowvar=False))
    total = within + (1 + 1 / m) * between
    extra = (1 + 1 / m) * np.diag(between)
    df = barnard_rubin(extra / np.diag(total), m=m, complete=_complete_df(first))
    estimate, error = estimates.mean(axis=0), np.sqrt(np.diag(total))
    statistic = estimate / error
    half = special.stdtrit(df, 0.5 + first.conf_level / 2) * error
    relative = extra / np.diag(within)
    missing = (relative + 2 / (df + 3)) / (1 + relative)
    frame = pd.DataFrame(
        {
            "component": first.frame["component"],
            "term": first.frame["term"],
            "estimate": estimate,
            "std_error": error,
            "statistic": statistic,
            "p_value": 2 * special.stdtr(df, -np.abs(statistic)),
            "conf_low": estimate - half,
            "conf_high": estimate + half,
            "df": df,
            "missing_information": missing,
        }
    )
    return replace(
        first,
        frame=frame,
        vcov=total,
        n_dropped=0,
        fit={},
        proportional_hazards={},
        notes=(*first.notes, *_notes(frame, m), *_beside(frame, complete, n=first.n)),
    )


def barnard_rubin(share: np.ndarray, *, m: int, complete: float) -> np.ndarray:
    """Return degrees of freedom from the share of variance that is between imputations."""
    old = (m - 1) / np.maximum(share, NO_SHARE) ** 2
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    df: np.ndarray = old * observed / (old + observed)
    return df


def _check(results: Sequence[ModelEstimates]) -> ModelEstimates:
    if len(results) < 2:
        raise EstimationError("Pooling needs the results of at least two imputations.")
    first = results[0]
    for one in results[1:]:
        alike = (
            one.model == first.model
            and one.formula == first.formula
            and list(one.frame["term"]) == list(first.frame["term"])
        )
        if not alike:
            raise EstimationError(
                "Results of different models cannot be pooled.",
                hint="Fit the same formula to each imputed data set; a category that is missing "
                "in one of them changes the terms.",
            )
    if any(one.vcov.shape != (len(first.frame),) * 2 for one in results):
        raise EstimationError("A result lacks its covariance matrix, so it cannot be pooled.")
    return first


def _complete_df(result: ModelEstimates) -> float:
    people = result.n_events if result.model == "cox" else result.n
    if result.n_clusters is not None:
        return max(result.n_clusters - 1.0, 1.0)
    return max(float(people or 0) - len(result.frame), 1.0)


def _beside(frame: pd.DataFrame, complete: ModelEstimates | None, *, n: int) -> tuple[str, ...]:
    if complete is None:
        return (mark("The result of complete cases was not set beside this one."),)
    gap = np.abs(frame["estimate"] - complete.frame["estimate"].to_numpy(dtype=float))
    moved = frame.loc[gap > complete.frame["std_error"].to_numpy(dtype=float), "term"]
    left_out = about(max(n - complete.n, 0))
    if not len(moved):
        return (
            note(
                "Complete cases leave out {n} people; they agree within a standard error of the "
                "complete.",
                n=left_out,
            ),
        )
    return (
        note(
            "Complete cases leave out {n} people; {terms} differ by more than a standard error of "
            "the complete.",
            n=left_out,
            terms=", ".join(moved),
        ),
    )


def _notes(frame: pd.DataFrame, m: int) -> tuple[str, ...]:
    pooled = note(
        "Pooled over {m} imputations (Rubin's rules, Barnard-Rubin degrees of freedom).", m=m
    )
    heavy = frame.loc[frame["missing_information"] > MUCH_MISSING, "term"]
    if not len(heavy):
        return (pooled,)
    lost = note("More than half of the information on {terms} is missing.", terms=", ".join(heavy))
    return (pooled, lost)
