"""Who is in the study: everybody assessed, with the reason why a person is not analysed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import Cohort, Exports
from rjeval.cohort.stages import STAGES, clock_column, index_dates, stages_reached
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError
from rjeval.language import mark
from rjeval.terms import OUTSIDE_PERIOD, AnalysisSet

#: Reasons for exclusion in the order of the flow, with the words that people read.
EXCLUSIONS: dict[str, str] = {
    "not_eligible": mark("Not eligible"),
    "eligibility_not_determined": mark("Eligibility not determined"),
    "no_clock_date": mark("No date to start follow-up"),
    "outside_study_period": mark("Outside the study period"),
    "not_offered": mark("Not offered the programme"),
    "responsible_party_did_not_consent": mark("Responsible party did not consent"),
    "harmed_party_did_not_consent": mark("Harmed party did not take part"),
    "no_conference": mark("No conference held"),
    "not_completed": mark("Did not complete"),
    "arm_not_in_study": mark("Arm not in the study"),
    "repeat_referral": mark("Repeat referral of a person already included"),
}
#: Stages that each population asks for, beyond eligibility.
ASKED = {
    AnalysisSet.ALL_REFERRED: (),
    AnalysisSet.OFFERED: ("offered",),
    AnalysisSet.CONSENTED: ("responsible_consented",),
    AnalysisSet.CONFERENCED: ("responsible_consented", "harmed_consented", "conferenced"),
    AnalysisSet.COMPLETED: ("responsible_consented", "harmed_consented", "completed"),
}
REASON_OF_STAGE = {
    "offered": "not_offered",
    "responsible_consented": "responsible_party_did_not_consent",
    "harmed_consented": "harmed_party_did_not_consent",
    "conferenced": "no_conference",
    "completed": "not_completed",
}
LEADING = (
    "referral_id",
    "person_id",
    "case_id",
    "arm",
    "index_date",
    "exclusion_reason",
    *STAGES,
    "age_at_index",
)


def select_cohort(
    exports: Exports,
    *,
    design: StudyDesign,
    definition: RecidivismDefinition | str | None = None,
) -> Cohort:
    """Select who is analysed, and keep everybody else with the reason why not.

    Parameters
    ----------
    exports : Exports
        At least the table ``referral`` (``person`` adds covariates), or ``follow_up`` alone.
    design : StudyDesign
    definition : RecidivismDefinition, str or None
        The definition whose clock, population and rule for repeat referrals hold; the primary
        one where none is given.

    Returns
    -------
    Cohort
        One row per referral. The reasons are those of ``EXCLUSIONS``; a row has the first that
        applies, in that order.

    Raises
    ------
    DataError
        A table or column that the design needs is not there.

    Notes
    -----
    The clock starts by the same rule in every arm. In a randomised trial the arm is
    ``random_arm``, whatever was received. The first referral kept is the earliest by index date
    among those that nothing else excludes; on the same day, the one with the smaller id.
    ``age_at_index`` is the age at referral, or from the year of birth with birthdays on 1 July.
    Consent that was withdrawn later is consent. The last stage that a population asks for must be
    recorded; the stages before it count where they are. Columns without any value are left out.

    Examples
    --------
    >>> from datetime import date
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> from rjeval.analysis_data import Exports
    >>> from rjeval.design.study import StudyDesign
    >>> referral = pd.DataFrame({"referral_id": ["R1", "R2", "R3"], "person_id": ["A", "B", "A"]})
    >>> referral["referral_date"] = pd.to_datetime(["2022-01-10", "2022-02-01", "2022-06-01"])
    >>> referral["arm"] = ["rj", "control", "rj"]
    >>> nothing = pd.DataFrame()
    >>> exports = Exports(
    ...     tables={"referral": referral}, accounts=(), ledger=nothing, quality=nothing
    ... )
    >>> design = StudyDesign(title="small", root=Path(), extract_date=date(2024, 12, 31))
    >>> cohort = rj.select_cohort(exports, design=design)
    >>> cohort
    Cohort(assessed=3, included=1)
    >>> cohort.frame["exclusion_reason"].dropna().tolist()
    ['arm_not_in_study', 'repeat_referral']
    """
    chosen = _definition(design, definition)
    frame = _assessed(exports)
    given = chosen.durations_given
    frame["index_date"] = (
        pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
        if given and "referral_date" not in frame.columns
        else index_dates(frame, exports, chosen.clock)
    )
    stages = stages_reached(frame, exports)
    frame = frame.drop(columns=[one for one in STAGES if one in frame.columns])
    frame = pd.concat([frame, stages], axis=1)
    frame["arm"] = _arms(frame, design)
    frame["age_at_index"] = _ages(frame)
    frame["exclusion_reason"] = _reasons(frame, design=design, definition=chosen)
    rest = [name for name in frame.columns if name not in LEADING and frame[name].notna().any()]
    frame = _categorised(frame[[*LEADING, *rest]].reset_index(drop=True))
    declared = chosen if design.recidivism or definition is not None else None
    return Cohort(frame=frame, arms=design.arms.levels, definition=declared)


def _definition(
    design: StudyDesign, definition: RecidivismDefinition | str | None
) -> RecidivismDefinition:
    if isinstance(definition, RecidivismDefinition):
        return definition
    if definition is None and not design.recidivism:
        return RecidivismDefinition(durations_given="follow_up" in design.tables())
    return design.definition(definition)


def _assessed(exports: Exports) -> pd.DataFrame:
    """One row per referral with the person's own columns beside it."""
    if exports.has("referral"):
        frame = exports.tables["referral"].copy()
        if exports.has("person"):
            person = exports.tables["person"]
            new = [name for name in person.columns if name not in frame.columns]
            frame = frame.merge(person[["person_id", *new]], on="person_id", how="left")
    elif exports.has("follow_up"):
        frame = exports.tables["follow_up"].copy()
        if exports.has("person"):
            person = exports.tables["person"]
            new = [name for name in person.columns if name not in frame.columns]
            frame = frame.merge(person[["person_id", *new]], on="person_id", how="left")
    else:
        raise DataError(
            "The study has neither the table referral nor follow_up, so there is no cohort.",
            hint="Add [exports.referral] to study.toml.",
        )
    if "case_id" not in frame.columns:
        frame["case_id"] = frame["person_id"]
    frame["case_id"] = frame["case_id"].where(frame["case_id"].notna(), frame["person_id"])
    if "referral_id" not in frame.columns:
        frame["referral_id"] = frame["person_id"].astype(str) + "/" + frame["case_id"].astype(str)
    return frame


def _arms(frame: pd.DataFrame, design: StudyDesign) -> pd.Categorical:
    """Return the arm of each referral, reference first; by lot in a randomised trial."""
    levels = design.arms.levels
    drawn = "random_arm" in frame.columns and frame["random_arm"].notna().any()
    column = "random_arm" if drawn and design.arms.comparison_type == "rct_control" else "arm"
    if column not in frame.columns or frame[column].isna().all():
        if len(levels) > 1:
            raise DataError(
                f"The design compares {len(levels)} arms, but no table has the column arm.",
                hint="Map arm under [exports.referral].",
            )
        return pd.Categorical([levels[0]] * len(frame), categories=levels, ordered=True)
    given = frame[column].astype(object)
    known = given.mask(~given.isin(levels)).to_numpy(dtype=object)
    return pd.Categorical(known, categories=levels, ordered=True)


def _ages(frame: pd.DataFrame) -> pd.Series:
    """Age in whole years at the index date."""
    age = pd.Series(np.nan, index=frame.index)
    if "birth_year" in frame.columns:
        years = pd.to_numeric(frame["birth_year"]).astype("Float64").astype(float)
        date = frame["index_date"]
        age = date.dt.year - years - (date.dt.month < 7)
    if "age_at_referral" in frame.columns:
        given = pd.to_numeric(frame["age_at_referral"]).astype("Float64").astype(float)
        age = given.where(given.notna(), age)
    return age


def _reasons(
    frame: pd.DataFrame, *, design: StudyDesign, definition: RecidivismDefinition
) -> pd.Series:
    """Return the first reason that applies to each referral, in the order of ``EXCLUSIONS``."""
    tests: dict[str, pd.Series] = {}
    if "eligible" in frame.columns and frame["eligible"].notna().any():
        tests["not_eligible"] = frame["eligible"].eq(False)
        tests["eligibility_not_determined"] = frame["eligible"].isna()
    if not (definition.durations_given and frame["index_date"].isna().all()):
        tests["no_clock_date"] = frame["index_date"].isna()
        tests["outside_study_period"] = _outside(frame, design, definition)
    asked = ASKED[definition.population]
    for stage in asked:
        if stage == asked[-1] and frame[stage].isna().all():
            raise DataError(
                f"The population {definition.population} cannot be told: no table says who "
                f"reached the stage {stage}.",
                hint="Map the columns of that stage, or choose another population.",
            )
        if frame[stage].notna().any():
            tests[REASON_OF_STAGE[stage]] = ~frame[stage].fillna(False).astype(bool)
    tests["arm_not_in_study"] = frame["arm"].isna()
    reason = pd.Series(pd.NA, index=frame.index, dtype="string")
    for name in EXCLUSIONS:
        if name in tests:
            applies = tests[name].fillna(False).astype(bool)
            reason = reason.mask(reason.isna() & applies, name)
    if definition.repeat_referrals == "first":
        reason = reason.mask(_repeats(frame[reason.isna()], frame.index), "repeat_referral")
    return reason


def _outside(
    frame: pd.DataFrame, design: StudyDesign, definition: RecidivismDefinition
) -> pd.Series:
    if OUTSIDE_PERIOD in frame.columns:  # dates were shifted after this was found out
        name = clock_column(frame, definition.clock)
        return frame[OUTSIDE_PERIOD].str.contains(rf"(?:^|;){name};").fillna(False).astype(bool)
    dates = frame["index_date"]
    outside = pd.Series(False, index=dates.index)
    if design.period_start is not None:
        outside |= dates < pd.Timestamp(design.period_start)
    last = min(filter(None, (design.period_end, design.extract_date)), default=None)
    if last is not None:
        outside |= dates > pd.Timestamp(last)
    return outside


def _repeats(kept: pd.DataFrame, index: pd.Index) -> pd.Series:
    """Whether a referral comes after another one of the same person."""
    ordered = kept.sort_values(["index_date", "referral_id"], kind="stable")
    later = ordered["person_id"].duplicated()
    return later.reindex(index, fill_value=False)


def _categorised(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts that are neither ids nor reasons become categories."""
    ids = [name for name in frame.columns if name.endswith(("_id", "_key"))]
    keep = {*ids, "exclusion_reason"} - {"site_id", "program_id"}
    texts = [
        name
        for name in frame.columns
        if name not in keep
        and (
            pd.api.types.is_object_dtype(frame[name].dtype)
            or isinstance(frame[name].dtype, pd.StringDtype)
        )
    ]
    return frame.astype(dict.fromkeys(texts, "category"))
