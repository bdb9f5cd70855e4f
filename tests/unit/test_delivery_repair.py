"""Agreements, obligations and restitution, worked by hand; and what is never shown of money."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rjeval.analysis_data import Exports
from rjeval.delivery.agreements import count_agreements, count_obligations, restitution_totals
from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.border import release
from rjeval.errors import DataError

#: Figures below are worked to six digits by hand.
DIGITS = 1e-6


def _exports(**tables):
    empty = pd.DataFrame()
    return Exports(tables=tables, accounts=(), ledger=empty, quality=empty)


def _study(owed, paid, *, site=None):
    """One person per sum owed; ``paid`` lists that person's payments."""
    n = len(owed)
    number = [str(i) for i in range(n)]
    referral = pd.DataFrame({"referral_id": number, "person_id": number, "case_id": number})
    referral["site_id"] = site or ["north"] * n
    agreement = pd.DataFrame({"agreement_id": number, "referral_id": number, "status": "completed"})
    obligation = pd.DataFrame(
        {
            "obligation_id": number,
            "agreement_id": number,
            "kind": "restitution_money",
            "amount_owed": pd.array(owed, dtype="Float64").to_numpy(float, na_value=float("nan")),
            "status": "completed",
        }
    )
    payment = pd.DataFrame(
        [(number[i], float(one)) for i, many in enumerate(paid) for one in many],
        columns=["obligation_id", "amount"],
    )
    return _exports(referral=referral, agreement=agreement, obligation=obligation, payment=payment)


def test_share_paid_is_the_ratio_of_the_sums_with_its_linearised_error():
    """Owed 100, 200, 300, paid 100, 100, 0: 200 of 600.

    Residuals y - x/3: 66.667, 33.333, -100; squares add to 15,555.56; times 3/2 and the root is
    152.753; over 600 is .254588.
    """
    result = restitution_totals(_study([100, 200, 300], [[60, 40], [100], []]))
    row = result.frame.iloc[0]
    assert (row["amount_owed"], row["amount_paid"], row["n_people"]) == (600, 200, 3)
    assert row["estimate"] == pytest.approx(1 / 3, abs=DIGITS)
    assert row["std_error"] == pytest.approx(0.254588, abs=DIGITS)
    assert row["conf_low"] == 0
    assert row["conf_high"] == pytest.approx(0.333333 + 1.959964 * 0.254588, abs=DIGITS)
    assert (row["n_paid_in_full"], row["n_paid_nothing"]) == (1, 1)
    assert (row["largest_owed"], row["second_paid"]) == (300, 100)


def test_mean_of_shares_is_not_what_is_estimated():
    """One debt of 10 paid, one of 990 unpaid: 1% of the money, though half of the people."""
    row = restitution_totals(_study([10, 990], [[10], []])).frame.iloc[0]
    assert row["estimate"] == pytest.approx(0.01)


def test_two_obligations_of_one_person_are_one_debtor():
    study = _study([100, 50], [[100], []])
    referral = study.tables["referral"].assign(person_id="same")
    row = restitution_totals(_exports(**{**study.tables, "referral": referral})).frame.iloc[0]
    assert (row["n_people"], row["n_obligations"]) == (1, 2)
    assert pd.isna(row["std_error"])


def test_obligations_without_an_amount_are_left_out_and_said_so():
    result = restitution_totals(_study([100, None], [[50], [50]]))
    assert result.frame["amount_paid"].tolist() == [50]
    assert result.notes


def test_totals_by_site():
    frame = restitution_totals(_study([100, 300], [[100], [60]], site=["a", "b"]), "site_id").frame
    assert frame["site_id"].tolist() == ["a", "b"]
    assert frame["estimate"].tolist() == [1.0, 0.2]


def test_nothing_to_pay_is_refused_with_what_to_map():
    with pytest.raises(DataError, match="no total"):
        restitution_totals(_study([None], [[]]))
    with pytest.raises(DataError, match="did not collect the table agreement"):
        restitution_totals(_exports())


def test_agreements_keep_attempts_that_came_to_none():
    study = _study([1, 1, 1], [[], [], []])
    agreement = study.tables["agreement"].assign(
        status=["completed", "no_agreement_reached", "completed"]
    )
    result = count_agreements(_exports(**{**study.tables, "agreement": agreement}))
    assert result.frame[["status", "n"]].values.tolist() == [
        ["completed", 2],
        ["no_agreement_reached", 1],
    ]
    assert result.frame["share"].tolist() == [2 / 3, 1 / 3]


def test_obligations_by_kind_and_status():
    study = _study([1, 1, 1], [[], [], []])
    obligation = study.tables["obligation"].assign(
        kind=["essay", "essay", "school"], status=["completed", "partial", "completed"]
    )
    exports = _exports(**{**study.tables, "obligation": obligation})
    frame = count_obligations(exports).frame
    assert frame.set_index(["kind", "status"])["n"].to_dict() == {
        ("essay", "completed"): 1,
        ("essay", "partial"): 1,
        ("school", "completed"): 1,
    }
    one = count_obligations(exports, "status", kinds=["essay"]).frame
    assert one["n"].tolist() == [1, 1]


def test_released_sums_lose_the_largest_contributors_and_are_rounded():
    study = _study([100 + i for i in range(30)], [[100] for _ in range(30)])
    shown = release(restitution_totals(study), rule=DisclosureRule()).frame.iloc[0]
    assert "largest_owed" not in shown
    assert (shown["amount_owed"], shown["amount_paid"]) == (3440, 3000)
    assert shown["n_people"] == 30
    assert shown["suppressed"] == ""


@pytest.mark.parametrize(
    ("owed", "kind"),
    [
        ([100] * 10, "denominator"),
        ([100] * 11, ""),
        ([100_000, *[100] * 15], "primary"),
        ([50_000, 49_000, *[500] * 15], "primary"),
        ([5_000, 4_000, *[500] * 15], ""),
    ],
    ids=["ten people", "eleven people", "one dominates", "two dominate", "nobody dominates"],
)
def test_sums_of_few_or_of_one_are_never_shown(owed, kind):
    study = _study(owed, [[one // 2] for one in owed])
    shown = release(restitution_totals(study), rule=DisclosureRule()).frame.iloc[0]
    assert shown["suppressed"] == kind
    assert pd.isna(shown["amount_owed"]) == (kind != "")


def test_one_hidden_site_takes_another_with_it():
    """Else the hidden sum is the total less the others."""
    owed = [100] * 12 + [110] * 20 + [100] * 3
    study = _study(owed, [[1]] * 35, site=["a"] * 12 + ["b"] * 20 + ["c"] * 3)
    shown = release(restitution_totals(study, "site_id"), rule=DisclosureRule()).frame
    assert shown["suppressed"].tolist() == ["complementary", "", "denominator"]
    assert shown["amount_owed"].isna().tolist() == [True, False, True]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1)), min_size=2, max_size=30))
def test_share_lies_within_its_interval_and_between_nothing_and_all(rows):
    owed = [a for a, _ in rows]
    row = restitution_totals(_study(owed, [[a * s] for a, s in rows])).frame.iloc[0]
    assert 0 <= row["conf_low"] <= row["estimate"] + 1e-12
    assert row["estimate"] <= row["conf_high"] + 1e-12
    assert row["conf_high"] <= 1 + 1e-12
