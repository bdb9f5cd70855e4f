"""How far people came: the funnel from referral to completion, in counts and rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pandas as pd

from rjeval.analysis_data import Cohort, Exports
from rjeval.delivery.sessions import first_conference
from rjeval.delivery.tally import NOT_RECORDED, columns_of, in_order, one_each, rows_of, tally
from rjeval.errors import DataError
from rjeval.language import mark
from rjeval.results import CountTable, StageRates

#: Stages in order; a referral that reached one has reached those before it.
STAGES = ("referred", "eligible", "offered", "consented", "conferenced", "completed")
#: Answers that count as consent; consent that was withdrawn later is consent.
RESPONSIBLE_YES = ("yes", "withdrawn")
HARMED_YES = ("yes", "surrogate", "no_identifiable_harmed_party")
#: Group of people with several categories in one cell.
SEVERAL = "more_than_one"


def count_stages(
    data: Cohort | Exports,
    *,
    by: str = "",
    labels: Mapping[str, str] | None = None,
) -> CountTable:
    """Count people by the furthest stage that their first referral reached.

    Each person stands in one row, so the counts add up and can be released together. The rate
    of a stage is the sum from that stage on, over the sum from the stage before it on.

    Parameters
    ----------
    data : Cohort or Exports
        Who is counted; of a cohort everybody assessed.
    by : str, optional
        A second column, such as ``"site_id"``.
    labels : mapping, optional

    Returns
    -------
    CountTable
        ``furthest_stage`` (only stages that the study records), perhaps ``by``, ``n, share``.

    Notes
    -----
    ``consented`` means that the responsible person agreed and a harmed party, or a surrogate,
    did: without both no conference can be held. A stage is reached if it or any later one is
    recorded, so that a date which nobody typed does not lose a person who completed.
    """
    rows = one_each(rows_of(data, among="assessed"), unit="people")
    reached = stages_reached(rows, exports=data if isinstance(data, Exports) else None)
    stage = in_order(
        reached.to_numpy().sum(axis=1) - 1, names=list(reached.columns), index=rows.index
    )
    rows = rows.assign(furthest_stage=stage)
    names = columns_of(rows, ("furthest_stage", by) if by else "furthest_stage")
    title = mark("Furthest stage reached")
    return tally(rows, by=names, what="people", title=title, labels=labels)


def stage_rates(
    data: Cohort | Exports,
    by: str = "",
    *,
    stages: Sequence[str] = (),
    conf_level: float = 0.95,
    labels: Mapping[str, str] | None = None,
) -> StageRates:
    """Return the share of people who reached each stage, of those who reached the one before.

    Parameters
    ----------
    data : Cohort or Exports
        Who is counted, each by the first referral; of a cohort everybody assessed.
    by : str, optional
        Column of groups, such as ``"site_id"``; who has several categories is
        ``more_than_one``.
    stages : sequence of str, optional
        Stages that are looked at, such as ``["consented", "completed"]``; each is then a share of
        those who reached the one named before it, the first of everybody referred. All that the
        study records where none is named.
    conf_level : float
    labels : mapping, optional

    Returns
    -------
    StageRates
        Stages as in :func:`count_stages`; Wilson intervals (1927,
        doi:10.1080/01621459.1927.10502953), missing where nobody reached the stage before.

    Raises
    ------
    DataError
        A stage is named that the study does not record.
    """
    if not 0 < conf_level < 1:
        raise ValueError("conf_level must lie between 0 and 1.")
    rows = one_each(rows_of(data, among="assessed"), unit="people")
    reached = stages_reached(rows, exports=data if isinstance(data, Exports) else None)
    if stages:
        reached = _named(reached, stages)
    if by:
        columns_of(rows, by)
        group = rows[by].astype(object).where(rows[by].notna(), NOT_RECORDED).astype(str)
        group = group.mask(group.str.contains(";", regex=False), SEVERAL)
    else:
        group = pd.Series("all", index=rows.index)
    counts = reached.groupby(group.to_numpy()).sum()
    blocks = [
        pd.DataFrame(
            {
                by or "group": counts.index,
                "stage": stage,
                "base_stage": base,
                "n_base": counts[base].to_numpy(),
                "n": counts[stage].to_numpy(),
            }
        )
        for base, stage in pairwise(reached.columns)
    ]
    frame = pd.concat(blocks, ignore_index=True)
    frame = frame.sort_values(by or "group", kind="stable", ignore_index=True)
    frame = _with_wilson(frame, conf_level=conf_level)
    return StageRates(
        frame=frame if by else frame.drop(columns="group"),
        by=by,
        conf_level=conf_level,
        labels=dict(labels or {}),
    )


def _named(reached: pd.DataFrame, stages: Sequence[str]) -> pd.DataFrame:
    """Return the first stage and those named, in the order of the programme."""
    missing = [one for one in stages if one not in reached.columns[1:]]
    if missing:
        raise DataError(
            f"The stage {missing[0]} is not among those that this study records.",
            hint=f"Recorded: {', '.join(reached.columns[1:]) or 'none'}.",
        )
    return reached[[one for one in reached.columns if one in (reached.columns[0], *stages)]]


def _with_wilson(frame: pd.DataFrame, *, conf_level: float) -> pd.DataFrame:
    z = NormalDist().inv_cdf(0.5 + conf_level / 2)
    n, size = frame["n"].to_numpy(dtype=float), frame["n_base"].to_numpy(dtype=float)
    size = np.where(size > 0, size, np.nan)
    share = n / size
    centre = (share + z * z / (2 * size)) / (1 + z * z / size)
    half = z / (1 + z * z / size) * np.sqrt(share * (1 - share) / size + (z / (2 * size)) ** 2)
    low, high = np.maximum(centre - half, 0), np.minimum(centre + half, 1)
    return frame.assign(estimate=share, conf_low=low, conf_high=high)


def stages_reached(rows: pd.DataFrame, *, exports: Exports | None) -> pd.DataFrame:
    """Return one boolean column per stage that the study records, for each referral.

    Rows of a cohort (``exports`` is ``None``) hold their stages already. A study that records
    no stage is refused with a ``DataError``.
    """
    found = _of_cohort(rows) if exports is None else _of_exports(rows, exports=exports)
    if not found:
        raise DataError(
            "No table says which stages people reached, so there is no funnel.",
            hint="Map eligible, consents, exit_status of referral, or the table session.",
        )
    everybody = {"referred": pd.Series(True, index=rows.index)}
    table = pd.DataFrame({**everybody, **found}, index=rows.index)
    ordered = table[[name for name in STAGES if name in table.columns]]
    return ordered.iloc[:, ::-1].cummax(axis=1).iloc[:, ::-1]


def _of_cohort(rows: pd.DataFrame) -> dict[str, pd.Series]:
    known = {
        name: rows[name].eq(True).fillna(False).astype(bool)
        for name in (*STAGES, "responsible_consented", "harmed_consented")
        if name in rows.columns and rows[name].notna().any()
    }
    both = [known.pop(name, None) for name in ("responsible_consented", "harmed_consented")]
    if both[0] is not None and both[1] is not None:
        known["consented"] = both[0] & both[1]
    return known


def _of_exports(rows: pd.DataFrame, *, exports: Exports) -> dict[str, pd.Series]:
    found = {}
    if "eligible" in rows.columns:
        found["eligible"] = rows["eligible"].isin(["yes"])
    if "offered_date" in rows.columns:
        found["offered"] = rows["offered_date"].notna()
    if {"responsible_consent", "harmed_consent"} <= set(rows.columns):
        agreed = rows["responsible_consent"].isin(RESPONSIBLE_YES)
        found["consented"] = agreed & rows["harmed_consent"].isin(HARMED_YES)
    if exports.has("session") and "case_id" in rows.columns:
        found["conferenced"] = rows["case_id"].isin(first_conference(exports).index)
    if "exit_status" in rows.columns:
        found["completed"] = rows["exit_status"].isin(["completed"])
    return found
