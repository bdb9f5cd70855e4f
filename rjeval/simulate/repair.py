"""Agreements, what people undertook in them, and restitution paid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.simulate.people import EXTRACT_DAY

#: Kinds of obligation and the chance that an agreement holds one.
KINDS = {
    "apology_written": 0.62,
    "community_service": 0.48,
    "restitution_money": 0.42,
    "essay": 0.18,
    "counselling": 0.16,
    "school": 0.10,
}
#: One payment larger than all others together, as one burnt building can be.
DOMINATING_AMOUNT = 48_500.0
MAX_INSTALMENTS = 4
#: Chance that an obligation is met where the agreement ended as partly, or as not, completed.
PARTLY = 0.55
LITTLE = 0.15


def draw_agreements(rng: np.random.Generator, referrals: pd.DataFrame) -> pd.DataFrame:
    """Return one agreement per referral whose conference was held.

    ``referrals`` holds ``referral_id, held, conference, exit, status``. A few people come to no
    agreement; none of those completed.
    """
    held = referrals[referrals["held"].to_numpy(dtype=bool)]
    n = len(held)
    ended = held["status"].map({"completed": "completed", "partial": "partial"})
    ended = ended.fillna("not_completed")
    none = (ended == "not_completed") & (rng.random(n) < 0.3)
    signed = held["conference"].to_numpy(dtype=int)
    return pd.DataFrame(
        {
            "agreement_id": _ids("A", n),
            "referral_id": held["referral_id"].to_numpy(),
            "status": ended.mask(none, "no_agreement_reached").to_numpy(),
            "signed": np.where(none, np.nan, signed),
            "due": np.where(none, np.nan, signed + rng.integers(90, 181, n)),
            "closed": held["exit"].to_numpy(dtype=float),
            "changed": rng.poisson(0.15, n),
        }
    )


def draw_obligations(rng: np.random.Generator, agreements: pd.DataFrame) -> pd.DataFrame:
    """Return what was undertaken, one row per obligation, at least one per agreement."""
    signed = agreements[agreements["status"] != "no_agreement_reached"]
    chosen = rng.random((len(signed), len(KINDS))) < np.array(list(KINDS.values()))
    chosen[~chosen.any(axis=1), 0] = True
    row, kind = np.nonzero(chosen)
    table = signed.iloc[row].reset_index(drop=True)
    kinds = np.array(list(KINDS), dtype=object)[kind]
    n = len(table)
    chance = table["status"].map({"completed": 1.0, "partial": PARTLY, "not_completed": LITTLE})
    done = rng.random(n) < chance.to_numpy(dtype=float)
    part = ~done & (rng.random(n) < 0.4)
    money = kinds == "restitution_money"
    owed = np.rint(np.exp(rng.normal(5.6, 0.9, n)) / 10) * 10 + 20
    biggest = np.flatnonzero(money & done)[:1]
    owed[biggest] = DOMINATING_AMOUNT
    return pd.DataFrame(
        {
            "obligation_id": _ids("O", n),
            "agreement_id": table["agreement_id"].to_numpy(),
            "kind": kinds,
            "owed": np.where(money, owed, np.nan),
            "hours": np.where(kinds == "community_service", rng.integers(2, 13, n) * 4.0, np.nan),
            "due": table["due"].to_numpy(),
            "status": np.select([done, part], ["completed", "partial"], "not_completed"),
            "completed": np.where(done, table["closed"] - rng.integers(0, 20, n), np.nan),
            "signed": table["signed"].to_numpy(),
            "closed": table["closed"].to_numpy(),
        }
    )


def draw_payments(rng: np.random.Generator, obligations: pd.DataFrame) -> pd.DataFrame:
    """Return payments: all that was owed where completed, else a part or nothing."""
    money = obligations[obligations["kind"] == "restitution_money"].reset_index(drop=True)
    share = money["status"].map({"completed": 1.0, "not_completed": 0.0}).to_numpy(dtype=float)
    share = np.where(np.isnan(share), rng.uniform(0.2, 0.8, len(money)), share)
    total = np.rint(money["owed"].to_numpy() * share)
    money = money.assign(total=total)[total > 0].reset_index(drop=True)
    number = rng.integers(1, MAX_INSTALMENTS + 1, len(money))
    row = np.repeat(np.arange(len(money)), number)
    step = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    each = np.floor(money["total"].to_numpy() / number)
    last = step == number[row] - 1
    amount = np.where(
        last, money["total"].to_numpy()[row] - (number[row] - 1) * each[row], each[row]
    )
    span = (money["closed"] - money["signed"]).clip(lower=1).to_numpy()
    paid = money["signed"].to_numpy()[row] + np.floor(span[row] * (step + 1) / number[row])
    return pd.DataFrame(
        {
            "payment_id": _ids("P", len(row)),
            "obligation_id": money["obligation_id"].to_numpy()[row],
            "paid": np.minimum(paid, EXTRACT_DAY),
            "amount": amount,
            "method": rng.choice(["card", "money order", "cash"], len(row)),
        }
    )


def _ids(letter: str, n: int) -> np.ndarray:
    return np.char.add(letter, np.char.zfill(np.arange(1, n + 1).astype(str), 5)).astype(object)
