"""The wording rules W1 to W20: what each catches, when it does not, and what to write instead.

A rule looks at one sentence, or at a whole paragraph where what matters is what stands together.
"""

from __future__ import annotations

import re

from rjeval.report.recomputing import wrong_ratio
from rjeval.report.wording_rule import MIDDLE, WEAK, Rule
from rjeval.terms import DesignTier


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_PERCENT = r"\d+(?:\.\d+)?\s?(?:%|percent\b|per cent\b)"
#: Signs of a source: a DOI, an address, a name with a year, a numbered reference.
_SOURCE = r"doi:|https?://|\([A-Z][^()]*\b(19|20)\d\d[a-z]?\)|\[\d+\]"
#: Signs of a finding of somebody else.
_ELSEWHERE = (
    r"\b(meta-analys[ie]s|systematic review|review of|et al\b|trials? (of|in)|studies)\b|doi:"
)
_GROUPS = (
    r"(race|racial|ethnic\w*|black|white|latin[oax]s?|hispanics?|indigenous|asian|native|māori|"
    r"roma)"
)
RULES = (
    Rule(
        name="W1",
        pattern=_words(
            r"\b(reduc(?:ed|es|ing)|prevent(?:ed|s)|caus(?:ed|es)|effective(?:ness)?|proven|works|"
            r"impact of|sav(?:ed|es)|thanks to)\b"
        ),
        advice="Without a matched or randomised comparison, describe: “x of n had …”.",
        unless=_words(r"proven (offence|reoffending)|to be proven"),
        tiers=WEAK,
    ),
    Rule(
        name="W1",
        pattern=_words(r"\b(prevent(?:ed|s)|caus(?:ed|es)|proven|works|impact of|thanks to)\b"),
        advice="A matched design shows association: “was lower in association with …”.",
        unless=_words(r"proven (offence|reoffending)|to be proven"),
        tiers=MIDDLE,
    ),
    Rule(
        name="W2",
        pattern=_words(_PERCENT),
        advice="Give the count behind each percentage: “40 of 280 (14.3%)”, or n and interval.",
        unless=_words(r"\d[\d,]* (?:of|de) \d|n\s?=|\b(?:CI|IC)\b|confidence|interval"),
    ),
    Rule(
        name="W3",
        pattern=_words(
            r"(recidivism|reoffend\w*).*(\d|\brate|lower|higher|fell|rose)|"
            r"(\d|\brate|lower|higher|fell|rose).*(recidivism|reoffend\w*)"
        ),
        advice="Name event, window and clock: “a new filing within 12 months of referral”.",
        unless=_words(
            r"(within|over|during|by) .*(month|day|year)|definition|measure|label|counts as|defined"
        ),
    ),
    Rule(
        name="W4",
        pattern=_words(rf"{_PERCENT} (less|more|lower|higher|fewer|reduction|fall|drop|increase)"),
        advice="Print both rates; say percentage points for their difference.",
        unless=_words(r"from .*%.* to .*%|percentage points"),
    ),
    Rule(
        name="W5",
        pattern=_words(r"%"),
        advice="Work the figure out again from the counts or rates that stand beside it.",
        recompute=wrong_ratio,
    ),
    Rule(
        name="W6",
        pattern=_words(r"\b(complet(?:ers?|ed the program\w*)|graduates?)\b"),
        advice="Show everyone referred beside those who completed, and say that completers differ.",
        unless=_words(r"completers differ|those who complete differ|everyone referred"),
    ),
    Rule(
        name="W7",
        pattern=_words(r"\bno (significant )?(effect|difference|impact)\b|not significant\b"),
        advice="Write “no clear difference; compatible with a fall of a to a rise of b”.",
        unless=_words(r"not mean"),
    ),
    Rule(
        name="W8",
        pattern=_words(r"\*{2,3}p|p\s?[<=]\s?0?\.\d|statistically significant"),
        advice="Print the interval; p-values belong in the appendix, stars nowhere.",
    ),
    Rule(
        name="W9",
        pattern=_words(rf"satisf\w+.*{_PERCENT}|{_PERCENT}.*satisf\w+"),
        advice="Name the role and how many of those invited answered.",
        unless=_words(r"invited|response|responded|answered"),
    ),
    Rule(
        name="W9",
        pattern=_words(
            r"(?<![\d.])[1-4]?\d(?:\.\d+)?\s?% of (those|\w+( \w+)?) invited (answered|responded)|"
            r"response( rate)?( was| of)? [1-4]?\d(?:\.\d+)?\s?%"
        ),
        advice="Fewer than half answered: add “respondents may differ”.",
        unless=_words(r"may differ"),
        whole=True,
    ),
    Rule(
        name="W10",
        pattern=_words(_ELSEWHERE),
        beside=_words(r"\b(our|we|us|this (programme|program|clinic|study|evaluation))\b.*\d"),
        advice="Put findings of others in a paragraph of their own, each with its source; they are "
        "not results of this programme.",
        unless=_words(r"not results of this"),
        whole=True,
    ),
    Rule(
        name="W11",
        pattern=_words(r"(national|state|county)(wide)? (average|rate)"),
        advice="A national or state rate is context, not a comparison group: say “for context”.",
        unless=_words(r"for context"),
    ),
    Rule(
        name="W12",
        pattern=_words(r"sav(ed|es|ings?)\b.*[$£€]|[$£€].*sav(ed|es|ings?)\b"),
        advice="Money saved needs a matched design, the method, the price year and a range.",
        tiers=WEAK,
    ),
    Rule(
        name="W12",
        pattern=_words(r"sav(ed|es|ings?)\b.*[$£€]|[$£€].*sav(ed|es|ings?)\b"),
        advice="Give the method, the price year and a range: “$a to $b in prices of 2024, by …”.",
        unless=_words(
            r"(prices of \d{4}|\d{4} (prices|dollars)).*( to |between)|( to |between).*prices"
        ),
        tiers=frozenset(DesignTier) - WEAK,
    ),
    Rule(
        name="W13",
        pattern=_words(
            rf"(because of|due to|caused by|driven by|owing to|explained by)[^.]*\b{_GROUPS}\b|"
            rf"\b{_GROUPS}\b[^.]*\b(causes?|caused|leads? to|led to|makes?|drives?|results? in)\b"
        ),
        advice="Describe the stage: “of those referred, a share of … was offered a conference”; "
        "a difference between groups is no property of a group.",
    ),
    Rule(
        name="W14",
        pattern=_words(r"\ball but (one|two|three|\d+)\b|\bonly (one|two|three) \w+ (dis|did)"),
        advice="This gives a small number away; leave it out.",
    ),
    Rule(
        name="W15",
        pattern=_words(r"\b(offenders?|perpetrators?|criminals?|inmates?)\b"),
        advice="Write people first: “the person responsible”, “people referred”.",
    ),
    Rule(
        name="W16",
        pattern=_words(
            r"\b(improv|enhanc|strengthen|restor(?!ative)|buil[dt]|deepen|foster|promot|creat|increas|"
            r"heal|transform|empower)\w*\b[^.]{0,60}\b(safety|trust|communit(y|ies)|closure|empathy|"
            r"reintegration|justice|healing|relationships?|accountability|agency|lives)\b"
        ),
        advice="Give the measure with its count, or a source, or write “not measured here”.",
        unless=_words(rf"not measured here|{_SOURCE}|\d of \d|n\s?=|\bCI\b"),
    ),
    Rule(
        name="W17",
        pattern=_words(r"(video|virtual|online).*\b(as (effective|good) as|equivalent)"),
        advice="Video was chosen, not assigned; equivalence needs a margin set beforehand.",
    ),
    Rule(
        name="W18",
        pattern=_words(r"\b(will (fall|drop|reduce|continue)|is expected to|projected|forecast)\b"),
        advice="Say that this is a forecast, or stay with what was observed.",
    ),
    Rule(
        name="W19",
        pattern=_words(
            r"\d[^.]*\b(last year|(previous|prior|earlier|last) (year|report)|year before)\b|"
            r"\b(last year|(previous|prior|earlier|last) (year|report)|year before)\b[^.]*\d"
        ),
        advice="Say whether the earlier figure was changed since, and why: “as published; same "
        "definition”, or “revised, because …”.",
        unless=_words(r"revised|unchanged|as published|same definition|because"),
    ),
    Rule(
        name="W20",
        pattern=_words(r"[“\"](?=\w)[^”\"]{20,}[”\"]"),
        beside=_words(
            r"\b(said|says|told|wrote|recalled|explained|added|participants?|mother|father|parent|"
            r"victim|youth|respondent|harmed|responsible)\b"
        ),
        advice="Quote a participant only with recorded consent, say so, and leave out what could "
        "identify anybody.",
        unless=_words(r"consent|with permission"),
        whole=True,
    ),
)
