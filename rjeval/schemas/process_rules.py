"""Rules about meetings, agreements and payments."""

from __future__ import annotations

import pandas as pd

from rjeval.language import mark
from rjeval.schemas.relations import CONFERENCES
from rjeval.schemas.rules import CannotRunError, Hit, Rule, RuleData, hit, hit_all

SHORTEST, LONGEST = 5, 600
#: Share of meetings with no mode above which the comparison of modes is doubtful.
MODE_MISSING = 0.05
#: Days after the due date within which a completed obligation counts as on time.
GRACE_DAYS = 30
#: A payment may exceed what was owed by rounding only.
OVERPAID = 1.01


def _held(data: RuleData) -> pd.DataFrame:
    sessions = data.frame("session", "session_type", "status")
    return sessions[sessions["status"].eq("held")]


def _on(frame: pd.DataFrame, rows: pd.Series) -> pd.Series:
    return rows.reindex(frame.index, fill_value=False)


def _conference(data: RuleData) -> pd.DataFrame:
    held = _held(data)
    return held[held["session_type"].isin(CONFERENCES)]


def _without_consent(data: RuleData) -> list[Hit]:
    meetings = _conference(data)
    referral = data.frame("referral", "case_id", "harmed_consent")
    said_no = referral.groupby("case_id")["harmed_consent"].agg(
        lambda given: given.isin(["no", "no_contact"]).all()
    )
    broken = meetings["case_id"].map(said_no).astype("boolean").fillna(False)
    if "harmed_party" in data.tables:
        harmed = data.tables["harmed_party"]
        stood_in = set(harmed.loc[harmed["participation"].eq("surrogate_sent"), "case_id"])
        broken &= ~meetings["case_id"].isin(stood_in)
    return [hit("session", "case_id", _on(data.frame("session"), broken))]


def _unprepared(data: RuleData) -> list[Hit]:
    meetings = _conference(data)
    held = _held(data)
    prepared = held.loc[held["session_type"].str.startswith("prep", na=False), "case_id"]
    broken = ~meetings["case_id"].isin(set(prepared))
    return [hit("session", "case_id", _on(data.frame("session"), broken))]


def _nobody_came(data: RuleData) -> list[Hit]:
    meetings = _conference(data)
    present = data.frame("attendance", "role", "attended")
    came = present[present["attended"].fillna(False)]
    responsible = set(came.loc[came["role"].eq("responsible"), "session_id"])
    broken = ~meetings["session_id"].isin(responsible)
    return [hit("session", "session_id", _on(data.frame("session"), broken))]


def _mode_unknown(data: RuleData) -> list[Hit]:
    held = _held(data)
    missing = held["mode"].isna()
    if not len(held) or missing.mean() <= MODE_MISSING:
        return []
    return [hit("session", "mode", _on(data.frame("session"), missing))]


def _reason_unknown(data: RuleData) -> list[Hit]:
    sessions = data.frame("session", "mode")
    remote = sessions["mode"].isin(["video", "phone", "hybrid"])
    return [hit("session", "mode_reason", remote & sessions["mode_reason"].isna())]


def _odd_length(data: RuleData) -> list[Hit]:
    sessions = data.frame("session", "duration_min")
    length = sessions["duration_min"]
    return [hit("session", "duration_min", length.notna() & ~length.between(SHORTEST, LONGEST))]


def _untrained(data: RuleData) -> list[Hit]:
    sessions = data.frame("session", "facilitator_id", "held_date")
    people = data.frame("facilitator", "trained_date").drop_duplicates("facilitator_id")
    trained = sessions["facilitator_id"].map(people.set_index("facilitator_id")["trained_date"])
    known = sessions["facilitator_id"].isin(set(people["facilitator_id"]))
    late = trained.isna() | trained.gt(sessions["held_date"])
    broken = known & sessions["held_date"].notna() & late
    return [hit("session", "facilitator_id", broken)]


def _version_change(data: RuleData) -> list[Hit]:
    programme = data.frame("program", "version_from")
    if data.period_start is None or data.period_end is None:
        raise CannotRunError(mark("[study] period_start and period_end are not declared"))
    start, end = pd.Timestamp(data.period_start), pd.Timestamp(data.period_end)
    inside = programme["version_from"].gt(start) & programme["version_from"].le(end)
    return [hit("program", "version_from", inside)]


def _agreement_alone(data: RuleData) -> list[Hit]:
    agreement = data.frame("agreement").copy()
    case = data.frame("referral", "case_id").set_index("referral_id")["case_id"]
    met = set(_conference(data)["case_id"])
    sessions = data.frame("session")
    written = set(sessions.loc[sessions["mode"].eq("letter"), "case_id"])
    reached = ~agreement["status"].isin(["no_agreement_reached", "void"])
    alone = ~agreement["referral_id"].map(case).isin(met | written)
    return [hit("agreement", "referral_id", reached & alone)]


def _completed_with_open(data: RuleData) -> list[Hit]:
    agreement = data.frame("agreement", "status")
    duties = data.frame("obligation", "status")
    unfinished = duties["status"].isin(["active", "not_completed", "partial"])
    still = set(duties.loc[unfinished, "agreement_id"])
    broken = agreement["status"].eq("completed") & agreement["agreement_id"].isin(still)
    return [hit("agreement", "status", broken)]


def _due_before_signed(data: RuleData) -> list[Hit]:
    agreement = data.frame("agreement", "due_date", "signed_date")
    return [hit("agreement", "due_date", agreement["due_date"].lt(agreement["signed_date"]))]


def _late_but_completed(data: RuleData) -> list[Hit]:
    duties = data.frame("obligation", "completed_date", "due_date")
    late = duties["completed_date"] - duties["due_date"]
    broken = late.gt(pd.Timedelta(days=GRACE_DAYS)) & duties["status"].eq("completed")
    return [hit("obligation", "completed_date", broken)]


def _paid_too_much(data: RuleData) -> list[Hit]:
    payment = data.frame("payment", "amount")
    duties = data.frame("obligation", "amount_owed").drop_duplicates("obligation_id")
    owed = payment["obligation_id"].map(duties.set_index("obligation_id")["amount_owed"])
    paid = payment.groupby("obligation_id")["amount"].transform("sum")
    twice = payment.duplicated(["obligation_id", "paid_date", "amount"], keep="first")
    return [hit("payment", "amount", paid.gt(owed * OVERPAID) | payment["amount"].lt(0) | twice)]


def _no_amount(data: RuleData) -> list[Hit]:
    duties = data.frame("obligation", "kind")
    money = duties["kind"].eq("restitution_money")
    none = duties["amount_owed"].isna() | duties["amount_owed"].eq(0)
    return [hit("obligation", "amount_owed", money & none)]


def _copied_agreement(data: RuleData) -> list[Hit]:
    duties = data.frame("obligation", "amount_owed")
    agreement = data.frame("agreement").drop_duplicates("agreement_id").set_index("agreement_id")
    case = data.frame("referral", "case_id").drop_duplicates("referral_id")
    of_case = agreement["referral_id"].map(case.set_index("referral_id")["case_id"])
    marks = duties[["agreement_id", "kind", "amount_owed"]].assign(
        case=duties["agreement_id"].map(of_case)
    )
    owed = marks[marks["amount_owed"].gt(0) & marks["case"].notna()]
    several = owed.groupby(["case", "kind", "amount_owed"])["agreement_id"].transform("nunique")
    return [hit("obligation", "amount_owed", _on(duties, several.gt(1)))]


def _none_reached(data: RuleData) -> list[Hit]:
    agreement = data.frame("agreement", "status")
    return [hit("agreement", "status", agreement["status"].eq("no_agreement_reached"))]


def _paid_outside(data: RuleData) -> list[Hit]:
    payment = data.frame("payment", "paid_date")
    duties = data.frame("obligation").drop_duplicates("obligation_id").set_index("obligation_id")
    agreement = data.frame("agreement", "signed_date").drop_duplicates("agreement_id")
    signed = (
        payment["obligation_id"]
        .map(duties["agreement_id"])
        .map(agreement.set_index("agreement_id")["signed_date"])
    )
    return [hit("payment", "paid_date", payment["paid_date"].lt(signed))]


def _mixed_prices(data: RuleData) -> list[Hit]:
    cost = data.frame("cost", "price_year")
    if cost["price_year"].nunique() <= 1:
        return []
    return [hit_all("cost", "price_year", cost)]


def _in_kind_unsaid(data: RuleData) -> list[Hit]:
    cost = data.frame("cost")
    return [hit("cost", "cash_or_inkind", cost["cash_or_inkind"].isna())]


def _cost_outside_period(data: RuleData) -> list[Hit]:
    cost = data.frame("cost", "period_start", "period_end")
    if data.period_start is None or data.period_end is None:
        raise CannotRunError(mark("[study] period_start and period_end are not declared"))
    outside = cost["period_end"].lt(pd.Timestamp(data.period_start)) | cost["period_start"].gt(
        pd.Timestamp(data.period_end)
    )
    return [hit("cost", "period_start", outside)]


def _rule(name: str, severity: str, *, reason: str, find: object, **more: object) -> Rule:
    return Rule(id=name, severity=severity, reason=reason, find=find, **more)  # type: ignore[arg-type]


PROCESS_RULES: tuple[Rule, ...] = (
    _rule(
        "V30",
        "W",
        reason=mark("The agreement was due before it was signed."),
        tables=("agreement",),
        find=_due_before_signed,
    ),
    _rule(
        "V37",
        "E",
        reason=mark(
            "A conference was held although no harmed party agreed and none was stood in for."
        ),
        tables=("session", "referral"),
        find=_without_consent,
        blocks=mark("counts of conferences, until the coding is checked"),
    ),
    _rule(
        "V38",
        "W",
        reason=mark("The conference was held without any preparation on record."),
        tables=("session",),
        find=_unprepared,
    ),
    _rule(
        "V39",
        "W",
        reason=mark("The conference was held without the responsible person on record."),
        tables=("session", "attendance"),
        find=_nobody_came,
    ),
    _rule(
        "V40",
        "W",
        reason=mark("More than one meeting in twenty has no mode."),
        tables=("session",),
        find=_mode_unknown,
    ),
    _rule(
        "V41",
        "W",
        reason=mark("The meeting was held from afar and nobody noted why; mode is chosen."),
        tables=("session",),
        find=_reason_unknown,
    ),
    _rule(
        "V42",
        "W",
        reason=mark("The meeting lasted less than 5 or more than 600 minutes: perhaps hours."),
        tables=("session",),
        find=_odd_length,
    ),
    _rule(
        "V43",
        "W",
        reason=mark("The facilitator was not trained on the day of the meeting."),
        tables=("session", "facilitator"),
        find=_untrained,
    ),
    _rule(
        "V44",
        "W",
        reason=mark("The version of the model changed within the study period."),
        tables=("program",),
        find=_version_change,
    ),
    _rule(
        "V45",
        "W",
        reason=mark("The agreement has neither a conference nor a letter behind it."),
        tables=("agreement", "session", "referral"),
        find=_agreement_alone,
    ),
    _rule(
        "V46",
        "E",
        reason=mark("The agreement counts as completed, and an obligation of it does not."),
        tables=("agreement", "obligation"),
        find=_completed_with_open,
        blocks=mark("completion of agreements"),
    ),
    _rule(
        "V47",
        "W",
        reason=mark("The obligation was completed more than 30 days after it was due."),
        tables=("obligation",),
        find=_late_but_completed,
    ),
    _rule(
        "V48",
        "E",
        reason=mark(
            "More was paid than was owed, or the payment is negative or stands there twice."
        ),
        tables=("payment", "obligation"),
        find=_paid_too_much,
        blocks=mark("restitution paid"),
    ),
    _rule(
        "V49",
        "W",
        reason=mark("Money was promised without an amount."),
        tables=("obligation",),
        find=_no_amount,
    ),
    _rule(
        "V50",
        "W",
        reason=mark("The same amount stands in several agreements of a case: perhaps copied."),
        tables=("obligation", "agreement", "referral"),
        find=_copied_agreement,
    ),
    _rule(
        "V51",
        "W",
        reason=mark("No agreement was reached; such cases belong into the denominator."),
        tables=("agreement",),
        find=_none_reached,
    ),
    _rule(
        "V108",
        "W",
        reason=mark("The payment lies before the agreement was signed."),
        tables=("payment", "obligation", "agreement"),
        find=_paid_outside,
    ),
    _rule(
        "V92",
        "E",
        reason=mark("Costs are given in prices of different years."),
        tables=("cost",),
        find=_mixed_prices,
        blocks=mark("every sum of costs"),
    ),
    _rule(
        "V109",
        "W",
        reason=mark("The cost is not said to be in cash or in kind."),
        tables=("cost",),
        find=_in_kind_unsaid,
    ),
    _rule(
        "V94",
        "W",
        reason=mark("The cost lies outside the study period."),
        tables=("cost",),
        find=_cost_outside_period,
    ),
)
