"""The traceback of an error as ``--debug`` prints it: where, and never with which values.

The messages of pandas, NumPy, DuckDB and of Python itself quote what they could not read. So of
an error that is not rjeval's own only the type is printed, for causes and groups of errors too;
rjeval's own messages hold no value. Source lines stand in the code, not in the data.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from rjeval.errors import RjevalError

LEFT_OUT = "(message left out: it may hold values of the data)"


def safe_traceback(error: BaseException) -> str:
    """Return the traceback of an error, its causes before it, without foreign messages.

    Examples
    --------
    >>> try:
    ...     int("Jo Doe")
    ... except ValueError as error:
    ...     print(safe_traceback(error).splitlines()[-1])
    ValueError (message left out: it may hold values of the data)
    """
    return "\n".join(_lines(error, seen=set()))


def _lines(error: BaseException, *, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _lines(before, seen=seen)
        yield "\nwhich led to:\n"
    yield "Traceback (most recent call last):"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        if frame.line:
            yield f"    {frame.line}"
    known = isinstance(error, RjevalError)
    yield f"{type(error).__name__}: {error}" if known else f"{type(error).__name__} {LEFT_OUT}"
    for one in getattr(error, "exceptions", ()):
        yield from _lines(one, seen=seen)
