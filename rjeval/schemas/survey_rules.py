"""Rules about surveys: who was asked, by whom, when, and whether answers hang together."""

from __future__ import annotations

import pandas as pd

from rjeval.language import mark
from rjeval.schemas.relations import conference_span
from rjeval.schemas.rules import CannotRunError, Hit, Rule, RuleData, hit, hit_all

#: Share answered below which non-response is reported.
LOW_RESPONSE = 0.50
#: Days after the conference at which a later wave is due, and how far off it may be.
WAVE_DAYS = {"followup_1m": (30, 15), "followup_6m": (183, 45), "followup_12m": (365, 60)}
STRAIGHT_ITEMS = 8
#: Fewest people for which the direction of a scale is judged.
SCALE_PEOPLE = 30
UNLINKED, OWN_FEEDBACK = 0.20, 0.25
ORGANISATIONS = ("business", "school", "public_body", "community")
FEELINGS = ("fear", "anger", "ptss", "closure", "wellbeing")


def _asked(data: RuleData, *columns: str) -> pd.DataFrame:
    frame = data.frame("survey_invitation", *columns).drop_duplicates("invitation_id")
    return frame.set_index("invitation_id")


def _off_wave(data: RuleData) -> list[Hit]:
    answers = data.frame("survey_response", "answered_date")
    asked = _asked(data, "wave", "case_id")
    span = conference_span(data)
    wave = answers["invitation_id"].map(asked["wave"])
    last = answers["invitation_id"].map(asked["case_id"]).map(span["max"])
    days = (answers["answered_date"] - last).dt.days
    due = wave.map({name: due for name, (due, _) in WAVE_DAYS.items()})
    slack = wave.map({name: slack for name, (_, slack) in WAVE_DAYS.items()})
    return [hit("survey_response", "answered_date", (days - due).abs().gt(slack))]


def _no_denominator(data: RuleData) -> list[Hit]:
    answers = data.frame("survey_response")
    if "survey_invitation" in data.tables:
        return []
    return [hit_all("survey_response", "invitation_id", answers)]


def _low_response(data: RuleData) -> list[Hit]:
    asked = data.frame("survey_invitation", "status")
    due = asked[~asked["status"].eq("not_invited")]
    answered = due["status"].isin(["completed", "partial"])
    share = answered.groupby([due["role"], due["wave"]]).transform("mean")
    return [hit("survey_invitation", "status", share.lt(LOW_RESPONSE))]


def _wide(data: RuleData, items: list[str]) -> pd.DataFrame:
    answers = data.frame("survey_response", "value")
    mine = answers[answers["item_id"].isin(items)]
    return mine.pivot_table(index="invitation_id", columns="item_id", values="value")


def _against_the_rest(data: RuleData) -> list[Hit]:
    """Find items that go down where the other items of the same survey go up."""
    answers = data.frame("survey_response", "value")
    flipped: set[tuple[str, str]] = set()
    for survey in data.surveys:
        wide = _wide(data, list(survey.items))
        role = _asked(data)["role"].reindex(wide.index)
        wide = wide[role.eq(survey.role)].dropna()
        if wide.shape[1] < 3 or len(wide) < SCALE_PEOPLE:
            continue
        for item in wide.columns:
            rest = wide.drop(columns=item).mean(axis=1)
            if rest.nunique() > 1 and wide[item].nunique() > 1 and rest.corr(wide[item]) < 0:
                flipped.add((survey.role, str(item)))
    if not data.surveys:
        raise CannotRunError(mark("no [[survey]] declares items that belong together"))
    role = answers["invitation_id"].map(_asked(data)["role"])
    broken = pd.Series(False, index=answers.index)
    for role_name, item in flipped:
        broken |= answers["item_id"].eq(item) & role.eq(role_name)
    return [hit("survey_response", "value", broken)]


def _reworded(data: RuleData) -> list[Hit]:
    items = data.frame("survey_item", "text_hash")
    words = items.groupby(["instrument_id", "item_id"])["text_hash"].transform("nunique")
    return [hit("survey_item", "text_hash", words.gt(1))]


def _straight_lines(data: RuleData) -> list[Hit]:
    """Find people who gave one answer to eight items and more, reversed ones among them."""
    items = data.frame("survey_item", "reverse")
    reverse = set(items.loc[items["reverse"].fillna(False), "item_id"])
    answers = data.frame("survey_response", "value")
    known = answers[answers["value"].notna()]
    by_form = known.groupby("invitation_id")
    same = by_form["value"].transform("nunique").eq(1)
    many = by_form["item_id"].transform("nunique").ge(STRAIGHT_ITEMS)
    mixed = known["item_id"].isin(reverse)
    both = mixed.groupby(known["invitation_id"]).transform("any")
    both &= ~mixed.groupby(known["invitation_id"]).transform("all")
    broken = (same & many & both).reindex(answers.index, fill_value=False)
    return [hit("survey_response", "invitation_id", broken)]


def _unlinked(data: RuleData) -> list[Hit]:
    asked = data.frame("survey_invitation", "party_id", "status")
    done = asked[asked["status"].isin(["completed", "partial"])]
    keys = ["party_id", "case_id", "role"]
    post = done[done["wave"].eq("post")]
    pre = done.loc[done["wave"].eq("pre"), keys].drop_duplicates().assign(_pre=True)
    if not len(pre) or not len(post):
        raise CannotRunError(mark("surveys before and after were not both collected"))
    linked = post[keys].merge(pre, on=keys, how="left")["_pre"].notna().to_numpy()
    if (~linked).mean() <= UNLINKED:
        return []
    broken = pd.Series(~linked, index=post.index).reindex(asked.index, fill_value=False)
    return [hit("survey_invitation", "party_id", broken)]


def _own_feedback(data: RuleData) -> list[Hit]:
    asked = data.frame("survey_invitation", "administered_by")
    own = asked["administered_by"].eq("facilitator")
    if own.sum() <= OWN_FEEDBACK * asked["administered_by"].notna().sum():
        return []
    return [hit("survey_invitation", "administered_by", own)]


def _stand_ins(data: RuleData) -> list[Hit]:
    asked = data.frame("survey_invitation", "party_id")
    harmed = data.frame("harmed_party", "participation")
    surrogate = set(harmed.loc[harmed["participation"].eq("surrogate_sent"), "harmed_id"])
    broken = asked["role"].eq("harmed_party") & asked["party_id"].isin(surrogate)
    return [hit("survey_invitation", "party_id", broken)]


def _feelings_of_organisations(data: RuleData) -> list[Hit]:
    answers = data.frame("survey_response", "value")
    harmed = data.frame("harmed_party", "kind")
    bodies = set(harmed.loc[harmed["kind"].isin(ORGANISATIONS), "harmed_id"])
    items = set(FEELINGS)
    if "survey_item" in data.tables:
        listed = data.tables["survey_item"]
        items |= set(listed.loc[listed["construct"].isin(FEELINGS), "item_id"])
    party = answers["invitation_id"].map(_asked(data)["party_id"])
    broken = party.isin(bodies) & answers["item_id"].isin(items) & answers["value"].notna()
    return [hit("survey_response", "item_id", broken)]


def _partial_clinical_scale(data: RuleData) -> list[Hit]:
    items = data.frame("survey_item", "construct")
    clinical = set(items.loc[items["construct"].eq("ptss"), "item_id"])
    if not clinical:
        raise CannotRunError(mark("no item measures symptoms of stress"))
    answers = data.frame("survey_response", "value")
    mine = answers["item_id"].isin(clinical)
    given = answers[mine & answers["value"].notna()]
    number = given.groupby("invitation_id")["item_id"].nunique()
    partial = set(number[number < len(clinical)].index)
    return [hit("survey_response", "value", mine & answers["invitation_id"].isin(partial))]


def _looking_back(data: RuleData) -> list[Hit]:
    answers = data.frame("training_response", "wave")
    waves = answers.groupby(answers["training_id"].fillna(""))["wave"]
    both = waves.transform(lambda given: {"pre", "retro_pre"} <= set(given))
    return [hit("training_response", "wave", both.astype(bool))]


def _samples_mixed(data: RuleData) -> list[Hit]:
    survey = data.frame("community_survey", "sample_type")
    if survey.groupby("wave")["sample_type"].first().nunique() <= 1:
        return []
    return [hit_all("community_survey", "sample_type", survey)]


def _rule(name: str, severity: str, *, reason: str, find: object, **more: object) -> Rule:
    return Rule(id=name, severity=severity, reason=reason, find=find, **more)  # type: ignore[arg-type]


_ANSWERS = ("survey_response", "survey_invitation")
SURVEY_RULES: tuple[Rule, ...] = (
    _rule(
        "V32",
        "W",
        reason=mark("A later survey was answered outside the time set for its wave."),
        tables=(*_ANSWERS, "session"),
        find=_off_wave,
    ),
    _rule(
        "V52",
        "E",
        reason=mark("Answers were collected, and nobody noted who was asked."),
        tables=("survey_response",),
        find=_no_denominator,
        blocks=mark("response rates, and every share that rests on them"),
    ),
    _rule(
        "V53",
        "W",
        reason=mark("Fewer than half of those asked in this role and wave answered."),
        tables=("survey_invitation",),
        find=_low_response,
    ),
    _rule(
        "V55",
        "E",
        reason=mark(
            "The item goes down where the others go up: perhaps its scale is turned round."
        ),
        tables=_ANSWERS,
        find=_against_the_rest,
        blocks=mark("this item, and scores that hold it"),
    ),
    _rule(
        "V56",
        "W",
        reason=mark("The wording of the item changed between versions."),
        tables=("survey_item",),
        find=_reworded,
    ),
    _rule(
        "V57",
        "W",
        reason=mark("One answer was given to eight items and more, reversed ones among them."),
        tables=("survey_response", "survey_item"),
        find=_straight_lines,
    ),
    _rule(
        "V59",
        "W",
        reason=mark("More than one survey in five after the conference has none before it."),
        tables=("survey_invitation",),
        find=_unlinked,
    ),
    _rule(
        "V60",
        "W",
        reason=mark("The facilitator collected feedback on their own service."),
        tables=("survey_invitation",),
        find=_own_feedback,
    ),
    _rule(
        "V62",
        "W",
        reason=mark("A stand-in went to the conference, and the harmed party was asked about it."),
        tables=("survey_invitation", "harmed_party"),
        find=_stand_ins,
    ),
    _rule(
        "V63",
        "E",
        reason=mark("An organisation answered about fear, anger or stress."),
        tables=(*_ANSWERS, "harmed_party"),
        find=_feelings_of_organisations,
        blocks=mark("these items"),
    ),
    _rule(
        "V64",
        "E",
        reason=mark("A clinical scale was answered in part."),
        tables=("survey_response", "survey_item"),
        find=_partial_clinical_scale,
        blocks=mark("the clinical score of these people"),
    ),
    _rule(
        "V95",
        "E",
        reason=mark(
            "Answers before training and answers that look back on it are different measures."
        ),
        tables=("training_response",),
        find=_looking_back,
        blocks=mark("one mean over both"),
    ),
    _rule(
        "V96",
        "E",
        reason=mark("Waves of the community survey chose people in different ways."),
        tables=("community_survey",),
        find=_samples_mixed,
        blocks=mark("a trend over these waves"),
    ),
)
