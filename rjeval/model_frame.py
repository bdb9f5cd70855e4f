"""A formula and a frame become a named design matrix: the one formula dialect of rjeval.

Terms are named as people read them: ``age`` for a number, ``arm[rj]`` for a level.
Reference levels are the first category, set once in the schema, so that no formula
carries contrast syntax.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

import numpy as np
import pandas as pd

from rjeval.errors import EstimationError, RankDeficiencyError

_LEVEL = re.compile(r"\[[^\]]*\]")
#: Relative size of a pivot below which a column repeats the others (LAPACK's usual choice).
RANK_TOLERANCE = 1e-10
#: Levels up to which a category may be as fine as its rows.
MOST_LEVELS = 20
#: Rows that are looked at first for values of a category.
FIRST = 64
#: Smallest eigenvalue of the columns' cosines above which nothing can be repeated.
CLEARLY_INDEPENDENT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelFrame:
    """A design matrix with names.

    Parameters
    ----------
    matrix : ndarray of shape (n, k)
        Columns in formula order; a first column of ones only where asked for.
    terms : tuple of str, length k
        Name of each column.
    variables : tuple of str, length k
        Formula term that each column belongs to (a factor with 3 levels owns 2 columns).
    kept : ndarray of shape (n,)
        Positions in the input frame of the rows that are complete.
    n_dropped : int
        Rows left out because a variable of the formula was missing.
    reference_levels : mapping of variable to its first level
    """

    matrix: np.ndarray
    terms: tuple[str, ...]
    variables: tuple[str, ...]
    kept: np.ndarray
    n_dropped: int
    reference_levels: Mapping[str, str]

    def __repr__(self) -> str:
        return f"ModelFrame(rows={len(self.kept)}, terms={self.terms}, dropped={self.n_dropped})"


def build_model_frame(
    frame: pd.DataFrame, formula: str, *, intercept: bool = False, complete: tuple[str, ...] = ()
) -> ModelFrame:
    """Return the design matrix of a one-sided formula.

    Parameters
    ----------
    frame : DataFrame
    formula : str
        Right-hand side, such as ``"arm + age_at_index + prior_arrests"``.
    intercept : bool
        Keep a column of ones (rating models); Cox and ordinal models have none.
    complete : tuple of str
        Further columns that must not be missing (outcome, cluster, weights).

    Raises
    ------
    EstimationError
        The formula cannot be read, names a column that is not there, or leaves no row.
    RankDeficiencyError
        A term repeats others.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": pd.Categorical(["b", "a", "a", "b"]), "age": [1, 2, 3, 5]})
    >>> built = build_model_frame(people, "arm + age")
    >>> built.terms, built.reference_levels
    (('arm[b]', 'age'), {'arm': 'a'})
    """
    if not isinstance(formula, str):
        raise EstimationError(
            f"The formula is a {type(formula).__name__}, not a text.",
            hint='Write it as "arm + age_at_index".',
        )
    plain = _added_names(formula)
    parsed: Any = None if plain else _parse(formula)
    names = sorted(plain or map(str, parsed.required_variables))
    absent = [name for name in (*names, *complete) if name not in frame.columns]
    if absent:
        raise EstimationError(
            f"The formula '{formula}' names {', '.join(absent)}, which the data do not have.",
            hint=f"Columns: {', '.join(map(str, frame.columns))}.",
        )
    wanted = list(dict.fromkeys([*names, *complete]))
    kept = np.flatnonzero(_complete_rows(frame, wanted))
    if not kept.size:
        raise EstimationError(f"No row is complete for the formula '{formula}'.")
    whole = kept.size == len(frame)
    data = {name: frame[name] if whole else frame[name].iloc[kept] for name in names}
    levels = {name: _as_factor(data, name) for name in names if not _is_number(data[name])}
    matrix, terms, variables = _columns(data, plain) if plain else _materialise(data, parsed)
    start = 0 if intercept else 1
    _check_rank(matrix, terms)
    return ModelFrame(
        matrix=matrix[:, start:] if plain else np.ascontiguousarray(matrix[:, start:]),
        terms=terms[start:],
        variables=variables[start:],
        kept=kept,
        n_dropped=len(frame) - kept.size,
        reference_levels={name: first for name, first in levels.items() if first},
    )


def formula_variables(formula: str) -> tuple[str, ...]:
    """Return the columns that a one-sided formula names, sorted.

    Examples
    --------
    >>> formula_variables("arm * mode + np.log(age)")
    ('age', 'arm', 'mode')
    """
    names = _added_names(formula) or _parse(formula).required_variables
    return tuple(sorted(str(name) for name in names))


def counted_variables(design: ModelFrame, data: pd.DataFrame) -> list[str]:
    """Return the variables whose levels stand for groups of people, to be counted.

    Categories, and numbers that take two values only: a column of zeros and ones is a category
    that is written as a number.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": ["b", "a", "a", "b"], "age": [1, 2, 3, 5], "new": 0.0})
    >>> people.loc[1, "new"] = 1.0
    >>> counted_variables(build_model_frame(people, "arm + age + new"), people)
    ['arm', 'new']
    """
    names = dict.fromkeys(piece for term in design.variables for piece in term.split(":"))
    numbers = [
        name
        for name in names
        if name in data and name not in design.reference_levels and has_two_values(data[name])
    ]
    return [*design.reference_levels, *numbers]


def has_two_values(column: pd.Series) -> bool:
    """Return whether a column takes exactly two values; most numbers show at once that not."""
    values = column.to_numpy()
    if values.dtype.kind not in "iufb":
        return bool(column.nunique() == 2)
    if len(set(values[:FIRST].tolist())) > 2:
        return False
    low, high = values.min(), values.max()
    return bool(low < high and ((values == low) | (values == high)).all())


def _added_names(formula: str) -> tuple[str, ...]:
    """Return the names of a formula that only adds columns, each once; none for any other."""
    names = [name.strip() for name in formula.split("+")]
    plain = all(name.isidentifier() and not iskeyword(name) for name in names)
    return tuple(dict.fromkeys(names)) if plain else ()


def _parse(formula: str) -> Any:
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    try:
        return Formula(f"1 + {formula}")
    except FormulaicError as error:
        raise EstimationError(f"The formula '{formula}' cannot be read: {error}.") from None


def _complete_rows(frame: pd.DataFrame, names: list[str]) -> np.ndarray:
    complete = np.ones(len(frame), dtype=bool)
    for name in names:
        column = frame[name]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f":
            complete &= ~np.isnan(column.to_numpy())
        else:
            complete &= column.notna().to_numpy()
    return complete


_Design = tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]


def _columns(data: dict[str, pd.Series], names: tuple[str, ...]) -> _Design:
    """Design of added columns, without the general machinery: what :func:`_materialise` gives."""
    columns, terms, variables = [np.ones(len(data[names[0]]))], ["(Intercept)"], ["1"]
    for name in names:
        column = data[name]
        if _is_number(column):
            columns.append(column.to_numpy(dtype=float))
            terms.append(name)
        else:
            codes = column.cat.codes.to_numpy()
            levels = column.cat.categories[1:]
            columns += [(codes == code).astype(float) for code in range(1, len(levels) + 1)]
            terms += [f"{name}[{level}]" for level in levels]
        variables += [name] * (len(terms) - len(variables))
    return np.array(columns).T, tuple(terms), tuple(variables)


def _materialise(data: dict[str, pd.Series], parsed: Any) -> _Design:
    """Matrix, names of its columns, and the term that each belongs to."""
    rows = pd.DataFrame({name: column.array for name, column in data.items()})
    built = parsed.get_model_matrix(rows, output="pandas", na_action="raise")
    spec = built.model_spec
    variables = [""] * len(spec.column_names)
    for term, places in spec.term_indices.items():
        for place in places:
            variables[place] = str(term)
    terms = tuple(_plain(name) for name in spec.column_names)
    return built.to_numpy(dtype=float), terms, tuple(variables)


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _as_factor(data: dict[str, pd.Series], name: str) -> str:
    """Make a column categorical with only the levels that occur; return the first."""
    column = data[name]
    if not isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(str).astype("category")
    column = column.cat.remove_unused_categories()
    if len(column.cat.categories) < 2:
        raise EstimationError(
            f"{name} has one value only among the complete rows, so it explains nothing.",
            hint="Leave it out of the formula.",
        )
    refuse_identifier(name, n_levels=len(column.cat.categories), n_rows=len(column))
    data[name] = column.cat.rename_categories([str(one) for one in column.cat.categories])
    return str(column.cat.categories[0])


def refuse_identifier(name: str, *, n_levels: int, n_rows: int) -> None:
    """Refuse to group by a column that tells people apart, such as an id or a free text.

    Raises
    ------
    EstimationError
        More than 20 levels, and fewer than two rows to a level on average.

    Examples
    --------
    >>> refuse_identifier("site_id", n_levels=30, n_rows=600)
    """
    if n_levels > MOST_LEVELS and n_rows < 2 * n_levels:
        raise EstimationError(
            f"{name} has {n_levels} values in {n_rows} rows: an identifier or a free text, and no "
            "category.",
            hint="Group it first, into fewer categories that people share.",
        )


def _plain(name: str) -> str:
    return "(Intercept)" if name in {"1", "Intercept"} else name.replace("[T.", "[")


def _check_rank(matrix: np.ndarray, terms: tuple[str, ...]) -> None:
    products = matrix.T @ matrix
    scale = np.sqrt(np.diag(products))
    scale[scale == 0] = 1.0
    gram = products / np.outer(scale, scale)
    # Pivots are at least the root of the smallest eigenvalue: most matrices need no more.
    if np.linalg.eigvalsh(gram)[0] > CLEARLY_INDEPENDENT:
        return
    r = np.asarray(np.linalg.qr(matrix / scale, mode="r"))
    pivots = np.zeros(len(terms))
    pivots[: min(r.shape)] = np.abs(np.diag(r))
    repeated = tuple(terms[i] for i in np.flatnonzero(pivots < RANK_TOLERANCE))
    if repeated:
        raise RankDeficiencyError(
            f"{len(repeated)} of {len(terms)} terms repeat the others: {_named(repeated)}.",
            terms=repeated,
            hint="Drop one of each pair of terms that say the same thing.",
        )


def _named(terms: tuple[str, ...]) -> str:
    """Name the terms by their variables: a level may be what one person alone has."""
    return ", ".join(dict.fromkeys(_LEVEL.sub("", term) for term in terms))
