"""Maps of files that could never work, or that would quietly do nothing, are refused."""

from __future__ import annotations

import codecs
import difflib
import re

from rjeval.design.dictionary import table_columns
from rjeval.design.exports import ExportMap
from rjeval.design.study import StudyDesign
from rjeval.errors import DesignError

#: Likeness from which a name counts as a misspelt one of the dictionary.
NEAR = 0.85
#: A date format: strptime directives, or the words of a map.
DATE_FORMAT = re.compile(
    r"%-?[aAbBcdfGHIjmMpSuUVwWxXyYzZ]|^excel$|^pivot=\d{1,2}$|^zone=\w+/[\w/+-]+$"
)


def check_maps(design: StudyDesign) -> None:
    """Refuse unknown tables, misspelt columns, and formats that read nothing."""
    for spec in design.exports:
        known = table_columns(spec.table)
        mapped = {*spec.columns, *spec.constants, *spec.templates, *spec.fill}
        _check_spelling(spec, mapped - {*known, *design.covariates}, known)
        _check_mapped(spec, mapped)
        _check_formats(spec)
        _check_delimiter(spec)
        _check_encoding(spec)


def _check_spelling(spec: ExportMap, others: set[str], known: tuple[str, ...]) -> None:
    for name in sorted(others):
        near = difflib.get_close_matches(name, known, n=1, cutoff=NEAR)
        if near:
            raise DesignError(
                f"[exports.{spec.table}] maps '{name}', which the data dictionary does not have.",
                hint=f"Did you mean '{near[0]}'? If it is a column of your own, list it in "
                "[study] covariates.",
            )


def _check_mapped(spec: ExportMap, mapped: set[str]) -> None:
    """Refuse formats and codes of columns that are not mapped: they would do nothing."""
    for key in ("dates", "values", "delimiters", "unmapped"):
        for name in getattr(spec, key):
            if name not in mapped:
                near = difflib.get_close_matches(name, sorted(mapped), n=1)
                guess = f"Did you mean '{near[0]}'?" if near else "Map it under columns."
                raise DesignError(
                    f"[exports.{spec.table}] {key} names '{name}', which is not mapped.", hint=guess
                )


def _check_formats(spec: ExportMap) -> None:
    for name, formats in spec.dates.items():
        if not formats or not all(DATE_FORMAT.search(one) for one in formats):
            raise DesignError(
                f"[exports.{spec.table}] dates.{name} holds a format without any directive.",
                hint='Write it as strptime does, such as "%m/%d/%Y"; or "excel", "pivot=30", '
                '"zone=America/Chicago".',
            )


def _check_delimiter(spec: ExportMap) -> None:
    if len(spec.delimiter) > 1:
        raise DesignError(
            f"[exports.{spec.table}] delimiter has {len(spec.delimiter)} characters; it is one.",
            hint='Write ";" or "\\t", or leave it out to have it found.',
        )


def _check_encoding(spec: ExportMap) -> None:
    try:
        codecs.lookup(spec.encoding or "utf-8")
    except LookupError:
        raise DesignError(
            f"[exports.{spec.table}] encoding '{spec.encoding}' does not exist.",
            hint='Usual ones are "utf-8", "cp1252" and "utf-16"; or leave it out to have it found.',
        ) from None
