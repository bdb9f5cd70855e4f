"""The account of all rows, with the rules that failed and the changes made, as a result."""

from __future__ import annotations

import pandas as pd

from rjeval.analysis_data import Exports
from rjeval.results.descriptive import DataQuality

ACCOUNT_COLUMNS = (
    "table",
    "n_read",
    "n_accepted",
    "n_quarantined",
    "n_duplicates",
    "n_filtered",
)


def summarise_quality(exports: Exports) -> DataQuality:
    """Return rows read, accepted, refused and duplicate per table, with rules and ledger.

    Parameters
    ----------
    exports : Exports

    Returns
    -------
    DataQuality
        ``frame`` has one row per table; its counts are rows, not people, and
        read = accepted + quarantined + duplicates + filtered in each.
    """
    rows = [
        {name: getattr(account, name) for name in ACCOUNT_COLUMNS} for account in exports.accounts
    ]
    return DataQuality(
        frame=pd.DataFrame(rows, columns=list(ACCOUNT_COLUMNS)),
        rules=exports.quality.copy(),
        ledger=exports.ledger.copy(),
    )
