"""Writes k and l of a small invented table as pycanon counts them, for the tests of microdata.

Run by hand with pycanon installed (it is no dependency of rjeval):
``python tests/reference/python/microdata_pycanon.py tests/reference/data/microdata_pycanon.json``
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from pycanon import anonymity

ROWS = 300
CASES = (
    (["site"], ["outcome", "offence"]),
    (["site", "gender"], ["outcome", "offence"]),
    (["site", "gender", "age"], ["outcome"]),
    (["site", "gender", "age", "race"], ["outcome", "offence"]),
)


def main(path: str) -> None:
    rng = np.random.default_rng(20260101)
    frame = pd.DataFrame(
        {
            "site": rng.choice(["north", "south"], ROWS, p=[0.7, 0.3]),
            "gender": rng.choice(["man", "woman", "nonbinary"], ROWS, p=[0.6, 0.35, 0.05]),
            "age": rng.choice(["12-14", "15-17"], ROWS),
            "race": rng.choice(["a", "b", "c"], ROWS, p=[0.6, 0.3, 0.1]),
            "outcome": rng.choice(["reoffence", "censored", "death"], ROWS, p=[0.3, 0.65, 0.05]),
            "offence": rng.choice(["person", "property", "society"], ROWS),
        }
    )
    cases = [
        {
            "quasi": quasi,
            "k": int(anonymity.k_anonymity(frame, quasi)),
            "l": {name: int(anonymity.l_diversity(frame, quasi, [name])) for name in sensitive},
        }
        for quasi, sensitive in CASES
    ]
    kept = {
        "made_by": "tests/reference/python/microdata_pycanon.py",
        "versions": {name: version(name) for name in ("pycanon", "pandas", "numpy")},
        "cases": cases,
        "rows": frame.to_dict("list"),
    }
    Path(path).write_text(json.dumps(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
