"""The Belgian survey through its own study: every row kept, answers recoded as declared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import rjeval as rj

STUDY = Path(__file__).parents[1] / "studies" / "police_trust"
#: Answers 0 to 10 in the file, counted with `cut -d, -f6 ESSBE5.csv | sort | uniq -c`.
ANSWERS = {0: 33, 1: 23, 2: 65, 3: 87, 4: 123, 5: 284, 6: 258, 7: 427, 8: 295, 9: 67, 10: 39}
#: People who gave none.
SILENT = 3


@pytest.mark.real
def test_rows_are_kept_and_eleven_points_become_five(real_data, tmp_path):
    shutil.copytree(STUDY, tmp_path / "study")
    design = rj.read_design(tmp_path / "study")
    exports = rj.read_exports(real_data / "police_trust", design=design)
    (account,) = exports.accounts
    assert (account.n_read, account.n_accepted) == (1_704, 1_704)
    assert (account.n_quarantined, account.n_duplicates) == (0, 0)
    found = exports.tables["community_survey"]["trust_police"]
    assert found.isna().sum() == SILENT
    put_together = [(0, 1), (2, 3), (4, 5, 6), (7, 8), (9, 10)]
    expected = {
        level: sum(ANSWERS[point] for point in points)
        for level, points in enumerate(put_together, start=1)
    }
    assert found.dropna().astype(int).value_counts().to_dict() == expected
    changed = exports.ledger[exports.ledger["column"] == "trust_police"]
    assert len(changed), "the recoding stands in the ledger"
