"""Rows that may leave: only where at least k people look alike and nothing sensitive is sure.

k-anonymity: Sweeney (2002), doi:10.1142/S0218488502001648. l-diversity, here the count of
distinct values: Machanavajjhala et al. (2007), doi:10.1145/1217299.1217302.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from rjeval.design.microdata import MicrodataDesign
from rjeval.errors import DisclosureError
from rjeval.schemas.tables import TABLES

#: Streams of money whose conditions forbid rows about people harmed (28 CFR 94.115; 34 U.S.C.
#: 12291(b)(2)).
PROTECTED_FUNDS = ("voca", "vawa")
#: Columns of a referral that tell something of the person harmed.
ABOUT_HARMED = frozenset({"harmed_consent"})
#: Columns that are never exported, whatever a design says.
NEVER = frozenset({"index_date", "exclusion_reason", "outside_period"})
#: Privacy class of a column that the dictionary does not have.
OWN = "own"
#: A text column with more different values than this share of its rows is free text, or an id.
FREE_SHARE = 0.5
#: Columns of the cohort that can recognise people or say what became of them.
DERIVED = {"age_at_index": "Q", "time_days": "S", "exit_reason": "S", "arm": "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Microdata:
    """Rows that passed, in random order and without any id, and what was found.

    ``columns`` has one row per column: ``column, role, what, smallest_class``, the fewest people
    who share a value of the column alone.
    """

    frame: pd.DataFrame
    columns: pd.DataFrame
    smallest_class: int
    least_values: Mapping[str, int]

    def __repr__(self) -> str:
        return f"Microdata({len(self.frame)} rows, k={self.smallest_class})"


def protect_microdata(
    rows: pd.DataFrame, design: MicrodataDesign, *, table: str, seed: int
) -> Microdata:
    """Return the rows that were asked for, if enough people look alike, else refuse.

    Parameters
    ----------
    rows : DataFrame
        One row per person; dates and ``index_date``, from which days are counted.
    design : MicrodataDesign
    table : str
        Table of the dictionary that the rows are like.
    seed : int
        Of the random order, so that places tell nothing.

    Raises
    ------
    DisclosureError
        Columns that may not leave, or too few people alike: smallest classes by column are
        stated, never values.
    """
    _check_columns(rows, design, table)
    frame = pd.DataFrame({name: _ready(rows, name, design) for name in design.columns})
    quasi = list(design.quasi_identifiers)
    places = pd.Series(range(len(rows)), index=rows.index)
    people = rows["person_id"] if "person_id" in rows.columns else places
    smallest = smallest_class(frame, quasi, people=people)
    alone = {name: smallest_class(frame, [name], people=people) for name in quasi}
    if smallest < design.k:
        raise DisclosureError(
            f"Rows cannot leave: the smallest group of people who look alike has {smallest}, and "
            f"{design.k} are needed (V98). Smallest group by column alone: {_listed(alone)}.",
            hint="Drop a quasi-identifier, merge its values, or give bands under [microdata].",
        )
    values = {name: least_values(frame, quasi, sensitive=name) for name in design.sensitive}
    poor = {name: n for name, n in values.items() if n < design.l}
    if poor:
        raise DisclosureError(
            f"Rows cannot leave: in some group of people who look alike, a sensitive column has "
            f"fewer than {design.l} different values. Fewest by column: {_listed(poor)}.",
            hint="Use fewer or coarser quasi-identifiers, or leave the column out.",
        )
    order = np.random.default_rng(seed).permutation(len(frame))
    return Microdata(
        frame=frame.iloc[order].reset_index(drop=True),
        columns=_described(rows, frame, design, table),
        smallest_class=smallest,
        least_values=values,
    )


def smallest_class(frame: pd.DataFrame, columns: list[str], *, people: pd.Series) -> int:
    """Return the fewest people who share all values of these columns; missing is a value."""
    if not len(frame):
        return 0
    if not columns:
        return int(people.nunique())
    keys = [frame[name] for name in columns]
    return int(people.groupby(keys, dropna=False, observed=True).nunique().min())


def least_values(frame: pd.DataFrame, columns: list[str], *, sensitive: str) -> int:
    """Return the fewest different known values of a column in a class of these columns."""
    if not columns:
        return int(frame[sensitive].nunique())
    groups = frame.groupby(columns, dropna=False, observed=True)[sensitive]
    return int(groups.nunique().min())


def refuse_funded(harmed: pd.DataFrame, *, streams: frozenset[str]) -> None:
    """Refuse rows about people harmed whose service VOCA or VAWA paid for (V99).

    Not recorded counts as paid: nobody can show that it was not.

    Raises
    ------
    DisclosureError
        With the number of such rows.
    """
    funded = harmed["funded_by_voca"].astype("boolean").fillna(True).astype(bool)
    if streams & set(PROTECTED_FUNDS):
        funded[:] = True
    if funded.any():
        raise DisclosureError(
            f"Rows about people harmed cannot leave (V99): {int(funded.sum())} of {len(harmed)} "
            "are of services funded under VOCA or VAWA, or it is not recorded who paid.",
            hint="Hashing or coding them changes nothing in law (28 CFR 94.115). Give totals: "
            "rjeval report.",
        )


def refuse_about_harmed(design: MicrodataDesign, harmed: pd.DataFrame | None) -> None:
    """Refuse what a referral tells of the person harmed, where VOCA or VAWA may have paid.

    Raises
    ------
    DisclosureError
        Names the columns.
    """
    told = [name for name in design.columns if name in ABOUT_HARMED]
    if not told or harmed is None:
        return
    if harmed["funded_by_voca"].astype("boolean").fillna(True).any():
        raise DisclosureError(
            f"{', '.join(told)} tells of people harmed, whose service may be funded under VOCA or "
            "VAWA (V99).",
            hint="Leave the column out of [microdata].",
        )


def _check_columns(rows: pd.DataFrame, design: MicrodataDesign, table: str) -> None:
    if not design.quasi_identifiers or not design.sensitive:
        raise DisclosureError(
            "[microdata] must name quasi_identifiers and sensitive columns.",
            hint="Without them nobody can tell whether people could be recognised.",
        )
    absent = [name for name in design.columns if name not in rows.columns]
    if absent:
        raise DisclosureError(f"[microdata] names columns that are not there: {', '.join(absent)}.")
    kinds = {name: _kind(name, table) for name in design.columns}
    ids = [name for name, kind in kinds.items() if kind == "id" or name in NEVER]
    if ids:
        raise DisclosureError(
            f"[microdata] asks for {', '.join(ids)}: ids and dates of the clock never leave.",
            hint="Rows are exported without ids, in random order.",
        )
    free = [name for name in design.columns if _is_free(rows[name])]
    if free:
        raise DisclosureError(
            f"[microdata] asks for {', '.join(free)}: texts that differ from row to row never "
            "leave.",
            hint="Code them into few categories first.",
        )
    _check_roles(design, table)


def _check_roles(design: MicrodataDesign, table: str) -> None:
    """Refuse a role that is laxer than what the data dictionary says of a column."""
    loose = {
        "quasi_identifiers": [
            name for name in (*design.sensitive, *design.others) if _privacy(name, table)[0] == "Q"
        ],
        "sensitive": [name for name in design.others if _privacy(name, table) in ("S", OWN)],
    }
    for role, names in loose.items():
        if names:
            raise DisclosureError(
                f"[microdata] {role} must name {', '.join(names)}, as the data dictionary says.",
                hint="A column that the dictionary does not have must be named as one of the two.",
            )


def _is_free(given: pd.Series) -> bool:
    """Whether a column holds texts of which more than half stand there once."""
    if pd.api.types.is_numeric_dtype(given.dtype) or not len(given.dropna()):
        return False
    if pd.api.types.is_datetime64_any_dtype(given.dtype):
        return False
    return bool(given.nunique() > FREE_SHARE * given.notna().sum())


def _kind(name: str, table: str) -> str:
    if name.endswith("_id") and name != "site_id":
        return "id"
    column = TABLES[table].column(name)
    return "" if column is None or name == "site_id" else column.kind


def _privacy(name: str, table: str) -> str:
    if name in DERIVED:
        return DERIVED[name]
    for place in (table, "person"):
        column = TABLES[place].column(name)
        if column is not None:
            return column.privacy
    return OWN


def _ready(rows: pd.DataFrame, name: str, design: MicrodataDesign) -> pd.Series:
    """Days from the clock's start instead of a date, bands where declared, plain values else."""
    given = rows[name]
    if pd.api.types.is_datetime64_any_dtype(given.dtype):
        if "index_date" not in rows.columns:
            raise DisclosureError(
                f"[microdata] asks for the date {name}, and there is no day to count from.",
                hint="Leave the date out.",
            )
        given = (given - rows["index_date"]).dt.days.astype("Int64")
    if name in design.bands:
        return _banded(given, design.bands[name])
    if isinstance(given.dtype, pd.CategoricalDtype):
        return given.astype("string").astype(object)
    return given


def _banded(given: pd.Series, ends: tuple[int, ...]) -> pd.Series:
    names = [f"under {ends[0]}"]
    names += [f"{low}-{high - 1}" if high - low > 1 else f"{low}" for low, high in pairwise(ends)]
    names.append(f"{ends[-1]} and more")
    numbers = pd.to_numeric(given, errors="coerce").astype("Float64").astype(float)
    place = np.searchsorted(np.array(ends), numbers.to_numpy(), side="right")
    banded = pd.Series(np.array(names, dtype=object)[place], index=given.index)
    return banded.mask(numbers.isna())


def _described(
    rows: pd.DataFrame, frame: pd.DataFrame, design: MicrodataDesign, table: str
) -> pd.DataFrame:
    roles = {
        **dict.fromkeys(design.quasi_identifiers, "quasi-identifier"),
        **dict.fromkeys(design.sensitive, "sensitive"),
    }
    lines = []
    for name in frame.columns:
        column = TABLES[table].column(name) or TABLES["person"].column(name)
        what = column.title if column is not None else name.replace("_", " ")
        if pd.api.types.is_datetime64_any_dtype(rows[name].dtype):
            what += "; days from the day on which the clock starts"
        if name in design.bands:
            what += "; in bands"
        lines.append({"column": name, "role": roles.get(name, "other"), "what": what})
    return pd.DataFrame(lines)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.items())
