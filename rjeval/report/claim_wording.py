"""Wording rules on what is claimed: W1 and W10 to W20, effects, sources, people, forecasts."""

from __future__ import annotations

from rjeval.report.wording_rule import MIDDLE, SOURCE, WEAK, Rule, words
from rjeval.terms import DesignTier

_CRIME = (
    r"(?:crimes?|re-?arrests?|arrests?|re-?offen\w+|offen[cd]\w+|charges?|filings?|recidivism|"
    r"violence|suspensions|incidents|harm|conflicts?)"
)
_PROGRAMME = (
    r"(?:program\w*|clinic|circles?|conferenc\w+|intervention|service|project|diversion|"
    r"restorative \w+|training)"
)
#: Words that say that the programme was the reason, too strong for any but a randomised design.
_CAUSE = (
    r"\bprevent(?:ed|s)\b|\bcaus(?:ed|es)\b|\bproven\b|\bthanks to\b|"
    r"\bimpact of\b(?! (?:the |an? |this |that |what |their )?(?:\w+ )?(?:crime|offen[cs]e|harm|"
    r"incident|event|case|loss|violence|trauma))|"
    r"(?<!how it )(?<!how this )\bworks(?=\s*(?:[.!,;:]|$|better|well|best|wonders|and |because|"
    r"to (?:reduce|prevent|keep|lower|cut)))|"
    rf"\b(?:as a result of|because of|due to) (?:the|our|this|these) (?:\w+ )?{_PROGRAMME}"
)
_STRONG = (
    rf"{_CAUSE}|\breduc(?:ed|es|ing)\b|"
    r"\beffective(?:ness)?\b(?! (?:date|number|from|sample|on|as of|"
    r"\d|January|February|March|April|May|June|July|August|September|October|November|December))|"
    r"\bsav(?:ed|es)\b|"
    rf"\b(?:lower(?:ed|s|ing)|cuts?|cutting|halv(?:ed|es|ing)|curb\w*|"
    rf"(?:brought|brings?|drove|drives?) down)\b(?! (?:in|of|from|to|than)\b)"
    rf"[^.]{{0,40}}\b{_CRIME}\b|"
    r"\b(?:led|leads|resulted|results) (?:to|in) (?:a )?(?:\w+ )?(?:fewer|less|lower|reduc\w+|"
    r"declin\w+|drops?|falls?)\b|"
    r"\bke(?:pt|eps?|eping) (?:\w+ ){1,2}out of (?:court|trouble|jail|prison|the system)\b"
)
_ALLOWED = r"proven (offence|reoffending)|to be proven|not (?:\w+ )?proven"
_ELSEWHERE = (
    r"\b(meta-analys[ie]s|(?:systematic|literature|Cochrane|Campbell) reviews?|"
    r"review of (?:the )?(?:studies|trials|evidence|literature|evaluations)|et al\b|"
    r"trials? (?:of|in)|studies|(?:research|evidence|the literature) (?:has )?"
    r"(?:shows?|shown|suggests?|finds?|found|indicates?|demonstrates?|confirms?))\b|doi:"
)
_GROUPS = (
    r"(?:race|racial|ethnic\w*|black|white|african[- ]american|latin[oax]s?|hispanics?|indigenous|"
    r"asian|native|māori|roma)"
)
_CLAIM_VERB = (
    r"(?:improv|enhanc|strengthen|restor(?!ative)|rebuil|buil[dt]|deep(?:en|er)|foster|promot|"
    r"creat|increas|heal|transform|empower)"
)
_VIDEO = r"(?:video|virtual|online|zoom|remote)"
_AS_GOOD = (
    r"(?:as (?:\w+ )?(?:effective|good|well|satisf\w+|safe) as|just as (?:effective|good|well)|"
    r"equivalent|equally (?:effective|good|satisf\w+)|no (?:different|worse)|the same as)"
)
_FEW_PEOPLE = (
    r"(?:victims?|participants?|persons?|people|youths?|part(?:y|ies)|respondents?|clients?|"
    r"famil(?:y|ies)|offenders?|child(?:ren)?|survivors?|cases?|members?|responsible|harmed)"
)
_MONEY = r"[$£€]"
_SAVED = r"(?:sav(?:ed|es|ings?)|avoid\w*|returns? on investment)"
_EARLIER = (
    r"\b(?:last year|(?:previous|prior|earlier|last) (?:year|report)|year before|"
    r"(?:our|the) (?:19|20)\d\d (?:report|evaluation))\b"
)
CLAIM_RULES = (
    Rule(
        name="W1",
        pattern=words(_STRONG),
        advice="Without a matched or randomised comparison, describe: “x of n had …”.",
        better="Of 280 people referred, 35 (12.5%) had a new filing within 12 months of referral.",
        unless=words(_ALLOWED),
        tiers=WEAK,
    ),
    Rule(
        name="W1",
        pattern=words(_CAUSE),
        advice="A matched design shows association: “was lower in association with …”.",
        better="The share was lower in association with the programme: 35 of 280 (12.5%) against "
        "35 of 185 (18.9%).",
        unless=words(_ALLOWED),
        tiers=MIDDLE,
    ),
    Rule(
        name="W10",
        pattern=words(_ELSEWHERE),
        beside=words(r"\b(our|we|us|this (programme|program|clinic|study|evaluation))\b.*\d"),
        advice="Put findings of others in a paragraph of their own, each with its source; they are "
        "not results of this programme.",
        better="A systematic review of trials found a modest fall in how often people reoffended "
        "over two years (doi:10.4073/csr.2013.12).",
        unless=words(r"not results of this"),
        whole=True,
    ),
    Rule(
        name="W11",
        pattern=words(
            r"\b(?:national|state|county|federal|city|statewide|countywide|nationwide)(?:wide)? "
            r"(?!mileage|indirect|tax|pay)(?:\w+ ){0,2}(?:average|rate|norm)s?\b"
        ),
        advice="A national or state rate is context, not a comparison group: say “for context”.",
        better="For context, the state rate of new filings within 12 months was 20% (n = 9,400).",
        unless=words(r"for context"),
    ),
    Rule(
        name="W12",
        pattern=words(rf"\b{_SAVED}\b.*{_MONEY}|{_MONEY}.*\b{_SAVED}\b|for every dollar"),
        advice="Money saved needs a matched design, the method, the price year and a range.",
        better="The programme cost $2,400 for each person referred, in prices of 2024.",
        tiers=WEAK,
    ),
    Rule(
        name="W12",
        pattern=words(rf"\b{_SAVED}\b.*{_MONEY}|{_MONEY}.*\b{_SAVED}\b|for every dollar"),
        advice="Give the method, the price year and a range: “$a to $b in prices of 2024, by …”.",
        better="By the method of the appendix, $1 to $3 million was saved, in prices of 2024.",
        unless=words(
            r"(prices of \d{4}|\d{4} (prices|dollars)).*( to |between)|( to |between).*prices"
        ),
        tiers=frozenset(DesignTier) - WEAK,
    ),
    Rule(
        name="W13",
        pattern=words(
            rf"(because of|due to|caused by|driven by|owing to|explained by)[^.]*\b{_GROUPS}\b|"
            rf"\b{_GROUPS}\b[^.]*\b(causes?|caused|leads? to|led to|makes?|drives?|results? in)\b|"
            rf"\b{_GROUPS}\b[^.]*\b(?:because of|due to|owing to)\b[^.]*\b(?:culture|background|"
            r"values|attitudes?|upbringing|heritage|nature|family structure)"
        ),
        advice="Describe the stage: “of those referred, a share of … was offered a conference”; "
        "a difference between groups is no property of a group.",
        better="Of 60 Latino youth referred, 40 (66.7%) were offered a conference; of 80 white "
        "youth, 60 (75.0%).",
    ),
    Rule(
        name="W14",
        pattern=words(
            r"\b(?:all|everyone|everybody) (?:but|except|save) (?:for )?"
            r"(?:one|two|three|a few|\d+)\b|"
            r"\bonly (?:one|two|three) \w+ (?:dis|did)|"
            rf"\b(?:only|just) (?:one|two|three|a single) (?:\w+ )?{_FEW_PEOPLE}\b|"
            rf"\bnone of the (?:\w+ )?{_FEW_PEOPLE}\b"
        ),
        advice="This gives a small number away; leave it out.",
        better="Most of those who answered agreed.",
    ),
    Rule(
        name="W15",
        pattern=words(
            r"(?<!victim-)(?<!victim )\b(?:offenders?|perpetrators?|criminals|inmates?|"
            r"delinquents?|felons?|ex-?con(?:vict)?s?|convicts|wrongdoers?)\b|"
            r"\b(?:a|the|young|repeat|violent) criminal\b(?! (?:justice|court|law|case|record|"
            r"code|charge|legal|proceeding|procedure|conviction|matter|defen[cs]e|history))"
        ),
        advice="Write people first: “the person responsible”, “people referred”.",
        better="The people responsible met the people harmed.",
    ),
    Rule(
        name="W16",
        pattern=words(
            rf"\b{_CLAIM_VERB}\w*\b[^.]{{0,60}}\b(?:safety|trust|closure|empathy|reintegration|"
            r"(?<!restorative )justice|healing|relationships?|accountability|agency|lives)\b|"
            r"\b(?:improv|strengthen|restor(?!ative)|rebuil|heal|transform|empower)\w*\b[^.]{0,40}"
            r"\b(?:communit(?:y|ies)|neighbou?rhoods?|famil(?:y|ies)|victims)\b|"
            r"\b(?:makes?|made|making) [^.]{0,40}\b(?:safer|healthier|stronger|whole)\b"
        ),
        advice="Give the measure with its count, or a source, or write “not measured here”.",
        better="Trust in the courts is not measured here.",
        unless=words(
            rf"not measured here|{SOURCE}|\d of \d|n\s?=|\bCI\b|"
            r"\b(?:aims?|goals?|hopes?|objectives?|intends?|seeks?) "
        ),
    ),
    Rule(
        name="W17",
        pattern=words(rf"\b{_VIDEO}\b[^.]*\b{_AS_GOOD}\b|\b{_AS_GOOD}\b[^.]*\b{_VIDEO}\b"),
        advice="Video was chosen, not assigned; equivalence needs a margin set beforehand.",
        better="Of 120 conferences, 30 (25.0%) were held by video, which people chose.",
        unless=words(r"\bmargin\b"),
    ),
    Rule(
        name="W18",
        pattern=words(
            r"\bwill (?:have )?(?:fall\w*|drop\w*|reduc\w*|continue to (?:fall|drop|decline)|"
            r"declin\w*|decreas\w*|be (?:lower|fewer|halved|cut))\b|"
            r"\b(?:is|are) expected to "
            r"(?:fall|drop|reduce|decline|decrease|rise|increase|continue)\b|"
            r"\bexpect\w*\b[^.]*\b(?:fewer|less|lower|drop|reduction|decline|fall)\b|"
            r"\b(?:projected|projections?|forecasts?|on track to)\b"
        ),
        advice="Say that this is a forecast, or stay with what was observed.",
        better="This is a forecast, not an observation: about 200 referrals in the next year.",
        unless=words(r"forecast, not"),
    ),
    Rule(
        name="W19",
        pattern=words(
            rf"\d[^.]*{_EARLIER}|{_EARLIER}[^.]*\d|"
            r"\b(?:up|down) from [^.]*\d[^.]*\b(?:19|20)\d\d\b"
        ),
        advice="Say whether the earlier figure was changed since, and why: “as published; same "
        "definition”, or “revised, because …”.",
        better="Last year the share was 15% (30 of 200), as published; the definition is the same.",
        unless=words(
            r"revised|unchanged|as published|same definition|definition is the same|because"
        ),
    ),
    Rule(
        name="W20",
        pattern=words(r"[“\"](?=\w)[^”\"]{20,}[”\"]"),
        beside=words(
            r"\b(said|says|told|wrote|recalled|explained|added|participants?|mother|father|parent|"
            r"victim|youth|respondent|harmed|responsible|in the words of)\b"
        ),
        advice="Quote a participant only with recorded consent, say so, and leave out what could "
        "identify anybody.",
        better="A mother, who consented to be quoted, said: “I could tell him what it did to us.”",
        unless=words(
            r"consent|with permission|\b(?:items?|questions?|statements?|agreed|strongly agree|"
            r"titled|called|handbook|manual)\b"
        ),
        whole=True,
    ),
)
