"""Results built by hand from their column contracts, so that figures need no estimator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rjeval.design import RecidivismDefinition
from rjeval.results import (
    BaselineTable,
    CohortFlow,
    Contrast,
    CostTotals,
    CountTable,
    Curves,
    DataQuality,
    FixedWindowRates,
    HazardsOverTime,
    ModelEstimates,
    MoneyTotals,
    RatingShares,
    ReleaseStamp,
    ResponseRates,
    StageRates,
)

DEFINITION = RecidivismDefinition()
STAMP = ReleaseStamp(profile="public_strict", min_cell=11, round_to=5, n_suppressed=2)
LONG_NAME = "Community justice programme with a very long name that nobody could ever shorten"


def make_curves(groups=("rj", "comparison"), *, kind="survival", definition=DEFINITION, **changes):
    """A step curve per group: one event every 30 days or more among 100 people."""
    blocks, end = [], float(changes.get("horizon_days", 730))
    for i, group in enumerate(groups):
        days = np.append(np.arange(0, min(end, 730), 30 + 10 * i, dtype=float), min(end, 730))
        survival = 1 - 0.012 * np.arange(len(days))
        survival[-1] = survival[-2]  # the last row holds those censored at the horizon
        block = pd.DataFrame(
            {
                "arm": group,
                "time_days": days,
                "n_at_risk": 100 - np.arange(len(days)),
                "n_event": (days > 0).astype(int),
                "n_competing": 0,
                "n_censored": 0,
                "estimate": survival if kind == "survival" else 1 - survival,
                "std_error": 0.02,
            }
        )
        block["conf_low"] = (block["estimate"] - 0.05).clip(0, 1)
        block["conf_high"] = (block["estimate"] + 0.04).clip(0, 1)
        blocks.append(block)
    sizes = pd.DataFrame({"group": list(groups), "n": 100, "n_events": 24, "n_competing": 0})
    facts = {"by": "arm", "conf_level": 0.95, "conf_type": "log-log", "horizon_days": 730}
    return Curves(
        frame=pd.concat(blocks, ignore_index=True),
        kind=kind,
        groups=sizes,
        definition=definition,
        **(facts | changes),
    )


def make_released_curves(groups=("rj", "comparison"), *, hide_from=None, kind="survival"):
    """Curves on a grid of 91 days; ``hide_from`` maps a group to its first hidden day."""
    rows = []
    for i, group in enumerate(groups):
        for day in range(0, 729, 91):
            hidden = day >= (hide_from or {}).get(group, 9999)
            value = np.nan if hidden else round(1 - day / 2000 - 0.01 * i * (day > 0), 2)
            estimate = value if kind == "survival" else 1 - value
            rows.append(
                {
                    "arm": group,
                    "time_days": float(day),
                    "n_at_risk": np.nan if hidden else 200.0 - day // 91 * 10,
                    "estimate": estimate,
                    "conf_low": estimate - 0.03 if day else estimate,
                    "conf_high": estimate + 0.02 if day else estimate,
                    "suppressed": "tail" if hidden else "",
                    "bound": "too few people or events after this day" if hidden else "",
                }
            )
    return replace(make_curves(groups, kind=kind), frame=pd.DataFrame(rows), released=STAMP)


def make_model(*, scale="hazard ratio", model="cox", shift=0.0, **changes):
    estimate = np.array([-0.357, 0.05, 0.09]) + shift
    error = np.array([0.17, 0.02, 0.03])
    frame = pd.DataFrame(
        {
            "component": "coefficient",
            "term": ["arm[rj]", "age_at_index", "site[north]"],
            "estimate": estimate,
            "std_error": error,
            "statistic": estimate / error,
            "p_value": 0.04,
            "conf_low": estimate - 1.96 * error,
            "conf_high": estimate + 1.96 * error,
        }
    )
    facts = {
        "frame": frame,
        "model": model,
        "outcome": "reoffence",
        "formula": "arm + age_at_index + site",
        "scale": scale,
        "conf_level": 0.95,
        "n": 480,
        "n_events": 160,
        "reference_levels": {"arm": "comparison", "site": "south"},
        "definition": DEFINITION,
    }
    return ModelEstimates(**(facts | changes))


def make_shares(*, by="arm", levels=("1", "2", "3", "4", "5"), **changes):
    counts = {"comparison": (4, 6, 10, 40, 40), "rj": (2, 8, 30, 80, 80)}
    rows = []
    for item, text in (("q1", "I was satisfied"), ("q2", LONG_NAME)):
        for group, all_counts in counts.items():
            given = all_counts[-len(levels) :]
            n, top = sum(given), sum(given[-2:])
            rows.append(
                {"arm": group, "item_id": item, "item": text, "n": n, "n_top": top}
                | {"estimate": top / n, "conf_low": top / n - 0.08, "conf_high": top / n + 0.06}
                | {f"n_level_{i + 1}": k for i, k in enumerate(given)}
                | {"mean": 4.0, "bound_low": 0.4, "bound_high": 0.9}
            )
    frame = pd.DataFrame(rows)
    if not by:
        frame = frame[frame["arm"] == "rj"].drop(columns="arm").reset_index(drop=True)
    facts = {"role": "harmed_party", "top": 2, "conf_level": 0.95, "n_invited": 700}
    facts |= {"n_responded": 300, "primary_item": "q1"}
    return RatingShares(frame=frame, by=by, levels=levels, **(facts | changes))


def make_flow(**changes):
    rows = [
        ("referred", "Referred in the period", "stage", 612.0, 400.0, 212.0),
        ("consent", "Responsible person did not consent", "exclusion", 64.0, 40.0, 24.0),
        ("offence", "Excluded offence group", "exclusion", 31.0, 20.0, 11.0),
        ("eligible", "Eligible", "stage", 517.0, 340.0, 177.0),
        ("no_check", LONG_NAME, "exclusion", 17.0, 10.0, 7.0),
        ("analysed", "Analysed", "stage", 500.0, 330.0, 170.0),
    ]
    columns = ["step", "label", "kind", "n", "n_rj", "n_comparison"]
    frame = pd.DataFrame(rows, columns=columns)
    facts = {"frame": frame, "arms": ("rj", "comparison"), "definition": DEFINITION}
    return CohortFlow(**(facts | changes))


def make_counts(*, time=True, two=True, **changes):
    quarters = [f"{year} Q{quarter}" for year in (2022, 2023) for quarter in (1, 2, 3, 4)]
    first = quarters if time else ["in_person", "video", LONG_NAME]
    name = "quarter" if time else "mode"
    rows = [
        {name: key, "site": site, "n": 20.0 + 3 * i + j}
        for i, key in enumerate(first)
        for j, site in enumerate(("north", "south") if two else ("north",))
    ]
    frame = pd.DataFrame(rows)
    frame["share"] = frame["n"] / frame["n"].sum()
    facts = {
        "frame": frame if two else frame.drop(columns="site"),
        "title": "Referrals by quarter" if time else "Sessions by mode",
        "dimensions": (name, "site") if two else (name,),
        "what": "referrals" if time else "sessions",
        "denominator": "all sessions",
    }
    return CountTable(**(facts | changes))


def make_rates(*, by="arm", **changes):
    rows = [
        {"arm": arm, "at_days": days, "n_total": 300, "n_mature": n, "n_event": k}
        | {"estimate": k / n, "conf_low": k / n - 0.04, "conf_high": k / n + 0.05}
        for arm, days, n, k in (
            ("comparison", 365, 200, 44),
            ("rj", 365, 250, 30),
            ("comparison", 730, 160, 48),
            ("rj", 730, 200, 50),
        )
    ]
    facts = {"frame": pd.DataFrame(rows), "conf_level": 0.95, "definition": DEFINITION}
    return FixedWindowRates(by=by, **(facts | changes))


def make_contrast(*, difference=-0.1, groups=("rj",), days=(365,), **changes):
    rows = [
        {"group": group, "reference": "comparison", "at_days": day, "term": term}
        | {"estimate": value, "conf_low": low, "conf_high": high}
        for group in groups
        for day in days
        for term, value, low, high in (
            ("risk_difference", difference, difference - 0.06, difference + 0.05),
            ("risk_ratio", 0.55, 0.36, 0.84),
            ("number_needed", 10.0, 6.0, 50.0),
        )
    ]
    arms = pd.DataFrame(
        {"group": ["comparison", "rj"], "at_days": 365, "n": [200, 250], "n_event": [44, 30]}
    )
    facts = {"frame": pd.DataFrame(rows), "by": "arm", "method": "Newcombe", "conf_level": 0.95}
    return Contrast(**(facts | {"arms": arms, "definition": DEFINITION} | changes))


def make_response(**changes):
    rows = [
        {"role": role, "wave": wave, "n_invited": n, "n_completed": k}
        | {"estimate": k / n, "conf_low": k / n - 0.05, "conf_high": k / n + 0.05}
        for role, wave, n, k in (
            ("harmed_party", "pre", 200, 140),
            ("harmed_party", "post", 190, 95),
            ("responsible_party", "post", 260, 65),
        )
    ]
    return ResponseRates(**({"frame": pd.DataFrame(rows), "by": "", "conf_level": 0.95} | changes))


def make_baseline(*, factor=1.0, **changes):
    rows = [
        ("age_at_index", "", "mean", 170.0, 310.0, 0.12),
        ("gender", "woman", "count", 60.0, 100.0, 0.05),
        ("gender", "man", "count", 100.0, 216.0, -0.08),
        ("gender", "missing", "count", 20.0, 4.0, 0.9),
        ("offence_group", "person", "count", 180.0, 320.0, np.nan),
    ]
    columns = ["variable", "level", "kind", "n_comparison", "n_rj", "smd"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["smd"] *= factor
    facts = {"frame": frame, "by": "arm", "groups": ("comparison", "rj")}
    return BaselineTable(**(facts | {"group_sizes": {"comparison": 180, "rj": 320}} | changes))


def make_stages(*, by="site_id", **changes):
    rows = [
        {"site_id": site, "stage": stage, "base_stage": base, "n_base": n, "n": k}
        | {"estimate": k / n, "conf_low": k / n - 0.06, "conf_high": min(1.0, k / n + 0.05)}
        for site in ("North", "South")
        for base, stage, n, k in (
            ("referred", "eligible", 200.0, 180.0),
            ("eligible", "completed", 180.0, 90.0),
        )
    ]
    facts = {"frame": pd.DataFrame(rows), "by": by, "conf_level": 0.95}
    return StageRates(**(facts | changes))


def make_money(**changes):
    frame = pd.DataFrame(
        {
            "site_id": ["North", "South"],
            "n_people": [60.0, 25.0],
            "n_obligations": [66.0, 27.0],
            "amount_owed": [41250.0, 15000.0],
            "amount_paid": [30100.0, 4000.0],
            "estimate": [0.73, 0.267],
            "conf_low": [0.63, 0.167],
            "conf_high": [0.81, 0.347],
            "largest_owed": [4321.0, 1234.0],
            "largest_paid": [4321.0, 1234.0],
        }
    )
    facts = {"frame": frame, "by": "site_id", "conf_level": 0.95, "currency": "US$"}
    return MoneyTotals(**(facts | changes))


def make_costs(**changes):
    """Three categories in two years; the last is hidden in the second."""
    frame = pd.DataFrame(
        {
            "category": ["pay", "pay", "space", "space", "travel", "travel"],
            "year": [2022, 2023] * 3,
            "n_entries": [4, 5, 12, 12, 3, 1],
            "amount": [120_000.0, 130_000.0, 12_300.0, 13_000.0, 800.0, np.nan],
            "largest": [60_000.0, 50_000.0, 1_100.0, 1_200.0, 400.0, 900.0],
            "second": [30_000.0, 40_000.0, 1_100.0, 1_200.0, 300.0, 0.0],
        }
    )
    facts = {"frame": frame, "currency": "US$", "price_year": "2024"}
    return CostTotals(**(facts | changes))


def make_overlap(**changes):
    """Propensities of two arms in four bins, the first and the last of them joined ones."""
    bins = ["0.00-0.40", "0.40-0.55", "0.55-0.70", "0.70-1.00"]
    frame = pd.DataFrame(
        {
            "propensity": np.repeat(bins, 2),
            "arm": ["comparison", "rj"] * 4,
            "n": [40.0, 15.0, 60.0, 45.0, 50.0, 80.0, 20.0, 60.0],
        }
    )
    facts = {
        "frame": frame.assign(share=frame["n"] / frame["n"].sum()),
        "title": "Overlap of the arms",
        "dimensions": ("propensity", "arm"),
        "what": "people",
    }
    return CountTable(**(facts | changes))


def make_quality(**changes):
    columns = ["table", "n_read", "n_accepted", "n_quarantined", "n_duplicates", "n_filtered"]
    rows = [("referral", 612, 604, 5, 3, 0), ("session", 901, 880, 11, 10, 0)]
    frame = pd.DataFrame(rows, columns=columns)
    facts = {"frame": frame, "rules": pd.DataFrame(), "ledger": pd.DataFrame()}
    return DataQuality(**(facts | changes))


def make_hazards(**changes):
    """Hazard ratios that rise over two years, in steps of a quarter."""
    days = np.arange(91.0, 730.0, 91.0)
    frame = pd.DataFrame({"term": "arm[rj]", "time_days": days, "n_event": 20 + days // 10})
    frame = frame.assign(estimate=-0.6 + days / 1000, std_error=0.2)
    frame["conf_low"], frame["conf_high"] = frame["estimate"] - 0.4, frame["estimate"] + 0.4
    facts = {"horizon_days": 730.0, "n": 300, "n_events": 120, "conf_level": 0.95}
    return HazardsOverTime(
        frame=frame,
        constant={"arm[rj]": -0.3},
        formula="arm",
        transform="km",
        reference_levels={"arm": "comparison"},
        definition=DEFINITION,
        **{**facts, **changes},
    )


@pytest.fixture
def make():
    """Builders of results, by the name of the figure that draws them."""

    class Builders:
        curves = staticmethod(make_curves)
        released_curves = staticmethod(make_released_curves)
        model = staticmethod(make_model)
        shares = staticmethod(make_shares)
        flow = staticmethod(make_flow)
        counts = staticmethod(make_counts)
        rates = staticmethod(make_rates)
        contrast = staticmethod(make_contrast)
        response = staticmethod(make_response)
        baseline = staticmethod(make_baseline)
        stages = staticmethod(make_stages)
        money = staticmethod(make_money)
        costs = staticmethod(make_costs)
        overlap = staticmethod(make_overlap)
        quality = staticmethod(make_quality)
        hazards = staticmethod(make_hazards)
        stamp = STAMP
        long_name = LONG_NAME

    return Builders


@pytest.fixture
def by_gid():
    """Find an artist of a figure by its gid, or a prefix of it."""

    def find(axes, gid, *, all_of=False):
        found = [
            a
            for a in axes.get_figure(root=True).findobj()
            if a.get_gid() and (a.get_gid().startswith(gid) if all_of else a.get_gid() == gid)
        ]
        return found if all_of else found[0]

    return find
