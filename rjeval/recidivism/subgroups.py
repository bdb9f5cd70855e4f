"""Hazard ratios within subgroups, with the test of whether they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError, GuardError
from rjeval.language import mark, named, note
from rjeval.recidivism.cox_estimates import estimate_frame
from rjeval.recidivism.normal import chi_square_p
from rjeval.recidivism.pairs import holm
from rjeval.recidivism.regression import cox_regression
from rjeval.recidivism.unpack import codes_of, group_codes, require
from rjeval.results.models import ModelEstimates
from rjeval.results.survival import TestResult

#: Fewest people and events of an arm within a subgroup.
LEAST_PEOPLE, LEAST_EVENTS = 20, 10
#: Significance below which an interaction test speaks for a difference.
SPEAKS = 0.05

#: Said where only single tests speak for a difference.
HOLM = mark("Allowing for the number of tests (Holm), none speaks for a difference.")


def subgroup_estimates(
    outcome: TimeToEvent,
    *,
    by: str | Sequence[str],
    pre_declared: bool,
    arm: str = "arm",
    adjust: str = "",
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Estimate the hazard ratio between arms within each subgroup, and test whether they differ.

    One Cox model per characteristic, with the interaction of arm and subgroup; a difference
    between subgroups is claimed by the interaction test only, never by one p-value below 0.05 and
    another above.

    Parameters
    ----------
    outcome : TimeToEvent
    by : str or sequence of str
        Categorical column of subgroups, known when the clock started; or several, each with a
        model of its own.
    pre_declared : bool
        Whether these subgroups were fixed before the outcomes were seen (``[[subgroups]]`` of
        the design). ``False`` is refused.
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
        ``interaction``, ``interaction_df``, ``interaction_p``; of several characteristics each
        with its name, ``interaction_p:sex``, and ``interaction_p_holm:sex`` adjusted for their
        number (Holm). Counts of a row in ``level_counts`` are those of the smaller arm. Of
        several, one that is refused stands in the notes with the reason; covariances between
        characteristics are not worked out (0).

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
    names = (by,) if isinstance(by, str) else tuple(by)
    if not pre_declared or not names:
        raise GuardError(
            f"The subgroups of {' and '.join(names) or 'nothing'} were not declared before the "
            "outcomes were seen.",
            hint="Give the estimate for everybody; declare subgroups in the study plan, then set "
            "pre_declared=True.",
        )
    found: dict[str, ModelEstimates] = {}
    refused: list[EstimationError] = []
    for name in names:
        try:
            found[name] = _one(
                outcome, by=name, arm=arm, adjust=adjust, cluster=cluster, conf_level=conf_level
            )
        except EstimationError as error:
            refused.append(error)
    if not found:
        raise refused[0]
    if len(names) == 1:
        return found[names[0]]
    return _together(found, refused=[error.message for error in refused])


def interaction_test(subgroups: ModelEstimates) -> TestResult:
    """Return the tests of a difference between subgroups that were made with the estimates.

    Parameters
    ----------
    subgroups : ModelEstimates
        From :func:`rjeval.subgroup_estimates`.

    Returns
    -------
    TestResult
        One row per characteristic: Wald statistic, degrees of freedom, p; of several
        characteristics ``p_adjusted`` too (Holm).

    Raises
    ------
    EstimationError
        The model has no subgroups.

    References
    ----------
    Altman and Bland (2003), doi:10.1136/bmj.326.7382.219; Wang et al. (2007),
    doi:10.1056/NEJMsr077003.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": range(1, 161), "new": [1, 1, 0, 1, 0] * 32})
    >>> people["arm"] = ["a", "b", "b", "a", "b", "a", "a", "b"] * 20
    >>> people["sex"] = [*["f", "f", "m"] * 53, "m"]
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> found = rj.subgroup_estimates(outcome, by="sex", pre_declared=True)
    >>> rj.interaction_test(found).frame["term"].tolist()
    ['sex']
    """
    if subgroups.model != "cox_subgroups":
        raise EstimationError("There is no interaction test: the model has no subgroups.")
    formulas = subgroups.formula.split("; ")
    names = [key.partition(":")[2] for key in subgroups.fit if key.startswith("interaction_df")]
    lines = []
    for name, formula in zip(names, formulas, strict=True):
        suffix = f":{name}" if name else ""
        keys = ("interaction", "interaction_df", "interaction_p")
        numbers = [subgroups.fit[f"{key}{suffix}"] for key in keys]
        holmed = subgroups.fit.get(f"interaction_p_holm{suffix}")
        by = formula.split(" + ")[0].split(" * ")[1]
        lines.append((by, *numbers, holmed))
    columns = ["term", "statistic", "df", "p_value", "p_adjusted"]
    frame = pd.DataFrame(lines, columns=columns).astype({"df": int})
    return TestResult(
        frame=frame.dropna(axis=1),
        groups=pd.DataFrame(),
        method=mark("Wald test of interaction between arm and subgroup"),
        definition=subgroups.definition,
        released=subgroups.released,
        notes=subgroups.notes,
    )


def _one(
    outcome: TimeToEvent,
    *,
    by: str,
    arm: str,
    adjust: str,
    cluster: str | None,
    conf_level: float,
) -> ModelEstimates:
    """Return the estimates of one characteristic, with its interaction test."""
    cells = _cells(outcome, arm=arm, by=by)
    formula = f"{arm} * {by}" + (f" + {adjust}" if adjust else "")
    cox = cox_regression(
        outcome, formula, cluster=cluster, conf_level=conf_level, diagnostics=False
    )
    terms = cox.frame["term"].tolist()
    arms = [f"{arm}[{one}]" for one in group_codes(outcome.frame, arm)[0][1:]]
    groups = [f"{by}[{one}]" for one in group_codes(outcome.frame, by)[0]]
    names = tuple(f"{one}:{group}" for group in groups for one in arms)
    pick = np.array([_contrast_line(terms, name, first=groups[0]) for name in names])
    mixed = [terms.index(f"{one}:{group}") for group in groups[1:] for one in arms]
    coef = cox.frame["estimate"].to_numpy()
    covariance = pick @ cox.vcov @ pick.T
    wald = float(coef[mixed] @ np.linalg.solve(cox.vcov[np.ix_(mixed, mixed)], coef[mixed]))
    p_value = float(chi_square_p(wald, len(mixed)))
    return replace(
        cox,
        frame=estimate_frame(names, pick @ coef, covariance=covariance, conf_level=conf_level),
        model="cox_subgroups",
        vcov=covariance,
        level_counts=cells,
        fit={
            "interaction": wald,
            "interaction_df": float(len(mixed)),
            "interaction_p": p_value,
        },
        notes=(*cox.notes, _verdict(by, p_value)),
    )


def _verdict(by: str, p_value: float) -> str:
    return note(
        "The interaction test speaks for a difference between groups of {by}."
        if p_value < SPEAKS
        else "The interaction test does not show a difference between groups of {by}.",
        by=named(by, lower=True),
    )


def _contrast_line(terms: list[str], name: str, *, first: str) -> np.ndarray:
    """Return the coefficients that add up to the effect of an arm in a subgroup."""
    one, group = name.split(":", 1)
    line = np.zeros(len(terms))
    line[terms.index(one)] = 1
    if group != first:
        line[terms.index(name)] = 1
    return line


def _together(found: Mapping[str, ModelEstimates], *, refused: list[str]) -> ModelEstimates:
    """Return several characteristics in one result, their tests adjusted for their number."""
    parts = list(found.values())
    sizes = np.cumsum([0, *(len(one.frame) for one in parts)])
    covariance = np.zeros((sizes[-1], sizes[-1]))
    for start, end, one in zip(sizes[:-1], sizes[1:], parts, strict=True):
        covariance[start:end, start:end] = one.vcov
    fit = {f"{key}:{name}": one.fit[key] for name, one in found.items() for key in one.fit}
    adjusted = holm(np.array([one.fit["interaction_p"] for one in parts]))
    fit |= {f"interaction_p_holm:{name}": p for name, p in zip(found, adjusted, strict=True)}
    notes = dict.fromkeys(note for one in parts for note in one.notes)
    lost = min(adjusted) >= SPEAKS > min(one.fit["interaction_p"] for one in parts)
    more = (HOLM,) * lost
    return replace(
        parts[0],
        frame=pd.concat([one.frame for one in parts], ignore_index=True),
        formula="; ".join(one.formula for one in parts),
        n=max(one.n for one in parts),
        n_events=max(one.n_events or 0 for one in parts),
        n_dropped=max(one.n_dropped or 0 for one in parts),
        vcov=covariance,
        reference_levels={k: v for one in parts for k, v in one.reference_levels.items()},
        level_counts=pd.concat([one.level_counts for one in parts], ignore_index=True),
        fit=fit,
        notes=(*notes, *more, *(note("Not given: {why}", why=why) for why in refused)),
    )


def _cells(outcome: TimeToEvent, *, arm: str, by: str) -> pd.DataFrame:
    """Count people and events behind each contrast (its smaller arm), refusing small cells."""
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
    if ((people < LEAST_PEOPLE) | (events < LEAST_EVENTS)).any():
        raise GuardError(
            f"An arm within a group of {by.replace('_', ' ')} has fewer than {LEAST_PEOPLE} people "
            f"or fewer than {LEAST_EVENTS} events, so effects within these groups are not given.",
            hint="Join subgroups, or give the estimate for everybody.",
        )
    names = [f"{arm}[{one}]:{by}[{group}]" for one, group in people.index]
    reference = group_codes(frame, arm)[0][0]
    groups = people.index.get_level_values(1)
    least = [
        np.minimum(one.to_numpy(), one.unstack(level=0)[reference].reindex(groups).to_numpy())
        for one in (people, events)
    ]
    return pd.DataFrame({"term": names, "n": least[0], "n_event": least[1]})
