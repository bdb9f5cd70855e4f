"""Refused estimates: what is told in their place, and which later cells depend on them."""

from __future__ import annotations

import ast
import re

import rjeval.errors
from rjeval.errors import DataError, EstimationError, WithheldError

#: A count, and words around it that make it a limit or a property of the method instead.
_COUNT = re.compile(r"(?<![\w.,\-/])\d[\d,]*(?![\w\-/]|[.,]\d|\s?%)")
#: A key of ``study.toml`` with its value, in brackets.
_SETTING = re.compile(r' \(\w+ = "[^"]*"\)')
_LIMIT = re.compile(
    r"(?:at least|at most|fewer than|more than|less than|below|above|under|over|within|day|top|"
    r"is|in|to|first|last|factor|level|window)\s$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"^\s?(?:days?|months?|years?|coefficients?|parameters?|categories|steps|per|groups)\b"
)
#: Texts whose numbers are those of people, whatever stands around them.
_PARTS = (
    (re.compile(r"\b\d[\d,]* of \d[\d,]* (?=[a-z])"), "some of the "),
    (re.compile(r"\s\(\d+(?:\.\d+)?%\)"), ""),
    (
        re.compile(r"(?<!at least )\b\d+(?:\.\d+)?% of (?:\d[\d,]* )?(?=[a-z])"),
        "only a part of the ",
    ),
    (re.compile(r"\bends at \d[\d,.]*\d|\bends at \d"), "ends earlier"),
    (re.compile(r"\bAmong \d[\d,]* "), "Among the "),
)


def is_refusal(kind: str) -> bool:
    """Whether an error of this name says that the data cannot carry an estimate or a count.

    Examples
    --------
    >>> is_refusal("GuardError"), is_refusal("DisclosureError"), is_refusal("ValueError")
    (True, False, False)
    """
    found = getattr(rjeval.errors, kind, None)
    if not isinstance(found, type):
        return False
    return found is DataError or issubclass(found, EstimationError | WithheldError)


def without_counts(message: str) -> str:
    """Return the sentence of a refusal without counts of people; limits and windows stay.

    Examples
    --------
    >>> without_counts("rj, 365 days: 7 mature people, at least 20 are needed.")
    'rj, 365 days: too few mature people, at least 20 are needed.'
    >>> without_counts("9 of 31 answers (29%) lack a variable of the formula.")
    'Some of the answers lack a variable of the formula.'
    """
    for pattern, words in _PARTS:
        message = pattern.sub(words, message)

    def replaced(found: re.Match[str]) -> str:
        before, after = message[: found.start()], message[found.end() :]
        limit = _LIMIT.search(before) or _UNIT.search(after)
        return found.group() if limit else "too few"

    text = _COUNT.sub(replaced, message).strip()
    return text[:1].upper() + text[1:] if text.startswith(("some ", "too ", "only ")) else text


def without_settings(message: str) -> str:
    """Return the sentence of a refusal without the settings that it quotes for the study's author.

    Examples
    --------
    >>> without_settings('It knows the interval only (times_known = "checks").')
    'It knows the interval only.'
    """
    return _SETTING.sub("", message)


def bound_names(source: str) -> set[str]:
    r"""Return the names that a cell binds.

    Examples
    --------
    >>> sorted(bound_names("import rjeval as rj\na, b = rj.release(x, y)"))
    ['a', 'b', 'rj']
    """
    names: set[str] = set()
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
    return names


def used_names(source: str) -> set[str]:
    r"""Return the names that a cell takes from the cells before it.

    Examples
    --------
    >>> sorted(used_names("a = f(b)\nprint(a)"))
    ['b', 'f', 'print']
    """
    bound: set[str] = set()
    used: set[str] = set()
    for statement in _tree(source).body:
        loaded = {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        used |= loaded - bound
        bound |= bound_names(ast.unparse(statement))
    return used


def _tree(source: str) -> ast.Module:
    """Parse a cell; one that is not plain Python, such as a magic command, is taken as empty."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])
