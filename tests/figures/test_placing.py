"""Measured text: lines keep their width, labels keep apart, whatever the words."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rjeval.figures.placing import key_columns, spread, text_width, wrap

SIZE = 8.5
#: Sums of floats: labels may overlap by less than a millionth of a point.
EXACT_PT = 1e-6
words = st.text(alphabet=st.characters(codec="latin-1", categories=["L", "N", "P"]), max_size=30)


@given(st.lists(words, max_size=8), st.floats(30, 300))
def test_no_line_is_wider_than_allowed(parts, width):
    for line in wrap(" ".join(parts), width, size=SIZE).split("\n"):
        assert text_width(line, SIZE) <= width or len(line) == 1


@given(st.lists(words.filter(bool), max_size=8), st.floats(30, 300))
def test_wrapping_loses_no_letter(parts, width):
    text = " ".join(parts)
    wrapped = wrap(text, width, size=SIZE)
    assert wrapped.replace("\n", "").replace(" ", "") == text.replace(" ", "")


def test_lines_do_not_break_at_no_break_spaces():
    assert wrap("people n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}60", 45, size=SIZE) == (
        "people\nn\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}60"
    )


labels = st.lists(st.tuples(st.floats(0, 200), st.floats(5, 30)), min_size=1, max_size=6)


@given(labels)
def test_labels_never_overlap_and_keep_their_order(items):
    centres, heights = [c for c, _ in items], [h for _, h in items]
    placed = spread(centres, heights, low=0, high=200)
    order = sorted(range(len(items)), key=lambda i: centres[i])
    for i, j in itertools.pairwise(order):
        assert placed[j] - placed[i] >= (heights[i] + heights[j]) / 2 - EXACT_PT
    if sum(heights) <= 200:
        assert min(p - h / 2 for p, h in zip(placed, heights, strict=True)) >= -EXACT_PT
        assert max(p + h / 2 for p, h in zip(placed, heights, strict=True)) <= 200 + EXACT_PT


def test_labels_with_room_stay_where_they_belong():
    assert spread([20.0, 80.0], [10.0, 10.0], low=0, high=100) == [20.0, 80.0]


@pytest.mark.parametrize(("width", "columns"), [(10, 1), (130, 2), (1000, 3)])
def test_keys_take_the_columns_that_fit(width, columns):
    assert key_columns(["one", "two", "three"], size=SIZE, width=width) == columns
