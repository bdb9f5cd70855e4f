"""Relative rates between groups at each stage of the programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pandas as pd

from rjeval.analysis_data import Cohort, Exports
from rjeval.delivery.stages import SEVERAL, stages_reached
from rjeval.delivery.tally import NOT_RECORDED, columns_of, one_each, rows_of
from rjeval.errors import DataError, WithheldError
from rjeval.language import mark, named, note
from rjeval.results import Contrast, StageRates

#: Groups under this share of the stage's base are put together.
SMALL_GROUP_SHARE = 0.01
OTHER = "other_groups"
#: Answers that name no group.
UNKNOWN = ("unknown", "declined")
NO_CAUSE = mark(
    "A relative rate describes a difference at one stage; it does not say where it comes from."
)
OF_RATES = mark("ratio of the shares that reached the stage, log interval")
LEFT_OUT = mark("Groups that can be shown at no stage are left out.")
NO_STAGE = mark("Stages at which no relative rate may be shown are left out.")


def relative_rate_index(
    data: Cohort | Exports,
    by: str,
    *,
    stage: str,
    reference: str,
    conf_level: float = 0.95,
    labels: Mapping[str, str] | None = None,
) -> Contrast:
    """Return each group's rate at a stage over that of the reference group.

    Parameters
    ----------
    data : Cohort or Exports
        Who is compared; of a cohort everybody assessed, each person by the first referral.
    by : str
        Column of groups, such as ``"race_ethnicity"`` or ``"gender"``.
    stage : str
        A stage that the study records: ``eligible``, ``offered``, ``consented``,
        ``conferenced`` or ``completed``. Its base is everybody who reached the recorded stage
        before it.
    reference : str
        Reference group, usually the largest.
    conf_level : float
    labels : mapping, optional

    Returns
    -------
    Contrast
        One row per group with ``term`` ``risk_ratio``; ``arms`` holds ``n`` (base), ``n_event``
        (who reached the stage) and the rate ``estimate`` of each group, reference first.

    Raises
    ------
    DataError
        No such column, group or stage.

    Notes
    -----
    :math:`RRI = (a / n_1) / (b / n_0)` with the log interval of Katz et al. (1978,
    doi:10.2307/2530610); missing where a rate is 0. The index is that of the US Office of
    Juvenile Justice and Delinquency Prevention, where the base of each stage is the stage
    before. Groups under 1% of the base are put together as ``other_groups``; people with
    several categories are ``more_than_one``; who has none is left out. A relative rate
    describes a disparity; it does not say where it comes from.
    """
    if not 0 < conf_level < 1:
        raise ValueError("conf_level must lie between 0 and 1.")
    rows = one_each(rows_of(data, among="assessed"), unit="people")
    name = columns_of(rows, by)[0]
    reached = stages_reached(rows, exports=data if isinstance(data, Exports) else None)
    base, event = _base_and_event(reached, stage=stage)
    kept = base & rows[name].notna().to_numpy()
    group = _groups(rows.loc[kept, name], reference=reference)
    counts = pd.DataFrame({"group": group.to_numpy(), "event": event[kept]})
    arms = counts.groupby("group", as_index=False).agg(
        n=("event", "size"), n_event=("event", "sum")
    )
    arms = arms.assign(first=arms["group"] != reference, n_event=arms["n_event"].astype(int))
    arms = arms.sort_values(["first", "n", "group"], ascending=[True, False, True])
    arms = arms.drop(columns="first").reset_index(drop=True)
    arms["estimate"] = arms["n_event"] / arms["n"]
    arms.insert(1, "at_days", np.nan)
    return Contrast(
        frame=_ratios(arms, conf_level=conf_level),
        by=by,
        method=note("relative rate at stage {stage}, log interval", stage=named(stage, lower=True)),
        conf_level=conf_level,
        arms=arms,
        labels=dict(labels or {}),
    )


def relative_rates(rates: StageRates, *, reference: str) -> dict[str, Contrast]:
    """Return the relative rates of all stages, from the rates of stages by group.

    Give it released rates: then all stages have been protected together, and what comes out
    rests on released numbers alone.

    Parameters
    ----------
    rates : StageRates
        From :func:`rjeval.stage_rates` with ``by``, released or not.
    reference : str
        Group that the others are compared with, ``design.equity.reference``.

    Returns
    -------
    dict of stage to Contrast
        As of :func:`rjeval.relative_rate_index`, except that small groups are not put together;
        released if the rates are. A stage that everybody reached compares nothing and is left
        out; where a whole group reached one, its count is not given. People without a group are
        left out, and so are groups that are hidden at all stages, and of released rates stages
        at which nothing may be compared; the notes say so.

    Raises
    ------
    DataError
        The rates are not by group, or the reference is none of them.
    WithheldError
        The rates are released, and at no stage may those of two groups be shown.

    Notes
    -----
    Ratios and intervals as in :func:`rjeval.relative_rate_index`, from the counts of the rates:
    of released ones from rounded counts.
    """
    frame = rates.frame
    if not rates.by or reference not in set(frame[rates.by].astype(str)):
        raise DataError(
            "The reference group is none of those whose rates were given.",
            hint="Give stage_rates a column by, and name one of its groups.",
        )
    frame = frame[~frame[rates.by].astype(str).isin([NOT_RECORDED, *UNKNOWN])]
    shown = frame.groupby(rates.by)["estimate"].transform("count") > 0
    compared = frame[rates.by].astype(str) != reference
    kept = frame[shown | ~compared] if (shown & compared).any() else frame
    notes = (*rates.notes, NO_CAUSE, *((LEFT_OUT,) if len(kept) < len(frame) else ()))
    found = {
        str(stage): _of_stage(block, rates=rates, reference=reference, notes=notes)
        for stage, block in kept.groupby("stage", sort=False)
        if not block["estimate"].dropna().eq(1.0).all() or block["estimate"].isna().all()
    }
    if not rates.is_released:
        return found
    seen = {name: one for name, one in found.items() if one.frame["estimate"].notna().any()}
    if found and not seen:
        raise WithheldError(
            "At no stage may the rates of two groups be shown side by side, so none is compared.",
            hint="Name fewer stages in [equity], or groups of more people.",
        )
    if len(seen) == len(found):
        return found
    return {name: replace(one, notes=(*one.notes, NO_STAGE)) for name, one in seen.items()}


def _of_stage(
    block: pd.DataFrame, *, rates: StageRates, reference: str, notes: tuple[str, ...]
) -> Contrast:
    columns = {rates.by: "group", "n_base": "n", "n": "n_event"}
    arms = block.drop(columns=["stage", "conf_low", "conf_high"]).rename(columns=columns)
    first = (arms["group"].astype(str) != reference).rename("first")
    order = pd.concat([first, -arms["n"].astype(float), arms["group"]], axis=1)
    arms = arms.loc[order.sort_values(list(order.columns)).index].reset_index(drop=True)
    arms.insert(1, "at_days", np.nan)
    frame = _ratios(arms, conf_level=rates.conf_level)
    arms["n_event"] = arms["n_event"].astype(float).where(arms["n_event"] != arms["n"])
    if rates.is_released:
        hidden = frame["estimate"].isna().to_numpy()
        own = arms["bound"].iloc[1:].to_numpy(dtype=object)
        why = np.where(own == "", arms["bound"].iloc[0], own)
        frame["suppressed"] = np.where(hidden, "primary", "")
        frame["bound"] = np.where(hidden, why, "")
    return Contrast(
        frame=frame,
        by=rates.by,
        method=OF_RATES,
        conf_level=rates.conf_level,
        arms=arms,
        labels=dict(rates.labels),
        notes=notes,
        released=rates.released,
    )


def _base_and_event(reached: pd.DataFrame, *, stage: str) -> tuple[np.ndarray, np.ndarray]:
    stages = list(reached.columns)
    if stage not in stages[1:]:
        raise DataError(
            f"The stage {stage} is not among those that this study records.",
            hint=f"Recorded: {', '.join(stages[1:]) or 'none'}.",
        )
    before = stages[stages.index(stage) - 1]
    return reached[before].to_numpy(dtype=bool), reached[stage].to_numpy(dtype=bool)


def _groups(values: pd.Series, *, reference: str) -> pd.Series:
    """Name the groups: several categories in one cell, and groups too small to stand alone."""
    text = values.astype(str)
    text = text.mask(text.str.contains(";", regex=False), SEVERAL)
    if reference not in set(text):
        raise DataError(
            "The reference group has nobody who reached the stage before.",
            hint=f"Groups: {', '.join(sorted(set(text)))}.",
        )
    share = text.map(text.value_counts(normalize=True))
    return text.mask((share < SMALL_GROUP_SHARE) & (text != reference), OTHER)


def _ratios(arms: pd.DataFrame, *, conf_level: float) -> pd.DataFrame:
    n, k = arms["n"].to_numpy(dtype=float), arms["n_event"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (k[1:] / n[1:]) / (k[0] / n[0])
        error = np.sqrt(1 / k[1:] - 1 / n[1:] + 1 / k[0] - 1 / n[0])
        usable = (k[1:] > 0) & (k[0] > 0) & (error > 0)
        ratio = np.where(k[0] > 0, ratio, np.nan)
        error = np.where(usable, error, np.nan)
        log = np.log(np.where(usable, ratio, np.nan))
    z = NormalDist().inv_cdf(0.5 + conf_level / 2)
    statistic = log / error
    p_value = [2 * NormalDist().cdf(-abs(one)) if one == one else np.nan for one in statistic]
    return pd.DataFrame(
        {
            "group": arms["group"].iloc[1:].to_numpy(),
            "reference": arms["group"].iloc[0],
            "at_days": np.nan,
            "term": "risk_ratio",
            "estimate": ratio,
            "std_error": error,
            "statistic": statistic,
            "p_value": p_value,
            "conf_low": np.exp(log - z * error),
            "conf_high": np.exp(log + z * error),
        }
    )
