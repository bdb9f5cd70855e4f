"""The content of our documents made the usual way: a notebook, papermill, nbconvert, pandoc.

``by_hand/annual.py`` holds the cells for the contents of the annual evaluation, from the same raw
exports; ``by_hand/methods.py`` those of the methods appendix and the fact sheet. They are run by
an interpreter that has papermill, nbconvert, lifelines, statsmodels and Pandera
(``RJEVAL_PEER_PYTHON``).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CELLS = Path(__file__).with_name("by_hand")
#: Contents of a document -> the files that hold their cells.
CONTENTS = {"annual": ("annual",), "all": ("annual", "methods")}
#: HTML to Word by pandoc, HTML to PDF by pandoc and Typst, as one process.
CONVERT = """
import sys, typst
from pathlib import Path
import pypandoc
page = sys.argv[1]
folder, name = Path(page).parent, Path(page).with_suffix("")
pypandoc.convert_file(page, "docx", outputfile=f"{name}.docx")
media = [f"--extract-media={folder}/media"]
pypandoc.convert_file(page, "typst", outputfile=f"{name}.typ", extra_args=["--standalone", *media])
typst.compile(f"{name}.typ", output=f"{name}.pdf", root="/")
"""


def write_notebook(folder: Path, raw: Path, *, kind: str) -> Path:
    """Write the notebook that a careful analyst would, and return its path."""
    sources = [
        part
        for name in CONTENTS[kind]
        for part in (CELLS / f"{name}.py").read_text(encoding="utf-8").split("# %%")[1:]
    ]
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{number}",
            "metadata": {},
            "outputs": [],
            "source": f"#{source}".strip().replace("Path(RAW)", f"Path({str(raw)!r})"),
        }
        for number, source in enumerate(sources)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}}
    content |= {"nbformat": 4, "nbformat_minor": 5}
    path = folder / f"by_hand_{kind}.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def make_by_hand(
    folder: Path, raw: Path, *, kind: str = "annual", python: str = sys.executable, page_only: bool
) -> None:
    """Run the notebook by papermill, convert it to HTML, and where asked that to DOCX and PDF."""
    notebook, done = write_notebook(folder, raw, kind=kind), folder / f"done_{kind}.ipynb"
    papermill = [python, "-m", "papermill", "--no-progress-bar", "-k", "python3"]
    commands = [
        [*papermill, str(notebook), str(done)],
        [python, "-m", "nbconvert", "--to", "html", "--no-input", str(done)],
    ]
    if not page_only:
        commands.append([python, "-c", CONVERT, str(done.with_suffix(".html"))])
    for command in commands:
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode:
            raise RuntimeError(f"The notebook by hand failed: {ran.stderr[-2000:]}")
