"""What a twin may know of a study: numbers of released results, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from rjeval.errors import DisclosureError
from rjeval.results import (
    BaselineTable,
    CohortFlow,
    FixedWindowRates,
    RatingShares,
    Result,
)
from rjeval.simulate.truth import Truth

#: Referrals of a twin whose true number was hidden, and the fewest and most that are drawn.
HIDDEN_SIZE, SIZES = 200, (60, 20_000)
#: People in a hidden level, where the group's size leaves none for it.
HIDDEN_LEVEL = 5.0
#: Level of a baseline table that stands for missing answers.
MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """Released numbers, with what was hidden filled in evenly.

    Parameters
    ----------
    n_referrals : int
    arms : mapping of arm to its share of those included
    levels : mapping of column to mapping of arm to (level, share) pairs
    means : mapping of column to mapping of arm to (mean, standard deviation)
    risks : mapping of arm to (days, share with the event)
    tops : mapping of (role, item) to the share of answers in the top categories
    """

    n_referrals: int
    arms: dict[str, float]
    levels: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    means: dict[str, dict[str, tuple[float, float]]] = field(default_factory=dict)
    risks: dict[str, tuple[float, float]] = field(default_factory=dict)
    tops: dict[tuple[str, str], float] = field(default_factory=dict)


def released_margins(results: Sequence[Result], *, arms: tuple[str, ...]) -> Margins:
    """Return the margins that released results tell.

    Parameters
    ----------
    results : sequence of Result
        A cohort flow, and as many baseline tables, fixed-window rates and rating shares as were
        released. Other results are passed over.
    arms : tuple of str
        Arms of the study.

    Raises
    ------
    DisclosureError
        A result was not released, or under the profile ``internal``, which hides nothing.
    """
    for one in results:
        if one.released is None or one.released.profile == "internal":
            raise DisclosureError(
                f"A twin is made from released results only; a {type(one).__name__} is not.",
                hint="Release it with a public profile first: rj.release(...).",
            )
    size, shares = _sizes(results, arms)
    levels: dict[str, dict[str, dict[str, float]]] = {}
    means: dict[str, dict[str, tuple[float, float]]] = {}
    risks: dict[str, tuple[float, float]] = {}
    tops: dict[tuple[str, str], float] = {}
    for one in results:
        if isinstance(one, BaselineTable):
            _take_baseline(one, arms, levels, means)
        elif isinstance(one, FixedWindowRates):
            risks |= _risks(one, arms)
        elif isinstance(one, RatingShares):
            tops |= _tops(one)
    return Margins(
        n_referrals=size, arms=shares, levels=levels, means=means, risks=risks, tops=tops
    )


def _sizes(results: Sequence[Result], arms: tuple[str, ...]) -> tuple[int, dict[str, float]]:
    n, of = float("nan"), dict.fromkeys(arms, float("nan"))
    for flow in [one for one in results if isinstance(one, CohortFlow)]:
        rows = flow.frame.set_index("step")
        n = float(rows["n"].get("assessed", np.nan))
        if "included" in rows.index:
            of = {arm: float(rows[f"n_{arm}"]["included"]) for arm in arms if f"n_{arm}" in rows}
    known = {arm: n for arm, n in of.items() if np.isfinite(n) and n > 0}
    total = sum(known.values())
    shares = {arm: known[arm] / total if arm in known else 0.0 for arm in arms}
    if len(known) < len(arms):
        shares = dict.fromkeys(arms, 1 / len(arms))
    size = HIDDEN_SIZE if not np.isfinite(n) else int(n)
    return int(np.clip(size, *SIZES)), shares


def _take_baseline(
    table: BaselineTable,
    arms: tuple[str, ...],
    levels: dict[str, dict[str, dict[str, float]]],
    means: dict[str, dict[str, tuple[float, float]]],
) -> None:
    frame = table.frame
    for variable, rows in frame.groupby("variable", sort=False):
        for arm in arms:
            group = arm if f"n_{arm}" in frame.columns else table.groups[0]
            counted = rows[rows["kind"].eq("count")]
            if len(counted):
                levels.setdefault(str(variable), {})[arm] = _shares(counted, f"n_{group}", frame)
                continue
            mean, sd = (float(rows[f"{one}_{group}"].iloc[0]) for one in ("mean", "sd"))
            if np.isfinite(mean):
                spread = sd if np.isfinite(sd) else 0.0
                means.setdefault(str(variable), {})[arm] = (mean, spread)


def _shares(counted: pd.DataFrame, column: str, frame: pd.DataFrame) -> dict[str, float]:
    """Shares of levels; what the hidden ones have together is shared out evenly among them."""
    counts = pd.to_numeric(counted[column], errors="coerce").to_numpy(dtype=float)
    names = counted["level"].astype(str).tolist()
    shown = float(np.nansum(counts))
    whole = frame.loc[frame["kind"].eq("mean"), column].astype(float).max()
    left = whole - shown if np.isfinite(whole) else 0.0
    hidden = ~np.isfinite(counts)
    if hidden.any():
        counts[hidden] = max(left / hidden.sum(), HIDDEN_LEVEL)
    total = counts.sum()
    even = np.full(len(counts), 1 / max(len(counts), 1))
    return dict(zip(names, (counts / total if total > 0 else even).tolist(), strict=True))


def _risks(rates: FixedWindowRates, arms: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    frame = rates.frame[rates.frame["estimate"].notna()].sort_values("at_days")
    found = {}
    for arm in arms:
        mine = frame[frame[rates.by].astype(str).eq(arm)] if rates.by in frame.columns else frame
        if len(mine):
            found[arm] = (float(mine["at_days"].iloc[0]), float(mine["estimate"].iloc[0]))
    return found


def _tops(shares: RatingShares) -> dict[tuple[str, str], float]:
    shown = shares.frame[shares.frame["estimate"].notna()]
    return {
        (shares.role, str(item)): float(share)
        for item, share in zip(shown["item_id"], shown["estimate"], strict=True)
    }


def planted(margins: Margins, *, first: Truth, risk_of: dict[str, dict[int, float]]) -> Truth:
    """Return the parameters under which the generator has the released risks, about.

    Cumulative hazards are proportional, and grow with time as the generator's do.

    Parameters
    ----------
    margins : Margins
    first : Truth
        Parameters of a first draw.
    risk_of : mapping of arm to (days, risk) pairs
        True risks of that draw.
    """
    from dataclasses import replace

    scale = {}
    for arm, (days, share) in margins.risks.items():
        day, risk = next(iter(risk_of[arm].items()))
        wanted = -np.log1p(-np.clip(share, 0.005, 0.95)) * (day / days) ** first.shape
        scale[arm] = float(wanted / -np.log1p(-risk))
    if not scale:
        return first
    base = scale.get("comparison", scale.get("rj", 1.0))
    ratio = first.hazard_ratio * scale.get("rj", base) / base
    risk = 1 - (1 - first.baseline_risk) ** base
    return replace(
        first,
        baseline_risk=float(np.clip(risk, 0.005, 0.95)),
        hazard_ratio=float(np.clip(ratio, 0.05, 20)),
    )
