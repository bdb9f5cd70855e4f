"""Bounds and notes: true sentences, and no count in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.bounds import above_text, below_text
from rjeval.disclosure.note_text import safe_note
from rjeval.disclosure.rounding import round_counts

RULE = DisclosureRule()


@given(st.integers(20, 5000), st.integers(0, 10))
def test_the_bound_is_true_of_every_count_it_may_stand_for(n: int, k: int) -> None:
    shown = float(round_counts([n], RULE)[0])
    text = below_text(RULE, n_shown=shown)
    limit = float(text.split("under ")[1].rstrip("%)"))
    assert 100 * k / n < limit
    high = above_text(RULE, n_shown=shown)
    assert 100 * (n - k) / n > float(high.split("than ")[1].split("%")[0])


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("7 people were left out.", "fewer than 11 people were left out."),
        ("1,204 of 1,310 rows were kept.", "1,205 of 1,310 rows were kept."),
        ("rj, 365 days: 3 late.", "rj, 365 days: fewer than 11 late."),
        ("Records of 83% were checked.", "Records of 83% were checked."),
        ("At least 20 are needed.", "At least 20 are needed."),
        ("Records to 2024-06-30.", "Records to 2024-06-30."),
        ("Referred in 2023.", "Referred in 2023."),
        ("p below 0.05.", "p below 0.05."),
    ],
)
def test_notes_keep_limits_and_dates_and_lose_counts(note: str, expected: str) -> None:
    assert safe_note(note, rule=RULE) == expected
