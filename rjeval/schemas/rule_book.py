"""All rules in the order in which they run, and what became of the rest of the rule book."""

from __future__ import annotations

from rjeval.schemas.outcome_rules import OUTCOME_RULES
from rjeval.schemas.people_rules import PEOPLE_RULES
from rjeval.schemas.process_rules import PROCESS_RULES
from rjeval.schemas.relations import ORPHANS, RELATIONS
from rjeval.schemas.row_rules import ROW_RULES
from rjeval.schemas.rules import Rule
from rjeval.schemas.survey_rules import SURVEY_RULES

#: Every rule that looks at typed tables; orphans are looked for after those that refuse rows.
RULES: tuple[Rule, ...] = (
    *PEOPLE_RULES,
    *ROW_RULES,
    *RELATIONS,
    *PROCESS_RULES,
    *SURVEY_RULES,
    *OUTCOME_RULES,
)

#: Rules that are kept elsewhere, because tables alone do not decide them.
ELSEWHERE: dict[str, str] = {
    "V01": "reading: a needed column that is not mapped, and an empty needed cell",
    "V02": "reading: banners, repeated headers, footers, rows with too many cells",
    "V04": "reading: a mapped column that stands there twice",
    "V05": "reading: the number of rows that the exporter declares",
    "V07": "reading: numbers that cannot be read",
    "V09": "reading: several values of a cell, by the declared delimiter",
    "V11": "the Pandera model of each table: keys",
    "V14": "the gate for direct identifiers",
    "V21": "reading: dates by declared formats",
    "V33": "reading: one shift for all people and cases that hang together",
    "V34": "delivery: counts by calendar quarter are refused on shifted dates",
    "V61": "surveys: roles are never pooled",
    "V76": "cohort: people who are not mature never enter a fixed window",
    "V80": "cohort: death and departure are competing events",
    "V81": "cohort: entry after the index date is late entry",
    "V86": "the Pandera model of followup_event and referral_offence",
    "V87": "not decided: nothing in the tables dates a covariate",
    "V88": "the dictionary: pseudo_t0 is needed in comparison_person",
    "V93": "not decided: nothing here divides costs by cases",
    "V100": "disclosure: release",
}

__all__ = ["ELSEWHERE", "ORPHANS", "RULES"]
