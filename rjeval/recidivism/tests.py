"""Tests that groups do not differ: log-rank and its kin, and Gray's for incidence."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import named, note
from rjeval.recidivism.day_axis import count_by_day
from rjeval.recidivism.gray import gray_score
from rjeval.recidivism.guards import refuse_later_knowledge
from rjeval.recidivism.normal import chi_square_p
from rjeval.recidivism.rank_tests import RankTest, quadratic_form, weighted_log_rank
from rjeval.recidivism.unpack import (
    GroupedRows,
    codes_of,
    few_levels,
    group_rows,
    kinds_by_cause,
)
from rjeval.results.deferred import deferred
from rjeval.results.survival import TestResult

#: Named weightings as (rho, gamma) of Fleming and Harrington.
WEIGHTINGS = {"log-rank": (0.0, 0.0), "peto": (1.0, 0.0), "late": (0.0, 1.0)}


def log_rank_test(
    outcome: TimeToEvent,
    *,
    by: str,
    strata: str | tuple[str, ...] | None = None,
    weighting: str | tuple[float, float] = "log-rank",
) -> TestResult:
    """Test that groups have the same hazard of reoffence (Mantel 1966; Fleming and Harrington).

    Parameters
    ----------
    outcome : TimeToEvent
    by : str
        Column of two or more groups.
    strata : str or tuple of str, optional
        Columns within whose combinations groups are compared.
    weighting : {"log-rank", "peto", "late"} or (rho, gamma)
        Weights ``S(t-)^rho (1 - S(t-))^gamma`` with the pooled Kaplan-Meier of the stratum:
        ``log-rank`` is (0, 0), ``peto`` (1, 0), ``late`` (0, 1).

    Returns
    -------
    TestResult
        One row; ``groups`` has ``group, n, observed, expected`` (weighted by the weighting).

    Raises
    ------
    EstimationError
        Fewer than two groups, an unknown column or weighting, or no event.

    Notes
    -----
    Ties by the hypergeometric variance; delayed entry respected. Equals R's ``survdiff``
    (``rho``), which has neither ``gamma`` nor delayed entry.

    References
    ----------
    Mantel (1966), PMID 5910392; Harrington and Fleming (1982), doi:10.1093/biomet/69.3.553.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": [1, 2, 3, 4], "new": [1, 1, 1, 0], "arm": ["a", "a", "b", "b"]}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["arm"])
    >>> rj.log_rank_test(outcome, by="arm").groups["observed"].tolist()
    [2.0, 1.0]
    """
    rho, gamma = _weighting(weighting)
    refuse_later_knowledge(outcome, [by, *_listed(strata)])
    rows = group_rows(outcome, by)
    if rows.n_groups < 2:
        raise EstimationError(f"{by} has one group only, so there is nothing to compare.")
    group, n_strata = _groups_of_strata(outcome, rows, strata)
    counts = count_by_day(
        rows.time,
        rows.kind,
        group=group,
        n_groups=n_strata * rows.n_groups,
        longest=rows.longest,
        entry=rows.entry if rows.late else None,
        codes=rows.codes,
    )
    used = np.flatnonzero(counts.n_event.any(axis=0))
    if not used.size:
        raise EstimationError("Nobody has the event, so groups cannot be compared.")
    shape = (rows.n_groups, n_strata, used.size)
    test = weighted_log_rank(
        counts.n_at_risk.take(used, axis=1).reshape(shape).transpose(1, 0, 2),
        counts.n_event.take(used, axis=1).reshape(shape).transpose(1, 0, 2),
        rho=rho,
        gamma=gamma,
    )
    _need_overlap(test.df, by)
    return TestResult(
        frame=deferred(partial(_test_frame, by, test.statistic, test.df)),
        groups=deferred(partial(_groups_frame, test, rows.labels, rows.n_people)),
        method=_method(rho, gamma, stratified=strata is not None),
        definition=outcome.definition,
        notes=rows.notes,
    )


def gray_test(
    outcome: TimeToEvent,
    *,
    by: str,
    cause: str = "reoffence",
    strata: str | tuple[str, ...] | None = None,
    rho: float = 0.0,
) -> TestResult:
    """Test that groups have the same cumulative incidence of one cause (Gray 1988).

    Where competing exits matter this is the test that belongs to the incidence curves; the
    log-rank test compares cause-specific hazards.

    Parameters
    ----------
    outcome : TimeToEvent
        Without delayed entry.
    by : str
        Column of two or more groups.
    cause : str
        As in :func:`rjeval.cumulative_incidence`.
    strata : str or tuple of str, optional
    rho : float
        Weight ``(1 - F(t-))^rho``; 0 weights all days alike.

    Returns
    -------
    TestResult
        One row; ``groups`` has ``group, n, observed, expected`` (weighted by ``rho``). Equals
        ``cmprsk::cuminc``.

    Raises
    ------
    EstimationError
        One group only, delayed entry, no event, or an unknown column.

    References
    ----------
    Gray (1988), doi:10.1214/aos/1176350951.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 9), "new": [1, 1, 0, 1] * 2, "gone": ["", "", "death", ""] * 2}
    ... ).assign(arm=["a", "b"] * 4)
    >>> outcome = rj.time_to_event(people, time="day", event="new", competing="gone")
    >>> int(rj.gray_test(outcome, by="arm").frame["df"].item())
    1
    """
    refuse_later_knowledge(outcome, [by, *_listed(strata)])
    rows = group_rows(outcome, by)
    if rows.n_groups < 2:
        raise EstimationError(f"{by} has one group only, so there is nothing to compare.")
    if rows.late:
        raise EstimationError(
            "Gray's test does not allow delayed entry.", hint="Use log_rank_test."
        )
    kind = kinds_by_cause(outcome, rows, cause)
    if not (kind == 1).any():
        raise EstimationError("Nobody has the event, so groups cannot be compared.")
    stratum = _strata(outcome, rows, strata)
    parts = []
    for one in range(int(stratum.max()) + 1):
        own = stratum == one
        counts = count_by_day(
            rows.time[own], kind[own], group=rows.code[own], n_groups=rows.n_groups
        )
        used = (counts.n_event + counts.n_competing).any(axis=0)
        if not used.any():  # nobody of the stratum has any event
            continue
        table = (counts.n_at_risk, counts.n_event, counts.n_competing)
        parts.append(gray_score(*(part[:, used] for part in table), rho=rho))
    score = np.sum([part[0] for part in parts], axis=0)
    covariance = np.sum([part[1] for part in parts], axis=0)
    statistic, df = quadratic_form(score[:-1], covariance)
    _need_overlap(df, by)
    observed = np.bincount(rows.code, weights=kind == 1, minlength=rows.n_groups)
    return TestResult(
        frame=_test_frame(by, statistic, df),
        groups=pd.DataFrame(
            {
                "group": rows.labels,
                "n": np.bincount(rows.code, minlength=rows.n_groups),
                "observed": observed,
                "expected": observed - score,
            }
        ),
        method=note(
            "Gray's test of the cumulative incidence of {cause}", cause=named(cause, lower=True)
        ),
        definition=outcome.definition,
        notes=rows.notes,
    )


def _need_overlap(df: int, by: str) -> None:
    if not df:
        raise EstimationError(
            f"Groups of {by} are at risk together on no day of an event, so they cannot be "
            "compared.",
            hint="Join groups, or leave out the strata.",
        )


def _test_frame(by: str, statistic: float, df: int) -> pd.DataFrame:
    p_value = float(chi_square_p(statistic, df))
    return pd.DataFrame({"term": [by], "statistic": statistic, "df": df, "p_value": p_value})


def _groups_frame(test: RankTest, labels: tuple[str, ...], n: np.ndarray) -> pd.DataFrame:
    label = np.array(labels, dtype=object)
    columns = {"group": label, "n": n, "observed": test.observed, "expected": test.expected}
    return pd.DataFrame(columns, copy=False)


def _method(rho: float, gamma: float, *, stratified: bool) -> str:
    if (rho, gamma) == (0, 0):
        return note("Log-rank test, stratified" if stratified else "Log-rank test")
    return note(
        "Fleming-Harrington ({rho:g}, {gamma:g}) test, stratified"
        if stratified
        else "Fleming-Harrington ({rho:g}, {gamma:g}) test",
        rho=rho,
        gamma=gamma,
    )


def _listed(strata: str | tuple[str, ...] | None) -> list[str]:
    return [strata] if isinstance(strata, str) else list(strata or ())


def _strata(
    outcome: TimeToEvent, rows: GroupedRows, strata: str | tuple[str, ...] | None
) -> np.ndarray:
    if strata is None:
        return np.zeros(rows.code.size, dtype=np.intp)
    frame = outcome.frame
    stratum = codes_of(frame if rows.chosen is None else frame.iloc[rows.chosen], strata)
    if (stratum < 0).any():
        raise EstimationError(f"{int((stratum < 0).sum())} rows have no stratum.")
    return stratum


def _groups_of_strata(
    outcome: TimeToEvent, rows: GroupedRows, strata: str | tuple[str, ...] | None
) -> tuple[np.ndarray, int]:
    """Return one code per group and stratum, in narrow integers, and the number of strata."""
    if strata is None:
        return rows.code, 1
    stratum = few_levels(outcome.frame, strata)
    if stratum is None:
        stratum = _strata(outcome, rows, strata)
    elif rows.chosen is not None:
        stratum = stratum[rows.chosen]
    n_strata = int(stratum.max()) + 1
    code = rows.code.astype(np.min_scalar_type(n_strata * rows.n_groups))
    code *= code.dtype.type(n_strata)
    code += stratum.astype(code.dtype, copy=False)
    return code, n_strata


def _weighting(weighting: str | tuple[float, float]) -> tuple[float, float]:
    if isinstance(weighting, str):
        if weighting not in WEIGHTINGS:
            raise EstimationError(
                f"weighting must be one of {', '.join(WEIGHTINGS)} or (rho, gamma), "
                f"not '{weighting}'."
            )
        return WEIGHTINGS[weighting]
    rho, gamma = weighting
    if rho < 0 or gamma < 0:
        raise EstimationError("rho and gamma of the weighting must be 0 or more.")
    return float(rho), float(gamma)
