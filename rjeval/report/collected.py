"""What a study collects, and so which cells of a notebook apply to it.

Words that a cell may require: a table (``session``), a column of a table (``session.mode``),
``comparison``, ``recidivism`` (``recidivism:2`` for a second measure), ``dates`` (calendar dates
rather than given durations), ``calendar`` (and those dates were not shifted),
``day`` (events known by their day) or ``checks`` (by the checks that found them), ``subgroups``,
``surveys``, ``surveys:ROLE``, ``model:recidivism``, ``model:satisfaction``, ``covariates``,
``objectives``, ``equity``;
``without:`` before a word for what is shown only where the study lacks it.
"""

from __future__ import annotations

from collections.abc import Iterable

from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase

#: What a missing table means to a reader.
TABLE_TEXT = {
    "person": mark("people's characteristics"),
    "referral": mark("referrals"),
    "harmed_party": mark("harmed parties"),
    "session": mark("sessions"),
    "records_check": mark("records checks"),
    "followup_event": mark("follow-up offences"),
    "exposure": mark("custody and departures"),
    "follow_up": mark("durations of follow-up"),
    "agreement": mark("agreements"),
    "obligation": mark("obligations"),
    "payment": mark("payments"),
    "survey_invitation": mark("survey invitations"),
    "survey_response": mark("survey answers"),
    "cost": mark("costs"),
    "training_event": mark("trainings"),
    "training_response": mark("tests of people trained"),
    "community_survey": mark("a community survey"),
}

#: Why a cell is left out where the study has what the cell does without; no reader is told.
SHOWN_INSTEAD = "another cell is shown instead"
#: Requirements that say what kind of study it is, whatever was collected.
_OF_THE_STUDY = frozenset(
    {"comparison", "model", "covariates", "subgroups", "objectives", "equity"}
)


def why_not_collected(design: StudyDesign, requires: Iterable[str]) -> str:
    """Return why a cell does not apply to a study; empty where it applies.

    Examples
    --------
    >>> from pathlib import Path
    >>> study = StudyDesign(title="A study", root=Path("."))
    >>> why_not_collected(study, ["comparison"])
    'the study has one group, so there is no comparison'
    """
    for word in requires:
        reason = _reason(design, word)
        if reason:
            return reason
    return ""


def does_not_apply(design: StudyDesign, requires: Iterable[str]) -> bool:
    """Whether a cell is left out for the kind of study, and not because data were not collected.

    Examples
    --------
    >>> from pathlib import Path
    >>> study = StudyDesign(title="A study", root=Path("."))
    >>> does_not_apply(study, ["comparison"]), does_not_apply(study, ["session"])
    (True, False)
    """
    failing = [word for word in requires if _reason(design, word)]
    if not failing:
        return False
    second_measure = failing[0].startswith("recidivism:") and bool(design.recidivism)
    return failing[0].partition(":")[0] in _OF_THE_STUDY or second_measure


def _reason(design: StudyDesign, word: str) -> str:
    named, _, detail = word.partition(":")
    checks = {
        "comparison": _no_comparison,
        "recidivism": _no_recidivism,
        "dates": _no_dates,
        "calendar": _no_calendar,
        "checks": _not_by_checks,
        "day": _by_checks,
        "subgroups": _no_subgroups,
        "surveys": _no_survey,
        "model": _no_model,
        "covariates": _no_covariates,
        "objectives": _no_objectives,
        "equity": _no_equity,
        "without": _instead,
    }
    if named in checks:
        return checks[named](design, detail)
    return _no_table(design, word)


def _instead(design: StudyDesign, word: str) -> str:
    return "" if _reason(design, word) else SHOWN_INSTEAD


def _no_comparison(design: StudyDesign, _: str) -> str:
    if design.arms.has_comparison:
        return ""
    return phrase("the study has one group, so there is no comparison")


def _no_recidivism(design: StudyDesign, least: str) -> str:
    if len(design.recidivism) >= int(least or 1):
        return ""
    if design.recidivism:
        return phrase("the study declares one measure of reoffending only")
    given = design.why_no_recidivism.rstrip(". ")
    return given or phrase("the study declares no measure of reoffending")


def _no_dates(design: StudyDesign, _: str) -> str:
    given = any(one.durations_given for one in design.recidivism)
    return phrase("the study brings durations, not dates") if given else ""


def _no_calendar(design: StudyDesign, _: str) -> str:
    if design.privacy.shift_dates:
        return phrase("the dates were shifted, so the calendar means nothing")
    return _no_dates(design, "")


def _by_checks(design: StudyDesign, _: str) -> str:
    return SHOWN_INSTEAD if not _not_by_checks(design, "") else ""


def _not_by_checks(design: StudyDesign, _: str) -> str:
    by_checks = bool(design.recidivism) and design.primary.times_known == "checks"
    return "" if by_checks else SHOWN_INSTEAD


def _no_subgroups(design: StudyDesign, _: str) -> str:
    return "" if design.subgroups else phrase("the study declares no subgroups")


def _no_survey(design: StudyDesign, role: str) -> str:
    if any(role in ("", one.role) for one in design.surveys):
        return ""
    if role:
        return phrase("no survey of {role} is declared", role=design.label(role).lower())
    return phrase("no survey is declared")


def _no_model(design: StudyDesign, outcome: str) -> str:
    if getattr(design.models, outcome, ""):
        return ""
    return phrase(
        "the study declares no model of recidivism"
        if outcome == "recidivism"
        else "the study declares no model of satisfaction"
    )


def _no_covariates(design: StudyDesign, _: str) -> str:
    return "" if design.covariates else phrase("the study declares no characteristics to describe")


def _no_objectives(design: StudyDesign, _: str) -> str:
    return "" if design.aims.objectives else phrase("the study declares no objectives")


def _no_equity(design: StudyDesign, _: str) -> str:
    if design.equity.by:
        return ""
    return phrase("the study declares no groups to compare at each stage")


def _no_table(design: StudyDesign, word: str) -> str:
    table, _, column = word.partition(".")
    maps = [one for one in design.exports if one.table == table]
    what = phrase(TABLE_TEXT.get(table, table.replace("_", " ")))
    if not maps:
        return phrase("no export of {what} was provided", what=what)
    if column and not any(
        column in {**one.columns, **one.constants, **one.templates, **one.fill} for one in maps
    ):
        return phrase(
            "the export of {what} has no {column}", what=what, column=column.replace("_", " ")
        )
    return ""
