"""The main job, as a user runs it: raw exports in, a finished evaluation in three forms out."""

from __future__ import annotations

import hashlib
import html as html_text
import json
import re
from html.parser import HTMLParser

import docx
import numpy as np
import pandas as pd
import pypdf
import pytest

from rjeval.cli.main import main
from rjeval.report.markup import WordPage
from rjeval.simulate.programme import simulate_programme
from rjeval.simulate.truth import Truth

#: Identifiers shorter than this could be a number of the report by chance.
LEAST_ID_LETTERS = 5


class Page(HTMLParser):
    """Tables as rows of text, figures, links and requests of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.captions: list[str] = []
        self.images: list[dict[str, str]] = []
        self.requests: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.n_figcaptions = 0
        self._into: list[str] | None = None

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._into = self.tables[-1][-1]
        elif tag == "caption":
            self.captions.append("")
            self._into = self.captions
        elif tag == "figcaption":
            self.n_figcaptions += 1
        elif tag == "img" and "src" in given:  # the frame for enlarged figures has none yet
            self.images.append(given)
        elif tag == "a":
            self.links.append(given["href"])
        if tag in ("link", "iframe", "object", "embed", "video", "audio", "source"):
            self.requests.append(tag)
        self.requests += [given[n] for n in ("src", "srcset") if n in given and tag != "img"]

    def handle_endtag(self, tag):
        if tag in ("td", "th", "caption"):
            self._into = None

    def handle_data(self, data):
        if self._into is not None:
            self._into[-1] += data


@pytest.fixture(scope="session")
def html(report) -> str:
    return (report / "annual_report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def page(html) -> Page:
    parsed = Page()
    parsed.feed(html)
    return parsed


@pytest.fixture(scope="session")
def pdf(report) -> pypdf.PdfReader:
    return pypdf.PdfReader(report / "annual_report.pdf")


@pytest.fixture(scope="session")
def pdf_text(pdf) -> str:
    return "\n".join(one.extract_text() for one in pdf.pages)


@pytest.fixture(scope="session")
def word(report):
    return docx.Document(str(report / "annual_report.docx"))


def rows_of(page: Page, caption: str) -> list[list[str]]:
    """Rows of the first table whose caption holds a phrase."""
    (number, *_) = [i for i, text in enumerate(page.captions) if caption in text]
    return page.tables[number]


def interval(text: str) -> tuple[float, float]:
    low, high = re.findall(r"\d+(?:\.\d+)?", text)
    return float(low), float(high)


def test_three_documents_in_three_forms_and_the_manifest_exist_and_nothing_else(report):
    names = sorted(path.name for path in report.iterdir())
    kinds = ("annual_report", "fact_sheet", "methods_appendix")
    forms = ("docx", "html", "json", "pdf")
    expected = [f"{kind}.{form}" for kind in kinds for form in forms]
    expected += ["manifest.json", "performance_measures.csv", "performance_measures.json"]
    assert names == sorted(expected)
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    for name, digest in manifest["documents"]["annual"]["outputs"].items():
        assert hashlib.sha256((report / name).read_bytes()).hexdigest() == digest
    assert "referral.parquet" in manifest["inputs"]


def test_the_page_asks_nothing_of_any_other_place(page, html):
    assert page.requests == []
    assert page.images
    for image in page.images:
        assert image["src"].startswith("data:image/svg+xml;base64,")
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|sendBeacon|WebSocket", html)


def test_links_of_the_contents_lead_somewhere_and_ids_are_unique(page):
    assert len(set(page.ids)) == len(page.ids)
    inside = [link[1:] for link in page.links if link.startswith("#")]
    assert set(inside) <= set(page.ids)
    assert len(inside) > 20


def test_each_table_and_figure_is_numbered_and_described(page):
    assert len(page.captions) == len(page.tables) >= 15
    for number, caption in enumerate(page.captions, start=1):
        assert caption.startswith(f"Table {number}. ")
    assert len(page.images) == page.n_figcaptions >= 6
    assert all(len(image["alt"]) > 40 for image in page.images)


def test_all_three_forms_hold_the_same_tables_and_figures(page, word, pdf_text):
    tiles, *tables = word.tables  # the summary's tiles, which are no table on the page
    assert len(tables) == len(page.tables)
    assert len(tiles.columns) == WordPage().tiles_abreast
    assert len(word.inline_shapes) == len(page.images)
    for number in range(1, len(page.images) + 1):
        assert f"Figure {number}." in pdf_text
    for number in range(1, len(page.tables) + 1):
        assert f"Table {number}." in pdf_text
    for ours, theirs in zip(page.tables, tables, strict=True):
        assert [len(ours), len(ours[0])] == [len(theirs.rows), len(theirs.columns)]


def test_synthetic_data_are_labelled_in_every_form_and_on_every_page(html, word, pdf):
    assert "SYNTHETIC DATA" in html
    assert "SYNTHETIC DATA" in word.sections[0].header.paragraphs[0].text
    for one in pdf.pages:
        assert "SYNTHETIC DATA" in one.extract_text()


def test_chapters_stand_in_reading_order_with_the_summary_first(pdf, html):
    chapters = [mark.title for mark in pdf.outline if not isinstance(mark, list)]
    assert chapters[:6] == [
        "Summary",
        "Data and their quality",
        "Who was referred, and what was delivered",
        "Reoffending",
        "What participants said",
        "Training and the community",
    ]
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", html)[: len(chapters)] == chapters


def test_nothing_is_marked_unreleased(html, pdf_text):
    for text in (html, pdf_text):
        assert "not for release" not in text.lower()


def test_no_person_case_or_session_is_named(study, html, pdf_text, word):
    texts = [html, pdf_text, *(paragraph.text for paragraph in word.paragraphs)]
    texts += [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    found = " ".join(texts)
    words = set(re.findall(r"[\w-]+", found))
    for table in (study / "data" / "processed").glob("*.parquet"):
        frame = pd.read_parquet(table)
        for name in [one for one in frame.columns if one.endswith(("_id", "_key"))]:
            if name in ("site_id", "program_id", "item_id", "instrument_id"):
                continue
            values = {str(one) for one in frame[name].dropna()}
            assert not {one for one in values if len(one) >= LEAST_ID_LETTERS} & words, name


def test_the_planted_hazard_ratio_lies_in_the_reported_interval(page):
    (row,) = [row for row in rows_of(page, "Cox regression") if row[0].startswith("Arm:")]
    low, high = interval(row[2])
    assert low <= Truth().hazard_ratio <= high


def test_the_planted_shift_of_satisfaction_lies_in_the_reported_interval(report):
    appendix = Page()
    appendix.feed((report / "methods_appendix.html").read_text(encoding="utf-8"))
    table = next(
        rows
        for caption, rows in zip(appendix.captions, appendix.tables, strict=True)
        if "Ordinal regression" in caption and any(r[0].startswith("Mode:") for r in rows)
    )
    (row,) = [row for row in table if row[0].startswith("Mode:")]
    low, high = interval(row[2])
    assert low <= np.exp(Truth().mode_shift_harmed) <= high


def test_four_measures_a_grid_and_predicted_answers_are_shown(page):
    summary = rows_of(page, "Four measures of reoffending side by side")
    assert list(dict.fromkeys(row[0].split(":")[0] for row in summary[1:])) == [
        "How many",
        "How often",
        "How serious",
        "How soon",
    ]
    grid = [row[0] for row in rows_of(page, "The difference under other definitions")]
    assert grid[1] == "Primary"
    assert {"Clock from the offer", "Felonies only", "Follow-up ends with custody"} <= set(grid)
    assert "Adjusted for recorded characteristics" in grid
    both = [c for c in page.captions if "Predicted answers" in c]
    assert len(both) == 2
    assert len([c for c in page.captions if "answered both times" in c]) >= 2


def test_a_planted_fall_of_fear_and_anger_is_found_in_pairs(page):
    table = rows_of(page, "Change among harmed parties who answered both times")
    for row in table[1:]:
        assert row[2].startswith("−")


@pytest.mark.parametrize(("arm", "label"), [("rj", "Restorative"), ("comparison", "Comparison")])
@pytest.mark.parametrize("days", [365, 730])
def test_the_planted_risks_lie_in_the_reported_intervals(page, arm, label, days):
    truth = simulate_programme().risk(arm, at_days=days)
    rows = [
        row
        for row in rows_of(page, "Reoffending recorded within fixed windows")
        if row[0].startswith(label) and row[1] == str(days)
    ]
    low, high = interval(rows[0][5])
    assert low <= 100 * truth <= high


def test_the_fact_sheet_is_one_page_with_its_evidence_apart(report):
    pdf = pypdf.PdfReader(report / "fact_sheet.pdf")
    assert len(pdf.pages) == 1
    text = pdf.pages[0].extract_text()
    assert "SYNTHETIC DATA" in text
    assert text.index("Reoffending recorded") < text.index("What is known elsewhere")
    assert "doi:10.4073/csr.2013.12" in text


def test_the_fact_sheet_tells_cost_equity_and_the_steps_from_inputs_to_outcomes(report):
    text = (report / "fact_sheet.html").read_text(encoding="utf-8")
    words = html_text.unescape(re.sub(r"<[^>]+>", " ", text))
    cost = re.search(r"The programme cost USD ([\d,]+) from 2021-07-01 to 2024-06-30", words)
    each = re.search(r"USD ([\d,]+)\s+for each person who completed \((\d+)\)", words)
    whole, one, people = (float(x.replace(",", "")) for x in (cost[1], *each.groups()))
    assert one == pytest.approx(whole / people, rel=0.005)  # three digits
    for stage in ("Consented", "Completed"):
        assert re.search(rf"{stage}\s*, of those .*: White \d", words)
    for head in ("Inputs", "Activities", "Outputs", "Outcomes"):
        assert f">{head}</th>" in text


def test_the_methods_appendix_is_written_from_the_run(report, study):
    text = (report / "methods_appendix.html").read_text(encoding="utf-8")
    fingerprint = hashlib.sha256((study / "study.toml").read_bytes()).hexdigest()
    assert fingerprint in text
    assert "Seed of everything random: 20210701." in text
    assert "arm + age_at_index + prior_arrests + site_id" in text
    assert "Counts of people from 1 to 10 are not shown" in text


def test_claims_stand_in_every_form(html, pdf_text, word):
    joined = " ".join(paragraph.text for paragraph in word.paragraphs)
    for text in (html, pdf_text.replace("\n", " "), joined):
        assert re.search(r"about \d+ of every 100", text)
        assert "No clear difference" in text


def test_a_second_run_with_nothing_changed_makes_nothing_and_says_so(study, report, html, capsys):
    written = (report / "annual_report.html").stat().st_mtime_ns
    assert main(["report", str(study)]) == 0
    assert (report / "annual_report.html").stat().st_mtime_ns == written
    assert "unchanged" in capsys.readouterr().out
    assert (report / "annual_report.html").read_text(encoding="utf-8") == html


def test_a_run_from_the_beginning_gives_the_same_page(study, report, html):
    assert main(["report", str(study), "--again"]) == 0
    assert (report / "fact_sheet.html").is_file()
    assert (report / "annual_report.html").read_text(encoding="utf-8") == html
