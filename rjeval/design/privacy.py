"""What is done to identifying columns on the way in, and which key does it."""

from __future__ import annotations

import difflib
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rjeval.design.dictionary import generalisable, joined_columns, needed_columns
from rjeval.design.exports import ExportMap
from rjeval.design.parse import choice, known, text_list, typed
from rjeval.errors import DesignError
from rjeval.terms import Clock

if TYPE_CHECKING:
    from rjeval.design.study import StudyDesign

DROP, PSEUDONYMISE, GENERALISE = ACTIONS = ("drop", "pseudonymise", "generalise")
FORMATTER = string.Formatter()
PRIVACY_KEYS = ("reviewed_columns", "key_file", "shift_dates")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyDesign:
    """What the study does to columns that identify people.

    Parameters
    ----------
    key_file : str
        File that ``rjeval keygen`` wrote, outside the study folder; ``~`` is the home folder.
    shift_dates : bool
        Shift all dates of people by one offset per group of people whose cases hang together.
    actions : mapping of table to (column, action) pairs
        The column is one of the data dictionary, or, for ``drop`` alone, a header of a file.
    """

    key_file: str = ""
    shift_dates: bool = False
    actions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def needs_key(self) -> bool:
        """Whether anything that is asked for takes the key."""
        asked = {action for one in self.actions.values() for action in one.values()}
        return self.shift_dates or PSEUDONYMISE in asked

    def of(self, table: str) -> Mapping[str, str]:
        """Return the actions of a table."""
        return self.actions.get(table, {})

    def key_path(self, root: Path) -> Path:
        """Return where the key lies; a relative path starts at the study folder."""
        path = Path(self.key_file).expanduser()
        return path if path.is_absolute() else root / path


def uses(spec: ExportMap, header: str) -> tuple[str, ...]:
    """Return the dictionary columns of a map that take their text from a column of the file."""
    name = header.strip().casefold()
    direct = [one for one, given in spec.columns.items() if given.strip().casefold() == name]
    composed = [
        one
        for one, template in spec.templates.items()
        if name in {(part[1] or "").strip().casefold() for part in FORMATTER.parse(template)}
    ]
    return (*direct, *composed)


def read_privacy(given: dict[str, Any], tables: tuple[str, ...]) -> PrivacyDesign:
    """Return the part ``[privacy]`` of a design, without the columns that a person cleared."""
    known(given, (*PRIVACY_KEYS, *tables), where="[privacy]")
    text_list(given, "reviewed_columns", "[privacy]")
    actions = {
        table: _actions(given[table], where=f"[privacy.{table}]")
        for table in tables
        if table in given
    }
    return PrivacyDesign(
        key_file=typed(given, "key_file", str, "", "[privacy]"),
        shift_dates=typed(given, "shift_dates", bool, False, "[privacy]"),
        actions=actions,
    )


def _actions(given: Any, *, where: str) -> dict[str, str]:
    if not isinstance(given, dict):
        raise DesignError(f"{where} must be a table of columns.", hint='Write column = "drop".')
    return {name: choice(one, ACTIONS, where=f"{where} {name}") for name, one in given.items()}


def check_privacy(design: StudyDesign) -> None:
    """Refuse actions that cannot be done, that would part tables, or a key kept with the data."""
    privacy = design.privacy
    for table in privacy.actions:
        for column, action in privacy.of(table).items():
            _check_action(design, table, column, action)
    _check_joins(design)
    _check_shift(design)
    if privacy.needs_key:
        _check_key(design)


def _mapped(design: StudyDesign, table: str) -> set[str]:
    maps = [one for one in design.exports if one.table == table]
    return {name for one in maps for name in (*one.columns, *one.templates, *one.constants)}


def _check_action(design: StudyDesign, table: str, column: str, action: str) -> None:
    where = f"[privacy.{table}] {column}"
    mapped = _mapped(design, table)
    if column not in mapped:
        fed = [c for m in design.exports if m.table == table for c in uses(m, column)]
        if fed:
            raise DesignError(
                f"{where} is the header of a column that feeds {fed[0]}.",
                hint=f"Write the name of the dictionary instead: {fed[0]}.",
            )
        if action != DROP:
            near = difflib.get_close_matches(column, sorted(mapped), n=1)
            raise DesignError(
                f"{where}: only a mapped column can be {action}d; a column that no map reads can "
                "be dropped.",
                hint=f"Did you mean '{near[0]}'?" if near else "Map it under columns.",
            )
        return
    if action == DROP and column in needed_columns(table):
        raise DesignError(
            f"{where} cannot be dropped: the table {table} cannot be used without it.",
            hint="Pseudonymise it.",
        )
    if action == PSEUDONYMISE and column not in joined_columns(table, column):
        raise DesignError(
            f"{where} cannot be pseudonymised: it is not an id or a text.",
            hint="Ids and covariates of your own can be; generalise or drop others.",
        )
    if action == GENERALISE and column not in generalisable(table):
        raise DesignError(
            f"{where} cannot be generalised.",
            hint=f"Columns of {table} that can be: {', '.join(generalisable(table)) or 'none'}.",
        )


def _check_joins(design: StudyDesign) -> None:
    """Refuse to pseudonymise an id in one table only: the rows would no longer meet."""
    chosen = {
        joined
        for table in design.privacy.actions
        for column, action in design.privacy.of(table).items()
        if action == PSEUDONYMISE
        for joined in joined_columns(table, column)
    }
    lacking = [
        f"[privacy.{table}] {column}"
        for table in design.tables()
        for column in sorted(chosen & _mapped(design, table))
        if design.privacy.of(table).get(column) not in (PSEUDONYMISE, DROP)
    ]
    if lacking:
        raise DesignError(
            f"An id is pseudonymised in one table and not in {len(lacking)} others, so that rows "
            "would no longer meet and the id itself would stay in the data.",
            hint=f'Add = "pseudonymise" for {", ".join(lacking)}.',
        )


def _check_shift(design: StudyDesign) -> None:
    if not design.privacy.shift_dates:
        return
    for definition in design.recidivism:
        if definition.clock is Clock.FIRST_CONFERENCE and design.period_start is not None:
            raise DesignError(
                f"recidivism '{definition.name}': with shift_dates, the study period cannot be "
                "told by the date of the first conference.",
                hint="Use a clock that is a date of the referral, or do not shift dates.",
            )


def _check_key(design: StudyDesign) -> None:
    if not design.privacy.key_file:
        raise DesignError(
            "[privacy] key_file is missing: pseudonyms and shifted dates are made with a key.",
            hint="Run `rjeval keygen FILE` with a file outside the study folder, and name it.",
        )
    refuse_inside(design.privacy.key_path(design.root), design.root)


def refuse_inside(path: Path, folder: Path) -> None:
    """Refuse a key that lies in the folder of the data, by its own path or by a link's.

    Raises
    ------
    DesignError
        Whoever gets a copy of the folder would get the key with it.
    """
    home = folder.resolve()
    for one in (path.absolute(), path.resolve()):
        if one.is_relative_to(home) or one.is_relative_to(folder.absolute()):
            raise DesignError(
                "[privacy] key_file lies inside the study folder, where every copy of the data "
                "takes it along.",
                hint="Keep the key elsewhere, such as ~/.config/rjeval/study.key.",
            )
