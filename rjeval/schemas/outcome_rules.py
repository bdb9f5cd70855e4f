"""Rules about records: who was searched for where, and what the events can carry."""

from __future__ import annotations

import pandas as pd

from rjeval.language import mark
from rjeval.schemas.frames import among
from rjeval.schemas.rules import CannotRunError, Hit, Rule, RuleData, hit, hit_all
from rjeval.terms import RecidivismMeasure

#: Gap between arms, as shares, above which checks differ too much.
CHECK_GAP = 0.05
DEPTH_GAP = 0.15
LEAST_MATCHED, MOST_AMBIGUOUS = 0.90, 0.02
PENDING_SHARE, UNMAPPED_SHARE = 0.10, 0.02
#: Share of events on days of a pull above which the day found is not the day of the offence.
DETECTION_SHARE = 0.20
#: Arms of fewer people may well have no event.
ARM_SIZE = 30
LEAST_RATE, MOST_RATE = 0.03, 0.80
NOT_AT_RISK = ("detained_pretrial", "custody", "residential", "hospital")
PROVEN = (RecidivismMeasure.RECONVICTION, RecidivismMeasure.ANY_PROVEN)


def _by_arm(data: RuleData, share: pd.Series) -> pd.Series:
    referral = data.frame("referral", "arm").drop_duplicates("person_id")
    known = referral[referral["arm"].notna()]
    if known["arm"].nunique() < 2:
        raise CannotRunError(mark("there are fewer than two arms"))
    return known["person_id"].map(share).fillna(0.0).groupby(known["arm"]).mean()


def _unequal_checks(data: RuleData) -> list[Hit]:
    checks = data.frame("records_check")
    checked = pd.Series(1.0, index=checks["person_id"].unique())
    rate = _by_arm(data, checked)
    if rate.max() - rate.min() <= CHECK_GAP:
        return []
    return [hit_all("records_check", "person_id", checks)]


def _unequal_depth(data: RuleData) -> list[Hit]:
    checks = data.frame("records_check")
    for source in checks["source"].dropna().unique():
        mine = checks.loc[checks["source"].eq(source), "person_id"].unique()
        rate = _by_arm(data, pd.Series(1.0, index=mine))
        if rate.max() - rate.min() > DEPTH_GAP:
            return [hit("records_check", "source", checks["source"].eq(source))]
    for name in ("juvenile_covered", "adult_covered"):
        covered = checks[name].fillna(False)
        mine = checks.loc[covered, "person_id"].unique()
        rate = _by_arm(data, pd.Series(1.0, index=mine))
        if rate.max() - rate.min() > DEPTH_GAP:
            return [hit("records_check", name, covered)]
    return []


def _other_kinds(data: RuleData) -> list[Hit]:
    events = data.frame("followup_event", "event_kind")
    if not data.definitions:
        raise CannotRunError(mark("no [[recidivism]] definition says which events count"))
    counted = {kind for one in data.definitions for kind in one.count_event_kinds}
    return [hit("followup_event", "event_kind", ~events["event_kind"].isin(list(counted)))]


def _charges(data: RuleData) -> list[Hit]:
    events = data.frame("followup_event", "incident_key")
    keys = ["person_id", "incident_key"]
    again = events.duplicated(keys) & events["incident_key"].notna()
    return [hit("followup_event", "incident_key", again)]


def _pending(data: RuleData) -> list[Hit]:
    events = data.frame("followup_event", "disposition")
    if not any(one.event in PROVEN for one in data.definitions):
        raise CannotRunError(mark("no definition rests on a court's decision"))
    pending = events["disposition"].eq("pending")
    if not len(events) or pending.mean() <= PENDING_SHARE:
        return []
    return [hit("followup_event", "disposition", pending)]


def _unmatched(data: RuleData) -> list[Hit]:
    checks = data.frame("records_check", "match_status")
    status = checks["match_status"]
    run = status.notna() & ~status.eq("not_run")
    matched = status.isin(["matched_record", "matched_no_record"])
    unsure = status.eq("ambiguous")
    total = run.sum()
    if matched.sum() >= LEAST_MATCHED * total and unsure.sum() <= MOST_AMBIGUOUS * total:
        return []
    return [hit("records_check", "match_status", run & ~matched)]


def _sealed(data: RuleData) -> list[Hit]:
    checks = data.frame("records_check", "match_status")
    referral = data.frame("referral", "exit_status").drop_duplicates("person_id")
    sealed = checks["match_status"].eq("not_searchable_sealed")
    people = referral["person_id"].isin(set(checks.loc[sealed, "person_id"]))
    done = referral["exit_status"].eq("completed")
    if not sealed.any() or people[done].mean() == people[~done].mean():
        return []
    return [hit("records_check", "match_status", sealed)]


def _away(data: RuleData) -> list[Hit]:
    spells = data.frame("exposure")
    if not any(one.custody == "ignore" for one in data.definitions):
        raise CannotRunError(mark("the definition takes custody into account"))
    index = _index(data)
    start = spells["person_id"].map(index)
    horizon = max(one.horizon_days for one in data.definitions)
    inside = spells["from"].le(start + pd.Timedelta(days=horizon))
    inside &= spells["to"].isna() | spells["to"].ge(start)
    return [hit("exposure", "state", spells["state"].isin(NOT_AT_RISK) & inside)]


def _index(data: RuleData) -> pd.Series:
    return data.frame("referral").groupby("person_id")["referral_date"].min()


def _on_days_of_pulls(data: RuleData) -> list[Hit]:
    events = data.frame("followup_event", "offence_date")
    pulls = set(data.frame("records_check", "run_date")["run_date"].dropna())
    on_pull = events["offence_date"].isin(pulls)
    if not len(events) or on_pull.mean() <= DETECTION_SHARE:
        return []
    return [hit("followup_event", "offence_date", on_pull)]


def _reoffenders(data: RuleData) -> pd.Series:
    """People with a counted event after their first referral."""
    events = data.frame("followup_event")
    kinds = {kind for one in data.definitions for kind in one.count_event_kinds}
    day = events["offence_date"].fillna(events["arrest_date"]).fillna(events["filing_date"])
    after = day.gt(events["person_id"].map(_index(data)))
    if kinds and events["event_kind"].notna().any():
        after &= events["event_kind"].isin(list(kinds))
    return events.loc[after, "person_id"].drop_duplicates()


def _arm_without_event(data: RuleData) -> list[Hit]:
    events = _reoffenders(data)
    referral = data.frame("referral", "arm")[["person_id", "arm"]].drop_duplicates("person_id")
    again = among(referral["person_id"], events)
    number = again.groupby(referral["arm"]).agg(["size", "sum"])
    empty = number[(number["size"] >= ARM_SIZE) & (number["sum"] == 0)].index
    return [hit("referral", "arm", data.frame("referral")["arm"].isin(list(empty)))]


def _odd_rate(data: RuleData) -> list[Hit]:
    checked = data.frame("records_check")["person_id"].unique()
    if len(checked) < ARM_SIZE:
        raise CannotRunError(mark("fewer than 30 people were checked"))
    rate = len(set(_reoffenders(data)) & set(checked)) / len(checked)
    if LEAST_RATE <= rate <= MOST_RATE:
        return []
    return [hit_all("followup_event", "", data.frame("followup_event"))]


def _no_group(data: RuleData) -> list[Hit]:
    events = data.frame("followup_event")
    if events["offence_group"].notna().any():
        missing = events["offence_group"].isna()
    else:
        missing = data.frame("followup_event", "nibrs_code")["nibrs_code"].isna()
    if not len(events) or missing.mean() <= UNMAPPED_SHARE:
        return []
    return [hit("followup_event", "offence_group", missing)]


def _protected(data: RuleData) -> list[Hit]:
    harmed = data.frame("harmed_party", "funded_by_voca")
    return [hit("harmed_party", "funded_by_voca", harmed["funded_by_voca"].fillna(False))]


def _rule(name: str, severity: str, *, reason: str, find: object, **more: object) -> Rule:
    return Rule(id=name, severity=severity, reason=reason, find=find, **more)  # type: ignore[arg-type]


_RECORDS = ("referral", "records_check")
_EVENTS = ("followup_event",)
OUTCOME_RULES: tuple[Rule, ...] = (
    _rule(
        "V67",
        "W",
        reason=mark("The share of people whose records were checked differs between arms."),
        tables=_RECORDS,
        find=_unequal_checks,
    ),
    _rule(
        "V68",
        "E",
        reason=mark("The arms were searched for in different sources."),
        tables=_RECORDS,
        find=_unequal_depth,
        blocks=mark("comparisons of reoffending between arms"),
    ),
    _rule(
        "V73",
        "I",
        reason=mark(
            "The event is of a kind that no definition counts; it is left out of every rate."
        ),
        tables=_EVENTS,
        find=_other_kinds,
    ),
    _rule(
        "V74",
        "I",
        reason=mark("A further charge of the same incident; one incident is one reoffence."),
        tables=_EVENTS,
        find=_charges,
    ),
    _rule(
        "V75",
        "W",
        reason=mark(
            "More than one event in ten is still pending: the waiting period may be too short."
        ),
        tables=_EVENTS,
        find=_pending,
    ),
    _rule(
        "V77",
        "W",
        reason=mark(
            "Fewer than nine people in ten were matched, or more than one in fifty in doubt."
        ),
        tables=("records_check",),
        find=_unmatched,
    ),
    _rule(
        "V78",
        "W",
        reason=mark("Sealed records differ between those who completed and those who did not."),
        tables=_RECORDS,
        find=_sealed,
    ),
    _rule(
        "V79",
        "W",
        reason=mark(
            "The person was not at risk for a time inside the window, and it is not modelled."
        ),
        tables=("exposure", "referral"),
        find=_away,
    ),
    _rule(
        "V82",
        "W",
        reason=mark(
            "Events fall on days of the pull: these are days found, not days of the offence."
        ),
        tables=("followup_event", "records_check"),
        find=_on_days_of_pulls,
    ),
    _rule(
        "V83",
        "W",
        reason=mark("An arm of 30 people and more has no event: perhaps nobody looked."),
        tables=("referral", "followup_event"),
        find=_arm_without_event,
    ),
    _rule(
        "V84",
        "W",
        reason=mark(
            "Fewer than 3% or more than 80% of those checked reoffended: perhaps the coding."
        ),
        tables=("referral", "records_check", "followup_event"),
        find=_odd_rate,
    ),
    _rule(
        "V85",
        "W",
        reason=mark("More than one event in fifty has no offence group."),
        tables=_EVENTS,
        find=_no_group,
    ),
    _rule(
        "V99",
        "I",
        reason=mark(
            "The service was funded under the Victims of Crime Act: no row may be exported."
        ),
        tables=("harmed_party",),
        find=_protected,
    ),
)
