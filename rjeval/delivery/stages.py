"""How far each referral came: the funnel from referral to completion."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rjeval.analysis_data import Cohort, Exports
from rjeval.delivery.sessions import first_conference
from rjeval.delivery.tally import columns_of, in_order, one_each, rows_of, tally
from rjeval.results import CountTable

#: Stages in order; a referral that reached one has reached those before it.
STAGES = ("referred", "eligible", "offered", "consented", "conferenced", "completed")


def count_stages(
    data: Cohort | Exports,
    exports: Exports | None = None,
    *,
    by: str = "",
    labels: Mapping[str, str] | None = None,
) -> CountTable:
    """Count people by the furthest stage that their first referral reached.

    Each person stands in one row, so the counts add up and can be released together;
    ``rate of stage k`` is the sum from stage k on, over the sum from stage k - 1 on.

    Parameters
    ----------
    data : Cohort or Exports
        Who is counted; of a cohort everybody assessed.
    exports : Exports, optional
        Where ``data`` is a cohort: the tables that hold sessions.
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
    rows = rows_of(data, among="assessed")
    rows = one_each(rows, unit="people")
    source = data if isinstance(data, Exports) else exports
    reached = stages_reached(rows, source)
    furthest = reached.to_numpy().sum(axis=1) - 1
    stage = in_order(furthest, names=list(reached.columns), index=rows.index)
    rows = rows.assign(furthest_stage=stage)
    names = columns_of(rows, ("furthest_stage", by) if by else "furthest_stage")
    title = "Furthest stage reached"
    return tally(rows, by=names, what="people", title=title, labels=labels)


def stages_reached(rows: pd.DataFrame, exports: Exports | None = None) -> pd.DataFrame:
    """Return one boolean column per stage that the study records, for each referral."""
    found = {"referred": pd.Series(True, index=rows.index)}
    if "eligible" in rows.columns:
        found["eligible"] = rows["eligible"].isin(["yes"])
    if "offered_date" in rows.columns:
        found["offered"] = rows["offered_date"].notna()
    if {"responsible_consent", "harmed_consent"} <= set(rows.columns):
        agreed = rows["responsible_consent"].isin(["yes", "withdrawn"])
        found["consented"] = agreed & rows["harmed_consent"].isin(["yes", "surrogate"])
    if exports is not None and exports.has("session") and "case_id" in rows.columns:
        found["conferenced"] = rows["case_id"].isin(first_conference(exports).index)
    if "exit_status" in rows.columns:
        found["completed"] = rows["exit_status"].isin(["completed"])
    table = pd.DataFrame(found, index=rows.index).astype(bool)
    ordered = table[[name for name in STAGES if name in table.columns]]
    return ordered.iloc[:, ::-1].cummax(axis=1).iloc[:, ::-1]
