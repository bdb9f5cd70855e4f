"""Rules that one table decides by itself."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from rjeval.language import mark, note
from rjeval.schemas.frames import among
from rjeval.schemas.rules import CannotRunError, Hit, Rule, RuleData, hit
from rjeval.schemas.tables import TABLES

#: Dates that may lie after the extract: plans, not events.
PLANNED = frozenset({"scheduled_at", "due_date", "to"})
#: Dates set by a system or a plan and not by an event, which heap by nature.
BY_SYSTEM = frozenset(
    {
        "run_date",
        "coverage_from",
        "coverage_to",
        "period_start",
        "period_end",
        "start_date",
        "end_date",
        "version_from",
    }
)
#: A share of dates on one day this many times the expected share is heaping ...
HEAPING = 3.0
#: ... unless chance alone heaps as many at least this often.
HEAPING_CHANCE = 0.001
DAYS_OF_A_YEAR = 365.25
#: The order in which a referral runs, as far as one row shows it.
ORDER_BEFORE = ("incident_date", "arrest_or_citation_date", "received_date", "referral_date")
ORDER_AFTER = ("referral_date", "offered_date", "enrolled_date", "exit_date")


def _dates(data: RuleData, *, planned: bool = False) -> list[tuple[str, str, pd.Series]]:
    """All collected date columns as (table, column, dates)."""
    found = []
    for table, frame in data.tables.items():
        for column in TABLES[table].columns:
            if column.kind != "date" or (column.name in PLANNED and not planned):
                continue
            if column.name in frame.columns and frame[column.name].notna().any():
                found.append((table, column.name, frame[column.name]))
    return found


def _ids_alike(data: RuleData) -> list[Hit]:
    found = []
    for table, frame in data.tables.items():
        for name in TABLES[table].key:
            if name in frame.columns and TABLES[table].column(name).kind == "id":  # type: ignore[union-attr]
                found.append(hit(table, name, _alike(frame[name])))
    return found


def _alike(ids: pd.Series) -> pd.Series:
    """Ids that differ from another id only by case, or by the 3 check letters of an 18-form."""
    known = ids.dropna()
    if _in_one_case(known) and not known.str.len().eq(18).any():
        return pd.Series(False, index=ids.index)
    unique = pd.Series(known.unique())
    alike = unique[unique.str.lower().duplicated(keep=False)]
    long = unique[unique.str.len().eq(18)]
    if len(long):
        short = long.str.slice(0, 15)
        forms = [long[among(short, unique)], short[among(short, unique)]]
        alike = pd.concat([alike, *forms])
    if not len(alike):
        return pd.Series(False, index=ids.index)
    return among(ids, alike)


def _in_one_case(ids: pd.Series) -> bool:
    """Return whether all ids are in capitals, or none holds any; then case tells none apart."""
    return bool(ids.eq(ids.str.upper()).all() or ids.eq(ids.str.lower()).all())


def _double_referral(data: RuleData) -> list[Hit]:
    frame = data.frame("referral", "incident_date", "program_id")
    keys = ["person_id", "incident_date", "program_id"]
    known = frame["incident_date"].notna() & frame["program_id"].notna()
    return [hit("referral", "referral_id", frame.duplicated(keys) & known)]


def _heaping(data: RuleData) -> list[Hit]:
    found = []
    for table, column, dates in _dates(data):
        n_known = int(dates.notna().sum())
        if column in BY_SYSTEM:
            continue
        day = dates.to_numpy(dtype="datetime64[D]")
        first = day == day.astype("datetime64[M]").astype("datetime64[D]")
        new_year = day == day.astype("datetime64[Y]").astype("datetime64[D]")
        for heap, per_year in ((new_year, 1), (first, 12)):
            if _heaps(int(heap.sum()), n_known, per_year / DAYS_OF_A_YEAR):
                found.append(hit(table, column, pd.Series(heap, index=dates.index)))
                break
    return found


def _heaps(n_heaped: int, n_known: int, expected: float) -> bool:
    """Return whether more dates fall on a day than chance would have it.

    Chance is the binomial probability of as many or more, taken at its Chernoff bound
    exp(-n KL(share, expected)), so that a few dates of a small table are never enough.
    """
    share = n_heaped / n_known
    if share <= HEAPING * expected:
        return False
    rest = (1 - share) * math.log((1 - share) / (1 - expected)) if share < 1 else 0.0
    divergence = share * math.log(share / expected) + rest
    return n_known * divergence > -math.log(HEAPING_CHANCE)


def _after_extract(data: RuleData) -> list[Hit]:
    extract = data.extract()
    return [hit(table, column, dates.gt(extract)) for table, column, dates in _dates(data)]


def _inverted(frame: pd.DataFrame, order: tuple[str, ...]) -> list[Hit]:
    given = [name for name in order if name in frame.columns and frame[name].notna().any()]
    if len(given) < 2:
        raise CannotRunError(
            note("fewer than two of {columns} were collected", columns=", ".join(order))
        )
    found = []
    latest = frame[given[0]].to_numpy(dtype="datetime64[ns]")
    for later in given[1:]:
        day = frame[later].to_numpy(dtype="datetime64[ns]")
        found.append(hit("referral", later, pd.Series(day < latest, index=frame.index)))
        latest = np.fmax(latest, day)
    return found


def _before_referral(data: RuleData) -> list[Hit]:
    return _inverted(data.frame("referral"), ORDER_BEFORE)


def _after_referral(data: RuleData) -> list[Hit]:
    return _inverted(data.frame("referral"), ORDER_AFTER)


def _exit_without_date(data: RuleData) -> list[Hit]:
    frame = data.frame("referral", "exit_status")
    is_open = frame["exit_status"].eq("open")
    dated = frame["exit_date"].notna()
    known = frame["exit_status"].notna()
    return [hit("referral", "exit_date", known & (is_open == dated))]


def _exit_on_referral_day(data: RuleData) -> list[Hit]:
    frame = data.frame("referral", "exit_date")
    return [hit("referral", "exit_date", frame["exit_date"].eq(frame["referral_date"]))]


def _before_period(data: RuleData) -> list[Hit]:
    if data.period_start is None:
        raise CannotRunError(mark("[study] period_start is not declared"))
    frame = data.frame("referral", "referral_date")
    earliest = pd.Timestamp(data.period_start) - pd.Timedelta(days=366)
    return [hit("referral", "referral_date", frame["referral_date"].lt(earliest))]


def _repeat_referrals(data: RuleData) -> list[Hit]:
    frame = data.frame("referral")
    return [hit("referral", "person_id", frame["person_id"].duplicated(keep=False))]


def _enrolled_without_consent(data: RuleData) -> list[Hit]:
    frame = data.frame("referral", "enrolled_date", "responsible_consent")
    enrolled = frame["enrolled_date"].notna()
    refused = frame["responsible_consent"].isin(["no", "no_contact"])
    return [hit("referral", "enrolled_date", enrolled & refused)]


def _unknown_arm(data: RuleData) -> list[Hit]:
    found = []
    for table in ("referral", "follow_up"):
        if table in data.tables and len(data.arms) > 1:
            arm = data.tables[table]["arm"]
            found.append(hit(table, "arm", arm.notna() & ~arm.isin(list(data.arms))))
    if not found:
        raise CannotRunError(mark("the design compares no arms"))
    return found


def _outside_scale(data: RuleData) -> list[Hit]:
    frame = data.frame("survey_response", "value")
    if not data.surveys:
        raise CannotRunError(mark("no [[survey]] declares a scale"))
    broken = pd.Series(False, index=frame.index)
    role = _role_of(frame, data)
    for survey in data.surveys:
        mine = frame["item_id"].isin(list(survey.items)) & (role.isna() | role.eq(survey.role))
        value = frame["value"]
        inside = value.between(1, len(survey.levels)) & value.mod(1).eq(0)
        broken |= mine & value.notna() & ~inside
    return [hit("survey_response", "value", broken)]


def _role_of(frame: pd.DataFrame, data: RuleData) -> pd.Series:
    if "survey_invitation" not in data.tables:
        return pd.Series(np.nan, index=frame.index, dtype=object)
    asked = data.tables["survey_invitation"].drop_duplicates("invitation_id")
    return frame["invitation_id"].map(asked.set_index("invitation_id")["role"])


def _coverage(data: RuleData) -> list[Hit]:
    frame = data.frame("records_check", "coverage_to")
    late = frame["coverage_to"].gt(frame["run_date"])
    if data.extract_date is not None:
        extract = data.extract()
        late = late | frame["run_date"].gt(extract) | frame["coverage_to"].gt(extract)
    return [hit("records_check", "coverage_to", late)]


def _coverage_backwards(data: RuleData) -> list[Hit]:
    frame = data.frame("records_check", "coverage_from")
    return [hit("records_check", "coverage_from", frame["coverage_from"].gt(frame["coverage_to"]))]


def _interval_backwards(data: RuleData) -> list[Hit]:
    frame = data.frame("exposure", "to")
    return [hit("exposure", "to", frame["to"].lt(frame["from"]))]


def _entry_after_exit(data: RuleData) -> list[Hit]:
    frame = data.frame("follow_up", "entry_days")
    return [hit("follow_up", "entry_days", frame["entry_days"].ge(frame["time_days"]))]


def _free_text(data: RuleData) -> list[Hit]:
    found = []
    for table, names in data.covariates.items():
        for name in names:
            column = data.tables[table][name]
            if not isinstance(column.dtype, pd.StringDtype) or column.notna().sum() < 1:
                continue
            words = column.dropna().str.count(r"\s+")
            if words.mean() >= 4 and column.nunique() > 0.5 * column.notna().sum():
                found.append(hit(table, name, column.notna()))
    return found


_REFERRAL = ("referral",)
ROW_RULES: tuple[Rule, ...] = (
    Rule(
        id="V08",
        severity="E",
        reason=mark("The arm is not one that the design declares."),
        tables=(),
        find=_unknown_arm,
        blocks=mark("every comparison of arms"),
        refuses=True,
    ),
    Rule(
        id="V13",
        severity="W",
        reason=mark("Ids differ only by case, or by the 15- and 18-character forms of one id."),
        tables=(),
        find=_ids_alike,
    ),
    Rule(
        id="V18",
        severity="E",
        reason=mark("The same referral (person, incident, programme) was entered twice."),
        tables=_REFERRAL,
        find=_double_referral,
        blocks=mark("counts of referrals"),
        refuses=True,
    ),
    Rule(
        id="V22",
        severity="W",
        reason=mark("Dates heap on 1 January or the first of the month, as imputed dates do."),
        tables=(),
        find=_heaping,
    ),
    Rule(
        id="V23",
        severity="E",
        reason=mark("The date lies after the extract."),
        tables=(),
        find=_after_extract,
        blocks=mark("everything that uses the date"),
        refuses=True,
    ),
    Rule(
        id="V24",
        severity="W",
        reason=mark(
            "The referral comes before the incident, the arrest or the receipt of the case."
        ),
        tables=_REFERRAL,
        find=_before_referral,
    ),
    Rule(
        id="V25",
        severity="W",
        reason=mark("Referral, offer, enrolment and exit are out of order."),
        tables=_REFERRAL,
        find=_after_referral,
    ),
    Rule(
        id="V26",
        severity="E",
        reason=mark("A closed referral has no exit date, or an open one has."),
        tables=_REFERRAL,
        find=_exit_without_date,
        blocks=mark("completion and time in the programme"),
    ),
    Rule(
        id="V36",
        severity="E",
        reason=mark("Enrolled although the responsible person did not consent."),
        tables=_REFERRAL,
        find=_enrolled_without_consent,
        blocks=mark("the funnel from consent to enrolment"),
    ),
    Rule(
        id="V54",
        severity="E",
        reason=mark("The answer lies outside the scale that the design declares."),
        tables=("survey_response",),
        find=_outside_scale,
        blocks=mark("that answer"),
        refuses=True,
    ),
    Rule(
        id="V66",
        severity="E",
        reason=mark("The records are said to reach beyond the day of the pull or the extract."),
        tables=("records_check",),
        find=_coverage,
        blocks=mark("the outcome of these people, unless another check covers it"),
        refuses=True,
    ),
    Rule(
        id="V97",
        severity="E",
        reason=mark("The column holds free text, which may identify people."),
        tables=(),
        find=_free_text,
        blocks=mark("release of any row; drop the column from the map"),
    ),
    Rule(
        id="V101",
        severity="W",
        reason=mark("The referral ended on the day on which it began."),
        tables=_REFERRAL,
        find=_exit_on_referral_day,
    ),
    Rule(
        id="V102",
        severity="W",
        reason=mark("The referral lies more than a year before the study period."),
        tables=_REFERRAL,
        find=_before_period,
    ),
    Rule(
        id="V107",
        severity="I",
        reason=mark("The person has more than one referral."),
        tables=_REFERRAL,
        find=_repeat_referrals,
    ),
    Rule(
        id="V103",
        severity="E",
        reason=mark("The records are said to end before they begin."),
        tables=("records_check",),
        find=_coverage_backwards,
        blocks=mark("the outcome of these people, unless another check covers it"),
        refuses=True,
    ),
    Rule(
        id="V104",
        severity="E",
        reason=mark("The interval ends before it begins."),
        tables=("exposure",),
        find=_interval_backwards,
        blocks=mark("time at risk of these people"),
        refuses=True,
    ),
    Rule(
        id="V105",
        severity="E",
        reason=mark("Observation starts on or after the day on which it ends."),
        tables=("follow_up",),
        find=_entry_after_exit,
        blocks=mark("the outcome of these people"),
        refuses=True,
    ),
)
