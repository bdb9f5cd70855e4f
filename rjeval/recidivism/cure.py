"""The share of people who never reoffend, by a mixture-cure model."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import GuardError, TooFewEventsError
from rjeval.language import mark
from rjeval.recidivism.flexible import fit_cured
from rjeval.recidivism.guards import refuse_later_knowledge
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.recidivism.normal import z_quantile
from rjeval.recidivism.splines import EXPLORATORY
from rjeval.recidivism.unpack import group_rows
from rjeval.results.models import ModelEstimates

#: A plateau: no event after this share of the longest follow-up, and so many followed beyond the
#: last event.
PLATEAU_FROM, ON_PLATEAU = 0.75, 20
#: Five events for each of the three parameters.
FEWEST_EVENTS = 15


def cured_fraction(
    outcome: TimeToEvent, *, by: str | None = None, conf_level: float = 0.95
) -> ModelEstimates:
    """Estimate which share of people would never reoffend, however long they were followed.

    A mixture: a share is never at risk, the times of the others follow a Weibull distribution.
    What happens after the end of the records cannot be seen, so this needs a long plateau.

    Parameters
    ----------
    outcome : TimeToEvent
    by : str, optional
        Column of groups, each with a model of its own.
    conf_level : float

    Returns
    -------
    ModelEstimates
        ``model`` is ``mixture_cure``; one term ``never[group]`` each, a share with an interval
        symmetric on its logit; no test. A note says that it is exploratory. Fitted by lifelines.

    Raises
    ------
    GuardError
        A group has no long plateau: an event in the last quarter of its follow-up, or fewer than
        20 people followed beyond its last event. Or the study knows intervals only.
    TooFewEventsError
        A group has fewer than 15 events.
    ConvergenceError
        No maximum was found.

    References
    ----------
    Farewell (1982), doi:10.2307/2529885; Maller and Zhou (1992), doi:10.1093/biomet/79.4.731.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": [*range(10, 410, 10), *[1825] * 60]})
    >>> people["new"] = people["day"] < 1825
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> rj.cured_fraction(outcome).frame["estimate"].round(1).tolist()
    [0.6]
    """
    refuse_interval_times(outcome.definition, "A mixture-cure model uses")
    rows = group_rows(outcome, by)
    if rows.n_groups > 1:
        refuse_later_knowledge(outcome, [rows.by])
    z, lines, loglik, sizes = z_quantile(conf_level), [], 0.0, []
    for g, label in enumerate(rows.labels):
        own = rows.code == g
        event = rows.kind[own] == 1
        need_plateau(rows.time[own], event, label)
        share, error, one = fit_cured(rows.time[own], event=event, entry=rows.entry[own])
        loglik += one
        spread = z * error / (share * (1 - share))
        low, high = expit(logit(share) - spread), expit(logit(share) + spread)
        lines.append((f"never[{label}]", share, error, low, high))
        sizes.append((f"never[{label}]", int(rows.n_people[g]), int(event.sum())))
    columns = ["term", "estimate", "std_error", "conf_low", "conf_high"]
    frame = pd.DataFrame(lines, columns=columns)
    frame.insert(0, "component", "coefficient")
    frame.insert(4, "statistic", np.nan)
    frame.insert(5, "p_value", np.nan)
    return ModelEstimates(
        frame=frame,
        model="mixture_cure",
        outcome=mark("share that never reoffends"),
        formula=by or "1",
        scale="",
        conf_level=conf_level,
        n=int(rows.n_people.sum()),
        n_events=int((rows.kind == 1).sum()),
        n_dropped=len(outcome.frame) - rows.kept.size,
        vcov=np.diag(frame["std_error"].to_numpy() ** 2),
        level_counts=pd.DataFrame(sizes, columns=["term", "n", "n_event"]),
        fit={"loglik": loglik, "aic": 6 * rows.n_groups - 2 * loglik},
        definition=outcome.definition,
        notes=(*rows.notes, EXPLORATORY),
    )


def need_plateau(time: np.ndarray, event: np.ndarray, label: str) -> None:
    """Refuse times after which nobody can be told who never reoffends."""
    if event.sum() < FEWEST_EVENTS:
        raise TooFewEventsError(
            f"{label}: {int(event.sum())} events; a mixture-cure model needs {FEWEST_EVENTS}.",
            n_events=int(event.sum()),
            required=FEWEST_EVENTS,
            hint="Give the curve and fixed-window rates instead.",
        )
    last = float(time[event].max())
    beyond = int((time > last).sum())
    if last > PLATEAU_FROM * time.max() or beyond < ON_PLATEAU:
        raise GuardError(
            f"{label}: the curve has no long plateau (no event in the last quarter of follow-up, "
            f"and {ON_PLATEAU} people beyond the last), so who never reoffends cannot be told from "
            "who has not yet.",
            hint="Give fixed-window rates; a cured share needs years without an event.",
        )
