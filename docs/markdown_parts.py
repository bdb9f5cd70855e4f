"""Parts of Markdown pages: tables, lists of pages, blocks of code."""

from __future__ import annotations

import re


def row(*cells: object) -> str:
    """Return one line of a Markdown table."""
    return "| " + " | ".join(str(one).replace("|", "\\|") for one in cells) + " |"


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """Return a Markdown table."""
    lines = [row(*head), row(*("---" for _ in head)), *(row(*one) for one in rows)]
    return "\n".join(lines)


def toctree(names: list[str], *, caption: str = "") -> str:
    """Return a list of pages that Sphinx turns into links."""
    head = f":caption: {caption}\n" if caption else ""
    return "```{toctree}\n:maxdepth: 1\n" + head + "\n" + "\n".join(names) + "\n```"


def code_blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
