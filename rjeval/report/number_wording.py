"""Wording rules on numbers: W2 to W9, what stands beside a percentage, a rate, a difference."""

from __future__ import annotations

from rjeval.report.recomputing import points_for_percent, wrong_ratio
from rjeval.report.wording_rule import PERCENT, SOURCE, Rule, words

#: A count of a whole, n, or an interval.
_COUNTED = (
    r"\d[\d,]* (?:out )?(?:of|de) (?:the |all |las |los )?\d|\bn\s?=|\b(?:CI|IC)\b|confidence|"
    r"interval|\b(?:of|de) (?:the |all |these |those |las |los )?\d[\d,]*\b[^.;]{0,90}?"
    r"\b\d[\d,]* (?:\w+ ){0,4}\(\d"
)
#: Percentages that are no results: aims, money, working time.
_NO_RESULT = (
    r"\b(?:goals?|targets?|objectives?|aims?|budget\w*|salar\w+|FTE|match\w*|indirect|fringe|"
    r"overhead|interest|inflation|threshold|chance|power|probability|level|"
    r"per ?cent of (?:her|his|their) time)\b|"
    r"\bat (?:most|least) \d+(?:\.\d+)?% by "
)
_FRACTION = (
    r"\b(?:two|three|four) (?:thirds|quarters|fifths) of\b|"
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|[1-9]) (?:out of|in) (?:every )?"
    r"(?:two|three|four|five|ten|10|100)\b"
)
_EVENT = (
    r"(?:filings?|filed|arrests?|arrested|charges?|charged|convict\w+|adjudicat\w+|petitions?|"
    r"referrals?|contacts?|custody|prison)"
)
_CLOCK = (
    r"(?:of|from|after|since|following) (?:the |their |being |first )*(?:referr\w+|offer\w*|"
    r"random\w*|assign\w+|consent\w*|conference\w*|circle\w*|exit\w*|release\w*|discharge\w*|intake|enrol\w*|"
    r"complet\w+|screening|index)"
)
_WINDOW = r"(?:within|over|during|by|in) [^.]*?(?:month|day|year|week)"
_REOFFENDING = r"(?:\brecidiv\w+|\bre-?offend\w*|\bre-?offen[cs]e rates?)"
_MEASURED = r"\d|\blow|\bhigh|\bfell\b|\brose\b|\bfew|\bless\b|\bdrop|\bdeclin|\bhalf\b"
_CHANGED = (
    r"(?:down|up|drop\w*|fell|fallen|falls?|declin\w+|decreas\w+|increas\w+|rose|risen|rises?|grew|"
    r"grown|improv\w+|cut|reduc\w+|lower|higher|shrank)"
)
_SATISFIED = (
    r"(?:satisf\w+|happy with|pleased with|would recommend|(?:positive|good) experience|"
    r"felt (?:heard|respected|safe))"
)
_ROLE = (
    r"(?:harmed|victims?|survivors?|responsible|youths?|young people|parents?|supporters?|"
    r"community members|residents|facilitators|trainees|students|teachers)"
)
NUMBER_RULES = (
    Rule(
        name="W2",
        pattern=words(rf"{PERCENT}|{_FRACTION}"),
        advice="Give the count behind each percentage: “40 of 280 (14.3%)”, or n and interval.",
        better="Conferences were held for 72 of 120 cases (60%) referred in 2023.",
        unless=words(rf"{_COUNTED}|{_NO_RESULT}"),
    ),
    Rule(
        name="W3",
        pattern=words(
            rf"{_REOFFENDING}.*(?:{_MEASURED})|(?:{_MEASURED}).*{_REOFFENDING}|"
            r"\bre-?arrest rates?\b"
        ),
        advice="Name event, window and clock: “a new filing within 12 months of referral”.",
        better="Of 280 people referred, 35 (12.5%) had a new filing within 12 months of referral.",
        unless=words(
            rf"(?=.*\b{_EVENT}\b)(?=.*\b{_WINDOW})(?=.*\b{_CLOCK}\b)|definition|measure|label|"
            rf"counts as|defined|{SOURCE}"
        ),
    ),
    Rule(
        name="W4",
        pattern=words(
            rf"{PERCENT} (?:\w+ )?(?:less|more|lower|higher|fewer|reduction|fall|drop|decrease|"
            rf"decline|increase|rise|improvement)\b|"
            rf"\b{_CHANGED} (?:by )?(?:about |nearly |almost |some |over |more than )?{PERCENT}|"
            r"\b(?:half|twice|(?:two|three|four|\d[\d.]*) times) as (?:likely|often|many|much)\b|"
            r"\btimes (?:more|less) likely\b|\b(?:halved|doubled|tripled)\b"
        ),
        advice="Print both rates; say percentage points for their difference.",
        better="The share was 14.0% (28 of 200) after 20.0% (40 of 200): 6.0 percentage points.",
        unless=words(
            rf"from .*%.* to .*%|%.*(?:against|versus|\bvs\b|compared (?:with|to)|after) .*%|"
            rf"percentage points|{_NO_RESULT}|\b(?:cost|price|rent|pay)s?\b"
        ),
    ),
    Rule(
        name="W4",
        pattern=words(r"%|percent|per cent"),
        advice="A difference of two percentages is one in percentage points, not in percent.",
        better="The share was 14.0% (28 of 200) after 20.0% (40 of 200): 6.0 percentage points.",
        recompute=points_for_percent,
    ),
    Rule(
        name="W5",
        pattern=words(r"%"),
        advice="Work the figure out again from the counts or rates that stand beside it.",
        better="A new filing within 12 months of referral was recorded for 40 of 280 "
        "people (14.3%).",
        recompute=wrong_ratio,
    ),
    Rule(
        name="W6",
        pattern=words(
            r"\b(?:completers?|graduates?|graduated)\b|"
            r"\b(?:complet|finish)(?:ed|ing|es?)\b (?:the |our |this |their )?(?:full |whole )?"
            r"(?:program\w*|process|conferenc\w+|circles?|diversion|agreements?)\b"
            rf"[^.]*\b(?:{_EVENT}|offen\w+|recidiv\w+|police|court)\b|"
            r"\bcompleted the program\w*"
        ),
        advice="Show everyone referred beside those who completed, and say that completers differ.",
        better="Everyone referred is counted, 35 of 280 (12.5%); completers differ from others.",
        unless=words(
            r"completers differ|(?:those|people) who (?:complete|finish)\w* (?:may )?differ|"
            r"everyone referred|(?:high|law|college|recent|university) ?school graduates?|"
            r"graduate (?:school|student|degree|program)"
        ),
    ),
    Rule(
        name="W7",
        pattern=words(
            r"\bno (?:significant |statistical(?:ly significant)? |measurable |real )?"
            r"(?:effect|difference|impact)s?\b|\bnot (?:statistically )?significant\b|"
            r"\b(?:did not|didn't|do not) (?:\w+ )?differ\b|\bmade no difference\b|"
            r"\bnot (?:statistically |significantly )different\b"
        ),
        advice="Write “no clear difference; compatible with a fall of a to a rise of b”.",
        better="There was no clear difference; it is compatible with a fall of 14 to a rise of 1 "
        "percentage points.",
        unless=words(
            r"not mean|\bno clear difference\b|\bthis is no effect\b|"
            r"\b(?:leav\w+|left|includ\w+|exclud\w+|cross\w*) (?:out )?no (?:effect|difference)\b"
        ),
    ),
    Rule(
        name="W8",
        pattern=words(
            r"\*{2,3}p|\bp\s?[<=>≤]\s?0?\.\d|statistically (?:significant|different)|"
            r"\bsignificantly\b|\b(?:is|are|was|were) (?:highly |very )?significant\b|"
            r"\bsignificant (?:difference|reduction|drop|increase|decrease|decline|improvement|"
            r"change|fall|rise)s?\b|(?<![\d.*])\d+(?:\.\d+)?\*{1,3}(?![*\w])"
        ),
        advice="Print the interval; p-values belong in the appendix, stars nowhere.",
        better="The difference was −6.4 percentage points (95% CI −14.0 to 1.0).",
    ),
    Rule(
        name="W9",
        pattern=words(
            rf"{_SATISFIED}.*(?:{PERCENT}(?! (?:CI|confidence|interval))|"
            r"\d out of (?:5|10|five|ten))|"
            rf"(?:{PERCENT}|\d out of (?:5|10|five|ten)).*{_SATISFIED}"
        ),
        advice="Name the role and how many of those invited answered.",
        better="Of 180 harmed parties invited, 105 answered; 75 of 105 (71.4%) were satisfied.",
        unless=words(rf"(?=.*\b(?:invited|response|responded|answered)\b)(?=.*\b{_ROLE}\b)"),
        whole=True,
    ),
    Rule(
        name="W9",
        pattern=words(
            r"(?<![\d.])[1-4]?\d(?:\.\d+)?\s?% of (those|\w+( \w+)?) invited (answered|responded)|"
            r"response( rate)?( was| of)? [1-4]?\d(?:\.\d+)?\s?%"
        ),
        advice="Fewer than half answered: add “respondents may differ”.",
        better="Of 200 harmed parties invited, 80 (40%) answered, and respondents may differ.",
        unless=words(r"may differ"),
        whole=True,
    ),
)
