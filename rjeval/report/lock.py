"""Pre-specification: the design as it was before outcomes were linked, and what differs since."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.errors import ReportError
from rjeval.language import phrase

LOCK = "study.lock.json"
#: Parts of a design that are a plan of analysis; where the exports lie is not.
PLANNED = (
    "arms",
    "recidivism",
    "sensitivity",
    "subgroups",
    "equity",
    "survey",
    "models",
    "disclosure",
    "study",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What was fixed, when, and its hash."""

    locked_on: date
    fingerprint: str
    plan: dict[str, Any]


def write_lock(design: StudyDesign, *, today: date) -> Path:
    """Fix the study's plan of analysis, once.

    Raises
    ------
    ReportError
        A lock exists: what was fixed is not fixed anew.
    """
    path = design.root / LOCK
    if path.exists():
        raise ReportError(
            f"{LOCK} exists: the plan was fixed on {read_lock(design).locked_on.isoformat()}.",
            hint="Report deviations from it instead; delete the file only before outcomes are "
            "linked.",
        )
    content = {
        "locked_on": today.isoformat(),
        "fingerprint": design.fingerprint,
        "plan": _plan(design),
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def has_lock(design: StudyDesign) -> bool:
    """Whether the study's plan was fixed."""
    return (design.root / LOCK).is_file()


def read_lock(design: StudyDesign) -> Lock:
    """Read the plan that was fixed.

    Raises
    ------
    ReportError
        There is none, or it cannot be read.
    """
    try:
        content = json.loads((design.root / LOCK).read_text(encoding="utf-8"))
        return Lock(
            locked_on=date.fromisoformat(content["locked_on"]),
            fingerprint=content["fingerprint"],
            plan=content["plan"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise ReportError(
            f"{LOCK} cannot be read.", hint="`rjeval lock` writes it, once."
        ) from None


def deviations(design: StudyDesign) -> list[str]:
    """Name each part of the plan that differs from what was fixed."""
    before, now = dict(_flat(read_lock(design).plan)), dict(_flat(_plan(design)))
    changed = [name for name in before if name in now and before[name] != now[name]]
    return [
        *(phrase("{name}: changed", name=name) for name in changed),
        *(phrase("{name}: dropped", name=name) for name in before if name not in now),
        *(phrase("{name}: added", name=name) for name in now if name not in before),
    ]


def plan_claims(design: StudyDesign) -> list[str]:
    """Say what was pre-specified, since when, and what deviates."""
    if not has_lock(design):
        return [phrase("The plan of analysis was not fixed in advance by `rjeval lock`.")]
    lock = read_lock(design)
    first = phrase(
        "The plan of analysis was fixed on {day} (hash {hash}).",
        day=lock.locked_on.isoformat(),
        hash=lock.fingerprint[:16],
    )
    found = deviations(design)
    if not found:
        return [first, phrase("Nothing in it has changed since.")]
    return [first, phrase("Changed since: {parts}.", parts="; ".join(found))]


def _plan(design: StudyDesign) -> dict[str, Any]:
    raw = tomllib.loads((design.root / "study.toml").read_text(encoding="utf-8"))
    kept = {name: raw[name] for name in PLANNED if name in raw}
    plan: dict[str, Any] = json.loads(json.dumps(kept, default=str))
    return plan


def _flat(part: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Each leaf of a plan with its dotted name; definitions count by their place."""
    if isinstance(part, dict):
        for key, inside in part.items():
            yield from _flat(inside, f"{name}.{key}" if name else key)
    elif isinstance(part, list) and any(isinstance(one, dict) for one in part):
        for number, inside in enumerate(part, start=1):
            yield from _flat(inside, f"{name} {number}")
    else:
        yield name, part
