"""Table 1: characteristics at the index date by arm, with standardised differences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import Cohort
from rjeval.errors import DataError
from rjeval.results import BaselineTable

#: Characteristics shown where the design names none, in this order.
USUAL = (
    "age_at_index",
    "gender",
    "race_ethnicity",
    "prior_arrests",
    "prior_adjudications",
    "risk_score",
    "risk_level",
    "first_entry",
    "offence_group",
    "offence_level",
    "referral_source",
    "site_id",
)
ALL = "all"
MISSING = "missing"


def describe_cohort(
    cohort: Cohort, *, by: str | None = "arm", variables: tuple[str, ...] | None = None
) -> BaselineTable:
    r"""Describe the included cohort: shares, means and standardised differences.

    Parameters
    ----------
    cohort : Cohort
    by : str or None
        Column that makes the groups; ``None`` describes all together.
    variables : tuple of str or None
        Characteristics; those of the usual ones that the study has, where ``None``.

    Returns
    -------
    BaselineTable
        Numbers have one row (``n``: answers, mean, sd), categories one row per level, and a
        level "missing" where an answer is missing; shares are of the whole group. With two
        groups ``smd`` is second less first; with more it is the largest in size of all pairs
        against the first group; with one it is missing.

    Raises
    ------
    DataError
        The cohort has no column of that name.

    Notes
    -----
    For a number :math:`(\bar x_1 - \bar x_0) / \sqrt{(s_1^2 + s_0^2)/2}`, for a level the same
    with :math:`s^2 = p(1 - p)`. No p-values: they answer another question (how likely is chance in
    assignment), and depend on the size of the study. Values beyond 0.10 are worth a look, beyond
    0.25 regression alone does not mend them.

    References
    ----------
    Austin PC (2009). Balance diagnostics for comparing the distribution of baseline covariates
    between treatment groups in propensity-score matched samples. Statistics in Medicine
    28(25):3083-3107. doi:10.1002/sim.3697

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> from rjeval.analysis_data import Cohort
    >>> people = pd.DataFrame({"arm": ["a", "a", "b", "b"], "age": [20, 22, 24, 26]})
    >>> cohort = Cohort(frame=people.assign(exclusion_reason=None), arms=("a", "b"))
    >>> table = rj.describe_cohort(cohort, variables=("age",)).frame
    >>> table[["mean_a", "mean_b"]].to_numpy().tolist()
    [[21.0, 25.0]]
    """
    people = cohort.included
    groups = _groups(people, by)
    chosen = variables or tuple(name for name in USUAL if name in people.columns)
    absent = [name for name in chosen if name not in people.columns]
    if absent:
        raise DataError(f"The cohort has no column {', '.join(absent)}.")
    rows: list[dict[str, object]] = []
    for name in chosen:
        if name != by and people[name].notna().any():
            rows += _describe(name, people[name], groups)
    columns = ["variable", "level", "kind"]
    for group in groups:
        columns += [f"n_{group}", f"share_{group}", f"mean_{group}", f"sd_{group}"]
    frame = pd.DataFrame(rows, columns=[*columns, "smd"])
    sizes = {group: int(inside.sum()) for group, inside in groups.items()}
    return BaselineTable(frame=frame, by=by or "", groups=tuple(groups), group_sizes=sizes)


def _groups(people: pd.DataFrame, by: str | None) -> dict[str, np.ndarray]:
    if by is None:
        return {ALL: np.ones(len(people), dtype=bool)}
    if by not in people.columns:
        raise DataError(f"The cohort has no column {by}.")
    column = people[by].astype("category")
    levels = [one for one in column.cat.categories if (column == one).any()]
    return {str(one): (column == one).to_numpy(dtype=bool) for one in levels}


def _describe(
    name: str, values: pd.Series, groups: dict[str, np.ndarray]
) -> list[dict[str, object]]:
    number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if number:
        return [_mean_row(name, values.astype("Float64").to_numpy(float, na_value=np.nan), groups)]
    texts = values.astype(object).map(_said, na_action="ignore")
    order = _levels(values, texts)
    rows = [_share_row(name, one, (texts == one).to_numpy(), groups) for one in order]
    if texts.isna().any():
        rows.append(_share_row(name, MISSING, texts.isna().to_numpy(), groups))
    return rows


def _said(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _levels(values: pd.Series, texts: pd.Series) -> list[str]:
    """Levels that occur, in the order of the categories."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return [str(one) for one in values.cat.categories if (texts == str(one)).any()]
    return sorted(texts.dropna().unique())


def _mean_row(name: str, values: np.ndarray, groups: dict[str, np.ndarray]) -> dict[str, object]:
    row: dict[str, object] = {"variable": name, "level": "", "kind": "mean"}
    moments = []
    for group, inside in groups.items():
        given = values[inside & ~np.isnan(values)]
        mean = float(given.mean()) if given.size else np.nan
        spread = float(given.std(ddof=1)) if given.size > 1 else np.nan
        row |= {f"n_{group}": given.size, f"mean_{group}": mean, f"sd_{group}": spread}
        moments.append((mean, spread**2))
    return row | {"smd": _difference(moments)}


def _share_row(
    name: str, level: str, applies: np.ndarray, groups: dict[str, np.ndarray]
) -> dict[str, object]:
    row: dict[str, object] = {"variable": name, "level": level, "kind": "count"}
    moments = []
    for group, inside in groups.items():
        n = int((applies & inside).sum())
        share = n / int(inside.sum()) if inside.any() else np.nan
        row |= {f"n_{group}": n, f"share_{group}": share}
        moments.append((share, share * (1 - share)))
    return row | {"smd": _difference(moments)}


def _difference(moments: list[tuple[float, float]]) -> float:
    """Return the largest standardised difference from the first group."""
    first_mean, first_variance = moments[0]
    found = [
        _standardised(mean - first_mean, (variance + first_variance) / 2)
        for mean, variance in moments[1:]
    ]
    known = [one for one in found if not np.isnan(one)]
    return max(known, key=abs) if known else np.nan


def _standardised(gap: float, variance: float) -> float:
    if gap == 0:
        return 0.0
    return float(gap / np.sqrt(variance)) if variance > 0 else np.nan
