"""Rows of a regression of time to reoffence: complete, as arrays, enough of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from rjeval.analysis_data import TimeToEvent
from rjeval.errors import EstimationError, GuardError, TooFewEventsError
from rjeval.language import note
from rjeval.model_frame import (
    ModelFrame,
    build_model_frame,
    counted_variables,
    formula_variables,
    has_two_values,
)
from rjeval.recidivism.exit_kinds import count_codes, kinds_of
from rjeval.recidivism.guards import (
    MAX_DROPPED,
    refuse_end_of_follow_up,
    refuse_later_knowledge,
    refuse_silent_loss,
)
from rjeval.recidivism.parts import have_repeats, parts_of
from rjeval.recidivism.unpack import (
    codes_of,
    count_people,
    positive_weights,
    repeated_people,
    require,
)
from rjeval.results.deferred import deferred

#: Events per parameter below which Cox regression is refused, and below which it is noted.
REFUSE_EVENTS, DOUBT_EVENTS = 5, 10
#: Column of the arms, which other results show one by one.
ARM = "arm"
#: Clusters below which the robust variance is too small on average.
FEW_CLUSTERS = 30


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelRows:
    """Arrays of the complete rows of a Cox model."""

    design: ModelFrame
    used: pd.DataFrame
    time: np.ndarray
    event: np.ndarray
    entry: np.ndarray
    stratum: np.ndarray | None
    weight: np.ndarray | None
    cluster: np.ndarray | None
    offset: np.ndarray | None = None


def unpack_model(
    outcome: TimeToEvent,
    formula: str,
    *,
    cluster: str | None,
    strata: str | tuple[str, ...] | None,
    weights: str | None,
    offset: str | None = None,
    max_dropped: float = MAX_DROPPED,
    event: np.ndarray | None = None,
) -> ModelRows:
    """Return the arrays of the rows that are complete for a formula and its options."""
    names = [strata] if isinstance(strata, str) else list(strata or ())
    extra = tuple(name for name in (cluster, weights, offset, *names) if name is not None)
    design = build_model_frame(outcome.frame, formula, complete=extra)
    refuse_end_of_follow_up(outcome, formula_variables(formula))
    beside = [name for name in (offset, *names) if name]
    refuse_later_knowledge(outcome, [*variables_of(formula, outcome.frame), *beside])
    refuse_silent_loss(design.n_dropped, len(outcome.frame), allowed=max_dropped)
    used = outcome.frame.iloc[design.kept] if design.n_dropped else outcome.frame
    return ModelRows(
        design=design,
        used=used,
        time=used["time_days"].to_numpy(dtype=float),
        event=_of_kept(kinds_of(outcome) == 1 if event is None else event, design),
        entry=used["entry_days"].to_numpy(dtype=float),
        stratum=codes_of(used, names) if names else None,
        weight=positive_weights(used, weights) if weights else None,
        cluster=codes_of(used, cluster) if cluster else None,
        offset=finite_column(used, offset) if offset else None,
    )


def person_cluster(outcome: TimeToEvent, weights: str | None) -> str | None:
    """Return ``person_id`` where rows of a person must not be taken for independent.

    That is so for start-stop rows with weights, or with several events of a person; without
    either the rows of a person are as good as one.
    """
    frame = outcome.frame
    late = bool(frame["entry_days"].to_numpy(dtype=float).max(initial=0.0) > 0)
    unit = parts_of(frame, None, late=late)
    if unit is None or (weights is None and not have_repeats(unit, outcome.reoffended)):
        return None
    return "person_id"


def without_matrix(model: ModelRows) -> ModelRows:
    """Return the same without the design matrix, which a fit has copied, to free its memory."""
    return replace(model, design=replace(model.design, matrix=model.design.matrix[:0].copy()))


def _of_kept(values: np.ndarray, design: ModelFrame) -> np.ndarray:
    return values[design.kept] if design.n_dropped else values


def variables_of(formula: str, frame: pd.DataFrame) -> list[str]:
    """Return the columns that a formula names."""
    needed = set(formula_variables(formula))
    return [str(name) for name in frame.columns if str(name) in needed]


def finite_column(frame: pd.DataFrame, name: str) -> np.ndarray:
    """Return a column of finite numbers."""
    values = require(frame, name).to_numpy(dtype=float)
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise EstimationError(f"{bad} of {values.size} values of {name} are not finite numbers.")
    return values


def judge_events(model: ModelRows) -> list[str]:
    """Refuse too few events per coefficient; return a note where there are few."""
    return judge_event_count(int(model.event.sum()), len(model.design.terms))


def judge_event_count(n_events: int, k: int) -> list[str]:
    """Refuse too few events for ``k`` coefficients; return a note where there are few."""
    if n_events < REFUSE_EVENTS * k:
        raise TooFewEventsError(
            f"{n_events} events for {k} coefficients: Cox regression needs at least "
            f"{REFUSE_EVENTS} per coefficient.",
            n_events=n_events,
            required=REFUSE_EVENTS * k,
            hint='Use fewer terms, or penalty="firth".',
        )
    if n_events < DOUBT_EVENTS * k:
        return [
            note(
                "Fewer than {least} events for each of {k} coefficients: estimates may be too far "
                "from 1.",
                k=k,
                least=DOUBT_EVENTS,
            )
        ]
    return []


def judge_clusters(model: ModelRows, name: str | None) -> list[str]:
    """Refuse one cluster, whose scores always sum to 0; return a note where clusters are few."""
    if model.cluster is None:
        return []
    count = int(model.cluster.max()) + 1
    if count < 2:
        raise GuardError(
            f"All rows belong to one cluster of {name}, so no cluster-robust error can be given.",
            hint="Leave cluster= out, or name the column of people or cases.",
        )
    if count >= FEW_CLUSTERS:
        return []
    return [
        note(
            "{n} clusters of {name}, fewer than {least}: intervals are too narrow.",
            n=count,
            name=name,
            least=FEW_CLUSTERS,
        )
    ]


def model_facts(model: ModelRows) -> dict[str, Any]:
    """Return what each regression says of its rows: numbers, reference levels, level counts."""
    return {
        "n": count_people_of(model),
        "n_events": int(model.event.sum()),
        "n_dropped": model.design.n_dropped,
        "n_clusters": None if model.cluster is None else int(model.cluster.max()) + 1,
        "reference_levels": model.design.reference_levels,
        "level_counts": level_counts(model),
        "arm_counts": arm_counts(model),
    }


def people_of(model: ModelRows) -> np.ndarray | None:
    """Return the code of the person of each row where people have several rows."""
    return repeated_people(model.used, None, late=bool(model.entry.max() > 0))


def units_of(model: ModelRows) -> np.ndarray | None:
    """Return the code of the follow-up of each row where some have several rows."""
    return parts_of(model.used, None, late=bool(model.entry.max() > 0))


def count_people_of(model: ModelRows) -> int:
    """Return how many people the rows are of."""
    person = people_of(model)
    return model.time.size if person is None else int(person.max()) + 1


def level_counts(model: ModelRows) -> pd.DataFrame:
    """Return people and events behind each level of each categorical variable."""
    return _counts_of(model, counted_variables(model.design, model.used))


def arm_counts(model: ModelRows) -> pd.DataFrame:
    """Return people and events of each arm, whether the model names it or not."""
    return _counts_of(model, [ARM] if ARM in model.used else [])


def _counts_of(model: ModelRows, names: list[str]) -> pd.DataFrame:
    person = people_of(model) if names else None
    terms: list[tuple[str, int, int]] = []
    for name in names:
        code, shown = _level_codes(model.used[name])
        if person is None:
            n = count_codes(code, len(shown))
        else:
            known = code >= 0
            n = count_people(code[known], person[known], size=len(shown))
        happened = count_codes(np.where(model.event, code, code.dtype.type(-1)), len(shown))
        for level, *counts in sorted(zip(shown, n.tolist(), happened.tolist(), strict=True)):
            terms += [(f"{name}[{level}]", *counts)] if counts[0] else []
    return deferred(partial(_terms_frame, terms))


def _terms_frame(terms: list[tuple[str, int, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(terms, columns=["term", "n", "n_event"])
    return frame.astype({"term": object, "n": np.intp, "n_event": np.intp})


def level_frame(found: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """Return the table of levels, people and events by variable, as one row per level."""
    terms = [f"{name}[{level}]" for name, (levels, _, _) in found.items() for level in levels]
    parts = [np.stack(counts) for _, *counts in found.values()]
    n, n_event = np.concatenate([np.zeros((2, 0), dtype=np.intp), *parts], axis=1)
    return pd.DataFrame({"term": np.array(terms, dtype=object), "n": n, "n_event": n_event})


def _level_codes(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return the code of each row's level, -1 where it is missing, and the levels as texts."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        code, names = np.asarray(column.array.codes), list(column.dtype.categories)
    elif pd.api.types.is_numeric_dtype(column) and has_two_values(column):
        values = column.to_numpy()
        names = [values.min(), values.max()]
        code = (values == names[1]).view(np.int8)
    else:
        code, found = pd.factorize(column)
        names = list(found)
    return code, [str(one) for one in names]
