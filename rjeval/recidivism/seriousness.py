"""How serious: people by the most serious level among their incidents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import EventHistory
from rjeval.errors import EstimationError
from rjeval.language import mark
from rjeval.recidivism.unpack import group_codes
from rjeval.results import CountTable

NO_INCIDENT, NOT_RECORDED = "no_incident", "not_recorded"
LEVEL = "worst_level"


def count_worst_levels(
    history: EventHistory,
    *,
    by: str | None = "arm",
    title: str = mark("People by the most serious level of their incidents"),
) -> CountTable:
    """Count people by the most serious level among all their incidents in follow-up.

    Parameters
    ----------
    history : EventHistory
        From :func:`rjeval.measure_event_history`.
    by : str, optional
        Column of groups; all people together where ``None``.
    title : str

    Returns
    -------
    CountTable
        One row per group and level, from ``no_incident`` and ``not_recorded`` (incidents, none
        with a level) to the most serious; ``share`` is of the people of the group. An incident
        without a level does not lower the worst one. :func:`rjeval.release` merges neighbouring
        levels with few people.

    Raises
    ------
    EstimationError
        Levels of incidents were not recorded.

    Notes
    -----
    Each person counts once, over all of his or her follow-up, which may be longer for one than
    for another; people whose group is missing are left out.

    Examples
    --------
    >>> from rjeval.design.recidivism import RecidivismDefinition
    >>> levels = pd.CategoricalDtype(["misdemeanor", "felony"], ordered=True)
    >>> people = pd.DataFrame(
    ...     {
    ...         "n_events": [0, 2, 1, 1],
    ...         "worst_level": pd.Series([None, "felony", "misdemeanor", None], dtype=levels),
    ...     }
    ... )
    >>> history = EventHistory(
    ...     people=people,
    ...     events=pd.DataFrame(),
    ...     horizon_days=365.0,
    ...     definition=RecidivismDefinition(),
    ... )
    >>> table = count_worst_levels(history, by=None).frame
    >>> table[["worst_level", "n"]].to_numpy().tolist()
    [['no_incident', 1], ['not_recorded', 1], ['misdemeanor', 1], ['felony', 1]]
    """
    people = history.people
    if LEVEL not in people or not people[LEVEL].notna().any():
        raise EstimationError("Levels of incidents were not recorded.")
    groups, code, kept = group_codes(people, by)
    people = people.iloc[kept]
    worst = people[LEVEL].astype("category")
    scale = [str(one) for one in worst.cat.categories[np.unique(worst.cat.codes[worst.notna()])]]
    known = worst.astype(object).where(worst.notna(), NOT_RECORDED).astype(str)
    text = known.where(people["n_events"].to_numpy() > 0, NO_INCIDENT).to_numpy()
    levels = [NO_INCIDENT, *([NOT_RECORDED] if NOT_RECORDED in text else []), *scale]
    frame = pd.DataFrame(
        [
            (label, level, int(np.sum((code == g) & (text == level))), int(np.sum(code == g)))
            for g, label in enumerate(groups)
            for level in levels
        ],
        columns=[by or "group", LEVEL, "n", "size"],
    )
    frame["share"] = frame["n"] / frame.pop("size")
    dimensions = (by, LEVEL) if by is not None else (LEVEL,)
    return CountTable(
        frame=frame[[*dimensions, "n", "share"]],
        title=title,
        dimensions=dimensions,
        what="people",
        denominator=mark("its group"),
        scale=tuple(scale),
        definition=history.definition,
        notes=history.notes,
    )
