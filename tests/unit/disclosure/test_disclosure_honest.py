"""What the border says of a number is true: bounds, intervals, notes and footnotes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from rjeval.disclosure.border import release
from rjeval.disclosure.bounds import PROTECTING


def test_a_count_hidden_for_another_gets_no_bound(results, rule) -> None:
    """34 and 36 of 187 by two days: 2 lie between, so one is hidden; it is not "more than 94%"."""
    frame = pd.concat([results["rates"].frame.iloc[[0]]] * 2, ignore_index=True)
    frame = frame.assign(
        at_days=[365, 395], n_total=189, n_mature=187, n_event=[34, 36], n_unchecked=18
    )
    out = release(replace(results["rates"], frame=frame), rule=rule).frame
    hidden = out[out["suppressed"] != ""]
    assert len(hidden) == 1
    assert hidden["bound"].tolist() == [PROTECTING]


def test_all_but_a_few_is_said_only_of_all_but_a_few(results, rule) -> None:
    """280 of 290 have the event: 10 have not. 61 of 290 is not nearly all."""
    frame = results["rates"].frame.iloc[[0]].assign(n_event=280, estimate=280 / 290)
    out = release(replace(results["rates"], frame=frame), rule=rule).frame
    assert out["bound"].tolist() == ["more than 96% of 290"]


def test_answers_hidden_for_another_get_no_bound(results, rule) -> None:
    """70 answered of 140; whatever is hidden, nobody is told of half or more."""
    frame = results["response"].frame.assign(
        n_completed=[8, 70], n_partial=[1, 0], n_refused=[21, 4], n_no_contact=[30, 66]
    )
    out = release(replace(results["response"], frame=frame), rule=rule).frame
    assert not out["bound"].str.contains("more than").any()
    counts = out[out["suppressed"] != ""]
    assert np.isnan(counts["estimate"]).all()
