"""The house keeps its own rules: purposes stated, sizes kept, face true, no hosts, no stubs."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys

import pytest

import rjeval

MODULE_CAP = 300
WIDE_CAP = 400  # schemas and results describe many columns and fields
FUNCTION_CAP = 50
WIDE_ROOMS = ("schemas", "results")
HEAVY = ("pandas", "numpy", "scipy", "lifelines", "statsmodels", "matplotlib", "pandera", "ibis")
#: Words that would name a place packages come from; lock files carry hashes, not addresses.
HOSTS = re.compile(
    r"https?://[^\s\"']*(pypi|pythonhosted|simple/|mirror|conda|npmjs)", re.IGNORECASE
)


@pytest.fixture(scope="module")
def modules(root):
    return sorted(p for p in (root / "rjeval").rglob("*.py") if "_study" not in p.parts)


def test_each_module_states_its_purpose_in_its_first_line(modules):
    silent = [
        p.name for p in modules if not (ast.get_docstring(ast.parse(p.read_text())) or "").strip()
    ]
    assert silent == []


def test_modules_keep_to_their_size(modules):
    large = {}
    for path in modules:
        cap = WIDE_CAP if any(room in path.parts for room in WIDE_ROOMS) else MODULE_CAP
        lines = len(path.read_text().splitlines())
        if lines > cap:
            large[path.name] = lines
    assert large == {}


def test_functions_keep_to_their_size(modules):
    long = {}
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            doc = ast.get_docstring(node, clean=False)
            size = node.end_lineno - node.body[0].lineno + 1 - (doc.count("\n") + 1 if doc else 0)
            if size > FUNCTION_CAP:
                long[f"{path.name}:{node.name}"] = size
    assert long == {}


def test_no_module_is_a_drawer_for_odds_and_ends(modules):
    drawers = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert [p.name for p in modules if p.name in drawers] == []


def test_no_unfinished_work_on_main(modules):
    word = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    assert [p.name for p in modules if word.search(p.read_text())] == []


@pytest.mark.parametrize("name", [n for n in rjeval.__all__ if n != "__version__"])
def test_each_name_of_the_face_exists_and_is_documented(name):
    assert (getattr(rjeval, name).__doc__ or "").strip()


def test_no_module_is_named_like_a_function_that_it_exports():
    clashes = [n for n, module in rjeval._FACE.items() if module.rsplit(".", 1)[-1] == n]
    assert clashes == []


def test_face_and_editor_imports_agree(root):
    tree = ast.parse((root / "rjeval" / "__init__.pyi").read_text())
    seen = {
        alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == rjeval._FACE


def test_importing_the_face_loads_no_engine():
    code = f"import sys, rjeval; print([m for m in {HEAVY!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_survival_core_needs_numpy_and_pandas_alone():
    heavy = ("lifelines", "statsmodels", "scipy.stats", "matplotlib", "pandera", "ibis")
    code = (
        "import sys; from rjeval import kaplan_meier, log_rank_test, cox_regression; "
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_no_file_names_a_package_host(root):
    listed = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout, so the list of committed files is not known")
    kinds = {".toml", ".txt", ".lock", ".cfg", ".yml", ".yaml", ".sh", ".md"}
    paths = [root / name for name in listed.stdout.splitlines()]
    texts = [p for p in paths if p.suffix in kinds or p.name in {"Makefile", "run"}]
    found = [p.name for p in texts if p.exists() and HOSTS.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_every_public_module_can_be_imported(modules, root):
    for path in modules:
        name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        if not name.endswith("__main__"):
            importlib.import_module(name)
