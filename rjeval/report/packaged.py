"""Where the demonstration study and its notebooks lie: in the wheel, or around a checkout."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path

from rjeval.errors import ReportError
from rjeval.language import ENGLISH, Language
from rjeval.languages.files import read_shipped

_PACKAGE = Path(__file__).resolve().parents[1]


def packaged_study() -> Path:
    """Return the folder of the demonstration study that came with this rjeval.

    Raises
    ------
    ReportError
        Neither the wheel nor a checkout around the package holds it.
    """
    for folder in (_PACKAGE / "_study", _PACKAGE.parent):
        if (folder / "study.toml").is_file() and (folder / "notebooks").is_dir():
            return folder
    raise ReportError(
        "The demonstration study did not come with this installation.",
        hint="Install the wheel or work from a checkout.",
    )


def is_checkout(study: Path) -> bool:
    """Whether the demonstration study is a checkout, where work may be done in place."""
    return study == _PACKAGE.parent


@cache
def shipped_paragraphs() -> frozenset[str]:
    """Return the paragraphs of the shipped notebooks' Markdown."""
    cells = [
        cell
        for file in (packaged_study() / "notebooks").glob("*.ipynb")
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]
    return frozenset(
        part.strip() for cell in cells for part in "".join(cell["source"]).split("\n\n")
    )


def copy_study(
    folder: Path, *, with_design: bool = False, with_data: bool = False, language: str = ENGLISH
) -> None:
    """Copy the notebooks, and where asked the design and the exports, of the demonstration study.

    Files that are already there are left as they are. In another language the notebooks' words
    are translated paragraph by paragraph; their code is the same.
    """
    source = packaged_study()
    wanted = sorted((source / "notebooks").glob("*.ipynb"))
    if with_design:
        wanted.append(source / "study.toml")
    if with_data:
        wanted += [path for path in sorted((source / "data" / "raw").rglob("*")) if path.is_file()]
    for path in wanted:
        target = folder / path.relative_to(source)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".ipynb" and language != ENGLISH:
                target.write_text(_translated(path, read_shipped(language)), encoding="utf-8")
            else:
                shutil.copyfile(path, target)


def _translated(notebook: Path, language: Language) -> str:
    """Return a notebook with its Markdown in another language."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["cell_type"] == "markdown":
            parts = "".join(cell["source"]).split("\n\n")
            told = "\n\n".join(language.phrases.get(one.strip(), one) for one in parts)
            cell["source"] = told.splitlines(keepends=True)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
