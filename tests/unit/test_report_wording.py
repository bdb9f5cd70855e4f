"""Wording rules on sentences as a grant writer writes them: what is found, and what is not."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import docx
import pytest

from rjeval.cli.main import main
from rjeval.report.lint import lint_passage, lint_text
from rjeval.report.passages import read_passages
from rjeval.report.spanish_wording import SPANISH_RULES
from rjeval.report.wording_rules import RULES
from rjeval.terms import DesignTier

#: Rule and a sentence that breaks it; each rule in several guises.
BROKEN = [
    (
        "W1",
        "Our circles have cut youth crime in Lakeside.",
    ),
    (
        "W1",
        "Thanks to our conferences, young people stay out of court.",
    ),
    (
        "W1",
        "The program lowered rearrests among participants.",
    ),
    (
        "W1",
        "Restorative conferencing is a proven way to keep kids out of trouble.",
    ),
    (
        "W1",
        "As a result of the circles, fewer youth came back to court.",
    ),
    (
        "W2",
        "Two thirds of the families kept their agreement.",
    ),
    (
        "W2",
        "Agreements were completed in 82 percent of cases.",
    ),
    (
        "W2",
        "Nine out of ten participants would do it again.",
    ),
    (
        "W3",
        "Recidivism among our participants is only 12% (12 of 100).",
    ),
    (
        "W3",
        "We have one of the lowest re-offense rates in the county.",
    ),
    (
        "W3",
        "Few of our youth recidivate: 9 of 120.",
    ),
    (
        "W4",
        "Filings went down by 43% (n = 465).",
    ),
    (
        "W4",
        "Participants were half as likely to be charged again (n = 465).",
    ),
    (
        "W4",
        "The share dropped by 6%, from 20% (40 of 200) to 14% (28 of 200).",
    ),
    (
        "W5",
        "Of 120 youth, 90 completed their agreement (85%; 90 of 120).",
    ),
    (
        "W5",
        "Agreements rose from 50% (50 of 100) to 60% (60 of 100), a 30% increase.",
    ),
    (
        "W6",
        "Youth who finished the program had new charges in 9 of 120 cases.",
    ),
    (
        "W6",
        "Among graduates, 5 of 80 (6.3%) were charged within 12 months of referral.",
    ),
    (
        "W7",
        "The two groups did not differ.",
    ),
    (
        "W7",
        "The program had no effect on new filings.",
    ),
    (
        "W7",
        "Results were not statistically different between the groups.",
    ),
    (
        "W8",
        "The drop in charges was significant (p < .05).",
    ),
    (
        "W8",
        "New filings were significantly lower in the conference group.",
    ),
    (
        "W8",
        "Hazard ratio 0.72***.",
    ),
    (
        "W9",
        "Overall, 95% (57 of 60) of participants were happy with the process.",
    ),
    (
        "W9",
        "Victims gave us a satisfaction score of 4.6 out of 5.",
    ),
    (
        "W10",
        "Research shows restorative justice lowers reoffending, and our own 12% (12 of "
        "100) fits that picture.",
    ),
    (
        "W10",
        "Studies in New Zealand found 15% less reoffending; we expect the same for our "
        "200 clients.",
    ),
    (
        "W11",
        "Our rate of 12% (12 of 100) compares well with the state average of 21%.",
    ),
    (
        "W11",
        "That is far below the national recidivism rate of 44%.",
    ),
    (
        "W12",
        "Each conference saves taxpayers about $9,000.",
    ),
    (
        "W12",
        "Diverting 100 youth avoided $1.2 million in detention costs.",
    ),
    (
        "W13",
        "Black youth decline more often because of their culture.",
    ),
    (
        "W13",
        "Hispanic families drop out due to their ethnic background.",
    ),
    (
        "W14",
        "Everyone except two youth completed the agreement.",
    ),
    (
        "W14",
        "Only one victim was dissatisfied.",
    ),
    (
        "W15",
        "First-time offenders are referred by the district attorney.",
    ),
    (
        "W15",
        "We work with juvenile delinquents and ex-convicts.",
    ),
    (
        "W16",
        "Our circles heal the community and rebuild trust.",
    ),
    (
        "W16",
        "Families leave with a deeper sense of closure.",
    ),
    (
        "W16",
        "The program makes neighborhoods safer.",
    ),
    (
        "W17",
        "Zoom conferences work just as well as meeting in person.",
    ),
    (
        "W17",
        "Online circles are no different from face-to-face ones.",
    ),
    (
        "W18",
        "By 2027 charges will have dropped by a third.",
    ),
    (
        "W18",
        "If this continues, we expect 500 fewer arrests over five years.",
    ),
    (
        "W19",
        "That is up from 61% (61 of 100) in our 2023 report.",
    ),
    (
        "W19",
        "Compared to the year before, completions grew from 80 to 95.",
    ),
    (
        "W20",
        "“He looked at me and I finally understood what I had done to her,” a "
        "16-year-old from Peñasco told us.",
    ),
    (
        "W20",
        'In the words of one participant: "I sleep again since the meeting with him."',
    ),
    (
        "W1",
        "Our work has prevented countless crimes.",
    ),
    (
        "W1",
        "The circles resulted in fewer arrests.",
    ),
    (
        "W1",
        "Conferencing is highly effective.",
    ),
    (
        "W1",
        "It keeps young people out of jail.",
    ),
    (
        "W2",
        "We reached 64% of the families on the list.",
    ),
    (
        "W2",
        "Four out of five parents attended.",
    ),
    (
        "W3",
        "Only 8% reoffended (8 of 100).",
    ),
    (
        "W3",
        "The re-arrest rate stands at 9 of 110.",
    ),
    (
        "W4",
        "Charges declined 25% (n = 300).",
    ),
    (
        "W4",
        "Completions doubled since 2020.",
    ),
    (
        "W5",
        "In all, 45 of 60 people (70%) completed.",
    ),
    (
        "W5",
        "The share went from 40% (40 of 100) to 30% (30 of 100), a 10% drop.",
    ),
    (
        "W6",
        "Our graduates rarely come back.",
    ),
    (
        "W6",
        "Young people who completed the program were arrested less (9 of 90).",
    ),
    (
        "W7",
        "We found no difference between schools.",
    ),
    (
        "W7",
        "The change was not significant.",
    ),
    (
        "W8",
        "p = 0.03 for the comparison.",
    ),
    (
        "W8",
        "There was a significant reduction in charges.",
    ),
    (
        "W9",
        "93% (70 of 75) of participants were satisfied.",
    ),
    (
        "W9",
        "Families rate their satisfaction at 9 out of 10.",
    ),
    (
        "W10",
        "A meta-analysis found lower reoffending; our 35 of 280 cases agree with it.",
    ),
    (
        "W10",
        "Evidence shows that circles work, as our 40 cases confirm.",
    ),
    (
        "W11",
        "We do better than the statewide average.",
    ),
    (
        "W11",
        "The county rearrest rate is 30% (n = 900).",
    ),
    (
        "W12",
        "We saved the county $400,000.",
    ),
    (
        "W12",
        "For every dollar spent, the county gets back four.",
    ),
    (
        "W13",
        "Native youth are referred late due to their family structure.",
    ),
    (
        "W13",
        "Refusals are explained by ethnicity.",
    ),
    (
        "W14",
        "All but three families came.",
    ),
    (
        "W14",
        "Just one participant dropped out.",
    ),
    (
        "W15",
        "The offender apologised.",
    ),
    (
        "W15",
        "Felons are not eligible for the service.",
    ),
    (
        "W16",
        "The program restores victims.",
    ),
    (
        "W16",
        "Circles foster empathy and accountability.",
    ),
    (
        "W17",
        "Remote sessions are equally effective.",
    ),
    (
        "W17",
        "Virtual meetings are as good as a room.",
    ),
    (
        "W18",
        "Arrests are projected to fall.",
    ),
    (
        "W18",
        "Court filings are expected to drop next year.",
    ),
    (
        "W19",
        "In the previous year it was 50 cases.",
    ),
    (
        "W19",
        "Completions are up from 61 in 2022.",
    ),
    (
        "W20",
        "“I never thought that I could forgive him, but I did,” said the mother.",
    ),
    (
        "W20",
        'A victim wrote: "It gave me back my sleep and my street."',
    ),
]
#: Sentences of grant drafts with which nothing is wrong.
SOUND = [
    "The clinic served 120 families in 2023.",
    "Of 280 people referred, 35 (12.5%) had a new filing within 12 months of referral.",
    "Referrals come from the district attorney, two schools and the public defender.",
    "We will train eight volunteer facilitators in the first year of the grant.",
    "The grant would pay for one full-time coordinator and for interpreters.",
    "A conference brings together the person harmed, the person responsible and their supporters.",
    "Conferences take about two hours and are prepared in at least two meetings with each party.",
    "Of 180 harmed parties invited, 110 answered (61.1%); 75 of 105 (71.4%) said "
    "that they were satisfied with how the case was handled.",
    "There was no clear difference between the groups; the data are compatible "
    "with a fall of 14 to a rise of 1 percentage points.",
    "A systematic review of ten trials found a modest fall in the frequency of "
    "reoffending over two years (Strang and others, doi:10.4073/csr.2013.12).",
    "For context, the state average for new filings within 12 months was 21% (n = 9,400).",
    "The programme cost $2,400 per person referred, in prices of 2024.",
    "Community trust is not measured here.",
    "Of 120 conferences held in 2023, 30 (25%) were held by video, which the people chose.",
    "Last year's figure was 15% (30 of 200), as published; the definition is the same.",
    "Our objective is that at most 15% (n = 280) have a new filing within 12 "
    "months of referral by June 2026.",
    "We record race and ethnicity as people describe themselves.",
    "Of 60 Latino youth referred, 40 (66.7%) were offered a conference.",
    "Restitution of $104,000 was agreed and $101,000 was paid.",
    "Restorative justice is a way to respond to harm in which those affected "
    "decide together what should be done.",
    "The person responsible signs an agreement, and the coordinator follows it until it is kept.",
    "Records are checked each quarter with the state repository.",
    "We ask everyone referred for consent before a case is prepared.",
    "Participants may stop at any time without a disadvantage in court.",
    "The evaluation was carried out by a researcher who is not employed by the clinic.",
    "Small numbers are not shown, to protect the people behind them.",
    "The share with a new filing fell from 20.0% (40 of 200) to 14.0% (28 of 200), "
    "by 6.0 percentage points.",
    "Completion does not depend on a favourable report by the facilitator.",
    "A mother who consented to be quoted said: “I could tell him to his face what it did to us.”",
    "The handbook “Guidelines for Facilitators of Restorative Conferences” is in use since 2021.",
    "The clinic works with four schools and with a network of volunteers.",
    "Funds are requested to promote the service among defence lawyers.",
    "The committee meets to improve the referral form.",
    "Police officers, teachers and law students completed the training.",
    "Cases are referred before or after a charge is filed.",
    "The project director reports to the board each quarter.",
    "Interpreters in Spanish and Mixtec are paid by the hour.",
    "In 2023, 600 people were assessed and 535 were included.",
    "Facilitators hold at least two preparatory meetings.",
    "Parties choose whether to meet in person or by video.",
    "We request $185,000 over two years.",
    "The indirect rate is 10% of direct costs.",
    "Our goal is that at least 80% of harmed parties are invited to answer.",
    "The difference was −6.4 percentage points (95% CI −14.0 to 1.0).",
    "No one is asked about immigration status.",
    "The clinic's work is supervised by two law professors.",
    "Effective July 2023 the clinic also accepts felony cases.",
    "Of 290 responsible parties invited, 155 answered (53.4%).",
    "Restitution is collected by the court, not by the programme.",
    "The impact of the offence on the person harmed is discussed first.",
    "We share our forms with other programs in the state.",
    "Each agreement has a due date and a person who follows it.",
    "The study has no comparison group, so nothing is said about an effect.",
    "Data are kept by the clinic on an encrypted drive.",
    "The criminal justice system handles most cases otherwise.",
    "Victim-offender dialogue is offered in prison on request.",
    "Staff turnover was low.",
    "Harmed parties were asked six questions after the meeting.",
    "The waiting time has a median of 62 days (n = 310).",
]


@pytest.mark.parametrize(("rule", "text"), BROKEN)
def test_a_broken_rule_is_named(rule: str, text: str) -> None:
    assert rule in {one.rule for one in lint_text(text)}


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_sentence_is_left_alone(text: str) -> None:
    assert lint_text(text) == []


def test_each_rule_has_several_guises() -> None:
    named = [rule for rule, _ in BROKEN]
    assert {rule for rule in named if named.count(rule) >= 4} == {f"W{n}" for n in range(1, 21)}
    assert len(SOUND) >= 50


@pytest.mark.parametrize("rule", [*RULES, *SPANISH_RULES], ids=lambda one: one.name)
def test_the_better_sentence_keeps_all_rules(rule) -> None:
    for tier in rule.tiers:
        assert lint_text(rule.better, tier=tier) == []


def test_a_matched_design_may_say_associated_and_not_caused() -> None:
    tier = DesignTier.MATCHED
    assert lint_text("Filings were reduced.", tier=tier) == []
    assert [one.rule for one in lint_text("It works, thanks to the circles.", tier=tier)] == ["W1"]


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A Word draft with its claims in a heading, a list, a table and a box of text."""
    document = docx.Document()
    document.add_heading("Circles that work: crime was reduced", level=1)
    document.add_paragraph("The clinic served 120 families in 2023.")
    document.add_paragraph("All but one family came.", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells),
        ("What we do", "Offenders meet victims", "Satisfied", "85%"),
        strict=True,
    ):
        cell.text = text
    document.save(str(tmp_path / "draft.docx"))
    return tmp_path / "draft.docx"


def with_footnote(file: Path, text: str) -> None:
    """Put a footnote into a Word file, as Word stores it."""
    import zipfile

    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = (
        f'<w:footnotes xmlns:w="{space}"><w:footnote w:id="-1"><w:p/></w:footnote>'
        f'<w:footnote w:id="1"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    with zipfile.ZipFile(file, "a") as parts:
        parts.writestr("word/footnotes.xml", xml)


def test_word_files_are_read_with_headings_lists_tables_and_footnotes(draft, capsys) -> None:
    with_footnote(draft, "This is a proven model.")
    assert main(["lint-text", str(draft)]) == 14
    said = capsys.readouterr().out
    for place in (
        "draft.docx, paragraph 1, W1: “reduced”",
        "draft.docx, paragraph 3, W14: “All but one”",
        "draft.docx, table 1, row 1, column 2, paragraph 1, W15: “Offenders”",
        "draft.docx, footnote 1, paragraph 1, W1: “proven”",
    ):
        assert place in said
    assert "85%" not in said, "a number of a table has its count beside it"
    lines = said.splitlines()
    assert all(
        after.startswith("  For instance: ")
        for before, after in pairwise(lines)
        if before.startswith("draft.docx")
    )


def test_words_in_a_box_are_read_once(tmp_path) -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    other = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = "<w:txbxContent><w:p><w:r><w:t>Offenders came.</w:t></w:r></w:p></w:txbxContent>"
    xml = (
        f'<w:document xmlns:w="{space}" xmlns:mc="{other}"><w:body><w:p><w:r><w:t>Outside.</w:t>'
        f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p></w:body></w:document>"
    )
    import zipfile

    with zipfile.ZipFile(tmp_path / "box.docx", "w") as parts:
        parts.writestr("word/document.xml", xml)
    (passage,) = read_passages(tmp_path / "box.docx")
    assert passage.text == "Outside.\n\nOffenders came."


MARKDOWN = """# Our circles are effective
The clinic served 120 families.

- Circles were held in 72 of 120 cases (60%).
- Agreements were kept in 85% of cases.

| Measure | Result |
|---|---|
| Kept | 85% |
| Charges | the circles reduced charges |

```
a = "All but one agreed."
```

Stars in **bold words** are none, and `p < 0.05` is code.
"""


@pytest.mark.parametrize("form", ["md", "ipynb"])
def test_markdown_is_read_with_headings_items_and_tables(form, tmp_path) -> None:
    file = tmp_path / f"draft.{form}"
    cells = [{"cell_type": "markdown", "source": MARKDOWN.splitlines(keepends=True)}]
    text = MARKDOWN if form == "md" else json.dumps({"cells": cells})
    file.write_text(text, encoding="utf-8")
    found = [
        (one.place, finding.paragraph, finding.rule, finding.found)
        for one in read_passages(file)
        for finding in lint_passage(one, tier=DesignTier.ONE_GROUP)
    ]
    cell = "" if form == "md" else "cell 1, "
    assert found == [
        (cell.rstrip(", "), 1, "W1", "effective"),
        (cell.rstrip(", "), 3, "W2", "85%"),
        (f"{cell}table 1, row 3, column 2", 1, "W1", "reduced"),
    ]
