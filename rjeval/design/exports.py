"""Which file feeds which table: names of columns, formats of dates, codes of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMap:
    """How one file (or one sheet of it) becomes rows of one table.

    One file may feed several tables, and one table may be fed by several files.

    Parameters
    ----------
    table : str
        Table of the data dictionary that is fed.
    file : str
        Path below the raw folder; ``*`` and ``?`` match several files.
    sheet : str
        Sheet of a workbook; the first where empty.
    header_row : int or None
        Line that holds the column names, from 1; ``None`` finds it.
    encoding, delimiter : str
        ``""`` detects and states them.
    columns : mapping of dictionary column to file column
    constants : mapping of dictionary column to text
        The same value in each row.
    templates : mapping of dictionary column to text with ``{file column}`` in braces
        Ids or values composed from others, such as ``"{person_id}-R"``; ``{#}`` is the number of
        the data row, for files that name nobody.
    dates : mapping of dictionary column to formats
        ``strptime`` formats, tried in order; ISO dates need none.
    values : mapping of dictionary column to (text in file, value) pairs
    missing : texts that mean "no answer"
    missing_states : mapping of text to one of the four states of a missing answer
    fill : mapping of dictionary column to text used where the cell is blank
    keep_where : mapping of file column to allowed texts; ``["*"]`` means not blank
    footer : texts that begin a footer or total line; such rows are removed and counted
    repeat_down : columns left blank under a repeated value (grouped layout)
    delimiters : mapping of multi-select column to its delimiter
    unmapped : columns of outcomes whose values may stay unread: such rows go to quarantine, and
        people with such an event count as never checked. Without it, they stop the study.
    expected_rows : number of rows that the exporter declares
    """

    table: str
    file: str
    sheet: str = ""
    header_row: int | None = None
    encoding: str = ""
    delimiter: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    missing_states: Mapping[str, str] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)
    keep_where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    footer: tuple[str, ...] = ()
    repeat_down: tuple[str, ...] = ()
    delimiters: Mapping[str, str] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    expected_rows: int | None = None
