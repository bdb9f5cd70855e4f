"""Which rows may leave, if enough people are alike: columns, quasi-identifiers, thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rjeval.design.disclosure import HARMED_PARTY_FLOOR
from rjeval.design.parse import build, choice, section
from rjeval.errors import DesignError

#: Fewest different values of a sensitive column among people who look alike.
LEAST_VALUES = 2
ROWS = ("cohort", "harmed_party")


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrodataDesign:
    """Rows for others: which columns, and how many people must look alike.

    Parameters
    ----------
    rows : {"cohort", "harmed_party"}
        One row per referral analysed, or per harmed party.
    quasi_identifiers : tuple of str
        Columns by which somebody could be recognised together.
    sensitive : tuple of str
        Columns of which nobody who recognises a person's group may learn the value.
    others : tuple of str
        Further columns, which are neither.
    bands : mapping of column to lower ends of bands
        A number in bands: ``[12, 15, 18]`` gives under 12, 12-14, 15-17, 18 and more.
    k : int
        Fewest people in each group of people who look alike, at least 11.
    l : int
        Fewest different values of each sensitive column in each such group, at least 2.
    """

    rows: str = "cohort"
    quasi_identifiers: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    bands: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    k: int = HARMED_PARTY_FLOOR
    l: int = LEAST_VALUES  # noqa: E741 - the letter of the literature

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are asked for."""
        return (*self.quasi_identifiers, *self.sensitive, *self.others)


def read_microdata(raw: Mapping[str, Any]) -> MicrodataDesign:
    """Return the part ``[microdata]`` of a design.

    Raises
    ------
    DesignError
        A threshold lies under its floor, a column stands there twice, or bands do not ascend.
    """
    given = dict(section(raw, "microdata"))
    bands = section(given, "bands") if "bands" in given else {}
    given["bands"] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in bands.items()
    }
    design = build(MicrodataDesign, given, where="[microdata]")
    choice(design.rows, ROWS, where="[microdata] rows")
    for name, floor in (("k", HARMED_PARTY_FLOOR), ("l", LEAST_VALUES)):
        if getattr(design, name) < floor:
            raise DesignError(
                f"[microdata] {name} = {getattr(design, name)} is below the floor of {floor}.",
                hint="It may be raised, never lowered.",
            )
    twice = {name for name in design.columns if design.columns.count(name) > 1}
    if twice:
        raise DesignError(f"[microdata] names twice: {', '.join(sorted(twice))}.")
    for name, ends in design.bands.items():
        if name not in design.columns or len(ends) < 1 or list(ends) != sorted(set(ends)):
            raise DesignError(
                f"[microdata] bands.{name} must name a column that is exported, with lower ends "
                "in ascending order.",
                hint="Write bands.age_at_index = [12, 15, 18].",
            )
    return design
