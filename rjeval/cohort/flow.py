"""The flow of the cohort: who was assessed, who was left out and why, who is analysed."""

from __future__ import annotations

import pandas as pd

from rjeval.analysis_data import Cohort, TimeToEvent
from rjeval.cohort.eligibility import EXCLUSIONS
from rjeval.language import mark
from rjeval.results import CohortFlow

STAGE, EXCLUSION = "stage", "exclusion"


def trace_flow(cohort: Cohort, outcome: TimeToEvent | None = None) -> CohortFlow:
    """Count the flow of the cohort, overall and per arm.

    Parameters
    ----------
    cohort : Cohort
    outcome : TimeToEvent or None
        With it, the flow goes on to those who can be analysed for reoffending.

    Returns
    -------
    CohortFlow
        Steps in order: ``assessed``, the exclusions that occur, ``included``; with an outcome
        also ``never_checked``, ``no_day_observed`` and ``analysed``. Each stage is the stage
        before it less the exclusions between them. Referrals whose arm is unknown are in ``n``
        only.

    Notes
    -----
    People never checked have a missing outcome; people with no day observed were searched, but
    came too late for the records, or had reoffended or left before observation began.

    References
    ----------
    von Elm et al. (2007), the STROBE statement, doi:10.1371/journal.pmed.0040296.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> from rjeval.analysis_data import Cohort
    >>> people = pd.DataFrame({"arm": "rj", "exclusion_reason": [None, None, "not_eligible"]})
    >>> flow = rj.trace_flow(Cohort(frame=people, arms=("rj",))).frame
    >>> flow[["step", "n"]].to_numpy().tolist()
    [['assessed', 3], ['not_eligible', 1], ['included', 2]]
    """
    frame = cohort.frame
    rows = [_row("assessed", mark("Referrals assessed"), STAGE, frame["arm"])]
    for reason, words in EXCLUSIONS.items():
        out = frame.loc[frame["exclusion_reason"] == reason, "arm"]
        if len(out):
            rows.append(_row(reason, words, EXCLUSION, out))
    included = cohort.included
    rows.append(_row("included", mark("Included in the cohort"), STAGE, included["arm"]))
    if outcome is not None:
        rows += _analysed(included, outcome)
    names = ["step", "label", "kind", "n", *(f"n_{arm}" for arm in cohort.arms)]
    table = pd.DataFrame(rows).reindex(columns=names).fillna(0)
    counts = [name for name in names if name.startswith("n")]
    table[counts] = table[counts].astype(int)
    definition = outcome.definition if outcome is not None else None
    return CohortFlow(frame=table, arms=cohort.arms, definition=definition)


def _row(step: str, label: str, kind: str, arms: pd.Series) -> dict[str, object]:
    counts = {f"n_{arm}": int(n) for arm, n in arms.value_counts(sort=False).items()}
    return {"step": step, "label": label, "kind": kind, "n": len(arms), **counts}


def _analysed(included: pd.DataFrame, outcome: TimeToEvent) -> list[dict[str, object]]:
    """Return the steps from the cohort to the people analysed for reoffending."""
    key = "referral_id"
    followed = included[key].isin(outcome.frame[key])
    unchecked = pd.Series(False, index=included.index)
    if len(outcome.unchecked):
        unchecked = included[key].isin(outcome.unchecked[key])
    unseen = ~followed & ~unchecked
    rows = []
    for step, words, out in (
        ("never_checked", mark("Records never checked (outcome missing)"), unchecked),
        ("no_day_observed", mark("No day at risk under observation"), unseen),
    ):
        if out.any():
            rows.append(_row(step, words, EXCLUSION, included.loc[out, "arm"]))
    last = included.loc[followed, "arm"]
    return [*rows, _row("analysed", mark("Analysed for reoffending"), STAGE, last)]
