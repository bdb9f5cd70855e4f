"""Hazard ratios within subgroups, with the test of whether they differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError, GuardError
from rjeval.recidivism.cox_estimates import estimate_frame
from rjeval.recidivism.normal import chi_square_p
from rjeval.recidivism.regression import cox_regression
from rjeval.recidivism.unpack import codes_of, group_codes, require
from rjeval.results.models import ModelEstimates

#: Fewest people and events of an arm within a subgroup.
LEAST_PEOPLE, LEAST_EVENTS = 20, 10


def subgroup_estimates(
    outcome: TimeToEvent,
    *,
    by: str,
    pre_declared: bool,
    arm: str = "arm",
    adjust: str = "",
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Estimate the hazard ratio between arms within each subgroup, and test whether they differ.

    One Cox model with the interaction of arm and subgroup; a difference between subgroups is
    claimed by the interaction test only, never by one p-value below 0.05 and another above.

    Parameters
    ----------
    outcome : TimeToEvent
    by : str
        Categorical column of subgroups, known when the clock started.
    pre_declared : bool
        Whether this subgroup was fixed before the outcomes were seen. ``False`` is refused.
    arm : str
        Column of arms; the first category is the reference.
    adjust : str
        Further terms of the formula, such as ``"age_at_index"``.
    cluster : str, optional
        Column whose values share a case or person: cluster-robust errors and test.
    conf_level : float

    Returns
    -------
    ModelEstimates
        ``model`` is ``cox_subgroups``; one row per arm and subgroup, ``arm[rj]:sex[female]``, the
        log hazard ratio against the reference arm in that subgroup. ``fit`` has the Wald test
        ``interaction``, ``interaction_df``, ``interaction_p``.

    Raises
    ------
    GuardError
        Not declared before; an arm within a subgroup has fewer than 20 people or 10 events.
    EstimationError
        ``arm`` or ``by`` has one level only, or is a number.

    References
    ----------
    Wang et al. (2007), doi:10.1056/NEJMsr077003.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {
    ...         "day": range(1, 161),
    ...         "new": [1, 1, 0, 1, 0] * 32,
    ...         "arm": ["a", "b", "b", "a", "b", "a", "a", "b"] * 20,
    ...         "sex": [*["f", "f", "m"] * 53, "m"],
    ...     }
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> found = rj.subgroup_estimates(outcome, by="sex", pre_declared=True)
    >>> found.frame["term"].tolist(), sorted(found.fit)
    (['arm[b]:sex[f]', 'arm[b]:sex[m]'], ['interaction', 'interaction_df', 'interaction_p'])
    """
    if not pre_declared:
        raise GuardError(
            f"The subgroups of {by} were not declared before the outcomes were seen.",
            hint="Give the estimate for everybody; declare subgroups in the study plan, then set "
            "pre_declared=True.",
        )
    cells = _cells(outcome, arm=arm, by=by)
    formula = f"{arm} * {by}" + (f" + {adjust}" if adjust else "")
    cox = cox_regression(
        outcome, formula, cluster=cluster, conf_level=conf_level, diagnostics=False
    )
    terms = cox.frame["term"].tolist()
    arms = [f"{arm}[{one}]" for one in group_codes(outcome.frame, arm)[0][1:]]
    groups = [f"{by}[{one}]" for one in group_codes(outcome.frame, by)[0]]
    lines, names = [], []
    for group in groups:
        for one in arms:
            line = np.zeros(len(terms))
            line[terms.index(one)] = 1
            if group != groups[0]:
                line[terms.index(f"{one}:{group}")] = 1
            lines.append(line)
            names.append(f"{one}:{group}")
    mixed = [terms.index(f"{one}:{group}") for group in groups[1:] for one in arms]
    pick, coef = np.array(lines), cox.frame["estimate"].to_numpy()
    covariance = pick @ cox.vcov @ pick.T
    wald = float(coef[mixed] @ np.linalg.solve(cox.vcov[np.ix_(mixed, mixed)], coef[mixed]))
    p_value = float(chi_square_p(wald, len(mixed)))
    return replace(
        cox,
        frame=estimate_frame(
            tuple(names), pick @ coef, covariance=covariance, conf_level=conf_level
        ),
        model="cox_subgroups",
        vcov=covariance,
        level_counts=cells,
        fit={
            "interaction": wald,
            "interaction_df": float(len(mixed)),
            "interaction_p": p_value,
        },
        notes=(*cox.notes, f"Test of a difference between subgroups: p = {p_value:.2g}."),
    )


def _cells(outcome: TimeToEvent, *, arm: str, by: str) -> pd.DataFrame:
    """Count people and events of each arm within each subgroup, refusing small cells."""
    frame = outcome.frame
    for name in (arm, by):
        if pd.api.types.is_numeric_dtype(require(frame, name)):
            raise EstimationError(f"{name} holds numbers; subgroups and arms need categories.")
        if len(group_codes(frame, name)[0]) < 2:
            raise EstimationError(f"{name} has one level only, so there is nothing to compare.")
    known = frame[arm].notna() & frame[by].notna()
    used = frame[known].assign(happened=outcome.reoffended[known.to_numpy()])
    table = used.assign(who=codes_of(used, "person_id")).groupby([arm, by], observed=False)
    people, events = table["who"].nunique(), table["happened"].sum()
    small = int(((people < LEAST_PEOPLE) | (events < LEAST_EVENTS)).sum())
    if small:
        raise GuardError(
            f"{small} of {people.size} cells of {arm} by {by} have fewer than {LEAST_PEOPLE} "
            f"people or {LEAST_EVENTS} events.",
            hint="Join subgroups, or give the estimate for everybody.",
        )
    names = [f"{arm}[{one}]:{by}[{group}]" for one, group in people.index]
    return pd.DataFrame({"term": names, "n": people.to_numpy(), "n_event": events.to_numpy()})
