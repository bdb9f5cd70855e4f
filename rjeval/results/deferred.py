"""Tables of results that are laid out when they are first read; until then, their arrays wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import pandas as pd

T = TypeVar("T", bound=type)


class _Waiting:
    """A table that nobody has read yet."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], pd.DataFrame]) -> None:
        self.make = make


class _WhenRead:
    """A field in whose slot a table may wait; who reads the field gets the table."""

    def __init__(self, slot: Any) -> None:
        self.slot = slot

    def __get__(self, result: object | None, kind: type | None = None) -> Any:
        if result is None:
            return self
        value = self.slot.__get__(result, kind)
        if type(value) is _Waiting:
            value = value.make()
            self.slot.__set__(result, value)
        return value

    def __set__(self, result: object, value: object) -> None:
        self.slot.__set__(result, value)


def deferred(make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return what stands for a table in a field of :func:`when_read` until somebody reads it.

    ``make`` is called at most once, and must hold aggregates only: it lives as long as the result.
    """
    return cast(pd.DataFrame, _Waiting(make))


def when_read(*names: str) -> Callable[[T], T]:
    """Return a decorator of a result whose fields ``names`` may hold tables that wait.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @when_read("frame")
    ... @dataclass(frozen=True, slots=True)
    ... class Answer:
    ...     frame: pd.DataFrame
    >>> Answer(frame=deferred(lambda: pd.DataFrame({"n": [3]}))).frame["n"].tolist()
    [3]
    """

    def decorate(result: T) -> T:
        for name in names:
            setattr(result, name, _WhenRead(result.__dict__[name]))
        return result

    return decorate
