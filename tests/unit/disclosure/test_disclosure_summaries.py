"""Quantiles and summaries: no single person's day or harm."""

from __future__ import annotations

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
