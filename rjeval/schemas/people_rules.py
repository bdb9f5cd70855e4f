"""Rules about people and referrals: ids, merges, ages, stages, small classes."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from rjeval.language import mark
from rjeval.schemas.frames import TEXT, among
from rjeval.schemas.rules import CannotRunError, Hit, Rule, RuleData, hit, hit_all
from rjeval.schemas.tables import TABLES

#: Text that was decoded wrongly: the replacement mark, or UTF-8 read as Windows-1252.
MOJIBAKE = "\ufffd|Ã[\x80-\xbf¡-¿ƒ†‡™š›œž]|â€"
#: Text that a spreadsheet made of an id or a code.
SPREADSHEET = r"^=|^#(?:REF|N/A|NAME|VALUE|DIV/0|NULL|NUM)|^\d(?:\.\d+)?E\+\d+$"
#: A day and a month in words, as a spreadsheet makes of 1-2 or of 3/4.
DAY_MONTH = (
    r"(?i)^(?:\d{1,2}-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{2})$"
)
#: A calendar day, which a workbook gives where a cell became a date.
CALENDAR_DAY = r"^\d{4}-\d{2}-\d{2}$"
#: Length of MD5, SHA-1 and SHA-256 in hex.
HASH = r"^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$"
MOST_RESPONSIBLE, MOST_HARMED = 10, 20
#: Smallest class of quasi-identifiers that is not reported.
SMALL_CLASS = 5
ADULT_YEARS = 18


def _texts(data: RuleData, kinds: tuple[str, ...]) -> Iterator[tuple[str, str, pd.Series]]:
    """Give the collected text columns of these kinds one by one; ``extra`` is a covariate."""
    for table, frame in data.tables.items():
        for name in map(str, frame.columns):
            column = TABLES[table].column(name)
            if (column.kind if column is not None else "extra") not in kinds:
                continue
            text = frame[name]
            if isinstance(text.dtype, pd.StringDtype):
                yield table, name, text


def _matching(data: RuleData, pattern: str, kinds: tuple[str, ...]) -> list[Hit]:
    return [
        hit(table, name, text.str.contains(pattern, regex=True, na=False))
        for table, name, text in _texts(data, kinds)
        if text.notna().any()
    ]


def _mojibake(data: RuleData) -> list[Hit]:
    return _matching(data, MOJIBAKE, ("id", "text", "extra"))


def _spreadsheet_damage(data: RuleData) -> list[Hit]:
    found = []
    for table, name, text in _texts(data, ("id", "text")):
        spoilt = text.str.contains(SPREADSHEET, regex=True, na=False)
        spoilt |= _became_dates(text) | _lost_zeros(text)
        found.append(hit(table, name, spoilt))
    return found


def _became_dates(text: pd.Series) -> pd.Series:
    """Return codes that became dates, as 1-2 becomes 2 January: few among many that are none."""
    worded = text.str.contains(DAY_MONTH, regex=True, na=False)
    dated = text.str.contains(CALENDAR_DAY, regex=True, na=False)
    few = dated.sum() < text.notna().sum() / 2
    return worded | dated if few else worded


def _lost_zeros(text: pd.Series) -> pd.Series:
    """Return numbers shorter than all that begin with a zero, where those have one length."""
    digits = text.str.fullmatch(r"\d+", na=False)
    zeroed = digits & text.str.startswith("0", na=False)
    length = text.str.len()
    widths = length[zeroed].unique()
    if len(widths) != 1 or length[digits].max() != widths[0]:
        return pd.Series(False, index=text.index)
    return (digits & length.lt(widths[0])).fillna(False).astype(bool)


def _hash_look(data: RuleData) -> list[Hit]:
    lengths = {32, 40, 64}
    return [
        hit(table, name, text.str.match(HASH, na=False))
        for table, name, text in _texts(data, ("id",))
        if lengths & set(text.str.len().dropna().unique())
    ]


def _no_extract_date(data: RuleData) -> list[Hit]:
    if data.extract_date is not None:
        return []
    checks = data.frame("records_check")
    return [hit_all("records_check", "", checks)]


def _conflicting_twins(data: RuleData) -> list[Hit]:
    """Find people of the comparison group who are in the programme with other features."""
    inside = data.frame("person").drop_duplicates("person_id").set_index("person_id")
    outside = data.frame("comparison_person")
    broken = pd.Series(False, index=outside.index)
    for name in ("birth_year", "gender", "race_ethnicity"):
        known = outside["person_id"].map(inside[name])
        broken |= (known.notna() & outside[name].notna() & known.ne(outside[name])).fillna(False)
    return [hit("comparison_person", "person_id", broken)]


def _same_features(data: RuleData) -> list[Hit]:
    people = data.frame("person", "birth_year", "gender", "zip3")
    referral = data.frame("referral", "incident_date")
    keys = ["birth_year", "gender", "zip3", "incident_date"]
    joined = referral[["person_id", "incident_date"]].join(
        people.set_index("person_id")[keys[:3]], on="person_id"
    )
    whole = joined.dropna()
    several = whole.groupby(keys)["person_id"].transform("nunique").gt(1)
    return [hit("referral", "person_id", several.reindex(referral.index, fill_value=False))]


def _crowded_case(data: RuleData) -> list[Hit]:
    referral = data.frame("referral", "case_id")
    found = [_crowded("referral", referral, ("case_id", "person_id"), MOST_RESPONSIBLE)]
    if "harmed_party" in data.tables:
        harmed = data.tables["harmed_party"]
        found.append(_crowded("harmed_party", harmed, ("case_id", "harmed_id"), MOST_HARMED))
    return found


def _crowded(table: str, frame: pd.DataFrame, keys: tuple[str, str], most: int) -> Hit:
    """Find groups of more than so many different people; few groups are large enough to count."""
    group, member = keys
    size = frame[group].value_counts()
    large = frame[among(frame[group], pd.Series(size.index[size > most], dtype=TEXT))]
    number = large.groupby(group)[member].transform("nunique").gt(most)
    return hit(table, group, number.reindex(frame.index, fill_value=False))


def _case_of_two_days(data: RuleData) -> list[Hit]:
    referral = data.frame("referral", "case_id", "incident_date")
    days = referral[["case_id", "incident_date"]].dropna().drop_duplicates()
    several = days.loc[days["case_id"].duplicated(), "case_id"]
    return [hit("referral", "incident_date", among(referral["case_id"], several))]


def _stale(data: RuleData) -> list[Hit]:
    referral = data.frame("referral", "exit_date", "exit_status")
    usual = (referral["exit_date"] - referral["referral_date"]).median()
    waited = data.extract() - referral["referral_date"]
    return [
        hit("referral", "exit_status", referral["exit_status"].eq("open") & (waited > 2 * usual))
    ]


def _age_against_birth_year(data: RuleData) -> list[Hit]:
    referral = data.frame("referral", "age_at_referral")
    people = data.frame("person", "birth_year").drop_duplicates("person_id")
    born = referral["person_id"].map(people.set_index("person_id")["birth_year"])
    gap = referral["referral_date"].dt.year - born - referral["age_at_referral"]
    far = gap.lt(0) | gap.gt(1)
    return [hit("referral", "age_at_referral", far & referral["age_at_referral"].lt(90))]


def _age_outside_programme(data: RuleData) -> list[Hit]:
    referral = data.frame("referral", "age_at_referral")
    if not data.ages:
        raise CannotRunError(mark("[study] ages, which the programme may take, are not declared"))
    age, (youngest, oldest) = referral["age_at_referral"], data.ages
    outside = age.lt(youngest) | age.gt(oldest)
    return [hit("referral", "age_at_referral", age.notna() & outside)]


def _stage_without_earlier(data: RuleData) -> list[Hit]:
    referral = data.frame("referral")
    refused = referral["eligible"].eq("no")
    offered = referral["offered_date"].notna()
    enrolled = referral["enrolled_date"].notna()
    broken = refused & (offered | enrolled)
    if offered.any():
        broken |= enrolled & ~offered
    return [hit("referral", "eligible", broken)]


def _comes_of_age_unseen(data: RuleData) -> list[Hit]:
    referral = data.frame("referral", "age_at_referral")
    checks = data.frame("records_check", "adult_covered")
    seen = checks.groupby("person_id")["adult_covered"].max()
    adult = referral["person_id"].map(seen).astype("boolean")
    minor = referral["age_at_referral"].lt(ADULT_YEARS)
    return [hit("referral", "age_at_referral", minor & adult.eq(False))]


def _small_classes(data: RuleData) -> list[Hit]:
    referral = data.frame("referral", "referral_date")
    people = data.frame("person").drop_duplicates("person_id").set_index("person_id")
    marks = pd.DataFrame({"month": referral["referral_date"].dt.to_period("M").astype(str)})
    if referral["age_at_referral"].notna().any():
        marks["age"] = (referral["age_at_referral"] // 5).astype("string").fillna("")
    for name in ("gender", "race_ethnicity", "zip3"):
        marks[name] = referral["person_id"].map(people[name]).astype("string").fillna("")
    marks["offence"] = referral["offence_group"].astype("string").fillna("")
    size = marks.groupby(list(marks.columns))["month"].transform("size")
    return [hit("referral", "", size.lt(SMALL_CLASS))]


def _wrong_random_arm(data: RuleData) -> list[Hit]:
    if not data.randomised:
        raise CannotRunError(mark("the design is not a randomised trial"))
    referral = data.frame("referral")
    drawn = referral["random_arm"].replace({"control": "comparison"})
    return [hit("referral", "random_arm", drawn.isna() | drawn.ne(referral["arm"]))]


def _drifting_allocation(data: RuleData) -> list[Hit]:
    """Compare the share drawn into the programme in the first and second half of the draws."""
    if not data.randomised:
        raise CannotRunError(mark("the design is not a randomised trial"))
    referral = data.frame("referral", "random_arm", "random_date").sort_values("random_date")
    drawn = referral[referral["random_arm"].isin(["rj", "control"])]["random_arm"].eq("rj")
    half = len(drawn) // 2
    if half < 10:
        raise CannotRunError(mark("fewer than 20 people were drawn"))
    first, second, share = drawn.iloc[:half].mean(), drawn.iloc[half:].mean(), drawn.mean()
    spread = (share * (1 - share) * (1 / half + 1 / (len(drawn) - half))) ** 0.5
    # 3.29 standard errors: p < 0.001
    if spread == 0 or abs(first - second) < 3.29 * spread:
        return []
    return [hit_all("referral", "random_arm", referral)]


PEOPLE_RULES: tuple[Rule, ...] = (
    Rule(
        id="V03",
        severity="W",
        reason=mark("The text was decoded wrongly, so that letters are lost."),
        tables=(),
        find=_mojibake,
    ),
    Rule(
        id="V06",
        severity="E",
        reason=mark("The design declares no extract date, so nobody's follow-up has an end."),
        tables=("records_check",),
        find=_no_extract_date,
        blocks=mark("every rate of reoffending"),
    ),
    Rule(
        id="V10",
        severity="E",
        reason=mark(
            "A formula, an error, a rounded number, a date made of a code or a number without "
            "its zeros stands in an id or code: a spreadsheet did it; export the column as text."
        ),
        tables=(),
        find=_spreadsheet_damage,
        blocks=mark("these rows"),
        refuses=True,
    ),
    Rule(
        id="V15",
        severity="W",
        reason=mark(
            "The id looks like a plain hash, which can be undone and is still personal data."
        ),
        tables=(),
        find=_hash_look,
    ),
    Rule(
        id="V16",
        severity="W",
        reason=mark(
            "The same person has another birth year, gender or race in the comparison group."
        ),
        tables=("person", "comparison_person"),
        find=_conflicting_twins,
    ),
    Rule(
        id="V17",
        severity="W",
        reason=mark(
            "Two ids share birth year, gender, area and day of incident: perhaps one person."
        ),
        tables=("person", "referral"),
        find=_same_features,
    ),
    Rule(
        id="V19",
        severity="W",
        reason=mark("The case has more than 10 responsible people or 20 harmed parties."),
        tables=("referral",),
        find=_crowded_case,
    ),
    Rule(
        id="V20",
        severity="W",
        reason=mark("People who were responsible together have different days of the incident."),
        tables=("referral",),
        find=_case_of_two_days,
    ),
    Rule(
        id="V27",
        severity="W",
        reason=mark("The referral has been open for more than twice the usual time."),
        tables=("referral",),
        find=_stale,
    ),
    Rule(
        id="V28",
        severity="W",
        reason=mark("Age at referral and birth year disagree by more than a year."),
        tables=("person", "referral"),
        find=_age_against_birth_year,
    ),
    Rule(
        id="V29",
        severity="W",
        reason=mark("The age at referral is none that the programme may take."),
        tables=("referral",),
        find=_age_outside_programme,
    ),
    Rule(
        id="V35",
        severity="E",
        reason=mark("A later stage was reached without an earlier one."),
        tables=("referral",),
        find=_stage_without_earlier,
        blocks=mark("the funnel"),
    ),
    Rule(
        id="V69",
        severity="W",
        reason=mark(
            "A minor whose adult records were never searched: follow-up ends at the birthday."
        ),
        tables=("referral", "records_check"),
        find=_comes_of_age_unseen,
    ),
    Rule(
        id="V89",
        severity="E",
        reason=mark("The arm drawn at random is missing, or is not the arm that is analysed."),
        tables=("referral",),
        find=_wrong_random_arm,
        blocks=mark("the analysis as randomised"),
    ),
    Rule(
        id="V90",
        severity="W",
        reason=mark("The share drawn into the programme changed between the halves of the trial."),
        tables=("referral",),
        find=_drifting_allocation,
    ),
    Rule(
        id="V98",
        severity="W",
        reason=mark(
            "Fewer than 5 people share month, age band, gender, race, area and offence group."
        ),
        tables=("person", "referral"),
        find=_small_classes,
    ),
)
