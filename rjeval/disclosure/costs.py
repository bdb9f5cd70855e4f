"""Release costs: no sum of pay that would show what one person earns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.disclosure import DisclosureRule
from rjeval.disclosure.bounds import PROTECTING
from rjeval.disclosure.money import dominated
from rjeval.disclosure.rounding import significant
from rjeval.disclosure.stamp import stamped
from rjeval.language import mark
from rjeval.results import CostTotals

#: The category that is somebody's pay.
PAY_GROUP = "pay"
DOMINATED = mark("not shown: one or two entries make up most of it")


def release_costs(result: CostTotals, *, frame: pd.DataFrame, rule: DisclosureRule) -> CostTotals:
    """Release costs by category and year; see :func:`rjeval.release`.

    Costs are those of the programme, not of people, except for pay: its sum of a year is hidden
    where the two largest entries make up more than 90% of it, or all others less than 10% of the
    largest. The smallest other sum of that year is hidden with it, because the budget of a year
    may be known. Amounts have three significant digits.
    """
    frame = frame.copy().reset_index(drop=True)
    spent = frame["amount"].to_numpy(dtype=float) > 0
    unsafe = dominated(frame["amount"], first=frame["largest"], second=frame["second"])
    kinds = np.where(spent & unsafe & frame["category"].eq(PAY_GROUP), "primary", "").astype(object)
    for _, block in frame.groupby("year"):
        inside = block.index[(kinds[block.index] == "") & spent[block.index]]
        if (kinds[block.index] == "primary").any() and len(inside):
            kinds[inside[np.argmin(frame["amount"].to_numpy()[inside])]] = "complementary"
    frame["amount"] = np.where(kinds == "", significant(frame["amount"]), np.nan)
    frame["suppressed"] = kinds
    why = {"": "", "primary": DOMINATED, "complementary": PROTECTING}
    frame["bound"] = [why[kind] for kind in kinds]
    frame = frame.drop(columns=["n_entries", "largest", "second"])
    return stamped(result, frame, rule=rule, n_suppressed=int((kinds != "").sum()))
