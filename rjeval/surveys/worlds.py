"""The same people with one variable set otherwise, coded alike with the people as they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rjeval.model_frame import build_model_frame, formula_variables
from rjeval.surveys.model_data import ModelData

#: Step of a central difference, in standard deviations of the variable.
STEP = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """Design matrix with ``variable`` set to ``level`` for everybody.

    ``against`` names the world that it is compared with, ``None`` for the one compared with.
    For a number, ``level`` is ``up`` or ``down`` and ``step`` the distance between the two.
    """

    variable: str
    level: str
    against: str | None
    matrix: np.ndarray
    spread: np.ndarray
    step: float | None = None


def build_worlds(
    data: ModelData, formula: str, *, scale: str = "", wanted: str | None = None
) -> tuple[World, list[World]]:
    """Return the world of the people as they are, and each world with one variable set.

    All are coded in one go, so that a formula's transformations mean the same in each. ``spread``
    holds the columns of ``scale``, the formula of the spread; none where there is no such formula.
    """
    names = tuple(
        dict.fromkeys([*formula_variables(formula), *(formula_variables(scale) if scale else ())])
    )
    factors = data.reference_levels
    rows = data.rows[list(names)].copy()
    for name in factors:
        rows[name] = _as_text_factor(rows[name])
    plans = [
        plan
        for name in names
        if wanted in (None, name)
        for plan in _plans(rows[name], name, is_factor=name in factors)
    ]
    copies = [_with(rows, plan.variable, value) for plan, value in plans]
    stacked = pd.concat([rows, *copies], ignore_index=True)
    matrix = build_model_frame(stacked, formula).matrix
    blocks = np.split(matrix, len(copies) + 1)
    wide = build_model_frame(stacked, scale).matrix if scale else np.empty((len(stacked), 0))
    spreads = np.split(wide, len(copies) + 1)
    worlds = [
        World(
            variable=plan.variable,
            level=plan.level,
            against=plan.against,
            matrix=block,
            spread=spread,
            step=plan.step,
        )
        for (plan, _), block, spread in zip(plans, blocks[1:], spreads[1:], strict=True)
    ]
    actual = World(variable="", level="", against=None, matrix=blocks[0], spread=spreads[0])
    return actual, worlds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    variable: str
    level: str
    against: str | None
    step: float | None = None


def _plans(
    column: pd.Series, name: str, *, is_factor: bool
) -> list[tuple[_Plan, pd.Series | pd.Categorical]]:
    if is_factor:
        levels = [str(one) for one in column.cat.categories]
        reference = levels[0]
        return [
            (
                _Plan(variable=name, level=level, against=None if i == 0 else reference),
                pd.Categorical([level] * len(column), categories=levels),
            )
            for i, level in enumerate(levels)
        ]
    number = column.astype(float)
    half = STEP * (float(number.std()) or 1.0)
    return [
        (_Plan(variable=name, level="down", against=None), number - half),
        (_Plan(variable=name, level="up", against="down", step=2 * half), number + half),
    ]


def _as_text_factor(column: pd.Series) -> pd.Series:
    if not isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(str).astype("category")
    column = column.cat.remove_unused_categories()
    names = [str(one) for one in column.cat.categories]
    renamed: pd.Series = column.cat.rename_categories(names).cat.as_unordered()
    return renamed


def _with(rows: pd.DataFrame, name: str, value: pd.Series | pd.Categorical) -> pd.DataFrame:
    changed = rows.copy()
    changed[name] = value
    return changed
