"""One quantity of one group is one number in all releases of the demonstration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import rjeval as rj

Quantity = tuple[object, ...]


@pytest.fixture(scope="module")
def released(study) -> dict[str, Any]:
    """Flow, baseline, rates, contrasts, curves, means, response and shares, released."""
    design = rj.read_design(study)
    exports = rj.load_exports(study / "data/processed", design=design)
    cohort = rj.select_cohort(exports, design=design)
    outcome = rj.measure_time_to_event(cohort, exports, design=design)
    windows = list(outcome.definition.windows_days)
    results = {
        "flow": rj.trace_flow(cohort),
        "followed": rj.trace_flow(cohort, outcome),
        "baseline": rj.describe_cohort(cohort, variables=design.covariates),
        "rates": rj.fixed_window_rates(outcome, by="arm", at_days=windows),
        "first": rj.fixed_window_rates(outcome, by="arm", at_days=windows[:1]),
        "gap": rj.risk_difference(outcome, by="arm", at_days=windows),
        "incidence": rj.cumulative_incidence(outcome, by="arm"),
        "means": rj.restricted_mean(outcome, by="arm", horizon_days=outcome.horizon_days),
        "log_rank": rj.log_rank_test(outcome, by="arm"),
        "response": rj.response_rates(exports, design=design),
    }
    for role in ("harmed_party", "responsible_party"):
        ratings = rj.score_ratings(exports, cohort, design=design, role=role)
        results[role] = rj.satisfaction_shares(ratings)
    return {name: rj.release(one, rule=design.disclosure) for name, one in results.items()}


def quantities(released: dict[str, Any]) -> Iterator[tuple[Quantity, float]]:
    """Each count that stands in more than one place, with what it counts."""
    for name in ("flow", "followed"):
        stages = released[name].frame.query("kind == 'stage'")
        for row in stages.to_dict("records"):
            for arm in ("comparison", "rj"):
                yield ("stage", row["step"], arm), row[f"n_{arm}"]
                if row["step"] == "analysed":
                    yield ("followed", arm), row[f"n_{arm}"]
            yield ("stage", row["step"]), row["n"]
    for arm, size in released["baseline"].group_sizes.items():
        yield ("stage", "included", arm), size
    for name in ("rates", "first"):
        for row in released[name].frame.to_dict("records"):
            yield ("mature", row["at_days"], row["arm"]), row["n_mature"]
            yield ("event", row["at_days"], row["arm"]), row["n_event"]
            yield ("followed", row["arm"]), row["n_total"]
    for row in released["gap"].arms.to_dict("records"):
        yield ("mature", row["at_days"], row["group"]), row["n"]
        yield ("event", row["at_days"], row["group"]), row["n_event"]
    for row in released["incidence"].groups.to_dict("records"):
        yield ("followed", row["group"]), row["n"]
        yield ("events", row["group"]), row["n_events"]
    for row in released["means"].frame.to_dict("records"):
        yield ("followed", row["arm"]), row["n"]
    for row in released["log_rank"].groups.to_dict("records"):
        yield ("followed", row["group"]), row["n"]
    for row in released["response"].frame.query("wave == 'post'").to_dict("records"):
        shares = released[row["role"]]
        yield ("invited", row["role"]), row["n_invited"]
        yield ("invited", row["role"]), shares.n_invited
        yield ("answered", row["role"]), round(row["estimate"] * row["n_invited"])
        yield ("answered", row["role"]), shares.n_responded


def test_each_quantity_of_each_group_has_one_value(released) -> None:
    values: dict[Quantity, set[float]] = defaultdict(set)
    seen: dict[Quantity, int] = defaultdict(int)
    for quantity, value in quantities(released):
        if value is not None and np.isfinite(value) and not pd.isna(value):
            values[quantity].add(float(value))
            seen[quantity] += 1
    twice = {quantity: found for quantity, found in values.items() if len(found) > 1}
    assert not twice
    assert sum(n > 1 for n in seen.values()) >= 15
