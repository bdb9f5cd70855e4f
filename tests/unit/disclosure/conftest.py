"""One result of each type, written by hand after the contracts, with cells that must not show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rjeval.design.disclosure import DisclosureRule
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.results import (
    BaselineTable,
    CohortFlow,
    Contrast,
    CostTotals,
    CountTable,
    Curves,
    DataQuality,
    FixedWindowRates,
    ModelEstimates,
    MoneyTotals,
    RatingShares,
    ReoffendingSummary,
    ResponseRates,
    RestrictedMean,
    Result,
    SensitivityGrid,
    StageRates,
    SurvivalQuantiles,
    TestResult,
)
from rjeval.results.survival import grid_frame

NAN = float("nan")
DEFINITION = RecidivismDefinition(windows_days=(365, 730))


def survival_curve(times: np.ndarray, event: np.ndarray, *, group: str) -> pd.DataFrame:
    """Kaplan-Meier by its definition, one row per day on which anything happened."""
    rows = [(group, 0.0, len(times), 0, 0, 0, 1.0, 0.0, 1.0, 1.0)]
    estimate = 1.0
    for day in np.unique(times):
        at_risk = int((times >= day).sum())
        events = int((event & (times == day)).sum())
        gone = int((~event & (times == day)).sum())
        estimate *= 1 - events / at_risk
        rows.append((group, day, at_risk, events, 0, gone, estimate, 0.03, estimate, estimate))
    names = "arm time_days n_at_risk n_event n_competing n_censored estimate std_error"
    return pd.DataFrame(rows, columns=[*names.split(), "conf_low", "conf_high"])


def curves() -> Curves:
    """Two arms that can be shown and one of 30 people that cannot."""
    rng = np.random.default_rng(7)
    blocks, groups = [], []
    for group, n, rate in (("comparison", 240, 9e-4), ("rj", 300, 6e-4), ("pilot", 30, 3e-4)):
        times, ends = np.ceil(rng.exponential(1 / rate, n)), np.ceil(rng.uniform(400, 730, n))
        event = times <= ends
        blocks.append(survival_curve(np.minimum(times, ends), event, group=group))
        groups.append((group, n, int(event.sum()), 0))
    return Curves(
        frame=pd.concat(blocks, ignore_index=True),
        kind="survival",
        by="arm",
        conf_level=0.95,
        conf_type="log-log",
        horizon_days=730,
        groups=pd.DataFrame(groups, columns=["group", "n", "n_events", "n_competing"]),
        definition=DEFINITION,
        notes=("3 rows without arm were left out.",),
    )


def rates() -> FixedWindowRates:
    """8 of 60 must become a bound."""
    frame = pd.DataFrame(
        {
            "arm": ["rj", "comparison"],
            "at_days": [365, 365],
            "n_total": [320, 90],
            "n_mature": [290, 60],
            "n_event": [61, 8],
            "n_competing": [0, 0],
            "estimate": [61 / 290, 8 / 60],
            "conf_low": [0.17, 0.07],
            "conf_high": [0.26, 0.24],
            "n_unchecked": [0, 0],
            "bound_low": [61 / 290, 8 / 60],
            "bound_high": [61 / 290, 8 / 60],
        }
    )
    return FixedWindowRates(frame=frame, by="arm", conf_level=0.95, definition=DEFINITION)


def contrast() -> Contrast:
    """61 of 290 against 44 of 150, worked out by hand: every interval includes no difference."""
    terms = {
        "risk_difference": (-0.08299, 0.04421, -1.877, 0.0605, -0.1697, 0.0037),
        "risk_ratio": (0.71706, 0.17031, -1.953, 0.0508, 0.5136, 1.0012),
        "odds_ratio": (0.64173, 0.23005, -1.928, 0.0538, 0.4088, 1.0073),
        "number_needed": (12.05, NAN, NAN, NAN, NAN, NAN),
    }
    frame = pd.DataFrame(
        [("rj", "comparison", 365, term, *numbers) for term, numbers in terms.items()],
        columns=[
            *("group", "reference", "at_days", "term", "estimate", "std_error"),
            *("statistic", "p_value", "conf_low", "conf_high"),
        ],
    )
    arms = pd.DataFrame(
        {
            "group": ["comparison", "rj"],
            "at_days": [365, 365],
            "n": [150, 290],
            "n_event": [44, 61],
            "estimate": [44 / 150, 61 / 290],
        }
    )
    return Contrast(
        frame=frame,
        by="arm",
        method="proportions of mature people, Wald interval",
        conf_level=0.95,
        arms=arms,
        definition=DEFINITION,
    )


def restricted_mean() -> RestrictedMean:
    frame = pd.DataFrame(
        {
            "arm": ["comparison", "rj"],
            "n": [150, 290],
            "n_event": [44, 61],
            "estimate": [601.234, 655.678],
            "std_error": [12.345, 8.765],
            "conf_low": [577.0, 638.5],
            "conf_high": [625.4, 672.9],
        }
    )
    return RestrictedMean(
        frame=frame, by="arm", horizon_days=730, conf_level=0.95, definition=DEFINITION
    )


def quantiles() -> SurvivalQuantiles:
    frame = pd.DataFrame(
        {
            "arm": ["comparison", "comparison", "rj", "rj"],
            "probability": [0.1, 0.25, 0.1, 0.25],
            "n": [150, 150, 290, 290],
            "n_event": [44, 44, 61, 61],
            "estimate": [201.5, 530.0, 268.0, float("nan")],
            "conf_low": [120.0, 402.0, 199.0, float("nan")],
            "conf_high": [299.0, 688.0, 341.0, float("nan")],
        }
    )
    return SurvivalQuantiles(
        frame=frame, by="arm", conf_level=0.95, conf_type="log-log", definition=DEFINITION
    )


def log_rank() -> TestResult:
    return TestResult(
        frame=pd.DataFrame(
            {"term": ["arm"], "statistic": [5.4321], "df": [1], "p_value": [0.019876]}
        ),
        groups=pd.DataFrame(
            {
                "group": ["comparison", "rj"],
                "n": [150, 290],
                "observed": [44, 61],
                "expected": [35.2, 69.8],
            }
        ),
        method="Log-rank test",
        definition=DEFINITION,
    )


def cox() -> ModelEstimates:
    """Site C has 9 people, 3 with an event."""
    terms = ["arm[rj]", "site[B]", "site[C]", "age_at_index"]
    frame = pd.DataFrame(
        {
            "component": "coefficient",
            "term": terms,
            "estimate": [-0.4, 0.1, 1.2, -0.05],
            "std_error": [0.2, 0.2, 0.6, 0.02],
            "statistic": [-2.0, 0.5, 2.0, -2.5],
            "p_value": [0.0457, 0.617, 0.0457, 0.0124],
            "conf_low": [-0.792, -0.292, 0.024, -0.0892],
            "conf_high": [-0.008, 0.492, 2.376, -0.0108],
        }
    )
    counts = pd.DataFrame(
        {
            "term": ["arm[comparison]", "arm[rj]", "site[A]", "site[B]", "site[C]"],
            "n": [150, 290, 231, 200, 9],
            "n_event": [44, 61, 52, 50, 3],
        }
    )
    return ModelEstimates(
        frame=frame,
        model="cox",
        outcome="time to reoffence",
        formula="arm + site + age_at_index",
        scale="hazard ratio",
        conf_level=0.95,
        n=440,
        n_events=105,
        n_dropped=3,
        n_clusters=371,
        std_error_kind="cluster-robust by case_id",
        vcov=np.eye(4),
        reference_levels={"arm": "comparison", "site": "A"},
        level_counts=counts,
        definition=DEFINITION,
    )


def response() -> ResponseRates:
    frame = pd.DataFrame(
        {
            "role": ["harmed_party"] * 2,
            "wave": ["post"] * 2,
            "arm": ["comparison", "rj"],
            "n_eligible": [70, 165],
            "n_invited": [60, 140],
            "n_completed": [8, 85],
            "n_partial": [1, 5],
            "n_refused": [21, 20],
            "n_no_contact": [30, 30],
            "n_not_invited": [10, 25],
            "estimate": [9 / 60, 90 / 140],
            "conf_low": [0.08, 0.56],
            "conf_high": [0.26, 0.72],
        }
    )
    return ResponseRates(frame=frame, by="arm", conf_level=0.95)


def shares() -> RatingShares:
    """43 of 45 satisfied: the two others must not follow."""
    frame = pd.DataFrame(
        {
            "arm": ["comparison", "rj"],
            "item_id": ["overall"] * 2,
            "item": ["Overall satisfaction"] * 2,
            "n": [45, 90],
            "n_top": [43, 62],
            "estimate": [43 / 45, 62 / 90],
            "conf_low": [0.85, 0.59],
            "conf_high": [0.99, 0.77],
            "n_level_1": [1, 12],
            "n_level_2": [1, 16],
            "n_level_3": [20, 31],
            "n_level_4": [23, 31],
            "mean": [3.44, 2.9],
            "bound_low": [43 / 80, 62 / 140],
            "bound_high": [78 / 80, 112 / 140],
        }
    )
    return RatingShares(
        frame=frame,
        by="arm",
        role="harmed_party",
        levels=("poor", "fair", "good", "very good"),
        top=2,
        conf_level=0.95,
        n_invited=220,
        n_responded=135,
    )


def flow() -> CohortFlow:
    frame = pd.DataFrame(
        {
            "step": [0, 0, 0, 0, 1],
            "label": ["Assessed", "No index date", "Too young", "Repeat referral", "Analysed"],
            "kind": ["stage", "exclusion", "exclusion", "exclusion", "stage"],
            "n": [600, 3, 9, 40, 548],
            "n_comparison": [200, 1, 4, 20, 175],
            "n_rj": [400, 2, 5, 20, 373],
        }
    )
    return CohortFlow(frame=frame, arms=("comparison", "rj"))


def baseline() -> BaselineTable:
    frame = pd.DataFrame(
        {
            "variable": ["gender"] * 3 + ["age_at_index"],
            "level": ["woman", "man", "nonbinary", ""],
            "kind": ["count"] * 3 + ["mean"],
            "n_comparison": [60, 101, 14, 175],
            "share_comparison": [60 / 175, 101 / 175, 14 / 175, NAN],
            "mean_comparison": [NAN] * 3 + [16.5123],
            "sd_comparison": [NAN] * 3 + [1.3456],
            "n_rj": [100, 264, 9, 373],
            "share_rj": [100 / 373, 264 / 373, 9 / 373, NAN],
            "mean_rj": [NAN] * 3 + [16.2345],
            "sd_rj": [NAN] * 3 + [1.2345],
            "smd": [0.1234, NAN, NAN, -0.2156],
        }
    )
    return BaselineTable(
        frame=frame,
        by="arm",
        groups=("comparison", "rj"),
        group_sizes={"comparison": 175, "rj": 373},
    )


def counts() -> CountTable:
    frame = pd.DataFrame(
        {"source": ["police", "school", "court"], "n": [61, 4, 38], "share": [0.59, 0.04, 0.37]}
    )
    return CountTable(
        frame=frame,
        title="Referrals by source",
        dimensions=("source",),
        what="referrals",
        denominator="all referrals",
    )


def quality() -> DataQuality:
    return DataQuality(
        frame=pd.DataFrame(
            {
                "table": ["person", "referral"],
                "n_read": [612, 650],
                "n_accepted": [600, 631],
                "n_quarantined": [4, 19],
                "n_duplicates": [8, 0],
                "n_filtered": [0, 0],
            }
        ),
        rules=pd.DataFrame(
            {
                "rule": ["V11"],
                "severity": ["error"],
                "table": ["person"],
                "column": ["person_id"],
                "n_failed": [3],
                "n_rows": [612],
                "reason": ["the key is not unique"],
                "blocks": [""],
            }
        ),
        ledger=pd.DataFrame(
            {
                "table": ["person"],
                "column": ["gender"],
                "rule": ["spelling"],
                "detail": [""],
                "n_rows": [44],
            }
        ),
    )


def stages() -> StageRates:
    """Of 120 offered 113 consented: the 7 others must not follow."""
    frame = pd.DataFrame(
        {
            "stage": ["offered", "consented", "completed"],
            "base_stage": ["referred", "offered", "consented"],
            "n_base": [200, 120, 113],
            "n": [120, 113, 70],
            "estimate": [120 / 200, 113 / 120, 70 / 113],
            "conf_low": [0.53, 0.88, 0.53],
            "conf_high": [0.67, 0.97, 0.70],
        }
    )
    return StageRates(frame=frame, by="", conf_level=0.95)


def money() -> MoneyTotals:
    """One person owes nine tenths of what site B's people owe."""
    frame = pd.DataFrame(
        {
            "site_id": ["A", "B", "C"],
            "n_people": [60, 30, 40],
            "n_obligations": [64, 31, 44],
            "n_paid_in_full": [40, 12, 25],
            "n_paid_nothing": [4, 5, 3],
            "amount_owed": [30_000.0, 100_000.0, 22_000.0],
            "amount_paid": [25_000.0, 95_000.0, 20_000.0],
            "estimate": [25 / 30, 0.95, 20 / 22],
            "std_error": [0.05, 0.02, 0.04],
            "conf_low": [0.73, 0.91, 0.83],
            "conf_high": [0.93, 0.99, 0.99],
            "largest_owed": [2_000.0, 90_000.0, 1_500.0],
            "second_owed": [1_900.0, 4_000.0, 1_400.0],
            "largest_paid": [2_000.0, 90_000.0, 1_500.0],
            "second_paid": [1_900.0, 2_000.0, 1_400.0],
        }
    )
    return MoneyTotals(frame=frame, by="site_id", conf_level=0.95, currency="US$")


def costs() -> CostTotals:
    """Pay of one person in the first year, which is dominated."""
    frame = pd.DataFrame(
        {
            "category": ["pay", "rooms", "travel", "pay", "rooms", "travel"],
            "year": [2022, 2022, 2022, 2023, 2023, 2023],
            "n_entries": [2, 12, 20, 40, 12, 18],
            "amount": [61_000.0, 12_400.0, 3_800.0, 164_000.0, 12_900.0, 4_100.0],
            "largest": [58_000.0, 1_100.0, 400.0, 30_000.0, 1_200.0, 420.0],
            "second": [3_000.0, 1_100.0, 380.0, 28_000.0, 1_200.0, 400.0],
        }
    )
    return CostTotals(frame=frame, currency="US$")


def sensitivity() -> SensitivityGrid:
    given = {"primary": contrast(), "offences of any level": contrast()}
    return SensitivityGrid(
        frame=grid_frame(given),
        contrasts=given,
        by="arm",
        at_days=365,
        conf_level=0.95,
        definition=DEFINITION,
    )


def summary() -> ReoffendingSummary:
    lines = [
        ("prevalence", "rj", 290, 61, 0.21, 0.17, 0.26),
        ("frequency", "rj", 290, 84, 16.25, 12.8, 20.5),
        ("serious", "rj", 290, 23, 0.08, 0.05, 0.12),
        ("free_days", "rj", 290, 61, 641.2, 618.0, 662.0),
    ]
    names = ["measure", "arm", "n", "n_event", "estimate", "conf_low", "conf_high"]
    return ReoffendingSummary(
        frame=pd.DataFrame(lines, columns=names).assign(without_largest=np.nan),
        by="arm",
        at_days=365,
        conf_level=0.95,
        definition=DEFINITION,
    )


def rating_model(lines: list[tuple[str, str, float]], *, statistic: float) -> ModelEstimates:
    frame = pd.DataFrame(lines, columns=["component", "term", "estimate"])
    frame = frame.assign(std_error=0.02, statistic=statistic, p_value=statistic)
    frame = frame.assign(conf_low=frame["estimate"] - 0.04, conf_high=frame["estimate"] + 0.04)
    return ModelEstimates(
        frame=frame,
        model="ordinal",
        outcome="Satisfied",
        formula="mode",
        scale="",
        conf_level=0.95,
        n=200,
        reference_levels={"mode": "in_person"},
    )


def predictions() -> ModelEstimates:
    """Of 200 people about 6 said "low" and about 12 said "middle"."""
    shares = {"coefficient": 0.91, "low": 0.03, "middle": 0.06, "high": 0.41, "best": 0.50}
    lines = [(name, "mode[in_person]", share) for name, share in shares.items()]
    lines += [(name, "mode[video]", share) for name, share in shares.items()]
    return rating_model(lines, statistic=np.nan)


def change() -> ModelEstimates:
    parts = ("coefficient", "standardised", "net share", "signed rank")
    made = rating_model([(part, "fear", -0.4) for part in parts], statistic=0.04)
    counts = pd.DataFrame({"term": ["fear"], "n": [62]})
    return replace(made, model="paired change", formula="fear", level_counts=counts)


MAKERS = {
    "stages": stages,
    "money": money,
    "costs": costs,
    "curves": curves,
    "rates": rates,
    "contrast": contrast,
    "restricted_mean": restricted_mean,
    "quantiles": quantiles,
    "log_rank": log_rank,
    "cox": cox,
    "response": response,
    "shares": shares,
    "flow": flow,
    "baseline": baseline,
    "counts": counts,
    "quality": quality,
    "sensitivity": sensitivity,
    "summary": summary,
    "predictions": predictions,
    "change": change,
}


@pytest.fixture(params=list(MAKERS))
def any_result(request: pytest.FixtureRequest) -> Result:
    """Each type of result in turn."""
    return MAKERS[request.param]()


@pytest.fixture
def results() -> dict[str, Result]:
    """All types of result by name."""
    return {name: make() for name, make in MAKERS.items()}


@pytest.fixture
def rule() -> DisclosureRule:
    """The default rule: threshold 11, base 5."""
    return DisclosureRule()
