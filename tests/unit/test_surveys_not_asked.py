"""Reasons why people were not asked: rare ones merged, so that nothing small is told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import Exports
from rjeval.design.study import StudyDesign
from rjeval.errors import DataError

DESIGN = StudyDesign(title="A study", root=Path())


def counted(*rows):
    """Count ``(role, status, reason, n)``."""
    table = pd.DataFrame(
        [(role, status, reason) for role, status, reason, n in rows for _ in range(n)],
        columns=["role", "status", "not_invited_reason"],
    )
    exports = Exports(
        tables={"survey_invitation": table},
        accounts=(),
        ledger=pd.DataFrame(),
        quality=pd.DataFrame(),
    )
    return rj.count_not_invited(exports, design=DESIGN)


def cells(result):
    frame = result.frame
    return dict(zip(zip(frame["role"], frame["reason"], strict=True), frame["n"], strict=True))


def test_invitations_that_were_never_sent_are_counted_by_role_and_reason():
    result = counted(
        ("harmed_party", "completed", None, 40),
        ("harmed_party", "not_invited", "no_capacity", 30),
        ("harmed_party", "unsafe_to_contact", "told us", 15),
        ("responsible_party", "not_invited", "no_capacity", 12),
        ("responsible_party", "not_invited", None, 14),
        ("responsible_party", "not_invited", " ", 2),
    )
    assert cells(result) == {
        ("harmed_party", "no_capacity"): 30,
        ("harmed_party", "unsafe_to_contact"): 15,
        ("responsible_party", "no_capacity"): 12,
        ("responsible_party", "not_recorded"): 16,
    }


def test_reasons_of_a_few_are_counted_together_until_they_are_enough():
    result = counted(
        ("harmed_party", "not_invited", "no capacity", 50),
        ("harmed_party", "not_invited", "no address", 20),
        ("harmed_party", "not_invited", "in hospital after the break-in on Elm Street", 1),
    )
    # One alone is too few, so the rarer of the others joins it.
    assert cells(result) == {
        ("harmed_party", "no capacity"): 50,
        ("harmed_party", "other_reasons"): 21,
    }
    released = rj.release(result, rule=DESIGN.disclosure).frame
    assert released["n"].tolist() == [50, 20]


def test_one_reason_and_a_few_others_stand_as_one():
    result = counted(
        ("harmed_party", "not_invited", "no_capacity", 18),
        ("harmed_party", "unsafe_to_contact", None, 3),
        ("responsible_party", "not_invited", "no_capacity", 17),
        ("responsible_party", "unsafe_to_contact", None, 4),
    )
    assert cells(result) == {
        ("harmed_party", "No capacity, or another reason"): 21,
        ("responsible_party", "No capacity, or another reason"): 21,
    }
    assert "No capacity, or another reason" in rj.tabulate_counts(result).to_html()


def test_a_lone_rare_reason_is_not_named():
    result = counted(
        ("harmed_party", "not_invited", "in hospital", 2), ("harmed_party", "completed", None, 9)
    )
    assert cells(result) == {("harmed_party", "other_reasons"): 2}


def test_where_everybody_was_asked_there_is_nothing_to_count():
    with pytest.raises(DataError, match="Everybody who could be asked was asked"):
        counted(("harmed_party", "completed", None, 9))
