"""Release smooths of hazard ratios: a few days of a curve that many events stand behind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.model_counts import told_events
from rjeval.disclosure.models import thin_terms
from rjeval.disclosure.populations import show_populations
from rjeval.disclosure.stamp import stamped
from rjeval.errors import WithheldError
from rjeval.results import HazardsOverTime

#: Parameters of the spline of one coefficient.
FREEDOM = 4
DECIMALS = 2
VALUES = ("estimate", "std_error", "conf_low", "conf_high")


def release_smooth(
    result: HazardsOverTime, *, frame: pd.DataFrame, rule: DisclosureRule
) -> HazardsOverTime:
    """Release hazard ratios over time; see :func:`rjeval.release`.

    A curve is shown at steps of ``curve_grid_days``, where at least ``min_cell`` events lie before
    and after the day, with two decimals and outward limits, so that neither the days of single
    events nor the ends of follow-up can be read off. Levels with fewer than ``min_cell`` people
    or events are left out whole. Counts of events by day are left out.
    """
    spent = FREEDOM + len(result.constant)
    events = result.n_events or 0
    few = min(events, result.n - events) < rule.min_cell
    if few or events - spent < rule.min_residual_df:
        raise WithheldError(
            f"Hazard ratios over time rest on fewer than {rule.min_cell} people with or without "
            f"the event, or leave fewer than {rule.min_residual_df} degrees of freedom.",
            hint="Use fewer terms, or pool years or sites.",
        )
    hidden, notes = thin_terms(result, frame=frame, rule=rule)
    kept = [_block(block, rule=rule, total=events) for _, block in frame.groupby("term")]
    shown = pd.concat(kept, ignore_index=True)
    shown = shown[~shown["term"].isin(list(hidden))].drop(columns="n_event")
    if shown.empty:
        raise WithheldError(
            "Of hazard ratios over time no day is left that enough events stand before and after.",
            hint="Give the test of proportional hazards instead.",
        )
    order = list(result.constant)
    shown = shown.sort_values("term", key=lambda terms: terms.map(order.index), kind="stable")
    return stamped(
        result,
        shown,
        rule=rule,
        n_suppressed=len(hidden),
        notes=notes,
        n=int(show_populations(result, [result.n], by="", rule=rule)[0]),
        n_events=told_events(result, rule=rule),
        arm_counts=pd.DataFrame(),
        constant={
            name: round(value, DECIMALS)
            for name, value in result.constant.items()
            if name not in hidden
        },
        level_counts=pd.DataFrame(),
    )


def _block(block: pd.DataFrame, *, rule: DisclosureRule, total: int) -> pd.DataFrame:
    """Return one day per step of the grid, inside the bulk of the events."""
    by_then = block["n_event"].to_numpy(dtype=float)
    inside = (by_then >= rule.min_cell) & (total - by_then >= rule.min_cell)
    step = np.floor(block["time_days"] / rule.curve_grid_days)
    on_grid = (step > 0) & ~step.duplicated()
    shown = block[inside & on_grid.to_numpy()].copy()
    scale = 10.0**DECIMALS
    for name in VALUES:
        rounding = {"conf_low": np.floor, "conf_high": np.ceil}.get(name, np.round)
        shown[name] = rounding(shown[name].to_numpy(dtype=float) * scale) / scale
    return shown
