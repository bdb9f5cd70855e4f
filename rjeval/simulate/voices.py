"""Surveys of harmed and responsible parties: who was asked, who answered, what they said."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.simulate.truth import Truth, shared_uniform

#: Items of agreement, and the shares of the answers 1 to 5 in person at the first site.
AGREEMENT_ITEMS = {
    "overall_satisfaction": (0.03, 0.05, 0.10, 0.40, 0.42),
    "voice": (0.03, 0.05, 0.09, 0.38, 0.45),
    "respect": (0.02, 0.03, 0.07, 0.36, 0.52),
    "safety": (0.03, 0.05, 0.11, 0.37, 0.44),
    "agreement_fair": (0.05, 0.07, 0.14, 0.41, 0.33),
    "would_recommend": (0.04, 0.05, 0.12, 0.35, 0.44),
}
#: Items of feeling, asked before and after; 5 is most. Shares of the answers before.
FEELING_ITEMS = {
    "fear": (0.24, 0.22, 0.24, 0.19, 0.11),
    "anger": (0.13, 0.18, 0.26, 0.25, 0.18),
}
RESPONSE = {
    ("harmed_party", "pre"): 0.64,
    ("harmed_party", "post"): 0.60,
    ("responsible_party", "pre"): 0.68,
    ("responsible_party", "post"): 0.56,
}
#: Responsible parties are a little less satisfied than harmed parties.
RESPONSIBLE_SHIFT = -0.35
#: Correlation of one person's answers to different items.
PERSON_CORRELATION = 0.5
ITEM_MISSING = 0.03


def draw_invitations(rng: np.random.Generator, parties: pd.DataFrame) -> pd.DataFrame:
    """Return two invitations per party, before and after the conference.

    ``parties`` holds ``party_id, role, case, kind, mode, site, conference, ready``: people whose
    conference was held; ``ready`` is the day from which they could be asked.
    """
    table = pd.concat([parties.assign(wave="pre"), parties.assign(wave="post")], ignore_index=True)
    table = table.sort_values(["conference", "case", "role", "party_id"], kind="stable")
    table = table.reset_index(drop=True)
    n = len(table)
    pre = (table["wave"] == "pre").to_numpy()
    conference = table["conference"].to_numpy(dtype=int)
    ready = table["ready"].to_numpy(dtype=int)
    eligible = np.where(pre, np.minimum(ready, conference - 4), conference)
    invited = np.where(pre, eligible + 1, conference + rng.integers(1, 8, n))
    answered = np.where(pre, invited + rng.integers(0, 2, n), invited + rng.integers(0, 25, n))
    odds = pd.Series(RESPONSE).reindex(pd.MultiIndex.from_frame(table[["role", "wave"]])).to_numpy()
    odds = odds + np.where((table["mode"] == "video") & ~pre, -0.06, 0.0)
    return table.assign(
        invitation_id=np.char.add("Q", np.char.zfill(np.arange(1, n + 1).astype(str), 6)),
        eligible=eligible,
        invited=invited,
        answered=answered,
        status=_statuses(rng, odds),
        channel=np.where(
            table["mode"] == "video",
            rng.choice(["sms_link", "email", "phone"], n),
            rng.choice(["paper_onsite", "sms_link", "phone"], n),
        ),
        by=rng.choice(["independent", "other_staff", "facilitator"], n, p=[0.6, 0.32, 0.08]),
    )


def _statuses(rng: np.random.Generator, odds: np.ndarray) -> np.ndarray:
    """Completed with the given chance; else why not. Not asked at all: 4%."""
    n = len(odds)
    why = rng.choice(["no_contact", "refused"], n, p=[0.7, 0.3])
    status = np.where(rng.random(n) < odds, "completed", why)
    unasked = np.where(rng.random(n) < 0.25, "unsafe_to_contact", "not_invited")
    return np.where(rng.random(n) < 0.04, unasked, status)


def draw_answers(
    rng: np.random.Generator, invitations: pd.DataFrame, *, truth: Truth
) -> pd.DataFrame:
    """Return one row per answered invitation and item, with planted shifts of the latent rating."""
    rows = []
    for wave, items in (("pre", FEELING_ITEMS), ("post", {**AGREEMENT_ITEMS, **FEELING_ITEMS})):
        done = invitations[(invitations["wave"] == wave) & (invitations["status"] == "completed")]
        person = shared_uniform(rng, done["case"].to_numpy(), correlation=truth.case_correlation)
        rows += [_item(rng, done, item=item, person=person, truth=truth) for item in items]
    table = pd.concat(rows, ignore_index=True)
    return table.sort_values(["invitation_id", "item_id"], ignore_index=True)


def _item(
    rng: np.random.Generator,
    done: pd.DataFrame,
    *,
    item: str,
    person: np.ndarray,
    truth: Truth,
) -> pd.DataFrame:
    """Answers to one item: latent logistic rating, shifted, cut at the item's thresholds."""
    n = len(done)
    own = rng.random(n)
    uniform = np.where(rng.random(n) < np.sqrt(PERSON_CORRELATION), person, own)
    latent = np.log(uniform) - np.log1p(-uniform) + _shift(done, item=item, truth=truth)
    share = np.cumsum({**AGREEMENT_ITEMS, **FEELING_ITEMS}[item])[:-1]
    value = 1 + np.searchsorted(np.log(share / (1 - share)), latent, side="left")
    state = rng.choice(["unknown", "declined"], n, p=[0.7, 0.3]).astype(object)
    state[rng.random(n) >= ITEM_MISSING] = None
    if item in FEELING_ITEMS:
        state[(~done["kind"].isin(["person", "responsible"])).to_numpy()] = "not_applicable"
    missing = pd.notna(state)
    return pd.DataFrame(
        {
            "invitation_id": done["invitation_id"].to_numpy(),
            "item_id": item,
            "value": np.where(missing, np.nan, value),
            "missing_state": pd.Series(state, dtype=object),
            "answered": done["answered"].to_numpy(),
            "mode": done["mode"].to_numpy(),
        }
    )


def _shift(done: pd.DataFrame, *, item: str, truth: Truth) -> np.ndarray:
    if item in FEELING_ITEMS:
        return truth.fear_shift * (done["wave"] == "post").to_numpy(dtype=float)
    harmed = (done["role"] == "harmed_party").to_numpy()
    video = (done["mode"] == "video").to_numpy(dtype=float)
    mode_shift = np.where(harmed, truth.mode_shift_harmed, truth.mode_shift_responsible)
    site = truth.site_shift * done["site"].to_numpy(dtype=float)
    return mode_shift * video + site + np.where(harmed, 0.0, RESPONSIBLE_SHIFT)
