"""Formulas that a design names are read, and their columns looked up, before any data are."""

from __future__ import annotations

import difflib
from keyword import iskeyword

from rjeval.design.dictionary import every_column
from rjeval.design.study import StudyDesign
from rjeval.errors import DesignError


def check_models(design: StudyDesign) -> None:
    """Refuse a formula that cannot be read, or that names a column nobody knows."""
    known = {*every_column(), *design.covariates}
    for spec in design.exports:
        known |= {*spec.columns, *spec.constants, *spec.templates, *spec.fill}
    for key in ("recidivism", "satisfaction", "response"):
        formula = getattr(design.models, key)
        for name in _variables(formula, key=key) if formula.strip() else ():
            _check_name(name, known, key=key)
    if design.models.cluster:
        _check_name(design.models.cluster, known, key="cluster")


def _check_name(name: str, known: set[str], *, key: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, sorted(known), n=1)
        guess = f"Did you mean '{near[0]}'?" if near else "Map it under [exports.TABLE.columns]."
        raise DesignError(
            f"[models] {key} names '{name}', which is neither in the data dictionary nor mapped.",
            hint=guess,
        )


def _variables(formula: str, *, key: str) -> tuple[str, ...]:
    names = [name.strip() for name in formula.split("+")]
    if all(name.isidentifier() and not iskeyword(name) for name in names):
        return tuple(names)
    from formulaic import Formula

    try:
        return tuple(sorted(map(str, Formula(f"1 + {formula}").required_variables)))
    except Exception:  # formulaic, its tokenizer and Python's parser each raise their own
        raise DesignError(
            f"[models] {key} cannot be read as a formula.",
            hint='Write the right-hand side only, such as "arm + age_at_index".',
        ) from None
