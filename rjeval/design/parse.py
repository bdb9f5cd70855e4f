"""Typed reading of TOML values, with a sentence for each way in which one can be wrong."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from rjeval.errors import DesignError

E = TypeVar("E", bound=StrEnum)
D = TypeVar("D")
#: Types as people read them.
WORDS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    date: "a date without quotes",
}


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
        raise DesignError(f"{where} {key} must be {in_words(kind)}.")
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


def text_list(given: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """Return a list of texts, empty where absent; one text alone is no list."""
    value = given.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise DesignError(
            f"{where} {key} must be a list of texts.", hint=f'Write {key} = ["...", "..."].'
        )
    return tuple(value)


def text_map(value: Any, *, where: str) -> dict[str, str]:
    """Return a table of texts."""
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise DesignError(f"{where} must be a table of texts.")
    return value


def fits(value: Any, hint: Any) -> bool:
    """Return whether a value is of the type that a field declares; true is no number."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return any(fits(value, one) for one in inner)
    if origin is tuple:
        return isinstance(value, tuple) and all(fits(one, inner[0]) for one in value)
    if origin is not None:
        return isinstance(value, Mapping) and all(fits(one, inner[1]) for one in value.values())
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, hint)


def in_words(hint: Any) -> str:
    """Return a type as people read it."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return " or ".join(in_words(one) for one in inner if one is not type(None))
    if origin is tuple:
        many = {int: "whole numbers", str: "texts", float: "numbers"}
        return f"a list of {many.get(inner[0], 'values')}"
    if origin is not None:
        return "a table"
    return WORDS.get(hint, "text")


def build(kind: type[D], given: Mapping[str, Any], *, where: str) -> D:
    """Return a frozen dataclass from a table, refusing keys that it does not have."""
    names = tuple(one.name for one in fields(kind))  # type: ignore[arg-type]
    known(given, names, where=where)
    ready = {
        key: tuple(value) if isinstance(value, list) else value for key, value in given.items()
    }
    hints = get_type_hints(kind)
    for key, value in ready.items():
        if not fits(value, hints[key]):
            raise DesignError(f"{where}: {key} must be {in_words(hints[key])}.")
    try:
        return kind(**ready)
    except TypeError:
        raise DesignError(
            f"{where} lacks a key or holds a wrong type; keys: {', '.join(names)}."
        ) from None
