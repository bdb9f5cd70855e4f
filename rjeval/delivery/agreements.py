"""Agreements, what people undertook in them, and restitution owed and paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.delivery.tally import NOT_RECORDED, columns_of, names_in_words, table_of, tally
from rjeval.errors import DataError
from rjeval.language import mark, note
from rjeval.results import CountTable, MoneyTotals

MONEY = "restitution_money"
NUMBERS = (
    "n_people",
    "n_obligations",
    "n_paid_in_full",
    "n_paid_nothing",
    "amount_owed",
    "amount_paid",
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "largest_owed",
    "second_owed",
    "largest_paid",
    "second_paid",
)


def count_agreements(
    exports: Exports,
    by: str | Sequence[str] = "status",
    *,
    labels: Mapping[str, str] | None = None,
) -> CountTable:
    """Count agreements by one or two columns of theirs or of their referral.

    Attempts that came to no agreement stay in the denominator: to leave them out would raise
    the share completed.

    Parameters
    ----------
    exports : Exports
        With the table ``agreement``.
    by : str or sequence of str
    labels : mapping, optional

    Returns
    -------
    CountTable
    """
    rows = _with_referral(table_of(exports, "agreement"), exports=exports)
    names = columns_of(rows, by)
    title = note("Agreements by {names}", names=names_in_words(names))
    return tally(rows, by=names, what=mark("agreements"), title=title, labels=labels)


def count_obligations(
    exports: Exports,
    by: str | Sequence[str] = ("kind", "status"),
    *,
    kinds: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> CountTable:
    """Count obligations, by default by kind and by what became of them.

    Parameters
    ----------
    exports : Exports
        With the tables ``obligation`` and ``agreement``.
    by : str or sequence of str
        Columns of the obligation or of the referral.
    kinds : sequence of str, optional
        Only these kinds.
    labels : mapping, optional

    Returns
    -------
    CountTable
        One row of the exports is one obligation; a person may have several.
    """
    rows = _obligations(exports)
    if kinds is not None:
        rows = rows[rows["kind"].isin(list(kinds))]
    names = columns_of(rows, by)
    title = note("Obligations by {names}", names=names_in_words(names))
    return tally(rows, by=names, what=mark("obligations"), title=title, labels=labels)


def restitution_totals(
    exports: Exports, by: str = "", *, conf_level: float = 0.95, currency: str = ""
) -> MoneyTotals:
    r"""Return restitution owed and paid, and the share paid as the ratio of the sums.

    Parameters
    ----------
    exports : Exports
        With the tables ``obligation``, ``agreement``, ``referral``; ``payment`` where payments
        are recorded one by one.
    by : str, optional
        A column of the referral, such as ``"site_id"``.
    conf_level : float
    currency : str
        Shown beside amounts.

    Returns
    -------
    MoneyTotals

    Raises
    ------
    DataError
        A table is missing, or no obligation to pay money has an amount.

    Notes
    -----
    With :math:`x_i` owed and :math:`y_i` paid by person :math:`i` of :math:`n`, the share is
    :math:`r = \sum y_i / \sum x_i`, the standard error
    :math:`\sqrt{n / (n - 1) \sum (y_i - r x_i)^2} / \sum x_i` (linearised ratio, people as
    units; Cochran 1977, *Sampling Techniques*, sec. 6.4), the interval normal and held within 0
    and 1 unless more was paid than owed. A mean of people's own shares would be another number:
    it weighs a debt of 20 like one of 20,000. Obligations without an amount are left out, and
    counted in ``notes``. A payment that belongs to no obligation to pay is not counted.
    """
    if not 0 < conf_level < 1:
        raise ValueError("conf_level must lie between 0 and 1.")
    rows = _obligations(exports)
    rows = rows[rows["kind"] == MONEY]
    known = rows[rows["amount_owed"].notna()] if "amount_owed" in rows.columns else rows.iloc[:0]
    if known.empty:
        raise DataError(
            "No obligation to pay money has an amount, so restitution has no total.",
            hint=f"Map amount_owed under [exports.obligation] for rows of kind {MONEY}.",
        )
    columns_of(known, by or "person_id")
    payments = table_of(exports, "payment").groupby("obligation_id")["amount"].sum()
    known = known.assign(paid=known["obligation_id"].map(payments).fillna(0.0))
    group = known[by].astype(object).where(known[by].notna(), NOT_RECORDED) if by else "all"
    blocks = known.assign(_group=group).groupby("_group", sort=True)
    z = NormalDist().inv_cdf(0.5 + conf_level / 2)
    table = [{(by or "group"): name, **_totals(block, z=z)} for name, block in blocks]
    frame = pd.DataFrame(table, columns=[by or "group", *NUMBERS])
    notes = (mark("Some obligations to pay have no amount."),) if len(known) < len(rows) else ()
    return MoneyTotals(
        frame=frame if by else frame.drop(columns="group"),
        by=by,
        conf_level=conf_level,
        currency=currency,
        notes=notes,
    )


def _totals(block: pd.DataFrame, *, z: float) -> dict[str, float]:
    people = block.groupby("person_id")[["amount_owed", "paid"]].sum()
    owed, paid = people["amount_owed"].to_numpy(dtype=float), people["paid"].to_numpy(dtype=float)
    n, total = len(people), owed.sum()
    share = paid.sum() / total if total > 0 else np.nan
    spread = n / (n - 1) * ((paid - share * owed) ** 2).sum() if n > 1 else np.nan
    error = np.sqrt(spread) / total if total > 0 else np.nan
    top_owed, top_paid = (np.sort(np.append(one, [0.0, 0.0]))[::-1] for one in (owed, paid))
    ceiling = 1.0 if (paid <= owed).all() else np.inf
    values = (
        n,
        len(block),
        int((paid >= owed).sum()),
        int((paid == 0).sum()),
        total,
        paid.sum(),
        share,
        error,
        max(share - z * error, 0.0),
        min(share + z * error, ceiling),
        *(top_owed[0], top_owed[1], top_paid[0], top_paid[1]),
    )
    return dict(zip(NUMBERS, map(float, values), strict=True))


def _obligations(exports: Exports) -> pd.DataFrame:
    """Obligations with the columns of their referral beside them."""
    agreement = table_of(exports, "agreement")[["agreement_id", "referral_id"]]
    rows = table_of(exports, "obligation").merge(
        agreement, on="agreement_id", how="left", validate="many_to_one"
    )
    return _with_referral(rows, exports=exports)


def _with_referral(rows: pd.DataFrame, *, exports: Exports) -> pd.DataFrame:
    """Add the columns of the referral that these rows do not have."""
    referral = table_of(exports, "referral")
    extra = [name for name in referral.columns if name not in rows.columns]
    return rows.merge(
        referral[["referral_id", *extra]], on="referral_id", how="left", validate="many_to_one"
    )
