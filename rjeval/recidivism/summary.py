"""Four sides of reoffending at once: how many, how often, how serious, how soon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rjeval.analysis_data import EventHistory, TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import note, raised
from rjeval.recidivism.means import restricted_mean
from rjeval.recidivism.normal import z_quantile
from rjeval.recidivism.proportions import wilson_interval
from rjeval.recidivism.rates import fixed_window_rates
from rjeval.recidivism.unpack import ALL, group_codes
from rjeval.results.survival import ReoffendingSummary

DAYS_OF_A_YEAR = 365.25
SERIOUS = "felony"
#: People with an incident among whom somebody would have a second one.
LEAST_REPEATS = 50


def reoffending_summary(
    outcome: TimeToEvent,
    history: EventHistory,
    *,
    at_days: float,
    by: str | None = "arm",
    n_bootstrap: int = 1000,
    seed: int = 1,
    conf_level: float = 0.95,
) -> ReoffendingSummary:
    """Put prevalence, frequency, seriousness and time side by side, per group.

    Parameters
    ----------
    outcome : TimeToEvent
        First reoffences.
    history : EventHistory
        All incidents of the same people.
    at_days : number
        Window of the prevalence and horizon of the time free of reoffending.
    by : str, optional
        Column of groups; all people together where ``None``.
    n_bootstrap : int
        Replicates for the interval of harm days.
    seed : int
    conf_level : float

    Returns
    -------
    ReoffendingSummary
        One row per measure and group:

        - ``prevalence``: share of mature people with an event in the window (Wilson);
        - ``frequency``: incidents per 100 people and year at risk (robust, log scale);
        - ``serious``: share of people whose worst incident was a felony (Wilson);
        - ``harm_days``: mean harm-index days per person (bootstrap of people, percentile);
          ``without_largest`` is the mean without the one person with most: where it is much
          less, the mean is one person's;
        - ``free_days``: restricted mean of days free of reoffending up to ``at_days``.

        A measure that is refused or not recorded stands in the notes: so does frequency where
        nobody of 50 or more has a second incident, because the records then hold the first only.

    Raises
    ------
    EstimationError
        No measure can be given.

    References
    ----------
    Robust rate: Lawless and Nadeau (1995), doi:10.1080/00401706.1995.10484300. Harm index: Sherman,
    Neyroud and Neyroud (2016), doi:10.1093/police/paw003.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": [100] * 10 + [365] * 30, "new": [1] * 10 + [0] * 30})
    >>> outcome = rj.time_to_event(people, time="day", event="new")
    >>> everybody = outcome.frame.assign(time_days=365.0, n_events=[2] * 10 + [0] * 30)
    >>> history = EventHistory(
    ...     people=everybody.assign(chi_days=np.nan),
    ...     events=pd.DataFrame(),
    ...     horizon_days=365.0,
    ...     definition=outcome.definition,
    ... )
    >>> summary = rj.reoffending_summary(outcome, history, at_days=365, by=None)
    >>> summary.frame[["measure", "n_event", "estimate"]].round(2).to_numpy().tolist()
    [['prevalence', 10, 0.25], ['frequency', 20, 50.03], ['free_days', 10, 298.75]]
    """
    parts, notes = [], [*outcome.notes]
    jobs = {
        "prevalence": lambda: _prevalence(outcome, by, at_days, conf_level),
        "frequency": lambda: _frequency(history, by, conf_level),
        "serious": lambda: _serious(history, by, conf_level),
        "harm_days": lambda: _harm(history, by, conf_level, n_bootstrap, seed),
        "free_days": lambda: _free_days(outcome, by, at_days, conf_level),
    }
    for measure, job in jobs.items():
        try:
            part = job()
        except EstimationError as error:
            notes.append(
                note("{what}: not given. {why}", what=note(measure), why=raised(error.message))
            )
            continue
        parts.append(part.assign(measure=measure))
    if not parts:
        raise EstimationError(f"No measure can be given: {' '.join(notes)}")
    column = by or "group"
    frame = pd.concat(parts, ignore_index=True)
    order = ["measure", column, "n", "n_event", "estimate", "conf_low", "conf_high"]
    frame = frame.reindex(columns=[*order, "without_largest"])
    return ReoffendingSummary(
        frame=frame,
        by=by or "",
        at_days=at_days,
        conf_level=conf_level,
        definition=outcome.definition,
        notes=tuple(notes),
    )


def _prevalence(
    outcome: TimeToEvent, by: str | None, at_days: float, conf_level: float
) -> pd.DataFrame:
    rates = fixed_window_rates(outcome, by=by, at_days=at_days, conf_level=conf_level).frame
    return rates.rename(columns={"n_mature": "n"})


def _free_days(
    outcome: TimeToEvent, by: str | None, at_days: float, conf_level: float
) -> pd.DataFrame:
    return restricted_mean(outcome, by=by, horizon_days=at_days, conf_level=conf_level).frame


def _groups(history: EventHistory, by: str | None) -> list[tuple[str, pd.DataFrame]]:
    labels, code, kept = group_codes(history.people, by)
    people = history.people.iloc[kept]
    return [(label, people[code == g]) for g, label in enumerate(labels)]


def _frequency(history: EventHistory, by: str | None, conf_level: float) -> pd.DataFrame:
    known = history.people["n_events"].to_numpy(dtype=float)
    if known.size and known.max() <= 1 and known.sum() >= LEAST_REPEATS:
        raise EstimationError(
            "Nobody has a second incident, so the records seem to hold the first only."
        )
    z, lines = z_quantile(conf_level), []
    for label, people in _groups(history, by):
        events = people["n_events"].to_numpy(dtype=float)
        years = (people["time_days"] - people["entry_days"]).to_numpy(float) / DAYS_OF_A_YEAR
        total = float(events.sum())
        rate = total / float(years.sum())
        error = float(np.sqrt(np.sum((events - rate * years) ** 2))) / total if total else np.nan
        limits = 100 * rate * np.exp(np.array([-z, z]) * error)
        lines.append((label, len(people), int(total), 100 * rate, *limits))
    return _table(lines, by)


def _serious(history: EventHistory, by: str | None, conf_level: float) -> pd.DataFrame:
    if "worst_level" not in history.people or not history.people["worst_level"].notna().any():
        raise EstimationError("Levels of incidents were not recorded.")
    lines = []
    for label, people in _groups(history, by):
        k, n = int((people["worst_level"].astype(str) == SERIOUS).sum()), len(people)
        low, high = wilson_interval(k, n, conf_level=conf_level)
        lines.append((label, n, k, k / n, float(low), float(high)))
    return _table(lines, by)


def _harm(
    history: EventHistory, by: str | None, conf_level: float, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    people = history.people
    had = people["n_events"].to_numpy(dtype=float) > 0
    unknown = had & people["chi_days"].isna().to_numpy()
    if unknown[had].all():
        raise EstimationError("Harm weights of incidents were not recorded.")
    generator, lines = np.random.default_rng(seed), []
    for label, members in _groups(history, by):
        days = members["chi_days"].fillna(0).to_numpy(dtype=float)
        means = _resampled_means(days, generator, n_bootstrap)
        tail = (1 - conf_level) / 2
        low, high = np.quantile(means, [tail, 1 - tail])
        rest = np.delete(days, np.argmax(days))
        count = int((days > 0).sum())
        without = float(rest.mean()) if rest.size else np.nan
        lines.append((label, days.size, count, float(days.mean()), low, high, without))
    return _table(lines, by)


def _resampled_means(
    values: np.ndarray, generator: np.random.Generator, n_bootstrap: int
) -> np.ndarray:
    """Means of samples drawn with replacement, as multinomial counts of the distinct values."""
    distinct, count = np.unique(values, return_counts=True)
    drawn = generator.multinomial(values.size, count / values.size, size=n_bootstrap)
    return np.asarray(drawn @ distinct) / values.size


def _table(lines: Sequence[tuple[object, ...]], by: str | None) -> pd.DataFrame:
    names = [by or "group", "n", "n_event", "estimate", "conf_low", "conf_high", "without_largest"]
    width = len(lines[0])
    frame = pd.DataFrame(lines, columns=names[:width])
    if by is None:
        frame["group"] = ALL
    return frame
