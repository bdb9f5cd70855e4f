"""The flow of the cohort on its way to those analysed: one set of numbers, few never told."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.border import release
from rjeval.results import CohortFlow

RULE = DisclosureRule()
ARMS = ("comparison", "rj")
COUNTS = ["n", "n_comparison", "n_rj"]
#: Random flows; each is released twice.
FLOWS = 60


def flow(
    *, excluded: dict[str, tuple[int, int]], included: tuple[int, int], lost: tuple[int, int]
) -> CohortFlow:
    """Build a flow from people by arm: left out before the cohort, in it, not analysed."""
    before = [("stage", "assessed", "Assessed", _plus(included, *excluded.values()))]
    before += [("exclusion", name, name, two) for name, two in excluded.items()]
    rows = [*before, ("stage", "included", "Included", included)]
    if sum(lost):
        rows.append(("exclusion", "never_checked", "Never checked", lost))
    last = (included[0] - lost[0], included[1] - lost[1])
    rows.append(("stage", "analysed", "Analysed", last))
    frame = pd.DataFrame(
        [(kind, step, label, sum(two), *two) for kind, step, label, two in rows],
        columns=["kind", "step", "label", *COUNTS],
    )
    return CohortFlow(frame=frame, arms=ARMS)


def to_cohort(result: CohortFlow) -> CohortFlow:
    """Cut a flow off at the cohort, as where no outcome was given."""
    end = result.frame.index[result.frame["step"] == "included"][0]
    return replace(result, frame=result.frame.iloc[: end + 1])


def _plus(*pairs: tuple[int, int]) -> tuple[int, int]:
    return sum(one[0] for one in pairs), sum(one[1] for one in pairs)


def steps(result: CohortFlow) -> pd.DataFrame:
    return release(result, rule=RULE).frame.set_index("step")[COUNTS]


@pytest.mark.parametrize("number", range(FLOWS))
def test_the_way_to_the_cohort_is_the_same_in_every_document(number: int) -> None:
    """Whether or not the flow goes on, each count up to the cohort is one number."""
    rng = np.random.default_rng(number)

    def pair(most: int) -> tuple[int, int]:
        first, second = rng.integers(0, most, size=2)
        return int(first), int(second)

    reasons = {f"reason {i}": pair(120) for i in range(int(rng.integers(1, 6)))}
    base = int(rng.integers(150, 1500)), int(rng.integers(150, 1500))
    result = flow(excluded=reasons, included=base, lost=pair(60))
    short, long = steps(to_cohort(result)), steps(result)
    pd.testing.assert_frame_equal(long.iloc[: len(short)], short)


@pytest.mark.parametrize("lost", [(3, 4), (0, 7), (10, 0), (1, 9)])
def test_where_few_were_not_analysed_the_flow_ends_with_the_cohort(lost) -> None:
    result = flow(excluded={"repeat": (40, 60)}, included=(135, 230), lost=lost)
    released = release(result, rule=RULE)
    assert released.frame["step"].tolist() == ["assessed", "repeat", "included"]
    assert any("Fewer than 11 people of the cohort" in one for one in released.released.notes)


def test_the_same_is_said_of_all_small_numbers_of_people_not_analysed() -> None:
    """From 1 to 10 lost, nothing that is released differs: no smaller range can be inferred."""
    shown = [
        release(flow(excluded={"repeat": (40, 60)}, included=(135, 230), lost=(lost, 0)), rule=RULE)
        for lost in range(1, 11)
    ]
    for first, second in itertools.pairwise(shown):
        pd.testing.assert_frame_equal(first.frame, second.frame)
        assert first.released.notes == second.released.notes


def test_a_few_in_one_arm_hide_the_arms_and_not_the_whole() -> None:
    result = flow(excluded={"repeat": (40, 60)}, included=(135, 230), lost=(6, 34))
    shown = steps(result)
    assert shown.loc["included", COUNTS].tolist() == [365, 135, 230]
    assert shown.loc[["never_checked", "analysed"], "n"].tolist() == [40, 325]
    assert shown.loc[["never_checked", "analysed"], COUNTS[1:]].isna().all(axis=None)


def test_the_flow_reaches_those_analysed_where_enough_people_make_the_difference() -> None:
    shown = steps(flow(excluded={"repeat": (40, 60)}, included=(135, 230), lost=(15, 20)))
    assert shown.loc["never_checked"].tolist() == [35, 15, 20]
    assert shown.loc["analysed"].tolist() == [330, 120, 210]
    nobody = steps(flow(excluded={"repeat": (40, 60)}, included=(135, 230), lost=(0, 0)))
    assert nobody.loc["analysed"].tolist() == nobody.loc["included"].tolist()


def test_arms_that_the_cohort_hides_stay_hidden_after_it() -> None:
    """9 people in one arm: neither they nor, by what follows, the other arm."""
    shown = steps(flow(excluded={"repeat": (0, 60)}, included=(9, 400), lost=(0, 40)))
    assert np.isnan(shown.loc["included", "n_comparison"])
    assert shown.loc[["never_checked", "analysed"], COUNTS[1:]].isna().all(axis=None)
