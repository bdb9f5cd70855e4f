"""One flat table of ratings becomes ``Ratings``, without a study folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.analysis_data import Ratings
from rjeval.errors import DataError, GuardError, ValidationError

#: Columns that each table of ratings has, before covariates.
RATING_COLUMNS = ("party_id", "case_id", "arm", "mode", "item_id", "rating", "weight")

#: Of these, those that a covariate may not be called.
OWN_COLUMNS = ("party_id", "case_id", "item_id", "rating", "weight")


def ratings(
    frame: pd.DataFrame,
    *,
    rating: str,
    levels: Sequence[str],
    weight: str | None = None,
    id: str | None = None,
    case: str | None = None,
    covariates: Sequence[str] | None = None,
    top: int = 2,
) -> Ratings:
    """Take ratings from a flat table, one row per respondent (or per count of respondents).

    Parameters
    ----------
    frame : DataFrame
        It is not changed.
    rating : str
        Column with the answers.
    levels : sequence of str
        All answer categories from worst to best. Answers are compared as text.
    weight : str, optional
        Column of frequency or sampling weights, 0 or more.
    id, case : str, optional
        Column that names the respondent, and the case that respondents share. A column
        ``case_id`` is found by itself.
    covariates : sequence of str, optional
        Columns kept; all others where not given.
    top : int
        How many of the best categories count as satisfied.

    Returns
    -------
    Ratings
        An empty cell of ``rating`` is somebody asked who did not answer: it stays as a row
        without a rating, and counts in the bounds of :func:`rjeval.satisfaction_shares`.

    Raises
    ------
    DataError
        A column is absent, or answers are not among ``levels``.
    ValidationError
        ``top`` leaves no category on one side, or a weight is negative or missing.
    GuardError
        A column ``role`` has several values: roles are never pooled.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({"rating": ["low", "high", "high", None], "age": [30, 41, 27, 60]})
    >>> rj.ratings(answers, rating="rating", levels=["low", "high"], top=1)
    Ratings(role=respondent, items=1, answers_to_primary_item=3, invited=None)
    """
    named = [one for one in (rating, weight, id, case) if one is not None]
    kept = list(covariates) if covariates is not None else _others(frame, named)
    _check_columns(frame, [*named, *kept])
    _check_names(kept)
    _check_one_role(frame)
    order = tuple(str(level) for level in levels)
    _check_levels(order, top)
    base = {
        "party_id": frame[id].to_numpy() if id else np.arange(len(frame)).astype(str),
        "case_id": _case(frame, case),
        "arm": frame["arm"].to_numpy() if "arm" in frame.columns else pd.NA,
        "mode": frame["mode"].to_numpy() if "mode" in frame.columns else pd.NA,
        "item_id": rating,
        "rating": _ordered(frame[rating], order),
        "weight": _weight(frame, weight),
    }
    shaped = pd.DataFrame(base, index=range(len(frame)))
    for name in ("arm", "mode", *kept):
        if name in frame.columns:
            shaped[name] = frame[name].reset_index(drop=True)
    return Ratings(
        frame=shaped,
        role="respondent",
        levels=order,
        primary_item=rating,
        top=top,
        covariates=tuple(name for name in kept if name not in RATING_COLUMNS),
    )


def rating_items(
    frame: pd.DataFrame,
    *,
    items: Sequence[str],
    levels: Sequence[str],
    weight: str | None = None,
    id: str | None = None,
    case: str | None = None,
    covariates: Sequence[str] | None = None,
    top: int = 2,
) -> Ratings:
    """Take several items from a flat table, one row per respondent and one column per item.

    Parameters
    ----------
    frame : DataFrame
        It is not changed.
    items : sequence of str
        Columns with the answers, the primary item first; all have the same ``levels``.
    levels, weight, id, case, covariates, top
        As in :func:`rjeval.ratings`.

    Returns
    -------
    Ratings

    Raises
    ------
    DataError, ValidationError, GuardError
        As in :func:`rjeval.ratings`.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({"heard": ["1", "2"], "safe": ["2", None]})
    >>> rj.rating_items(answers, items=["heard", "safe"], levels=["1", "2"], top=1)
    Ratings(role=respondent, items=2, answers_to_primary_item=2, invited=None)
    """
    named = [one for one in (*items, weight, id, case) if one is not None]
    kept = list(covariates) if covariates is not None else _others(frame, named)
    each = [
        ratings(
            frame,
            rating=item,
            levels=levels,
            weight=weight,
            id=id,
            case=case,
            covariates=kept,
            top=top,
        )
        for item in items
    ]
    if not each:
        raise ValidationError("items must name at least one column.")
    together = pd.concat([one.frame for one in each], ignore_index=True)
    return replace(each[0], frame=together)


def _others(frame: pd.DataFrame, named: list[str]) -> list[str]:
    taken = {*named, *OWN_COLUMNS}
    return [str(name) for name in frame.columns if name not in taken]


def _check_names(kept: list[str]) -> None:
    clash = [name for name in kept if name in OWN_COLUMNS]
    if clash:
        raise ValidationError(
            f"{', '.join(clash)}: a covariate may not bear the name of a column of ratings.",
            hint="Rename it, or pass it as rating=, weight=, id= or case=.",
        )


def _check_columns(frame: pd.DataFrame, wanted: list[str]) -> None:
    absent = [name for name in dict.fromkeys(wanted) if name not in frame.columns]
    if absent:
        raise DataError(
            f"The table lacks {len(absent)} of the columns named: {', '.join(absent)}.",
            hint=f"Columns: {', '.join(map(str, frame.columns))}.",
        )


def _check_one_role(frame: pd.DataFrame) -> None:
    if "role" in frame.columns and frame["role"].nunique() > 1:
        raise GuardError(
            f"The table holds answers of {frame['role'].nunique()} roles, which are never pooled.",
            hint="Take one role at a time: frame[frame['role'] == ...].",
        )


def _check_levels(levels: tuple[str, ...], top: int) -> None:
    if len(levels) < 2 or len(set(levels)) < len(levels):
        raise ValidationError("levels must name at least two answer categories, each once.")
    if not 1 <= top < len(levels):
        raise ValidationError(
            f"top = {top} leaves no category on one side; allowed: 1 to {len(levels) - 1}."
        )


def _ordered(column: pd.Series, levels: tuple[str, ...]) -> pd.Categorical:
    text = column.astype("string").reset_index(drop=True)
    unknown = int((text.notna() & ~text.isin(levels)).sum())
    if unknown:
        raise DataError(
            f"{unknown} of {len(text)} ratings are not among the {len(levels)} levels given.",
            hint="Name all answer categories, worst first, spelled as in the table.",
        )
    return pd.Categorical(text, categories=list(levels), ordered=True)


def _weight(frame: pd.DataFrame, weight: str | None) -> np.ndarray:
    if weight is None:
        return np.ones(len(frame))
    values = pd.to_numeric(frame[weight], errors="coerce").to_numpy(dtype=float)
    bad = int((~np.isfinite(values) | (values < 0)).sum())
    if bad:
        raise ValidationError(
            f"{bad} of {len(values)} weights are missing, negative or not numbers."
        )
    return values


def _case(frame: pd.DataFrame, case: str | None) -> object:
    name = case if case is not None else "case_id"
    return frame[name].to_numpy() if name in frame.columns else pd.NA
