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
    "planning",
    "objectives",
)
#: Parts that a lock without a list of its own covers.
_FIRST_PARTS = PLANNED[:-2]
#: Keys of ``[study]`` that decide numbers; a title is no plan.
_STUDY_KEYS = frozenset(
    {"period_start", "period_end", "extract_date", "seed", "covariates", "covariate_dates", "ages"}
)
#: Letters of a value beyond which a deviation names the key alone.
_SHOWN_LETTERS = 60
#: Stored table by which a study's outcomes are linked.
_OUTCOMES = ("followup_event", "follow_up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change of the plan that was written down when it was made."""

    made_on: date
    reason: str
    plan: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What was fixed, when, its hash, and whether outcomes were known by then."""

    locked_on: date
    fingerprint: str
    plan: dict[str, Any]
    parts: tuple[str, ...] = _FIRST_PARTS
    after_outcomes: bool = False
    amendments: tuple[Amendment, ...] = ()


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
            hint="Write a change down with its reason by `rjeval lock --amend REASON`; delete the "
            "file only before outcomes are linked.",
        )
    content = {
        "locked_on": today.isoformat(),
        "fingerprint": design.fingerprint,
        "parts": PLANNED,
        "after_outcomes": _outcomes_are_linked(design),
        "plan": _plan(design, PLANNED),
    }
    return _written(path, content)


def amend_lock(design: StudyDesign, *, reason: str, today: date) -> Path:
    """Write down that the plan was changed on this day, and why.

    Raises
    ------
    ReportError
        There is no lock, no reason, or nothing that differs from what is written down.
    """
    lock = read_lock(design)
    if not reason.strip():
        raise ReportError("A change of the plan needs its reason.", hint="Give it after --amend.")
    now = _plan(design, lock.parts)
    if now == (lock.amendments[-1].plan if lock.amendments else lock.plan):
        raise ReportError("Nothing in the plan differs from what is written down.")
    path = design.root / LOCK
    content = json.loads(path.read_text(encoding="utf-8"))
    change = {"made_on": today.isoformat(), "reason": reason.strip(), "plan": now}
    return _written(path, content | {"amendments": [*content.get("amendments", []), change]})


def _written(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _outcomes_are_linked(design: StudyDesign) -> bool:
    """Whether outcomes were prepared before the plan was fixed."""
    stored = design.root / "data" / "processed"
    return any((stored / f"{name}.parquet").exists() for name in _OUTCOMES)


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
            plan=_analysis(content["plan"]),
            parts=tuple(content.get("parts", _FIRST_PARTS)),
            after_outcomes=bool(content.get("after_outcomes", False)),
            amendments=tuple(
                Amendment(
                    made_on=date.fromisoformat(one["made_on"]),
                    reason=str(one["reason"]),
                    plan=_analysis(one["plan"]),
                )
                for one in content.get("amendments", [])
            ),
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise ReportError(
            f"{LOCK} cannot be read.", hint="`rjeval lock` writes it, once."
        ) from None


def deviations(design: StudyDesign) -> list[str]:
    """Name each part of the plan that differs from what was fixed, with since when and why."""
    lock = read_lock(design)
    before, now = dict(_flat(lock.plan)), dict(_flat(_plan(design, lock.parts)))
    names = [
        *(name for name in before if name in now and before[name] != now[name]),
        *(name for name in before if name not in now),
        *(name for name in now if name not in before),
    ]
    return [_deviation(name, before, now) + _since(name, lock, now) for name in names]


def _deviation(name: str, before: dict[str, Any], now: dict[str, Any]) -> str:
    if name not in now:
        return phrase("{name}: dropped", name=name)
    if name not in before:
        return phrase("{name}: added", name=name)
    old, new = _shown(before[name]), _shown(now[name])
    if max(len(old), len(new)) > _SHOWN_LETTERS:
        return phrase("{name}: changed", name=name)
    return phrase("{name}: changed from {old} to {new}", name=name, old=old, new=new)


def _since(name: str, lock: Lock, now: dict[str, Any]) -> str:
    """Return on which day a change was written down, and its reason."""
    absent = object()
    found = None
    for one in reversed(lock.amendments):
        if dict(_flat(one.plan)).get(name, absent) != now.get(name, absent):
            break
        found = one
    if found is None:
        return phrase(" (since when is not written down)")
    return phrase(
        " (since {day}; reason: {reason})", day=found.made_on.isoformat(), reason=found.reason
    )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "[]"
    return str(value)


def plan_claims(design: StudyDesign) -> list[str]:
    """Say what was pre-specified, since when, and what deviates."""
    if not has_lock(design):
        return [phrase("The plan of analysis was not fixed in advance by `rjeval lock`.")]
    lock = read_lock(design)
    first = phrase(
        "The plan of analysis was fixed on {day}, when outcomes had been linked already (hash "
        "{hash})."
        if lock.after_outcomes
        else "The plan of analysis was fixed on {day} (hash {hash}).",
        day=lock.locked_on.isoformat(),
        hash=lock.fingerprint[:16],
    )
    found = deviations(design)
    if not found:
        return [first, phrase("Nothing in it has changed since.")]
    return [first, phrase("Changed since: {parts}.", parts="; ".join(found))]


def _plan(design: StudyDesign, parts: tuple[str, ...]) -> dict[str, Any]:
    raw = tomllib.loads((design.root / "study.toml").read_text(encoding="utf-8"))
    kept = {name: raw[name] for name in parts if name in raw}
    plan: dict[str, Any] = json.loads(json.dumps(kept, default=str))
    return _analysis(plan)


def _analysis(plan: dict[str, Any]) -> dict[str, Any]:
    """Return a plan without what decides no number."""
    study = {key: value for key, value in plan.get("study", {}).items() if key in _STUDY_KEYS}
    return {**plan, "study": study}


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
