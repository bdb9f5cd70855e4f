"""The HTML as a reader uses it: clicks, keys, narrow and dark screens, accessibility rules."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

PAGES = ("annual_report.html", "fact_sheet.html", "methods_appendix.html")
#: Widths in CSS pixels: a phone, and a desk.
PHONE, DESK = (360, 740), (1280, 900)
#: Chromium that makes no requests of its own.
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: All rules of WCAG 2.2 at level AA, and what axe calls best practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def _browser_file() -> str | None:
    given = os.environ.get("RJEVAL_BROWSER")
    return given or next(
        (
            file
            for file in map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
            if file
        ),
        None,
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    file = _browser_file()
    if file is None:
        pytest.skip("no browser test ran: install Chromium, or set RJEVAL_BROWSER to a browser")
    from playwright.sync_api import sync_playwright

    # Chromium cannot make its own sandbox inside most containers; it opens our own file only.
    arguments = [*QUIET, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else QUIET
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=file, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(params=["english", "spanish"])
def both(request: pytest.FixtureRequest) -> Path:
    """Folder of the documents in English, then in Spanish."""
    name = "report" if request.param == "english" else "spanish"
    return request.getfixturevalue(name)


@pytest.fixture
def visit(browser: Any, report: Path) -> Iterator[Any]:
    """Open a page of the report in English."""
    yield from _visits(browser, report)


@pytest.fixture
def visit_both(browser: Any, both: Path) -> Iterator[Any]:
    """Open a page of the report in English, then in Spanish."""
    yield from _visits(browser, both)


def _visits(browser: Any, report: Path) -> Iterator[Any]:
    """Open pages; any request that is not the page itself fails the test."""
    fetched: list[str] = []
    errors: list[str] = []
    contexts = []

    def opened(name: str, *, size: tuple[int, int] = DESK, dark: bool = False) -> Any:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda one: fetched.append(one.url))
        page.on("pageerror", lambda one: errors.append(str(one)))
        page.on("console", lambda one: errors.append(one.text) if one.type == "error" else None)
        page.goto((report / name).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    left = [url[:80] for url in fetched if not url.startswith(("data:", report.as_uri()))]
    assert not left
    assert not errors


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_no_accessibility_rule_is_broken(visit, name, size, dark) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(name, size=size, dark=dark)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    told = [
        f"{one['help']}: {len(one['nodes'])} places, first {one['nodes'][0]['html'][:120]}"
        for one in found.response["violations"]
    ]
    assert not told, "\n".join(told)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_accessibility_rule_is_broken_in_spanish(browser, spanish, name, dark) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for visit in _visits(browser, spanish):
        page = visit(name, dark=dark)
        found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        assert [one["help"] for one in found.response["violations"]] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_phone(visit_both, name) -> None:
    page = visit_both(name, size=PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def test_the_contents_stay_in_sight_and_lead_to_their_chapters(visit_both) -> None:
    page = visit_both(PAGES[0])
    links = page.locator("nav a")
    for number in (1, links.count() // 2, links.count() - 1):
        link = links.nth(number)
        link.click()
        target = link.get_attribute("href")
        top = page.evaluate(
            "id => document.getElementById(id).getBoundingClientRect().top", target[1:]
        )
        assert -1 <= top < DESK[1], target
        assert page.locator("nav details").bounding_box()["y"] >= 0
        page.wait_for_selector("nav a[aria-current]")


def test_the_contents_are_folded_on_a_phone_and_open_by_a_click(visit) -> None:
    page = visit(PAGES[0], size=PHONE)
    assert not page.locator("nav ol").is_visible()
    page.locator("nav summary").click()
    assert page.locator("nav ol").is_visible()


def test_the_keyboard_skips_to_the_report(visit) -> None:
    page = visit(PAGES[0])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"


def test_a_figure_is_enlarged_beyond_the_width_of_a_phone(visit) -> None:
    page = visit(PAGES[0], size=PHONE)
    page.locator("figure button").first.click()
    assert page.locator("#zoom img").bounding_box()["width"] > 2 * PHONE[0]
    assert page.locator("#zoom button").bounding_box()["x"] < PHONE[0]


def test_a_figure_is_enlarged_by_key_and_by_click_and_closes(visit_both) -> None:
    page = visit_both(PAGES[0])
    button = page.locator("figure button").first
    small = page.locator("figure img").first.bounding_box()["width"]
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#zoom")
    assert dialog.is_visible()
    assert dialog.locator("img").bounding_box()["width"] > 1.2 * small
    assert dialog.locator("img").get_attribute("alt") == page.locator(
        "figure img"
    ).first.get_attribute("alt")
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.locator("figure img").first.click()
    dialog.get_by_role("button").click()
    assert not dialog.is_visible()


def test_a_long_table_is_sorted_by_its_numbers_and_put_back(visit_both) -> None:
    page = visit_both(PAGES[0])
    table = page.locator("table[data-sortable]").first
    before = table.locator("tbody tr").all_inner_texts()
    heads = table.locator("thead th")
    column = heads.count() - 1
    button = heads.nth(column).get_by_role("button")
    button.click()
    assert heads.nth(column).get_attribute("aria-sort") == "ascending"
    texts = table.locator(f"tbody tr > :nth-child({column + 1})").all_inner_texts()
    numbers = [_number(text) for text in texts]
    known = [one for one in numbers if one is not None]
    assert known == sorted(known)
    assert numbers[: len(known)] == known, "cells without a number come last"
    button.press("Enter")
    assert heads.nth(column).get_attribute("aria-sort") == "descending"
    button.press("Enter")
    assert table.locator("tbody tr").all_inner_texts() == before


def _number(text: str) -> float | None:
    plain = re.sub(r",(?=\d{3})", "", text.strip()).replace("−", "-")
    found = re.match(r"-?\d+(\.\d+)?", plain)
    return float(found.group()) if found else None


#: Cells of a column, and the order in which they must stand.
SORTED = [
    (["1,250", "<11", "90", "–", "1,040"], ["90", "1,040", "1,250", "<11", "–"]),
    (["12,5%", "2,75%", "–", "110%"], ["2,75%", "12,5%", "110%", "–"]),
    (
        ["−0.4 (−1 a 0.2)", "−1.2 (−2 a −0.4)", "0.3"],
        ["−1.2 (−2 a −0.4)", "−0.4 (−1 a 0.2)", "0.3"],
    ),
    (["menos de 11", "45 de 155", "7 de 20"], ["7 de 20", "45 de 155", "menos de 11"]),
    (["2024-03-01", "2023-11-30", "2024-01-15"], ["2023-11-30", "2024-01-15", "2024-03-01"]),
    (["USD 9,000", "USD 120,000", "<11"], ["USD 9,000", "USD 120,000", "<11"]),
]


def test_numbers_sort_as_numbers_and_what_is_hidden_comes_last(visit_both) -> None:
    page = visit_both(PAGES[0])
    table = page.locator("table[data-sortable]").first
    button = table.locator("thead th").nth(1).get_by_role("button")
    for cells, wanted in SORTED:
        table.evaluate(
            """(table, cells) => {
              const rows = [...table.tBodies[0].rows];
              rows.slice(cells.length).forEach(row => { row.cells[1].textContent = "999999"; });
              cells.forEach((text, i) => { rows[i].cells[1].textContent = text; });
            }""",
            cells,
        )
        button.click()
        shown = table.locator("tbody tr > :nth-child(2)").all_inner_texts()
        button.click()
        button.click()
        assert [one for one in shown if one in cells] == wanted


def test_the_printed_page_shows_the_report_and_none_of_the_buttons(visit) -> None:
    page = visit(PAGES[0])
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert not page.locator("figure button").first.is_visible()
    assert page.locator("main h1").is_visible()


@pytest.mark.parametrize("name", PAGES)
def test_it_reads_without_scripts(browser, report, name) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report / name).as_uri())
    assert page.locator("main h1").is_visible()
    assert page.locator("nav ol").is_visible()
    assert page.locator("main :is(table, figure img)").first.is_visible()
    context.close()


def test_every_picture_is_drawn_and_has_its_words(visit) -> None:
    page = visit(PAGES[0])
    pictures = json.loads(
        page.evaluate(
            "JSON.stringify([...document.querySelectorAll('figure img')]"
            ".map(one => [one.naturalWidth, one.alt.length]))"
        )
    )
    assert pictures
    assert all(width > 100 and words > 40 for width, words in pictures)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_is_painted_in_the_colours_asked_for(visit, dark) -> None:
    page = visit(PAGES[0], dark=dark)
    picture = page.screenshot(clip={"x": 0, "y": 300, "width": 20, "height": 20})
    assert _brightness(picture) < 60 if dark else _brightness(picture) > 200


def _brightness(picture: bytes) -> float:
    return float(255 * np.asarray(imread(io.BytesIO(picture)))[..., :3].mean())
