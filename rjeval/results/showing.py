"""How results show themselves: one line in a log, a table under its definition where printed."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from typing import TYPE_CHECKING, Any

from rjeval.language import phrase

if TYPE_CHECKING:
    import pandas as pd

    from rjeval.results.base import Result

#: Rows that a result shows of itself, as text and in a notebook; ``to_frame()`` has them all.
TEXT_ROWS = 20
NOTEBOOK_ROWS = 60
COUNTS = ("n", "n_events", "n_clusters", "n_dropped")


def one_line(result: Result) -> str:
    """Return the kind of result and its settings: no estimate, no count, so it may be logged.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> people = pd.DataFrame({"days": [30, 90], "arrest": [1, 0]})
    >>> rj.kaplan_meier(rj.time_to_event(people, time="days", event="arrest"))
    Curves(kind='survival', conf_level=0.95, conf_type='log-log', horizon_days=90.0, unit='days',
    not for release)
    """
    shown = [f"{name}={value!r}" for name, value in _settings(result)]
    profile = result.released.profile if result.released else ""
    shown.append(mark_of(result) or f"released={profile!r}")
    return f"{type(result).__name__}({', '.join(shown)})"


def mark_of(result: Result) -> str:
    """Return what must stand over anything that may not leave the team, else ``""``."""
    inside = result.released is None or result.released.profile == "internal"
    return phrase("not for release") if inside else ""


def as_text(result: Result) -> str:
    """Return the result as a plain table, with its definition and its notes."""
    tables = (
        table.to_string(index=False, na_rep="", float_format=_number, max_rows=TEXT_ROWS)
        for table in (result.frame, *_beside(result))
    )
    return "\n".join([one_line(result), *tables, *_below(result, TEXT_ROWS)])


def as_html(result: Result) -> str:
    """Return the same for a notebook."""
    tables = "".join(
        table.to_html(
            index=False, border=0, na_rep="", float_format=_number, max_rows=NOTEBOOK_ROWS
        )
        for table in (result.frame, *_beside(result))
    )
    mark = f"<p><strong>{mark_of(result)}</strong></p>" if mark_of(result) else ""
    below = "".join(f"<p>{escape(line)}</p>" for line in _below(result, NOTEBOOK_ROWS))
    return mark + tables + below


def _settings(result: Result) -> list[tuple[str, Any]]:
    named = ((one.name, getattr(result, one.name)) for one in fields(result))
    return [
        (name, value)
        for name, value in named
        if isinstance(value, (str, float, int)) and value != "" and not name.startswith("n_")
        if name != "n"
    ]


def _counts(result: Result) -> str:
    """Return numbers of people and of events, and measures of fit, as one line."""
    named = {name: getattr(result, name, None) for name in COUNTS}
    named |= dict(getattr(result, "fit", {}))
    return ", ".join(f"{name} {_number(value)}" for name, value in named.items() if value)


def _beside(result: Result) -> list[pd.DataFrame]:
    """Return the tables that the estimates rest on: sizes of groups, figures of arms."""
    tables = (getattr(result, name, None) for name in ("groups", "arms"))
    return [table for table in tables if table is not None]


def _below(result: Result, rows: int) -> list[str]:
    lines = [_counts(result)] if _counts(result) else []
    if len(result.frame) > rows:
        lines.append(phrase("{n} rows: to_frame() has them all.", n=len(result.frame)))
    if result.definition is not None:
        labels = result.definition.six_labels()
        lines.append("; ".join(f"{phrase(name)}: {phrase(text)}" for name, text in labels) + ".")
    return [*lines, *(phrase(one) for one in result.notes)]


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.4g}"
