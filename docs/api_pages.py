"""Pages of the reference to functions and types, one per room of the face, from docstrings."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

from markdown_parts import table, toctree

import rjeval

ROOT = Path(__file__).resolve().parents[1]
#: Rooms of the face in the order in which data pass through them, with the heading of their page.
ROOMS = {
    "design": "The design of a study",
    "ingest": "Reading exports",
    "cohort": "Cohort and follow-up",
    "recidivism": "Reoffending",
    "surveys": "Surveys",
    "delivery": "What was delivered",
    "comparison": "Comparison",
    "planning": "Planning",
    "disclosure": "Disclosure control",
    "figures": "Figures",
    "tables": "Tables",
    "report": "Sentences of a report",
    "simulate": "An invented programme",
}


def api_pages() -> dict[str, str]:
    """Return one page per room of the face, and one for what goes in and what comes out."""
    rooms: dict[str, list[str]] = {}
    for name, module in rjeval._FACE.items():
        rooms.setdefault(module.split(".")[1], []).append(name)
    ordered = [room for room in ROOMS if room in rooms] + sorted(set(rooms) - set(ROOMS))
    made = {f"api/{room}.md": _room_page(room, rooms[room]) for room in ordered}
    made["api/results.md"] = _types_page()
    first = (
        "# Functions\n\nEverything that `import rjeval as rj` offers, room by room, in the order "
        "in which data pass through. Examples are executed by the tests.\n\n"
    )
    made["api/index.md"] = first + toctree([*ordered, "results"]) + "\n"
    return made


def _room_page(room: str, names: list[str]) -> str:
    title = ROOMS.get(room, room.capitalize())
    listed: list[tuple[object, ...]] = [
        (f"[`{one}`](#rjeval.{one})", _summary(getattr(rjeval, one))) for one in names
    ]
    parts = [f"# {title}", table(("Name", "What it does"), listed)]
    for one in names:
        kind = "autoclass" if inspect.isclass(getattr(rjeval, one)) else "autofunction"
        parts.append(_directive(kind, f"rjeval.{one}"))
    return "\n\n".join(parts) + "\n"


def _types_page() -> str:
    parts = [
        "# What goes in, what comes out",
        "Estimators take the person-level types and give results: frozen, aggregate, each with "
        "its n, interval and definition. Person-level types show counts only.",
    ]
    modules = ["rjeval.analysis_data", *_result_modules()]
    for module in modules:
        for name, kind in _dataclasses_of(module):
            parts += [f"## `{name}`", _directive("autoclass", f"{module}.{name}", kind=kind)]
    return "\n\n".join(parts) + "\n"


def _result_modules() -> list[str]:
    folder = ROOT / "rjeval" / "results"
    return [f"rjeval.results.{p.stem}" for p in sorted(folder.glob("[a-z]*.py"))]


def _dataclasses_of(module: str) -> Iterator[tuple[str, type]]:
    for name, one in vars(importlib.import_module(module)).items():
        own = getattr(one, "__module__", "") == module and not name.startswith("_")
        if own and inspect.isclass(one) and dataclasses.is_dataclass(one):
            yield name, one


def _directive(name: str, target: str, *, kind: type | None = None) -> str:
    options = ":no-index-entry:\n" if kind is None else ":no-index:\n"
    return (
        "```{eval-rst}\n.. "
        + name
        + ":: "
        + target
        + ("\n" if kind is None else "\n   " + options)
        + "```"
    )


def _summary(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ")
