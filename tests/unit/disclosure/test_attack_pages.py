"""The text of a PDF page is the same whether or not the lines of its figures are parsed."""

from __future__ import annotations

import io

import pypdf
import pytest
import typst

from rjeval.disclosure.attack_pages import page_text, without_paths

SOURCE = r"""
#set page(width: 12cm, height: 9cm)
= Rates (all \(n = 40\)), 1 2 m
Of every 100 people, about 14 (95% CI 11 to 18); ")" and "(" alone; 3 4 l stays.
#for i in range(60) { place(dx: i * 1mm, dy: 20mm + i * 0.3mm, line(length: 3mm)) }
#place(dy: 30mm, polygon((0mm, 0mm), (9mm, 3mm), (4mm, 8mm)))
#figure(table(columns: 2, [a (b)], [5 of 40], [ID], [1 2 3 4 re]), caption: [Counts (n)])
"""


def test_the_text_of_a_page_is_what_pypdf_extracts_from_the_whole_page():
    made = typst.compile(SOURCE.encode(), format="pdf")
    whole = pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert "3 4 l stays" in whole
    assert page_text(pypdf.PdfReader(io.BytesIO(made)).pages[0]) == whole


def test_a_stream_keeps_its_strings_and_loses_its_paths():
    content = rb"q 1 0 0 1 5 5 cm/c0 cs 0.1 scn 1 2 m 3 4 l 1 2 3 4 5 6 c h f Q BT (\(1 2 m) Tj ET"
    assert without_paths(content).split() == rb"BT (\(1 2 m) Tj ET".split()


@pytest.mark.parametrize(
    "content",
    [b"1 2 m (a(b(c(1 2 m )))) Tj", b"1 2 m BI /W 1 ID \x01\x02 EI", b"1 2 m (never closed"],
    ids=["deep brackets", "inline image", "open bracket"],
)
def test_a_stream_that_could_be_misread_is_left_whole(content):
    assert without_paths(content) == content
