"""The attack finds each planted leak, one per rule, and nothing in a report that is clean."""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
import typst

from rjeval.design.disclosure import profile_rule
from rjeval.disclosure.attack import attack_report
from rjeval.disclosure.attack_tables import attack_tables
from rjeval.disclosure.border import release
from rjeval.disclosure.stamp import stamped
from rjeval.errors import DisclosureError
from rjeval.tables.delivery import tabulate_restitution, tabulate_stages
from rjeval.tables.descriptive import tabulate_baseline, tabulate_counts, tabulate_flow
from rjeval.tables.estimates import tabulate_estimates
from rjeval.tables.quality import tabulate_quality
from rjeval.tables.rates import tabulate_contrasts, tabulate_rates
from rjeval.tables.surveys import tabulate_response, tabulate_shares

SECRETS = ["P-00417", "said that the neighbour at no. 12 was there"]


def html_table(header: list[str], *rows: list[str]) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in header)
    body = "".join(
        "<tr>"
        + f'<th scope="row">{row[0]}</th>'
        + "".join(f"<td>{c}</td>" for c in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f"<table class='rj'><caption>Counts</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def page(body: str) -> str:
    head = "<head><title>Report</title></head>"
    return f"<!doctype html><html lang='en'>{head}<body>{body}</body></html>"


def svg(body: str, *, title: str = "Curve") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg"><title>{title}</title>{body}</svg>'


def png(text: str) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pieces = [
        chunk(b"IHDR", header),
        chunk(b"tEXt", b"Description\0" + text.encode("latin-1")),
        chunk(b"IDAT", zlib.compress(b"\0\0")),
        chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(pieces)


def word(folder: Path, *, text: str = "", cells: list[list[str]] | None = None, author: str = ""):
    document = docx.Document()
    document.add_paragraph(text)
    document.core_properties.author = author
    if cells:
        table = document.add_table(rows=len(cells), cols=len(cells[0]))
        for i, row in enumerate(cells):
            for j, cell in enumerate(row):
                table.cell(i, j).text = cell
    document.save(str(folder / "report.docx"))


def pdf(folder: Path, *, text: str, author: str = "Evaluation team"):
    source = folder / "report.typ"
    source.write_text(f'#set document(title: "Report", author: "{author}")\n{text}\n')
    typst.compile(str(source), output=str(folder / "report.pdf"))
    source.unlink()


def write(name: str, content: str | bytes) -> Callable[[Path], None]:
    def plant(folder: Path) -> None:
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)

    return plant


STEPS = " ".join(f"L {i} {i}" for i in range(200))
NOTEBOOK = {"cells": [{"outputs": [{"data": {"text/plain": ["  person_id case_id\n0 A B"]}}]}]}

OF_FILINGS = "New filing within 730 days of referral; everyone referred and eligible"

LEAKS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "small count in a table": (
        "small count",
        write("r.html", page(html_table(["Source", "People"], ["Police", "60"], ["School", "4"]))),
    ),
    "few people in words": (
        "small count",
        write("r.html", page("<p>Four people returned on the day of their release.</p>")),
    ),
    "few people in figures": ("small count", lambda f: pdf(f, text="We lost 7 young people.")),
    "about a few": (
        "small count",
        write("r.html", page("<p>Answers collected by the facilitator (about 10).</p>")),
    ),
    "two sizes of one group": (
        "two values",
        write(
            "r.html",
            page(
                html_table(["Step", "All", "rj"], ["Included in the cohort", "535", "205"])
                + html_table(["Characteristic", "rj (n = 210)"], ["Woman", "65 (31%)"])
            ),
        ),
    ),
    "one stage in two flows": (
        "two values",
        write(
            "r.html",
            page(
                html_table(["Step", "All"], ["Included", "535"])
                + html_table(["Step", "All"], ["Included", "540"], ["Followed", "470"])
            ),
        ),
    ),
    "invited in a caption and in a table": (
        "two values",
        write(
            "r.html",
            page(
                html_table(["Role", "Invited", "Answered"], ["Harmed parties", "230", "135"])
                + html_table(["Item", "Answers"], ["Fair", "130"]).replace(
                    "Counts<", "Role: Harmed parties. 135 of 235 invited people answered (57%).<"
                )
            ),
        ),
    ),
    "k of n in a sentence": ("small count", write("r.html", page("<p>8 of 60 people</p>"))),
    "n = k in a caption": ("small count", write("r.html", page("<p>Pilot site, n = 7.</p>"))),
    "small count in alternative text": (
        "small count",
        write("r.html", page('<img alt="Bars: 3 of 45 with a new filing">')),
    ),
    "small count in a comment": ("small count", write("r.html", page("<!-- 5 of 40 -->"))),
    "small count in a data attribute": (
        "small count",
        write("r.html", page('<p data-tip="9 of 80">text</p>')),
    ),
    "small count in a script": (
        "small count",
        write("r.html", page("<script>const tip = 'n = 6';</script>")),
    ),
    "small count in Word text": ("small count", lambda f: word(f, text="Only said by 3 of 55.")),
    "small count in a Word table": (
        "small count",
        lambda f: word(f, cells=[["Source", "People"], ["School", "6"]]),
    ),
    "small count in a PDF": ("small count", lambda f: pdf(f, text="There were 9 of 120 people.")),
    "small count in a sidecar": (
        "small count",
        write("f.csv", "arm,n_event\nrj,60\ncomparison,7\n"),
    ),
    "small count drawn": ("small count", write("f.svg", svg("<text>n = 8</text>"))),
    "small count as a drawing's title": ("small count", write("f.svg", svg("", title="4 of 70"))),
    "small count in an image's properties": ("small count", write("f.png", png("5 of 60 people"))),
    "drawing inside the page": (
        "small count",
        write(
            "r.html",
            page(
                '<img src="data:image/svg+xml;base64,'
                + base64.b64encode(svg("<text>7 of 90</text>").encode()).decode()
                + '">'
            ),
        ),
    ),
    "hidden part of a row total": (
        "derivable",
        write(
            "r.html",
            page(
                html_table(
                    ["Site", "Woman", "Man", "All"],
                    ["A", "30", "40", "70"],
                    ["B", "<11", "50", "54"],
                )
            ),
        ),
    ),
    "hidden part of a column total": (
        "derivable",
        write(
            "r.html",
            page(
                html_table(["Source", "People"], ["Police", "60"], ["School", "–"], ["Total", "65"])
            ),
        ),
    ),
    "numerator from rate and size": (
        "rate times n",
        write(
            "r.html",
            page(html_table(["Group", "People", "With event", "Rate"], ["rj", "60", "<11", "13%"])),
        ),
    ),
    "events of an arm from those of a model": (
        "with another table",
        write(
            "r.html",
            page(
                html_table(
                    ["Group", "People", "With event"], ["rj", "100", "25"], ["other", "40", "<11"]
                ).replace("Counts<", f"Reoffending. {OF_FILINGS}<")
                + html_table(["Term", "Hazard ratio"], ["Age", "0.97"]).replace(
                    "Counts<", f"Cox regression. {OF_FILINGS}. n = 140, events = 35<"
                )
            ),
        ),
    ),
    "people never checked in an arm": (
        "with another table",
        write(
            "r.html",
            page(
                html_table(
                    ["Step", "All", "rj"],
                    ["Included in the cohort", "130", "90"],
                    ["Left out: records never checked (outcome missing)", "20", "–"],
                )
                + html_table(
                    ["Group", "Window (days)", "Never checked"],
                    ["rj", "365", "15"],
                    ["other", "365", "–"],
                )
            ),
        ),
    ),
    "few who rose": (
        "inside an estimate",
        write(
            "r.html",
            page(
                html_table(
                    ["Item", "Pairs", "Rose less fell (percentage points) (95% CI)"],
                    ["Anger", "25", "−38.5 (−70.6 to −6.3)"],
                )
            ),
        ),
    ),
    "sidecar flagged but shown": (
        "flagged but shown",
        write("f.csv", "arm,n,estimate,suppressed\nrj,60,0.133,primary\n"),
    ),
    "counts that were not rounded": (
        "not rounded",
        write("f.csv", "arm,n_at_risk\nrj,143\ncomparison,97\n"),
    ),
    "group with nobody": (
        "all or none",
        write(
            "r.html",
            page(html_table(["Arm", "Satisfied"], ["rj", "0 (0%)"], ["other", "40 (50%)"])),
        ),
    ),
    "group with everybody": (
        "all or none",
        write("r.html", page(html_table(["Arm", "Answers", "Share"], ["rj", "40", "100%"]))),
    ),
    "all but one": ("wording", write("r.html", page("<p>All but one agreed.</p>"))),
    "only one": ("wording", write("r.html", page("<p>Only one offender disagreed.</p>"))),
    "none of the group": ("wording", write("r.html", page("<p>None of the 45 was arrested.</p>"))),
    "everybody": ("wording", write("r.html", page("<p>100% of harmed parties agreed.</p>"))),
    "mark left in": ("mark", write("r.html", page("<p>not for release</p>"))),
    "id of a person": ("secret", write("r.html", page("<p>Person P-00417 was left out.</p>"))),
    "id in a sidecar": ("secret", write("f.csv", "key,n\nP-00417,60\n")),
    "id in Word's properties": ("secret", lambda f: word(f, author="P-00417")),
    "id in the PDF's properties": ("secret", lambda f: pdf(f, text="Text.", author="P-00417")),
    "free text of a session": (
        "secret",
        write("r.html", page("<p>She said that the neighbour at no. 12 was there.</p>")),
    ),
    "e-mail address": ("contact", write("r.html", page("<p>write to jo.doe@example.org</p>"))),
    "social security number": ("contact", write("r.html", page("<p>123-45-6789</p>"))),
    "folder of a machine": ("folder", write("f.png", png("/home/jdoe/study/plot.py"))),
    "rows of people": ("rows of people", write("f.csv", "person_id,n\n12345,60\n")),
    "days of people": (
        "dates",
        write("f.csv", "k,on\n" + "".join(f"a,2024-0{m}-1{m}\n" for m in range(1, 9))),
    ),
    "frame in a notebook": ("row names", write("n.ipynb", json.dumps(NOTEBOOK))),
    "exact curve": ("exact curve", write("f.svg", svg(f'<path d="M 0 0 {STEPS}"/>'))),
    "a mark for each person": ("single marks", write("f.svg", svg('<circle r="1"/>' * 500))),
    "file of rows": ("row file", write("follow_up.parquet", b"PAR1")),
}


@pytest.fixture
def folder(tmp_path, results, rule) -> Path:
    """A clean report: every released table in HTML, Word and PDF, a figure and its sidecar."""
    draw = {
        "rates": tabulate_rates,
        "contrast": tabulate_contrasts,
        "cox": tabulate_estimates,
        "flow": tabulate_flow,
        "baseline": tabulate_baseline,
        "counts": tabulate_counts,
        "quality": tabulate_quality,
        "response": tabulate_response,
        "shares": tabulate_shares,
        "stages": tabulate_stages,
        "money": tabulate_restitution,
    }
    tables = [make(release(results[name], rule=rule)) for name, make in draw.items()]
    (tmp_path / "clean.html").write_text(page("\n".join(table.to_html() for table in tables)))
    pdf(tmp_path, text="\n".join(f"{table.caption}" for table in tables).replace("<", ""))
    (tmp_path / "report.pdf").rename(tmp_path / "clean.pdf")
    curves = release(results["curves"], rule=rule)
    curves.frame.to_csv(tmp_path / "curves.csv", index=False)
    (tmp_path / "curves.svg").write_text(svg('<path d="M 0 0 L 1 1"/><text>n = 300</text>'))
    return tmp_path


def test_a_clean_report_gives_nothing_away(folder, rule) -> None:
    report = attack_report(folder, rule=rule, secrets=SECRETS)
    assert report.summary().endswith("no findings.")
    assert report.is_clean
    assert report.n_tables >= 11


def test_there_are_at_least_25_kinds_of_planted_leak() -> None:
    assert len(LEAKS) >= 25


@pytest.mark.parametrize("leak", list(LEAKS))
def test_each_planted_leak_is_found(leak: str, tmp_path, rule) -> None:
    expected, plant = LEAKS[leak]
    plant(tmp_path)
    report = attack_report(tmp_path, rule=rule, secrets=SECRETS)
    assert expected in {finding.rule for finding in report.findings}, report.summary()
    for secret in SECRETS:
        assert secret not in report.summary()


#: Results whose tables hold counts that the rule of their type hides or rounds.
HOLD_COUNTS = (*("rates", "flow", "baseline", "counts", "quality", "response", "shares", "stages"),)


@pytest.mark.parametrize("name", HOLD_COUNTS)
def test_what_a_rule_hides_is_found_when_it_is_switched_off(name, results, rule, tmp_path) -> None:
    """The stamp without the rule of its type: the page is found out; with the rule it is not."""
    draw = {
        **{"rates": tabulate_rates, "flow": tabulate_flow, "baseline": tabulate_baseline},
        **{"counts": tabulate_counts, "quality": tabulate_quality, "shares": tabulate_shares},
        **{"response": tabulate_response, "stages": tabulate_stages},
    }[name]
    bare = stamped(results[name], results[name].frame.copy(), rule=rule)
    (tmp_path / "bare.html").write_text(page(draw(bare).to_html()))
    assert not attack_report(tmp_path, rule=rule).is_clean
    (tmp_path / "bare.html").write_text(page(draw(release(results[name], rule=rule)).to_html()))
    assert attack_report(tmp_path, rule=rule).is_clean


def test_an_exact_curve_is_found_when_its_rule_is_switched_off(results, rule, tmp_path) -> None:
    """The sidecar of a curve that was stamped only: every day, every number at risk."""
    results["curves"].frame.to_csv(tmp_path / "curves.csv", index=False)
    found = {one.rule for one in attack_report(tmp_path, rule=rule).findings}
    assert {"small count", "not rounded"} <= found


def test_every_rule_of_the_attack_has_a_planted_leak() -> None:
    """Rules are read from the code, so that none is added without a leak that it finds."""
    folder = Path(attack_tables.__code__.co_filename).parent
    code = "\n".join(one.read_text() for one in folder.glob("attack*.py"))
    rules = set(re.findall(r'(?:yield|rule=) ?"([a-z ]+)"', code))
    planted = {expected for expected, _ in LEAKS.values()}
    assert len(rules) >= 15
    assert rules - planted == {"between documents"}  # needs two documents: the test below


def test_the_highest_tier_is_no_group_of_people(tmp_path, rule) -> None:
    (tmp_path / "tier.html").write_text(page("<p>Design tier 5 of 5.</p>"))
    assert attack_report(tmp_path, rule=rule).is_clean
    (tmp_path / "tier.html").write_text(page("<p>45 of 45 agreed.</p>"))
    assert not attack_report(tmp_path, rule=rule).is_clean


def test_measures_that_happen_to_be_whole_are_no_counts(tmp_path, rule) -> None:
    """1.0 and 0.0 percentage points beside 1.3; but 4.0 people are four people."""
    rows = (["by video", "1.0", "1.3", "40.0"], ["site", "0.0", "−0.1", "60.0"])
    table = html_table(["Term", "low", "middle", "People"], *rows)
    (tmp_path / "effects.html").write_text(page(table))
    assert attack_report(tmp_path, rule=rule).is_clean
    (tmp_path / "effects.html").write_text(page(table.replace("40.0", "4.0")))
    assert {one.rule for one in attack_report(tmp_path, rule=rule).findings} >= {"small count"}


def test_enough_who_stayed_are_not_taken_for_few(tmp_path) -> None:
    """10 rose, 18 fell and 7 stayed of 35, the interval widened from 29.3 points to 30.3."""
    heads = ["Item", "Pairs", "Rose less fell (percentage points) (95% CI)"]
    table = html_table(heads, ["Fear", "35", "−23.0 (−53.3 to 7.3)"])
    (tmp_path / "change.html").write_text(page(table))
    standard = profile_rule("public_standard")
    assert attack_report(tmp_path, rule=standard).is_clean


def test_coarse_estimates_are_no_counts(tmp_path, rule) -> None:
    """Points of a coarse grid, all whole, beside their interval."""
    rows = (["by video", "−8.0", "−45.8 to 29.8", "3.0"], ["site", "0.0", "−32.6 to 32.6", "5.0"])
    table = html_table(["Term", "Favourable answers", "95% CI", "neither"], *rows)
    (tmp_path / "effects.html").write_text(page(table))
    assert attack_report(tmp_path, rule=rule).is_clean


def test_a_cell_hidden_in_one_document_and_shown_in_another_is_found(tmp_path, rule) -> None:
    header = ["Source", "People"]
    write("a.html", page(html_table(header, ["Police", "60"], ["School", "–"])))(tmp_path)
    write("b.html", page(html_table(header, ["Police", "60"], ["School", "15"])))(tmp_path)
    report = attack_report(tmp_path, rule=rule)
    assert {finding.rule for finding in report.findings} == {"between documents"}


def test_what_cannot_be_read_is_not_called_clean(tmp_path) -> None:
    (tmp_path / "report.docx").write_bytes(b"not a zip file")
    report = attack_report(tmp_path)
    assert not report.is_clean
    assert report.unread == ("report.docx (damaged)",)


def test_an_empty_folder_is_refused(tmp_path) -> None:
    with pytest.raises(DisclosureError, match="nothing to attack"):
        attack_report(tmp_path)


def test_shares_that_happen_to_be_whole_are_no_counts(tmp_path, rule) -> None:
    """A share of 1.0 beside its interval from 0.83 in a file of measures, with 20.0 people."""
    head = "id,unit,count,value,conf_low\n"
    (tmp_path / "m.csv").write_text(
        head + "a,count,20.0,20.0,\nb,share,20.0,1.0,0.83\nc,share,,,\n"
    )
    assert attack_report(tmp_path, rule=rule).is_clean
    (tmp_path / "m.csv").write_text(head + "a,count,4.0,20.0,\nb,share,20.0,1.0,0.83\n")
    assert {one.rule for one in attack_report(tmp_path, rule=rule).findings} >= {"small count"}
