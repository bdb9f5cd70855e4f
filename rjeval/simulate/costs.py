"""What a synthetic programme cost: one entry per year, category and funder."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.simulate.people import ORIGIN
from rjeval.simulate.raw_layout import RawFile

#: Years of the programme, each from July to June.
N_YEARS = 3
PRICE_YEAR = 2024
CURRENCY = "USD"
#: Referrals for which the amounts below are those of a year; costs grow with the square root of
#: the size, as a part of them is fixed.
USUAL_REFERRALS = 600
#: Account -> category, kind, funder, amount of an average year in US dollars.
ACCOUNTS: tuple[tuple[str, str, str, float], ...] = (
    ("personnel", "cash", "State grant", 118_000),
    ("personnel", "cash", "County", 64_000),
    ("personnel", "cash", "Foundation", 41_000),
    ("fringe", "cash", "State grant", 46_000),
    ("facilitator_contract", "cash", "County", 52_000),
    ("volunteers_imputed", "in_kind", "Volunteers", 38_000),
    ("space", "in_kind", "Law school", 24_000),
    ("travel", "cash", "State grant", 6_500),
    ("technology", "cash", "State grant", 9_000),
    ("training", "cash", "Foundation", 14_000),
    ("evaluation", "cash", "State grant", 18_000),
    ("indirect", "cash", "State grant", 27_000),
)
#: Spread of a year's amount about its average, as a share of it.
SPREAD = 0.08

FILES: dict[str, RawFile] = {
    "cost": RawFile(
        file="finance_costs.csv",
        dates="%m/%d/%Y",
        columns={
            "period_start": "From",
            "period_end": "Through",
            "category": "Account",
            "amount": "Amount",
            "currency": "Currency",
            "price_year": "Prices of",
            "cash_or_inkind": "Paid or given",
            "funder": "Funder",
        },
        values={
            "category": {
                "personnel": "Salaries",
                "fringe": "Benefits",
                "facilitator_contract": "Facilitators (contract)",
                "volunteers_imputed": "Volunteer hours, valued",
                "space": "Space",
                "travel": "Travel",
                "technology": "Technology",
                "training": "Training",
                "evaluation": "Evaluation",
                "indirect": "Overhead",
            },
            "cash_or_inkind": {"cash": "Paid", "in_kind": "Given"},
        },
        money=("amount",),
    ),
}


def draw_costs(rng: np.random.Generator, *, n_referrals: int) -> pd.DataFrame:
    """Return the table of costs, in prices of one year."""
    scale = float(np.sqrt(n_referrals / USUAL_REFERRALS))
    starts = [pd.Timestamp(ORIGIN) + pd.DateOffset(years=year) for year in range(N_YEARS)]
    category, kind, funder, amount = (list(part) for part in zip(*ACCOUNTS, strict=True))
    years = []
    for start in starts:
        drawn = scale * np.array(amount) * (1 + SPREAD * rng.uniform(-1, 1, len(amount)))
        years.append(
            pd.DataFrame(
                {
                    "period_start": start,
                    "period_end": start + pd.DateOffset(years=1) - pd.Timedelta(days=1),
                    "category": category,
                    "amount": drawn.round(2),
                    "currency": CURRENCY,
                    "price_year": PRICE_YEAR,
                    "cash_or_inkind": kind,
                    "funder": funder,
                }
            )
        )
    return pd.concat(years, ignore_index=True)
