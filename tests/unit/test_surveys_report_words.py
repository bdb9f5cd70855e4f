"""What the report says of standing, overlap, facilitators and the community's items."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import Exports
from rjeval.design.study import StudyDesign

DESIGN = StudyDesign(title="A study", root=Path())
LEVELS = ["1", "2", "3"]


def rated(n_groups=20, each=15, spread=1.5, seed=4):
    """Ratings of people whose facilitators differ by ``spread`` on the latent scale."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), each)
    video = rng.integers(0, 2, len(group))
    latent = -0.4 * video + rng.normal(0, spread, n_groups)[group] + rng.logistic(size=len(group))
    frame = pd.DataFrame(
        {
            "rating": np.array(LEVELS)[np.searchsorted([-1.0, 1.0], latent)],
            "mode": np.where(video == 1, "video", "in_person"),
            "facilitator_id": group.astype(str),
        }
    )
    return rj.ratings(frame, rating="rating", levels=LEVELS, top=1)


def test_variation_between_facilitators_is_said_as_a_share():
    fit = rj.ordinal_mixed_regression(rated(), "mode", group="facilitator_id")
    fit = rj.release(fit, rule=DESIGN.disclosure)
    sentence = str(rj.claims(fit, design=DESIGN))
    icc = fit.frame.set_index("term").loc["icc(facilitator_id)"]
    assert f"variation by facilitator: {100 * icc['estimate']:.1f}% of the variation" in sentence
    assert f"{100 * icc['conf_low']:.1f}% to {100 * icc['conf_high']:.1f}%" in sentence


def test_where_groups_hardly_differ_the_interval_starts_at_nothing():
    fit = rj.ordinal_mixed_regression(rated(spread=0.2, seed=6), "mode", group="facilitator_id")
    rows = fit.frame[fit.frame["component"] == "spread"].set_index("term")
    sd = rows.loc["sd(facilitator_id)"]
    assert sd["std_error"] / sd["estimate"] > 0.5, "the case that this test is about"
    high = sd["estimate"] + 1.959964 * sd["std_error"]
    assert (sd["conf_low"], sd["conf_high"]) == (0.0, pytest.approx(high))
    icc = rows.loc["icc(facilitator_id)"]
    assert icc["conf_high"] == pytest.approx(high**2 / (high**2 + np.pi**2 / 3))


def test_a_comparison_of_modes_says_whether_people_have_counterparts():
    found = rj.release(rj.compare_modes(rated(), "mode"), rule=DESIGN.disclosure)
    assert "At least 90% of people have a counterpart" in str(rj.claims(found, design=DESIGN))


def standing_of(*kinds):
    frame = pd.DataFrame({"rating": LEVELS * len(kinds), "standing": np.repeat(kinds, 3)})
    return rj.satisfaction_shares(rj.ratings(frame, rating="rating", levels=LEVELS))


def test_a_table_says_which_harmed_parties_it_is_about():
    assert "Role: respondent (direct)" in rj.tabulate_shares(standing_of("direct")).caption.replace(
        "Role: Respondent", "Role: respondent"
    )
    assert standing_of("direct", "organisation").standing == ""


def community(values):
    table = pd.DataFrame(
        {
            "respondent_id": [str(i) for i in range(len(values))],
            "wave": "2023",
            "sample_type": "probability",
            "trust_legal_system": values,
        }
    )
    return Exports(
        tables={"community_survey": table},
        accounts=(),
        ledger=pd.DataFrame(),
        quality=pd.DataFrame(),
    )


def test_items_of_the_community_are_named_in_words_and_points_have_ends():
    given = rj.score_community(community([1.0, 5.0, 3.0, None]))
    frame = rj.satisfaction_shares(given).frame
    assert frame["item"].tolist() == ["Trust in the legal system"]
    assert given.levels == ("1 (least)", "2", "3", "4", "5 (most)")
    counts = frame[[f"n_level_{i}" for i in range(1, 6)]].iloc[0].tolist()
    assert counts == [1, 0, 1, 0, 1]
    with pytest.raises(rj.errors.DataError, match="not among the 5 levels"):
        rj.score_community(community([6.0]))


def test_people_harmed_are_not_taken_for_the_total_of_all_standings():
    from rjeval.disclosure.differencing import learnt_from_margins
    from rjeval.disclosure.published import published_cells

    rows = [("direct", "1", 30), ("direct", "2", 30), ("direct", "3", 45)]
    rows += [("organisation", "1", 4), ("organisation", "2", 15), ("organisation", "3", 6)]
    frame = pd.DataFrame(rows, columns=["standing", "rating", "people"])
    given = rj.ratings(frame, rating="rating", levels=LEVELS, weight="people", top=1)
    direct = rj.ratings(
        frame[frame["standing"] == "direct"],
        rating="rating",
        levels=LEVELS,
        weight="people",
        top=1,
    )
    rule = DESIGN.disclosure
    released = rj.release(
        rj.satisfaction_shares(direct), rj.satisfaction_shares(given, by="standing"), rule=rule
    )
    cells = published_cells(released)
    assert learnt_from_margins(cells, rule=rule) == []
