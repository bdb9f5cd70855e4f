"""Change in the same people's answers between two waves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError, GuardError
from rjeval.language import category, mark, note
from rjeval.results import CountTable, ModelEstimates
from rjeval.surveys.change_measures import (
    difference_in_change,
    mean_change,
    net_share,
    signed_rank,
    standardised_change,
)
from rjeval.surveys.proportions import normal_quantile
from rjeval.surveys.versions import refuse_broken_series
from rjeval.surveys.wording import whose_answers

#: Fewest pairs from which a change is estimated.
FEWEST_PAIRS = 5
#: A gap of baselines, in standard deviations, that is worth a caveat.
NOTABLE_GAP = 0.25
#: Share of the scale at each end where a baseline is extreme.
EXTREME_SHARE = 0.25
#: Share of later answers without an earlier one above which selection is a worry.
UNLINKED_SHARE = 0.20
KEYS = ["party_id", "case_id", "item_id"]
ASKED_AFTERWARDS = mark(
    "First ratings were asked afterwards: less shift of yardstick, more wish to please."
)
NEAR_THE_END = mark(
    "{item}: ratings before were near the end of the scale, so some return towards the middle is "
    "expected without any programme (regression to the mean)."
)
OTHERS_DIFFER = mark(
    "{item}: people who answered only before differ from the pairs in their ratings then, so the "
    "change of the pairs is not that of everybody."
)
NOT_LINKED = mark("{item}: over a fifth of those who answered after have no rating before.")


def paired_change(
    before: Ratings,
    after: Ratings,
    *,
    by: str | None = None,
    cluster: str | None = None,
    retrospective: bool = False,
    conf_level: float = 0.95,
) -> ModelEstimates:
    """Return the change in each item among people who answered both times.

    Parameters
    ----------
    before, after : Ratings
        The same role, items and categories at two waves, as from
        ``score_ratings(..., wave="pre", items=["fear"])``. People are matched by ``party_id``
        and ``case_id``.
    by : str, optional
        Column of ``after`` that groups; adds the difference in change from the first group,
        which is what a comparison group is for.
    cluster : str, optional
        Column whose groups share errors, such as ``"case_id"``.
    retrospective : bool
        Whether the first ratings were asked afterwards ("before, I was ..."). Such ratings suffer
        less from a shift of yardstick and more from the wish to please; a note says so.
    conf_level : float
        Level of the intervals.

    Returns
    -------
    ModelEstimates
        ``term`` is the item, ``item[group]`` where grouped. ``component`` is

        - ``coefficient``: mean change in points (after less before), Student's t;
        - ``standardised``: that mean over the standard deviation before, bias-corrected (SMCR);
        - ``net share``: share whose rating rose less share whose rating fell;
        - ``signed rank``: Wilcoxon's statistic and p-value (ties dropped at zero, continuity
          correction); its estimate is the matched rank-biserial correlation, -1 to 1;
        - ``difference``: mean change less that of the first group.

        Whether up is good depends on the item. Without a comparison group this is change, not
        an effect, and the notes say so; they also say where a baseline was extreme, so that
        regression to the mean is expected, and where the people lost differ.

    Raises
    ------
    GuardError
        The two are of different roles, or an item was worded differently (``text_hash``).
    EstimationError
        Items or categories differ, people cannot be matched, or fewer than 5 pairs.

    Notes
    -----
    The mean's variance is CR2 (with each pair its own cluster where none is named: the
    paired t-test). Becker (1988), doi 10.1111/j.2044-8317.1988.tb00901.x, for the standardised
    change with variance ``2 (1 - r) / n + d^2 / (2 n)`` as in ``metafor::escalc("SMCR")``.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> def wave(values):
    ...     frame = pd.DataFrame({"who": list("abcdef"), "fear": values})
    ...     return rj.ratings(frame, rating="fear", levels=list("12345"), id="who")
    >>> change = rj.paired_change(wave(list("543424")), wave(list("332312")))
    >>> change.coefficients()[["term", "estimate", "conf_low", "conf_high"]].round(2)
       term  estimate  conf_low  conf_high
    0  fear     -1.33     -1.88      -0.79
    """
    refuse_broken_series(before, after)
    pairs = _match(before, after)
    cells = _cells(pairs, by)
    rows: list[dict[str, object]] = []
    counts: list[dict[str, object]] = []
    for (item, group), part in cells.items():
        term = item if group is None else f"{item}[{group}]"
        rows += [{"term": term, **one} for one in _measures(part, cluster, conf_level)]
        counts.append({"term": term, "n": len(part), **_moved(part["change"])})
    if by is not None:
        rows += _differences(cells, cluster, conf_level)
    order = ["component", "term", "estimate", "std_error", "statistic", "p_value"]
    frame = pd.DataFrame(rows)[[*order, "conf_low", "conf_high"]]
    people = pairs.loc[pairs["both"], "party_id"]
    return ModelEstimates(
        frame=frame.sort_values("component", key=_rank, kind="stable", ignore_index=True),
        model="paired change",
        outcome=mark("Change from before to after"),
        formula=by or "1",
        scale="",
        conf_level=conf_level,
        n=people.nunique(),
        n_clusters=None if cluster is None else pairs.loc[pairs["both"], cluster].nunique(),
        std_error_kind=mark("paired")
        if cluster is None
        else note("CR2 by {cluster}", cluster=cluster),
        level_counts=pd.DataFrame(counts),
        notes=_notes(pairs, before, by=by, retrospective=retrospective),
    )


def count_pairs(before: Ratings, after: Ratings) -> CountTable:
    """Count, per item, who answered both times, only before, and only after.

    Parameters
    ----------
    before, after : Ratings
        As in :func:`paired_change`.

    Returns
    -------
    CountTable
        ``item, answered, n``: people, not answers.
    """
    pairs = _match(before, after)
    words = np.select(
        [pairs["both"], pairs["first"].notna(), pairs["second"].notna()],
        ["both times", "only before", "only after"],
        default="neither time",
    )
    table = pd.DataFrame({"item": pairs["item_id"].map(before.wording), "answered": words})
    counted = table.value_counts(sort=False).rename("n").reset_index()
    return CountTable(
        frame=counted,
        title=mark("Who answered before and after"),
        dimensions=("item", "answered"),
        what=note("respondents ({role})", role=before.role),
    )


def _moved(change: pd.Series) -> dict[str, int]:
    """Return how many ratings rose and fell."""
    return {"n_rose": int((change > 0).sum()), "n_fell": int((change < 0).sum())}


def _rank(component: pd.Series) -> pd.Series:
    order = ["coefficient", "difference", "standardised", "net share", "signed rank"]
    return component.map({name: i for i, name in enumerate(order)})


def _match(before: Ratings, after: Ratings) -> pd.DataFrame:
    """One row per person and item with scores ``first`` and ``second``."""
    if before.role != after.role:
        raise GuardError("Change was asked for between different roles, who are never pooled.")
    shared = set(before.frame["item_id"]) & set(after.frame["item_id"])
    if not shared or before.levels != after.levels:
        raise EstimationError(
            "The two waves share no item, or their categories differ.",
            hint="Score both waves with the same items= and levels=.",
        )
    sides = []
    for one, name in ((before, "first"), (after, "second")):
        rows = one.frame[one.frame["item_id"].isin(shared)]
        score = rows["rating"].cat.codes.to_numpy().astype(float) + 1
        sides.append(rows.assign(**{name: np.where(score > 0, score, np.nan)}))
        if rows.duplicated(KEYS).any():
            raise EstimationError(
                "Some people have several rows for one item and wave, so pairs are not defined.",
                hint="Give id= a column that names each person once per wave.",
            )
    pairs = sides[0][[*KEYS, "first"]].merge(sides[1], on=KEYS, how="outer")
    both = pairs["first"].notna() & pairs["second"].notna()
    return pairs.assign(both=both, change=pairs["second"] - pairs["first"])


def _cells(pairs: pd.DataFrame, by: str | None) -> dict[tuple[str, str | None], pd.DataFrame]:
    rows = pairs[pairs["both"]]
    if by is not None and by not in rows.columns:
        raise EstimationError(f"The ratings have no column {by}.")
    cells: dict[tuple[str, str | None], pd.DataFrame] = {}
    for item, part in rows.groupby("item_id", sort=False):
        if by is None:
            cells[str(item), None] = part
            continue
        for group, inside in part.groupby(by, sort=True, observed=True):
            cells[str(item), str(group)] = inside
    least = min((len(part) for part in cells.values()), default=0)
    if least < FEWEST_PAIRS:
        raise EstimationError(
            f"Fewer than {FEWEST_PAIRS} people answered both times"
            + (" in some group." if by else "."),
            hint="Check that both waves name people alike, or report each wave by itself.",
        )
    return cells


def _codes(part: pd.DataFrame, cluster: str | None) -> np.ndarray:
    if cluster is None:
        return np.arange(len(part))
    codes, _ = pd.factorize(part[cluster])
    if (codes < 0).any():
        raise EstimationError(f"Some pairs lack a value of {cluster}.")
    return np.asarray(codes)


def _measures(
    part: pd.DataFrame, cluster: str | None, conf_level: float
) -> list[dict[str, object]]:
    first, second = part["first"].to_numpy(), part["second"].to_numpy()
    z, codes = normal_quantile(conf_level), _codes(part, cluster)
    mean = mean_change(second - first, codes, level=conf_level)
    return [
        {"component": "coefficient", **mean},
        {"component": "standardised", **standardised_change(first, second, z=z)},
        {"component": "net share", **net_share(second - first, z=z)},
        {"component": "signed rank", **signed_rank(second - first)},
    ]


def _differences(
    cells: dict[tuple[str, str | None], pd.DataFrame], cluster: str | None, conf_level: float
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for item in dict.fromkeys(name for name, _ in cells):
        groups = [group for name, group in cells if name == item]
        for group in groups[1:]:
            both = pd.concat([cells[item, groups[0]], cells[item, group]])
            inside = np.repeat([0.0, 1.0], [len(cells[item, groups[0]]), len(cells[item, group])])
            found = difference_in_change(
                both["change"].to_numpy(), inside, _codes(both, cluster), level=conf_level
            )
            rows.append({"component": "difference", "term": f"{item}[{group}]", **found})
    return rows


def _notes(
    pairs: pd.DataFrame, before: Ratings, *, by: str | None, retrospective: bool
) -> tuple[str, ...]:
    notes = [*whose_answers(before.role)]
    if by is None:
        notes.append(mark("No comparison group: this is change, not an effect."))
    if retrospective:
        notes.append(ASKED_AFTERWARDS)
    for item, part in pairs.groupby("item_id", sort=False):
        own = before.survey is not None and item in before.survey.wording
        name = before.wording(str(item)) if own else category(item)
        notes += _item_notes(part, name, n_levels=len(before.levels))
    return tuple(notes)


def _item_notes(part: pd.DataFrame, name: str, *, n_levels: int) -> list[str]:
    paired = part.loc[part["both"], "first"].to_numpy(dtype=float)
    lost = part.loc[~part["both"] & part["first"].notna(), "first"].to_numpy(dtype=float)
    if len(paired) < FEWEST_PAIRS:
        return []
    mean, spread = float(paired.mean()), float(paired.std(ddof=1))
    place = (mean - 1) / (n_levels - 1)
    notes: list[str] = []
    if place <= EXTREME_SHARE or place >= 1 - EXTREME_SHARE:
        notes.append(note(NEAR_THE_END, item=name))
    if len(lost) and abs(lost.mean() - mean) > NOTABLE_GAP * spread:
        notes.append(note(OTHERS_DIFFER, item=name))
    later = part["second"].notna()
    if later.any() and (~part.loc[later, "both"]).mean() > UNLINKED_SHARE:
        notes.append(note(NOT_LINKED, item=name))
    return notes
