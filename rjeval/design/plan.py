"""What is declared ahead beside the definitions: sensitivity analyses, subgroups, equity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rjeval.design.parse import build, section, tables, text_map
from rjeval.errors import DesignError

#: Columns that say what became of a referral, which nobody knew when the clock started.
NEVER_SUBGROUPS = frozenset({"arm", "completed", "exit_status", "exit_date", "conferenced"})

#: What comes after a referral, in order.
PROGRAMME_STAGES = ("eligible", "offered", "consented", "conferenced", "completed")
#: Beyond this no age is a rule of a programme, but a typing error.
AGE_MOST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityDesign:
    """Choices under which the comparison is repeated, beside those that the data offer.

    Parameters
    ----------
    windows_days : tuple of int
        Further windows; where empty, the other windows of the primary definition.
    landmark_days : int
        Day from which those who had completed by then are compared; 0 leaves it out.
    """

    windows_days: tuple[int, ...] = ()
    landmark_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupDesign:
    """One subgroup analysis, fixed before the outcomes were seen.

    Parameters
    ----------
    by : str
        Column of groups, known when the clock starts.
    reason : str
        Why the programme might do more for some of them than for others.
    """

    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityDesign:
    """Groups whose rates are compared at each stage of the programme.

    Parameters
    ----------
    by : str
        Column of groups, such as ``race_ethnicity`` or ``gender``; empty compares none.
    reference : str
        Group that the others are compared with, usually the largest.
    stages : tuple of str
        Stages at which they are compared, in their order, each among those who reached the one
        named before it; empty: all that the study records. Few stages lose more people at each,
        so that fewer numbers of small groups must be hidden.
    """

    by: str = ""
    reference: str = ""
    stages: tuple[str, ...] = ()


def read_equity(raw: Mapping[str, Any]) -> EquityDesign:
    """Read ``[equity]``.

    Raises
    ------
    DesignError
        One of ``by`` and ``reference`` stands there without the other, or ``stages`` names what
        is no stage, or names them out of order.
    """
    found = build(EquityDesign, section(raw, "equity"), where="[equity]")
    if bool(found.by) != bool(found.reference):
        raise DesignError(
            "[equity] needs both by and reference.",
            hint='Such as by = "gender" and reference = "man".',
        )
    if found.stages != tuple(one for one in PROGRAMME_STAGES if one in found.stages):
        raise DesignError(
            "[equity] stages must name stages of the programme, each once and in their order.",
            hint=f"Allowed: {', '.join(PROGRAMME_STAGES)}.",
        )
    return found


def read_sensitivity(raw: Mapping[str, Any]) -> SensitivityDesign:
    """Read ``[sensitivity]``.

    Raises
    ------
    DesignError
        A window or the landmark is no whole number of days above 0 (0: no landmark).
    """
    found = build(SensitivityDesign, section(raw, "sensitivity"), where="[sensitivity]")
    if found.landmark_days < 0 or any(days < 1 for days in found.windows_days):
        raise DesignError(
            "[sensitivity] windows_days and landmark_days must be whole numbers of days, not "
            "below 0.",
            hint="Six months are 183 days; landmark_days = 0 leaves the landmark out.",
        )
    return found


def read_covariate_dates(study: Mapping[str, Any]) -> dict[str, str]:
    """Read ``covariate_dates`` of ``[study]``: characteristic to the date that settled it."""
    return text_map(section(study, "covariate_dates"), where="[study] covariate_dates")


def read_ages(study: Mapping[str, Any]) -> tuple[int, ...]:
    """Read ``ages`` of ``[study]``: youngest and oldest age that the programme may take.

    Raises
    ------
    DesignError
        They are not two whole numbers of years in order.
    """
    given = study.get("ages", [])
    whole = isinstance(given, list) and all(type(one) is int for one in given)
    if not whole or (given and not (len(given) == 2 and 0 <= given[0] <= given[1] <= AGE_MOST)):
        raise DesignError(
            "[study] ages must be the youngest and the oldest age that the programme may take.",
            hint="Write ages = [10, 17]; leave it out where no rule sets an age.",
        )
    return tuple(given)


def read_subgroups(raw: Mapping[str, Any]) -> tuple[SubgroupDesign, ...]:
    """Read ``[[subgroups]]``.

    Raises
    ------
    DesignError
        A column stands there twice, or says what was settled after the clock started.
    """
    found = tuple(
        build(SubgroupDesign, one, where=f"[[subgroups]] {one.get('by', '')}".rstrip())
        for one in tables(raw, "subgroups")
    )
    names = [one.by for one in found]
    if len(set(names)) < len(names):
        raise DesignError("[[subgroups]] names a column twice; each stands there once.")
    for name in names:
        if name in NEVER_SUBGROUPS:
            raise DesignError(
                f"[[subgroups]] by: {name} is no characteristic that people had when the clock "
                "started.",
                hint="Name a column such as offence_group or gender.",
            )
    return found
