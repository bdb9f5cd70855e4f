"""How often people reoffend: mean cumulative function, and negative binomial rates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import mark
from rjeval.model_frame import build_model_frame, counted_variables, formula_variables
from rjeval.recidivism.cox_estimates import estimate_frame
from rjeval.recidivism.curve_frames import count_rows, curve_frame, group_sizes
from rjeval.recidivism.guards import (
    MAX_DROPPED,
    refuse_end_of_follow_up,
    refuse_later_knowledge,
    refuse_silent_loss,
)
from rjeval.recidivism.model_rows import ARM, judge_event_count
from rjeval.recidivism.negative_binomial import POISSON_LIMIT, fit_negative_binomial
from rjeval.recidivism.normal import z_quantile
from rjeval.recidivism.unpack import GroupedRows, group_rows
from rjeval.results.models import ModelEstimates
from rjeval.results.survival import Curves

#: People whose influence is worked out at a time.
BLOCK = 2_000


def mean_cumulative_function(
    outcome: TimeToEvent, *, by: str | None = None, conf_level: float = 0.95
) -> Curves:
    """Estimate the mean number of reoffences per person by each day.

    Parameters
    ----------
    outcome : TimeToEvent
        Start-stop rows: one per interval of a person, each ending in an event or not; the same
        ``person_id`` on all rows of a person.
    by : str, optional
        Column of groups; one curve labelled ``all`` (column ``group``) where not given.
    conf_level : float

    Returns
    -------
    Curves
        ``kind`` is ``mean_cumulative``; robust error with people as clusters, interval symmetric
        on the log scale. ``groups`` counts people. Equals ``survfit(..., id=, cluster=)`` in R.
        ``n_event`` counts reoffences; ``n_first`` those of them that are a person's first, and
        ``groups`` has ``n_with_event`` (people) and the reoffences of the ``largest`` and
        ``second``: what :func:`rjeval.release` needs, and takes out.

    Raises
    ------
    EstimationError
        ``by`` is no column.

    Notes
    -----
    People who left (died, moved) are taken as censored: the function is that of people who
    stay.

    References
    ----------
    Lawless and Nadeau (1995), doi:10.1080/00401706.1995.10484300.

    Examples
    --------
    >>> import rjeval as rj
    >>> rows = pd.DataFrame(
    ...     {"id": [1, 1, 2], "from": [0, 3, 0], "to": [3, 9, 9], "new": [1, 0, 0]}
    ... )
    >>> outcome = rj.time_to_event(rows, time="to", event="new", entry="from", id="id")
    >>> rj.mean_cumulative_function(outcome).frame["estimate"].tolist()
    [0.0, 0.5, 0.5]
    """
    rows = group_rows(outcome, by, first_only=False)
    counts = count_rows(rows, kind=rows.kind)
    n = np.maximum(counts.n_at_risk, 1).astype(float)
    jump = counts.n_event / n
    estimate = np.cumsum(jump, axis=1)
    person = pd.factorize(outcome.frame["person_id"].to_numpy()[rows.kept])[0]
    error = np.stack(
        [
            _clustered_error(
                rows, g=g, person=person, times=counts.times, at_risk=n[g], jump=jump[g]
            )
            for g in range(rows.n_groups)
        ]
    )
    z = z_quantile(conf_level)
    factor = np.exp(z * np.divide(error, estimate, out=np.zeros_like(error), where=error > 0))
    columns = {
        "estimate": estimate,
        "std_error": error,
        "conf_low": estimate / factor,
        "conf_high": estimate * factor,
    }
    first, people = _first_events(rows, person=person, times=counts.times)
    columns = {"n_first": first, **columns}
    return Curves(
        frame=curve_frame(rows, counts, columns=columns, start=0.0),
        kind="mean_cumulative",
        by=rows.by,
        conf_level=conf_level,
        conf_type="log",
        horizon_days=outcome.horizon_days,
        groups=group_sizes(rows, counts).assign(**people),
        unit=outcome.unit,
        definition=outcome.definition,
        notes=rows.notes,
    )


def negative_binomial_regression(
    outcome: TimeToEvent,
    formula: str,
    *,
    max_dropped: float = MAX_DROPPED,
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Estimate rate ratios of reoffences per time at risk, people differing in their rates.

    Parameters
    ----------
    outcome : TimeToEvent
        One row per person, or start-stop rows: events and time at risk are summed by
        ``person_id``, covariates are those of the person's first row.
    formula : str
    max_dropped : float
        Largest share of rows that may be left out for a missing value.
    conf_level : float

    Returns
    -------
    ModelEstimates
        ``model`` is ``negative_binomial``; the first term is ``(Intercept)``, the log rate per
        day. ``fit`` has ``theta`` (the variance is ``mu + mu^2/theta``) with its error and
        ``loglik``. Equals ``MASS::glm.nb`` with the logarithm of time as offset.

    Raises
    ------
    GuardError
        More than ``max_dropped`` of the rows lack a variable of the model.
    EstimationError
        Nobody has the event, or the formula cannot be used.
    TooFewEventsError
        Fewer than 5 events per coefficient.
    ConvergenceError
        A coefficient has no finite estimate.

    References
    ----------
    Lawless (1987), doi:10.2307/3314912.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "age": [20, 45, 30, 60, 25] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> rj.negative_binomial_regression(outcome, "age").scale
    'rate ratio'
    """
    frame = outcome.frame
    code, _ = pd.factorize(frame["person_id"].to_numpy())
    length = frame["time_days"].to_numpy(dtype=float) - frame["entry_days"].to_numpy(dtype=float)
    exposure = np.bincount(code, weights=length)
    count = np.bincount(code, weights=outcome.reoffended)
    people = frame.drop_duplicates("person_id")
    design = build_model_frame(people, formula, intercept=True)
    refuse_end_of_follow_up(outcome, formula_variables(formula), by_rows=False)
    refuse_later_knowledge(outcome, formula_variables(formula))
    refuse_silent_loss(design.n_dropped, len(people), allowed=max_dropped)
    count, exposure = count[design.kept], exposure[design.kept]
    if not count.any():
        raise EstimationError("Nobody has the event, so there is no rate to model.")
    few = judge_event_count(int(count.sum()), len(design.terms) - 1)
    fit = fit_negative_binomial(
        design.matrix, count, log_exposure=np.log(exposure), terms=design.terms
    )
    notes = (*outcome.notes, *few)
    if fit.theta >= POISSON_LIMIT:
        notes = (*notes, mark("No over-dispersion was found: the Poisson limit is shown."))
    kept = people.iloc[design.kept]
    return ModelEstimates(
        frame=estimate_frame(
            design.terms, fit.coef, covariance=fit.covariance, conf_level=conf_level
        ),
        model="negative_binomial",
        outcome=mark("number of reoffences per day at risk"),
        formula=formula,
        scale=mark("rate ratio"),
        conf_level=conf_level,
        n=count.size,
        n_events=int(count.sum()),
        n_dropped=design.n_dropped,
        vcov=fit.covariance,
        reference_levels=design.reference_levels,
        level_counts=_level_counts(kept, count, tuple(counted_variables(design, kept))),
        arm_counts=_arm_counts(kept, count),
        fit={
            "loglik": fit.loglik,
            "theta": fit.theta,
            "theta_std_error": fit.theta_error,
            "iterations": float(fit.iterations),
        },
        definition=outcome.definition,
        notes=notes,
    )


def _first_events(
    rows: GroupedRows, *, person: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return people with a first reoffence by group and day; by group people and most of one."""
    event = rows.kind == 1
    lines = pd.DataFrame({"g": rows.code[event], "person": person[event], "time": rows.time[event]})
    own = lines.groupby(["g", "person"])["time"].agg(["min", "size"]).reset_index()
    code = own["g"].to_numpy(dtype=np.intp)
    place = code * times.size + np.searchsorted(times, own["min"].to_numpy())
    first = np.bincount(place, minlength=rows.n_groups * times.size)
    ranked = own.sort_values("size", ascending=False).groupby("g")["size"]
    most = [
        ranked.nth(k).set_axis(own["g"].loc[ranked.nth(k).index]).reindex(range(rows.n_groups))
        for k in (0, 1)
    ]
    return first.reshape(rows.n_groups, times.size), {
        "n_with_event": np.bincount(code, minlength=rows.n_groups),
        "largest": most[0].fillna(0).to_numpy(dtype=int),
        "second": most[1].fillna(0).to_numpy(dtype=int),
    }


def _clustered_error(
    rows: GroupedRows,
    *,
    g: int,
    person: np.ndarray,
    times: np.ndarray,
    at_risk: np.ndarray,
    jump: np.ndarray,
) -> np.ndarray:
    """Root of the summed squared influences of people, at each time, a block of people at once."""
    own = np.flatnonzero(rows.code == g)
    who, people = np.unique(person[own], return_inverse=True)[1], 0
    people = int(who.max()) + 1
    exits = np.searchsorted(times, rows.time[own])
    entry = np.where(rows.entry[own] > 0, rows.entry[own], -1.0)
    first = np.searchsorted(times, entry, side="right")
    event = rows.kind[own] == 1
    total = np.zeros(times.size)
    for start in range(0, people, BLOCK):
        size = min(BLOCK, people - start)
        mine = (who >= start) & (who < start + size)
        slot = (who[mine] - start) * (times.size + 1)
        present = np.bincount(slot + first[mine], minlength=size * (times.size + 1))
        present -= np.bincount(slot + exits[mine] + 1, minlength=size * (times.size + 1))
        present = np.cumsum(present.reshape(size, -1), axis=1)[:, :-1]
        had = np.bincount(
            slot + exits[mine], weights=event[mine], minlength=size * (times.size + 1)
        )
        moved = (had.reshape(size, -1)[:, :-1] - present * jump) / at_risk
        total += (np.cumsum(moved, axis=1) ** 2).sum(axis=0)
    return np.sqrt(total)


def _arm_counts(people: pd.DataFrame, count: np.ndarray) -> pd.DataFrame:
    """Return people, and people with an event, of each arm, or of everybody without arms."""
    frame = people if ARM in people else people.assign(**{ARM: "everybody"})
    return _level_counts(frame, count, (ARM,))


def _level_counts(people: pd.DataFrame, count: np.ndarray, names: tuple[str, ...]) -> pd.DataFrame:
    lines = []
    for name in names:
        code, levels = pd.factorize(people[name].astype(str).to_numpy(dtype=object), sort=True)
        n, events = np.bincount(code), np.bincount(code, weights=count > 0).astype(int)
        lines += list(zip([f"{name}[{level}]" for level in levels], n, events, strict=True))
    return pd.DataFrame(lines, columns=["term", "n", "n_event"])
