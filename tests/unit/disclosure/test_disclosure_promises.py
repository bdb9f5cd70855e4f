"""Promises of the border that hold for all results: sums, quantiles, drawings, folders."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import rjeval as rj
from rjeval.cohort.engine import embedded_engine
from rjeval.disclosure.border import release
from rjeval.disclosure.money import P_RATIO, TWO_LARGEST_SHARE, dominated
from rjeval.figures.rendering import render_svg
from rjeval.results import Result

#: Words for a number that is one person's, in names of columns of results.
ONE_PERSONS = re.compile(
    r"(?:^|_)(?:min|max|minimum|maximum|median|largest|second|smallest)(?:_|$)"
)


def by_hand(parts: list[float]) -> bool:
    """Hundepool et al. (2012), 4.2.1: (n, k) = (2, 90%) and p = 10%, on the contributions."""
    first, second, *rest = sorted(parts, reverse=True)
    n_k = first + second > 0.9 * sum(parts)
    p = sum(rest) < 0.1 * first
    return n_k or p


@pytest.mark.parametrize("seed", range(20))
def test_dominance_and_p_ratio_are_those_of_the_contributions(seed: int) -> None:
    assert (TWO_LARGEST_SHARE, P_RATIO) == (0.90, 0.10)
    rng = np.random.default_rng(seed)
    for spread in (0.3, 1.0, 3.0):
        parts = rng.lognormal(5, spread, size=int(rng.integers(3, 40))).tolist()
        first, second = sorted(parts, reverse=True)[:2]
        found = bool(dominated(sum(parts), first=first, second=second))
        assert found == by_hand(parts)


@pytest.mark.parametrize(
    ("name", "column", "row"),
    [("money", "owed", 1), ("money", "paid", 0), ("costs", "amount", 0), ("costs", "amount", 3)],
)
def test_each_released_sum_obeys_the_rule_of_dominance(name, column, row, results, rule) -> None:
    """The largest contribution grows until two make up 95%: then, and only then, the sum goes."""
    amount = column if name == "costs" else f"amount_{column}"
    first, second = (
        ("largest", "second") if name == "costs" else (f"largest_{column}", f"second_{column}")
    )
    for share, gone in [(0.4, False), (0.95, True)]:
        frame = results[name].frame.copy()
        for one in range(len(frame)):  # nothing else is dominated
            frame.loc[one, [first, second]] = 0.1 * frame.loc[one, amount]
        if name == "money":
            other = "paid" if column == "owed" else "owed"
            for part in ("largest", "second"):
                frame[f"{part}_{other}"] = 0.1 * frame[f"amount_{other}"]
        frame.loc[row, first] = (share - 0.1) * frame.loc[row, amount]
        shown = release(replace(results[name], frame=frame), rule=rule).frame
        assert bool(np.isnan(shown.loc[row, amount])) == gone
        assert not {first, second} & set(shown.columns)


def test_no_released_result_has_a_number_that_is_one_persons(any_result: Result, rule) -> None:
    """No minimum, maximum or largest; quantiles of days are ends of steps (test of summaries)."""
    out = release(any_result, rule=rule)
    tables = [getattr(out, name, None) for name in ("frame", "groups", "arms", "rules", "ledger")]
    for table in [one for one in tables if isinstance(one, pd.DataFrame)]:
        named = [c for c in table.columns if ONE_PERSONS.search(str(c)) and table[c].notna().any()]
        assert not named
        if "probability" in table:
            days = table["estimate"].dropna()
            assert (days % rule.curve_grid_days == 0).all()


def curve(times: np.ndarray, event: np.ndarray):
    frame = pd.DataFrame({"days": times, "new": event.astype(int)})
    return rj.kaplan_meier(rj.time_to_event(frame, time="days", event="new"))


def test_a_drawing_holds_the_released_curve_and_nothing_of_the_days_behind_it(rule) -> None:
    """Other days, same release: the vector file is the same to the byte. The exact one is not."""
    rng = np.random.default_rng(11)
    times = np.ceil(rng.exponential(900, 150)).clip(max=729)
    ends = np.ceil(rng.uniform(500, 730, 150))
    event, times = times <= ends, np.minimum(times, ends)
    shown = release(curve(times, event), rule=rule)
    alike = None
    for person, shift in itertools.product(np.flatnonzero(event), (20, -20, 35, -35)):
        moved = times.copy()
        moved[person] = np.clip(moved[person] + shift, 1, 729)
        other = release(curve(moved, event), rule=rule)
        if other.frame.equals(shown.frame) and other.groups.equals(shown.groups):
            alike = moved
            break
    assert alike is not None
    drawn = [_svg(release(curve(one, event), rule=rule)) for one in (times, alike)]
    assert drawn[0] == drawn[1]
    exact = [_svg(curve(one, event)) for one in (times, alike)]
    assert exact[0] != exact[1]
    corners = max(_corners(drawn[0]))
    assert corners <= 4 * (len(shown.frame) + 1)
    assert max(_corners(exact[0])) > 100


def _svg(result) -> str:
    axes = rj.plot_survival(result)
    try:
        return render_svg(axes)
    finally:
        plt.close("all")


def _corners(svg: str) -> list[int]:
    """Corners of each line that is drawn, those of letters left out."""
    drawn = re.sub(r"<defs>.*?</defs>", "", svg, flags=re.S)
    lines = re.findall(r'<path d="([^"]*)"', drawn)
    return [len(re.findall(r"[ML] ?-?[\d.]", line)) for line in lines]


def test_the_engine_lays_no_rows_on_disk() -> None:
    """DuckDB would spill into .tmp of the working folder, with everybody's rights."""
    engine = embedded_engine()
    try:
        (place,) = engine.raw_sql("SELECT current_setting('temp_directory')").fetchone()
    finally:
        engine.disconnect()
    assert place == ""
