"""Tables of the exports as the follow-up derivation takes them: each column there, each typed."""

from __future__ import annotations

import pandas as pd
from pandas.api.types import is_datetime64_dtype

from rjeval.analysis_data import Exports
from rjeval.errors import DataError

#: Half a year, in days: a person of unknown birthday had it that long ago, on average.
HALF_YEAR = 0.5
DAYS_PER_YEAR = 365.25
#: Month and day that stand for a birthday of which only the year is known.
MIDYEAR = "-07-01"

DATES, TEXTS, FLAGS, NUMBERS = "datetime64[ns]", "string", "boolean", "Float64"
CHECKS = {
    "person_id": TEXTS,
    "check_id": TEXTS,
    "source": TEXTS,
    "match_status": TEXTS,
    "run_date": DATES,
    "coverage_from": DATES,
    "coverage_to": DATES,
    "juvenile_covered": FLAGS,
    "adult_covered": FLAGS,
}
EVENTS = {
    "person_id": TEXTS,
    "check_id": TEXTS,
    "incident_key": TEXTS,
    "event_kind": TEXTS,
    "level": TEXTS,
    "nibrs_code": TEXTS,
    "disposition": TEXTS,
    "offence_date": DATES,
    "arrest_date": DATES,
    "filing_date": DATES,
    "disposition_date": DATES,
    "chi_days": NUMBERS,
}
EXPOSURE = {"person_id": TEXTS, "state": TEXTS, "start": DATES, "end": DATES}


def prepare_records(
    included: pd.DataFrame, exports: Exports, *, adult_age_years: int
) -> dict[str, pd.DataFrame]:
    """Return the frames ``people, checks, events, exposure`` of the derivation.

    Raises
    ------
    DataError
        The study has no table of records checks, so that "no record" cannot be told from
        "never checked".
    """
    if not exports.has("records_check"):
        raise DataError(
            "The study has no table records_check, so people without a record cannot be told from "
            "people who were never checked.",
            hint="Add [exports.records_check] with one row per person, source and pull.",
        )
    exposure = exports.tables.get("exposure", pd.DataFrame())
    return {
        "people": _people(included, adult_age_years),
        "checks": typed(exports.tables["records_check"], CHECKS),
        "events": typed(exports.tables.get("followup_event", pd.DataFrame()), EVENTS),
        "exposure": typed(exposure.rename(columns={"from": "start", "to": "end"}), EXPOSURE),
    }


def typed(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Return these columns with these types; one that the study lacks is missing throughout."""
    ready: dict[str, pd.Series] = {}
    for name, kind in columns.items():
        known = name in frame.columns
        given = frame[name] if known else pd.Series(index=frame.index, dtype=object)
        if kind == DATES:
            dated = given if is_datetime64_dtype(given) else pd.to_datetime(given)
            ready[name] = dated.dt.normalize().astype("datetime64[ns]")
        elif kind == TEXTS:
            text = isinstance(given.dtype, pd.StringDtype)
            ready[name] = (given if text else given.astype(object)).astype("string")
        elif kind == NUMBERS:
            ready[name] = pd.to_numeric(given).astype("Float64")
        else:
            ready[name] = given.astype("boolean")
    return pd.DataFrame(ready).reset_index(drop=True)


def _people(included: pd.DataFrame, adult_age_years: int) -> pd.DataFrame:
    columns = {"referral_id": TEXTS, "person_id": TEXTS, "index_date": DATES, "incident_key": TEXTS}
    people = typed(included, columns).rename(columns={"referral_id": "row_id"})
    people["adult_from"] = coming_of_age(included, adult_age_years).to_numpy()
    return people


def coming_of_age(included: pd.DataFrame, adult_age_years: int) -> pd.Series:
    """Return the day on which each person comes of age; missing where no age is known.

    With the year of birth: 1 July of that year plus the age of majority. With the age at referral
    alone: the middle of the year in which the birthday must fall. Who was of age at referral
    by their recorded age has come of age by then, whatever the year of birth says.
    """
    none = pd.Series(pd.NaT, index=included.index, dtype=DATES)
    if adult_age_years == 0:
        return none
    day = none
    if "birth_year" in included.columns:
        years = pd.to_numeric(included["birth_year"]).astype("Int64") + adult_age_years
        day = pd.to_datetime(years.astype("string") + MIDYEAR).astype("datetime64[ns]")
    if "age_at_referral" in included.columns:
        age = pd.to_numeric(included["age_at_referral"]).astype("Float64").astype(float)
        referral = included["index_date"]
        if "referral_date" in included.columns:
            referral = pd.to_datetime(included["referral_date"]).dt.normalize()
        wait = ((adult_age_years - age - HALF_YEAR) * DAYS_PER_YEAR).round()
        # pandas may warn about a float number of days that is missing, so fill, then mask
        middle = (referral + pd.to_timedelta(wait.fillna(0.0), unit="D")).mask(wait.isna())
        day = day.where(day.notna(), middle)
        grown = age.ge(adult_age_years) & (day > referral)
        day = day.mask(grown, referral)
    return day.astype("datetime64[ns]")
