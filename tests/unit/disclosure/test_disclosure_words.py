"""Bounds and notes: true sentences, and no count in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.bounds import above_text, below_text
from rjeval.disclosure.note_text import safe_note
from rjeval.disclosure.rounding import round_counts
from rjeval.surveys.wording import about

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
        (
            "25 events for 7 coefficients, fewer than 5 each: estimates may be too far from 1.",
            "25 events for 7 coefficients, fewer than 5 each: estimates may be too far from 1.",
        ),
        ("F = 3.2 on 4 degrees of freedom.", "F = 3.2 on 4 degrees of freedom."),
        ("Missing in 3 of 6 items.", "Missing in 3 of 6 items."),
        ("Moved by 3 percentage points.", "Moved by 3 percentage points."),
        ("Trained on 20 imputations.", "Trained on 20 imputations."),
        ("Collected by the facilitator (about 12).", "Collected by the facilitator (about 15)."),
        (
            "Collected by the facilitator (about 9).",
            "Collected by the facilitator (fewer than 11).",
        ),
        ("Taken from 3 people.", "Taken from fewer than 11 people."),
        ("7 people per site.", "fewer than 11 people per site."),
        ("9 young people came.", "fewer than 11 young people came."),
    ],
)
def test_notes_keep_limits_and_dates_and_lose_counts(note: str, expected: str) -> None:
    assert safe_note(note, rule=RULE) == expected


@pytest.mark.parametrize("n", range(1, 40))
def test_counts_of_survey_notes_obey_the_rule(n: int) -> None:
    """10 to 12 were "about 10" of an unknown number; now 1 to 10 are few and 11 on are 15 on."""
    shown = safe_note(f"Left out ({about(n)}).", rule=RULE)
    if n < RULE.min_cell:
        assert shown == "Left out (fewer than 11)."
    else:
        assert shown == f"Left out (about {round_counts([n], RULE)[0]:.0f})."
