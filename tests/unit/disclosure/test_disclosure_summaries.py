"""Quantiles and summaries: no single person's day or harm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.disclosure.border import release
from rjeval.results.survival import (
    ReoffendingSummary,
    SensitivityGrid,
    SurvivalQuantiles,
    grid_frame,
)


def test_a_quantile_is_the_end_of_a_step_not_a_day(rule) -> None:
    """Day 317 lies in the step that ends on 364; 8 events give nothing."""
    frame = pd.DataFrame(
        {
            "arm": ["rj", "pilot"],
            "probability": [0.25, 0.25],
            "n": [200, 40],
            "n_event": [80, 8],
            "estimate": [317.0, 401.0],
            "conf_low": [250.0, 200.0],
            "conf_high": [401.0, np.nan],
        }
    )
    result = SurvivalQuantiles(frame=frame, by="arm", conf_level=0.95, conf_type="log-log")
    out = release(result, rule=rule).frame
    assert out.loc[0, ["estimate", "conf_low", "conf_high"]].tolist() == [364, 273, 455]
    assert out.loc[1, ["n_event", "estimate"]].isna().all()


def test_harm_of_one_person_does_not_follow(rule) -> None:
    """Without the largest the mean falls from 10 to 5 in one arm: half of it is one person's."""
    frame = pd.DataFrame(
        {
            "measure": ["prevalence", "harm_days", "harm_days"],
            "arm": ["rj", "rj", "comparison"],
            "n": [200, 200, 150],
            "n_event": [61, 61, 44],
            "estimate": [0.305, 10.0, 8.1234],
            "conf_low": [0.24, 5.0, 5.0],
            "conf_high": [0.37, 15.0, 11.0],
            "without_largest": [np.nan, 5.0, 7.5],
        }
    )
    result = ReoffendingSummary(frame=frame, by="arm", at_days=365, conf_level=0.95)
    out = release(result, rule=rule).frame
    assert out["without_largest"].isna().all()
    assert out.loc[0, "estimate"] == 60 / 200
    assert np.isnan(out.loc[1, "estimate"])
    assert out.loc[2, "estimate"] == 8.12


def test_a_grid_is_released_contrast_by_contrast(results, rule) -> None:
    given = {"primary": results["contrast"]}
    grid = SensitivityGrid(
        frame=grid_frame(given), contrasts=given, by="arm", at_days=365, conf_level=0.95
    )
    out = release(grid, rule=rule)
    assert out.contrasts["primary"].released is not None
    assert set(out.frame["n_event"]) == {60}
    assert set(out.frame["n_event_reference"]) == {45}


def test_shares_of_rare_answers_are_hidden_at_every_level(results, rule) -> None:
    """Of 200 people 6 and 12 said the two lowest: 3% tells the 6, and 6% with it the rest."""
    out = release(results["predictions"], rule=rule).frame
    hidden = out[out["estimate"].isna()]
    assert set(hidden["component"]) == {"low", "middle"}
    assert set(out.loc[out["component"] == "coefficient", "estimate"]) == {0.91}


def grid_of(results, variants: dict[str, tuple[tuple[int, int], tuple[int, int]]]):
    """Return a grid of plain contrasts: (people, events) of the programme and of the other arm."""
    contrasts = {}
    for name, pairs in variants.items():
        (n, n_event), (m, m_event) = pairs
        arms = pd.DataFrame({"group": ["rj", "comparison"], "at_days": 365.0})
        arms = arms.assign(n=[n, m], n_event=[n_event, m_event])
        arms["estimate"] = arms["n_event"] / arms["n"]
        frame = results["contrast"].frame
        contrasts[name] = replace(results["contrast"], arms=arms, frame=frame)
    return SensitivityGrid(
        frame=grid_frame(contrasts), contrasts=contrasts, by="arm", at_days=365, conf_level=0.95
    )


def shown_scenarios(grid) -> list[str]:
    rows = grid.frame[["n", "n_event", "estimate"]].notna().any(axis=1)
    return list(dict.fromkeys(grid.frame.loc[rows, "scenario"]))


def test_analyses_that_differ_by_a_few_people_are_not_side_by_side(results, rule) -> None:
    """Any level: 3 more events, of people with slight offences only. Unchecked: 4 of one arm."""
    given = {
        "primary": ((290, 61), (150, 44)),
        "any level": ((290, 64), (150, 44)),
        "felonies": ((290, 30), (150, 20)),
        "unchecked without": ((320, 61), (170, 44)),
        "unchecked with": ((320, 91), (170, 48)),
        "same": ((290, 61), (150, 44)),
    }
    out = release(grid_of(results, given), rule=rule)
    assert shown_scenarios(out) == ["primary", "felonies", "unchecked without", "same"]
    hidden = out.contrasts["any level"]
    assert hidden.arms[["n", "n_event", "estimate"]].isna().all(axis=None)
    assert set(hidden.frame["bound"]) == {
        "not shown: differs from an analysis above by fewer than 11 people"
    }


def test_an_analysis_by_a_model_keeps_its_estimates_and_loses_its_events(results, rule) -> None:
    """All follow-up: 66 events, 5 of them of people not followed for the whole window."""
    given = grid_of(results, {"primary": ((290, 61), (150, 44)), "all": ((350, 66), (190, 44))})
    smooth = given.contrasts["all"].arms.assign(estimate=[0.21, 0.29])
    contrasts = given.contrasts | {"all": replace(given.contrasts["all"], arms=smooth)}
    out = release(replace(given, contrasts=contrasts), rule=rule).contrasts["all"]
    assert out.arms["n_event"].isna().all()
    assert out.arms["estimate"].tolist() == [0.21, 0.29]


def test_a_longer_window_is_shown_rather_than_a_shorter_one(results, rule) -> None:
    """35 by day 365 and 28 by day 183 of the same people: rates show the former."""
    given = grid_of(
        results,
        {
            "primary": ((290, 61), (150, 44)),
            "window of 183 days": ((340, 28), (200, 14)),
            "window of 365 days": ((340, 35), (200, 26)),
        },
    )
    days = {"primary": 730.0, "window of 183 days": 183.0, "window of 365 days": 365.0}
    contrasts = {
        name: replace(
            one,
            arms=one.arms.assign(at_days=days[name]),
            frame=one.frame.assign(at_days=days[name]),
        )
        for name, one in given.contrasts.items()
    }
    made = replace(given, contrasts=contrasts, frame=grid_frame(contrasts))
    assert shown_scenarios(release(made, rule=rule)) == ["primary", "window of 365 days"]


def test_the_serious_are_hidden_where_few_had_slight_incidents_only(results, rule) -> None:
    """30 of 130 with any incident, 25 with a serious one: 5 with slight ones only."""
    frame = results["summary"].frame.assign(
        n=130, n_event=[30, 35, 25, 30], estimate=[30 / 130, 27, 25 / 130, 650]
    )
    out = release(replace(results["summary"], frame=frame), rule=rule).frame.set_index("measure")
    assert out.loc["prevalence", "n_event"] == 30
    assert np.isnan(out.loc["serious", ["n_event", "estimate"]].astype(float)).all()
