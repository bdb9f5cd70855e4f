"""Days on which curves may be shown: the windows of the definition, and steps between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rjeval.design.disclosure import DisclosureRule
from rjeval.results import Curves


@dataclass(frozen=True, slots=True)
class Grid:
    """Days on which a curve may be shown, and which of them are windows of the definition."""

    days: np.ndarray
    is_window: np.ndarray


def windows_of(result: Curves) -> tuple[float, ...]:
    """Windows of the definition that lie inside the curve."""
    if result.definition is None:
        return ()
    return tuple(float(one) for one in result.definition.windows_days)


def grid_of(rule: DisclosureRule, *, horizon: float, windows: tuple[float, ...]) -> Grid:
    """Windows and horizon, and the multiples of the step that lie half a step from them."""
    step = float(rule.curve_grid_days)
    fixed = np.unique([*(one for one in windows if one < horizon), horizon])
    steps = np.arange(step, horizon, step)
    apart = np.abs(steps[:, None] - fixed[None, :]).min(axis=1, initial=np.inf) >= step / 2
    days = np.sort(np.concatenate([fixed, steps[apart]]))
    return Grid(days=days, is_window=np.isin(days, fixed))
