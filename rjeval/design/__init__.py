"""What a study asks: everything that can change a published number, read from ``study.toml``.

- ``recidivism``: what counts as reoffending, from when, for how long, in which records
- ``populations``: numbers of people that lie one within the other
- ``exports``: which file feeds which table, and how its columns and values are named
- ``disclosure``: what may be shown; ``people_counts``: small counts of people in prose
- ``microdata``: which rows may leave, and how many people must look alike
- ``privacy``: what is done to identifying columns, and with which key
- ``plan``: sensitivity analyses and subgroups declared ahead
- ``study``: the whole design
- ``checks``, ``map_checks``, ``formulas``: what cannot be analysed or read is refused
- ``dictionary``: the door to the data dictionary
- ``parse``: typed reading
- ``read``: ``study.toml`` to a design, or one sentence on why not
"""

from __future__ import annotations

from rjeval.design.disclosure import DisclosureRule
from rjeval.design.exports import ExportMap
from rjeval.design.read import read_design
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import ArmsDesign, ModelDesign, StudyDesign, SurveyDesign

__all__ = [
    "ArmsDesign",
    "DisclosureRule",
    "ExportMap",
    "ModelDesign",
    "RecidivismDefinition",
    "StudyDesign",
    "SurveyDesign",
    "read_design",
]
