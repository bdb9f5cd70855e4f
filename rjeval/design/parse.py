"""Typed reading of TOML values, with a sentence for each way in which one can be wrong."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from rjeval.errors import DesignError

E = TypeVar("E", bound=StrEnum)
D = TypeVar("D")


def known(given: Mapping[str, Any], allowed: tuple[str, ...], *, where: str) -> None:
    """Refuse a key that is not allowed, with the nearest spelling."""
    for key in given:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, n=1)
            guess = f"Did you mean '{near[0]}'?" if near else f"Allowed: {', '.join(allowed)}."
            raise DesignError(f"{where}: unknown key '{key}'.", hint=guess)


def section(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a table of the file, empty where absent."""
    value = raw.get(name, {})
    if not isinstance(value, dict):
        raise DesignError(f"[{name}] must be a table, written [{name}].")
    return value


def tables(raw: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return an array of tables; one table counts as an array of one."""
    value = raw.get(name, [])
    value = [value] if isinstance(value, dict) else value
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise DesignError(f"{name} must be written as [[{name}]].")
    return value


def typed(given: Mapping[str, Any], key: str, kind: type, default: Any, where: str) -> Any:
    """Return a value of the type asked for."""
    value = given.get(key, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        words = {bool: "true or false", int: "a whole number", str: "text"}
        raise DesignError(f"{where} {key} must be {words.get(kind, kind.__name__)}.")
    return value


def date_of(given: Mapping[str, Any], key: str) -> date | None:
    """Return a date written without quotes."""
    value = given.get(key)
    if value is None or type(value) is date:
        return value
    raise DesignError(f"[study] {key} must be a date such as 2025-06-30, without quotes.")


def choice(value: Any, allowed: tuple[str, ...], *, where: str) -> str:
    """Return a value if it is allowed."""
    if value not in allowed:
        near = difflib.get_close_matches(str(value), allowed, n=1)
        guess = f"Did you mean '{near[0]}'?" if near else ""
        raise DesignError(f"{where} must be one of {', '.join(allowed)}.", hint=guess)
    return str(value)


def member(kind: type[E], value: Any, *, where: str) -> E:
    """Return the member of a vocabulary, or refuse with the nearest spelling."""
    return kind(choice(value, tuple(kind), where=where))


def texts(value: Any, *, where: str) -> tuple[str, ...]:
    """Return one text or a list of texts as a tuple."""
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise DesignError(f"{where} must be a text or a list of texts.")
    return tuple(value)


def text_map(value: Any, *, where: str) -> dict[str, str]:
    """Return a table of texts."""
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise DesignError(f"{where} must be a table of texts.")
    return value


def build(kind: type[D], given: Mapping[str, Any], *, where: str) -> D:
    """Return a frozen dataclass from a table, refusing keys that it does not have."""
    names = tuple(one.name for one in fields(kind))  # type: ignore[arg-type]
    known(given, names, where=where)
    ready = {
        key: tuple(value) if isinstance(value, list) else value for key, value in given.items()
    }
    try:
        return kind(**ready)
    except TypeError:
        raise DesignError(
            f"{where} lacks a key or holds a wrong type; keys: {', '.join(names)}."
        ) from None
