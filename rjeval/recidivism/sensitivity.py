"""The same contrast under other definitions and assumptions, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError
from rjeval.language import mark, note, raised
from rjeval.recidivism.contrasts import Arm, compare_proportions, contrast_frame
from rjeval.recidivism.landmark import completers_from
from rjeval.recidivism.rates import fixed_window_rates, risk_difference
from rjeval.recidivism.standardised import standardised_risk_difference
from rjeval.results.survival import Contrast, SensitivityGrid, arms_frame, grid_frame

#: Rules for custody under which a window of fixed length is not seen to its end by all.
BY_CURVE = ("street_time", "censor")


def sensitivity_grid(
    outcomes: Mapping[str, TimeToEvent],
    *,
    at_days: float,
    by: str = "arm",
    windows_days: Sequence[float] = (),
    landmark_days: float = 0,
    formula: str | None = None,
    conf_level: float = 0.95,
) -> SensitivityGrid:
    """Contrast the risk of reoffence by a day under each definition and assumption.

    Parameters
    ----------
    outcomes : mapping of label to TimeToEvent
        The primary outcome first; then the same people under another clock, kind of event, rule
        for custody, or from a landmark on, each made by ``measure_time_to_event`` with its
        definition or by ``start_at_landmark``. On a street-time clock, where follow-up ends with
        custody, and from a landmark on, risks are those of Kaplan-Meier, since who could be
        observed for a whole window depends on what happened.
    at_days : number
        The window. An outcome whose definition has a shorter horizon is given at its own.
    by : str
        Column of groups; the first category is the reference.
    windows_days : sequence of number
        Further windows of the primary outcome; where empty, the other windows of its definition.
    landmark_days : number
        Above 0: adds those who had completed by this day against the reference group, both still
        free of reoffending and followed from that day on. Needs ``completed, exit_date`` and
        ``index_date``.
    formula : str, optional
        Adds a line with the primary outcome adjusted by Cox regression (g-formula).
    conf_level : float

    Returns
    -------
    SensitivityGrid
        One block per scenario. To those given, the primary outcome adds: its other windows, all
        follow-up instead of mature people (Kaplan-Meier), people never checked all without and
        all with the event (where there are any), completers from a landmark on, and the adjusted
        contrast. A scenario that is refused stands in the notes with the reason.

    Raises
    ------
    EstimationError
        No scenario can be given.

    References
    ----------
    Landmarks: Anderson, Cain and Gelber (1983), doi:10.1200/JCO.1983.1.11.710.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"day": [90.0] * 60, "new": [1, 0, 0] * 10 + [1, 0] * 15})
    >>> people["arm"] = ["rj"] * 30 + ["as usual"] * 30
    >>> outcome = rj.time_to_event(people, time="day", event="new", observable="day")
    >>> grid = rj.sensitivity_grid({"primary": outcome}, at_days=90)
    >>> grid.frame["scenario"].unique().tolist()
    ['primary', 'all follow-up (Kaplan-Meier)']
    """
    if not outcomes:
        raise EstimationError("There is no outcome to contrast.")
    jobs: dict[str, Callable[[], Contrast]] = {
        label: _job(outcome, at_days=at_days, by=by, conf_level=conf_level)
        for label, outcome in outcomes.items()
    }
    primary = next(iter(outcomes.values()))
    windows = windows_days or primary.definition.windows_days
    own_days = min(at_days, primary.horizon_days)
    jobs |= _window_jobs(primary, windows, at_days=at_days, by=by, conf_level=conf_level)
    jobs |= _checking_jobs(primary, at_days=own_days, by=by, conf_level=conf_level)
    if landmark_days > 0:
        completers = note("completers from day {day:g} (landmark)", day=landmark_days)
        jobs[completers] = lambda: _job(
            completers_from(primary, at_days=landmark_days, by=by),
            at_days=at_days,
            by=by,
            conf_level=conf_level,
        )()
    if formula is not None:
        jobs[mark("adjusted for recorded characteristics")] = lambda: standardised_risk_difference(
            primary, formula, at_days=own_days, by=by, conf_level=conf_level
        )
    contrasts, notes = _run(jobs)
    if not contrasts:
        raise EstimationError(f"No scenario can be given: {' '.join(notes)}")
    return SensitivityGrid(
        frame=grid_frame(contrasts),
        contrasts=contrasts,
        at_days=at_days,
        by=by,
        conf_level=conf_level,
        definition=primary.definition,
        notes=tuple(dict.fromkeys((*primary.notes, *_landmark_notes(contrasts), *notes))),
    )


def _run(jobs: Mapping[str, Callable[[], Contrast]]) -> tuple[dict[str, Contrast], list[str]]:
    """Return what the jobs gave, and why others gave nothing."""
    contrasts: dict[str, Contrast] = {}
    notes: list[str] = []
    for label, job in jobs.items():
        try:
            contrasts[label] = job()
        except EstimationError as error:
            notes.append(
                note("{what}: not given. {why}", what=note(label), why=raised(error.message))
            )
    return contrasts, notes


def _landmark_notes(contrasts: Mapping[str, Contrast]) -> list[str]:
    own = [one for name, one in contrasts.items() if name.startswith("completers from")]
    return [note for one in own for note in one.notes if note.startswith("Completers:")]


def _window_jobs(
    outcome: TimeToEvent,
    windows: Sequence[float],
    *,
    at_days: float,
    by: str,
    conf_level: float,
) -> dict[str, Callable[[], Contrast]]:
    """Return the primary contrast at each other window inside the follow-up."""
    others = [days for days in windows if days != at_days and days <= outcome.horizon_days]
    return {
        note("window of {days:,.0f} days", days=days): _job(
            outcome, at_days=days, by=by, conf_level=conf_level
        )
        for days in others
    }


def _checking_jobs(
    outcome: TimeToEvent, *, at_days: float, by: str, conf_level: float
) -> dict[str, Callable[[], Contrast]]:
    """Return all follow-up instead of mature people, and the extremes for people not checked."""
    by_checks = outcome.definition.times_known == "checks"
    jobs: dict[str, Callable[[], Contrast]] = {}
    if not by_checks:  # its curve would step on the days of the checks
        jobs[mark("all follow-up (Kaplan-Meier)")] = lambda: risk_difference(
            outcome, at_days=at_days, source="kaplan_meier", by=by, conf_level=conf_level
        )
    if len(outcome.unchecked) or by_checks:
        for share, words in (
            (0, mark("people never checked all without the event")),
            (1, mark("people never checked all with the event")),
        ):
            jobs[words] = _missing_job(
                outcome, at_days=at_days, share=share, by=by, conf_level=conf_level
            )
    return jobs


def _job(
    outcome: TimeToEvent, *, at_days: float, by: str, conf_level: float
) -> Callable[[], Contrast]:
    window = min(at_days, outcome.horizon_days)
    late = bool((outcome.frame["entry_days"] > 0).all())
    by_curve = late or outcome.definition.custody in BY_CURVE
    source = "kaplan_meier" if by_curve else "mature"
    return lambda: risk_difference(
        outcome, at_days=window, source=source, by=by, conf_level=conf_level
    )


def _missing_job(
    outcome: TimeToEvent, *, at_days: float, share: int, by: str, conf_level: float
) -> Callable[[], Contrast]:
    """Return the contrast were people never checked all without, or all with, the event."""

    def contrast() -> Contrast:
        rates = fixed_window_rates(outcome, by=by, at_days=at_days, conf_level=conf_level)
        table = rates.frame
        if table["estimate"].isna().any():
            raise EstimationError("A group has too few mature or checked people.")
        extra = table["n_unchecked"].to_numpy()
        n = table["n_mature"].to_numpy() + extra
        k = table["n_event"].to_numpy() + share * extra
        arms = [
            Arm(group=str(group), at_days=at_days, n=int(size), n_event=int(events))
            for group, size, events in zip(table[by], n, k, strict=True)
        ]
        pairs = compare_proportions(arms, method="wald", conf_level=conf_level)
        lines = [(a.group, a.at_days, a.n, a.n_event, a.estimate) for a in arms]
        return Contrast(
            frame=contrast_frame(pairs),
            by=by,
            method=mark("proportions of mature people and people never checked, Wald interval"),
            conf_level=conf_level,
            arms=arms_frame(lines),
            definition=outcome.definition,
            notes=rates.notes,
        )

    return contrast
