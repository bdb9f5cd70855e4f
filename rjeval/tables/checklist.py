"""Reporting checklists (STROBE, RECORD, CONSORT): where each item stands, or who must write it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase
from rjeval.tables.table import Column, Table

#: What stands where rjeval cannot know.
PROGRAMME = mark("the programme writes this")
#: What stands where the study lacks what an item asks about.
NOT_HERE = mark("not in this study")
#: What a programme may still write where its design does not hold it.
_OF_THE_PROGRAMME = frozenset({"limits", "sources", "planned", "objectives"})
#: Media type by which the table hands a report the places that it names.
CHECKLIST_MIME = "application/vnd.rjeval.checklist+json"
HEADINGS = (mark("Point"), mark("Asks for"), mark("Stands in"))
_NEEDS: dict[str, Callable[[StudyDesign], bool]] = {
    "recidivism": lambda design: bool(design.recidivism),
    "comparison": lambda design: design.arms.has_comparison,
    "covariates": lambda design: bool(design.covariates),
    "objectives": lambda design: bool(design.aims.objectives),
    "planned": lambda design: design.aims.planning.risk_difference is not None,
    "limits": lambda design: bool(design.limits),
    "sources": lambda design: bool(design.sources_note),
    "records": lambda design: "records_check" in design.tables(),
    "randomised": lambda design: design.arms.comparison_type == "rct_control",
    "model": lambda design: bool(design.models.recidivism or design.models.satisfaction),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item: its number, what it asks, where it stands if the study has what it needs."""

    number: str
    asks: str
    where: str = ""
    needs: str = ""


STROBE = (
    Item(
        number="1",
        asks=mark("Design named; balanced summary"),
        where=mark("Annual evaluation: Summary"),
    ),
    Item(number="2", asks=mark("Background and rationale")),
    Item(
        number="3",
        asks=mark("Objectives"),
        where=mark("Fact sheet: Objectives"),
        needs="objectives",
    ),
    Item(number="4", asks=mark("Study design"), where=mark("Methods: Comparison and measures")),
    Item(
        number="5",
        asks=mark("Setting, places, dates"),
        where=mark("Title page: programme and period"),
    ),
    Item(
        number="6",
        asks=mark("Who was eligible, how selected and followed"),
        where=mark("Annual evaluation: From referral to the cohort; Methods: Follow-up"),
    ),
    Item(
        number="7",
        asks=mark("Outcomes, predictors and confounders defined"),
        where=mark("Methods: Definition of the primary measure"),
        needs="recidivism",
    ),
    Item(
        number="8",
        asks=mark("Sources of data and how each was measured"),
        where=mark("Annual evaluation: Sources"),
        needs="sources",
    ),
    Item(
        number="9",
        asks=mark("Efforts against bias"),
        where=mark("Annual evaluation: Does the answer hang on one choice?"),
        needs="comparison",
    ),
    Item(
        number="10",
        asks=mark("How the size of the study came about"),
        where=mark("Annual evaluation: Summary, what would settle it"),
        needs="planned",
    ),
    Item(
        number="11",
        asks=mark("How numbers were grouped and handled"),
        where=mark("Methods: Formulas; formulas of the models"),
        needs="model",
    ),
    Item(
        number="12",
        asks=mark("Statistical methods, missing data, sensitivity"),
        where=mark("Methods: Estimators; Formulas"),
    ),
    Item(
        number="13",
        asks=mark("Numbers at each stage, with reasons"),
        where=mark("Annual evaluation: From referral to the cohort"),
    ),
    Item(
        number="14",
        asks=mark("Characteristics, and how many lack each"),
        where=mark("Annual evaluation: Who they were; What is missing"),
        needs="covariates",
    ),
    Item(
        number="15",
        asks=mark("Events over time"),
        where=mark("Annual evaluation: How many reoffended; When they reoffended"),
        needs="recidivism",
    ),
    Item(
        number="16",
        asks=mark("Estimates, raw and adjusted, with intervals"),
        where=mark(
            "Annual evaluation: Difference between the arms; With characteristics taken into "
            "account"
        ),
        needs="comparison",
    ),
    Item(
        number="17",
        asks=mark("Other analyses"),
        where=mark("Annual evaluation: Does the answer hang on one choice?"),
        needs="comparison",
    ),
    Item(number="18", asks=mark("Key results"), where=mark("Annual evaluation: Summary")),
    Item(
        number="19",
        asks=mark("Limitations"),
        where=mark("Annual evaluation: Limits"),
        needs="limits",
    ),
    Item(number="20", asks=mark("Interpretation beside other evidence")),
    Item(number="21", asks=mark("Whether it holds elsewhere")),
    Item(number="22", asks=mark("Funding and the funder's part")),
)
RECORD = (
    Item(
        number="R1",
        asks=mark("Type and names of the databases, region, period, linkage"),
        where=mark("Title page; Annual evaluation: Sources"),
        needs="sources",
    ),
    Item(
        number="R6",
        asks=mark("Codes that selected people; their validation; flow of linkage"),
        where=mark(
            "study.toml (hash below); Annual evaluation: From referral to the cohort. "
            "Validation of codes: the programme writes this"
        ),
    ),
    Item(
        number="R7",
        asks=mark("All codes of outcomes"),
        where=mark("study.toml: values of each export"),
        needs="recidivism",
    ),
    Item(
        number="R12",
        asks=mark("Access to the data, cleaning, linkage and its quality"),
        where=mark(
            "Methods: What cleaning changed; Annual evaluation: Every row accounted for. "
            "Quality of matching: the programme writes this"
        ),
    ),
    Item(
        number="R13",
        asks=mark("Who was left out, by quality, availability and linkage"),
        where=mark("Annual evaluation: From referral to the cohort; people never checked"),
        needs="records",
    ),
    Item(
        number="R19",
        asks=mark("What it means that data were not made for research"),
        where=mark("Annual evaluation: Limits"),
        needs="limits",
    ),
    Item(
        number="R22",
        asks=mark("Where protocol, data and code can be had"),
        where=mark("Methods: What was fixed in advance; Reproducing this report"),
    ),
)
CONSORT = (
    Item(number="C8", asks=mark("How the random sequence was made")),
    Item(number="C9", asks=mark("How it was concealed until assignment")),
    Item(number="C11", asks=mark("Who knew the assignment")),
    Item(
        number="C16",
        asks=mark("Analysed as assigned"),
        where=mark("Annual evaluation: How strong is this evidence?"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist(Table):
    """The table, with the English text of where each row stands for a report to follow up.

    Parameters
    ----------
    places : tuple of str
        Empty where only the programme can write what is asked for.
    """

    places: tuple[str, ...] = ()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {
            "text/html": self.to_html(),
            "text/markdown": self.to_markdown(),
            CHECKLIST_MIME: json.dumps(self.places),
        }


def tabulate_checklist(design: StudyDesign) -> Checklist:
    """Return the reporting checklists of a study, filled in as far as its design tells.

    In a report each row says of the sections that it names whether the run made them, and if
    not why: not collected, does not apply, not given, or taken out of the study's notebooks.

    Parameters
    ----------
    design : StudyDesign

    Returns
    -------
    Checklist
        The 22 items of STROBE, those of RECORD for routinely collected data and, of a
        randomised study, those of CONSORT that STROBE lacks: what each asks in short, and where
        it stands or that the programme must write it.

    Notes
    -----
    von Elm et al. (2007), doi:10.1371/journal.pmed.0040296; Benchimol et al. (2015),
    doi:10.1371/journal.pmed.1001885; Schulz et al. (2010), doi:10.1136/bmj.c332.
    """
    items = (*STROBE, *RECORD, *(CONSORT if _NEEDS["randomised"](design) else ()))
    places = [_where(one, design) for one in items]
    rows = tuple(
        (one.number, phrase(one.asks), phrase(place))
        for one, place in zip(items, places, strict=True)
    )
    return Checklist(
        title=phrase("Reporting checklist"),
        columns=tuple(Column(label=phrase(one), align="left") for one in HEADINGS),
        rows=rows,
        caption=phrase(
            "STROBE by its numbers, RECORD as R, CONSORT as C; what each asks for in short. "
            "Items in all: {n}; left to the programme: {n_open}.",
            n=len(rows),
            n_open=places.count(PROGRAMME),
        ),
        source="doi:10.1371/journal.pmed.0040296; doi:10.1371/journal.pmed.1001885"
        + ("; doi:10.1136/bmj.c332" if _NEEDS["randomised"](design) else ""),
        places=tuple(
            "" if place == PROGRAMME else one.where
            for one, place in zip(items, places, strict=True)
        ),
    )


def _where(item: Item, design: StudyDesign) -> str:
    """Return where an item stands; one whose section the study has not is not the programme's."""
    if not item.where:
        return PROGRAMME
    if item.needs and not _NEEDS[item.needs](design):
        return PROGRAMME if item.needs in _OF_THE_PROGRAMME else NOT_HERE
    return item.where
