"""The documentation says what is: keys, defaults, values, examples and links of every page."""

from __future__ import annotations

import dataclasses
import importlib
import re
import sys
import tomllib

import pytest

import rjeval as rj
from rjeval import terms
from rjeval.design import disclosure, exports, microdata, plan, privacy, read, recidivism, study
from rjeval.report.lint import lint_text
from rjeval.schemas.rule_book import ELSEWHERE, RULES
from rjeval.schemas.tables import TABLES

#: Keys of a design that a section's reader takes, and that are no fields of its dataclass.
ARMS_KEYS = {"levels", "reference", "comparison_type", "tier"}
#: Keys whose default depends on others, so that the page describes it instead of printing it.
NO_FIXED_DEFAULT = "–"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def docs(root):
    return root / "docs"


@pytest.fixture(scope="module")
def module(docs):
    sys.path.insert(0, str(docs))
    yield importlib.import_module
    sys.path.remove(str(docs))


@pytest.fixture(scope="module")
def made(module):
    return module("pages").pages()


@pytest.fixture(scope="module")
def written(docs):
    return {p.relative_to(docs).as_posix(): p.read_text("utf-8") for p in docs.rglob("*.md")}


@pytest.fixture(scope="module")
def keys(written):
    """Section -> key -> default, as the page on study.toml has them."""
    found: dict[str, dict[str, str]] = {}
    for part in re.split(r"^## ", written["reference/study_toml.md"], flags=re.MULTILINE)[1:]:
        name = part.split("\n")[0].strip("`[] ")
        rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", part, re.MULTILINE)
        found[name] = {key: default.strip("`") for key, default in rows}
    return found


def defaults(kind):
    """Key -> default of a dataclass; a default that is empty or missing comes as it is."""
    found = {}
    for one in dataclasses.fields(kind):
        default = one.default
        if default is dataclasses.MISSING and one.default_factory is not dataclasses.MISSING:
            default = one.default_factory()
        found[one.name] = None if default is dataclasses.MISSING else default
    return found


@pytest.mark.parametrize(
    ("section", "kind", "not_keys"),
    [
        ("recidivism", recidivism.RecidivismDefinition, set()),
        ("survey", study.SurveyDesign, set()),
        ("models", study.ModelDesign, set()),
        ("sensitivity", plan.SensitivityDesign, set()),
        ("subgroups", plan.SubgroupDesign, set()),
        ("disclosure", disclosure.DisclosureRule, set()),
        ("microdata", microdata.MicrodataDesign, set()),
        ("exports.TABLE", exports.ExportMap, {"table"}),
    ],
)
def test_each_key_of_a_design_is_explained_with_its_default(keys, section, kind, not_keys):
    true = {name: one for name, one in defaults(kind).items() if name not in not_keys}
    assert set(keys[section]) == set(true)
    for name, shown in keys[section].items():
        if shown == NO_FIXED_DEFAULT:
            assert true[name] is None, name
            continue
        value = true[name]
        value = list(value) if isinstance(value, tuple) else value
        value = dict(value) if hasattr(value, "items") else value
        assert tomllib.loads(f"key = {shown}")["key"] == value, name


def test_sections_and_their_plain_keys_are_explained(keys):
    assert {one.split(".")[0] for one in keys} == set(read.SECTIONS)
    assert set(keys["study"]) == set(read.STUDY_KEYS)
    assert set(keys["arms"]) == ARMS_KEYS
    read._arms(dict.fromkeys(ARMS_KEYS, "none") | {"levels": ["none"], "tier": "1"})
    assert set(keys["privacy"]) == set(privacy.PRIVACY_KEYS)


def test_defaults_of_the_study_are_those_in_force(keys):
    true = defaults(study.StudyDesign)
    for name in ("programme", "author", "synthetic", "seed", "why_no_recidivism", "sources_note"):
        assert tomllib.loads(f"key = {keys['study'][name]}")["key"] == true[name], name


def test_each_value_of_a_definition_is_explained(written):
    page = written["howto/reoffending.md"]
    for kind in (terms.RecidivismMeasure, terms.Clock, terms.AnalysisSet):
        known = [one.value.removeprefix("all_") for one in kind]
        assert [one for one in known if one not in page] == []
    for name in (*recidivism.CUSTODY_RULES, *read.COMPARISON_TYPES):
        assert name in page or name == "none", name
    explained = set(defaults(recidivism.RecidivismDefinition)) - {"name", "coverage_to"}
    assert [one for one in sorted(explained) if f"`{one}" not in page and one not in page] == []


def test_each_key_of_a_map_is_shown_with_an_example(written):
    page = written["howto/map_exports.md"]
    names = [one for one in defaults(exports.ExportMap) if one != "table"]
    assert [one for one in names if one not in page] == []


def test_each_example_of_a_design_is_a_design(written, tmp_path):
    n_read = 0
    for name, page in written.items():
        for language, text in FENCE.findall(page):
            if language != "toml" or name == "tutorial.md":
                continue
            if "[study]" not in text:
                text = '[study]\ntitle = "A study"\n' + text
            if "exports." not in text:
                text += '\n[exports.person]\nfile = "people.csv"\n'
            (tmp_path / "study.toml").write_text(text, encoding="utf-8")
            design = rj.read_design(tmp_path)
            assert all(table in TABLES for table in design.tables()), name
            n_read += 1
    assert n_read >= 8


def test_each_example_of_code_runs(written):
    n_run = 0
    for name, page in written.items():
        if name == "figures.md":  # its example goes on from results that a reader has
            continue
        for language, text in FENCE.findall(page):
            if language == "python":
                exec(compile(text, name, "exec"), {})
                n_run += 1
    assert n_run >= 2


def test_made_pages_hold_all_that_the_code_knows(made, root):
    rules = set(re.findall(r"^\| `(V\d+)` ", made["reference/rules.md"], re.MULTILINE))
    assert rules == {one.id for one in RULES} | set(ELSEWHERE)
    dictionary = made["reference/dictionary.md"]
    assert [one for one in TABLES if f"## `{one}`" not in dictionary] == []
    specs = [path.stem for path in (root / "tests" / "spec").glob("*.txt")]
    shown = made["reference/follow_up_rules.md"].casefold()
    assert [one for one in specs if f"## {one.replace('_', ' ')}\n" not in shown] == []
    api = "".join(text for name, text in made.items() if name.startswith("api/"))
    for name in rj._FACE:
        assert len(re.findall(rf"^\.\. auto\w+:: rjeval\.{name}$", api, re.MULTILINE)) == 1, name
    for word in ("DesignError", "DisclosureError"):
        assert word in made["reference/exit_codes.md"]


def test_each_command_is_described_with_all_its_options(made):
    from rjeval.cli.main import _ARGUMENTS, _parser

    page = made["reference/commands.md"]
    assert [name for name, *_ in _ARGUMENTS if f"## `rjeval {name}`" not in page] == []
    actions = next(one for one in _parser()._actions if one.dest == "command").choices
    for one in actions.values():
        options = {flag for action in one._actions for flag in action.option_strings}
        for flag in options - {"-h", "--help", "--debug"}:
            assert f"`{flag}" in page, flag


def test_commands_that_pages_name_exist(written, made):
    known = set(re.findall(r"^## `rjeval ([\w-]+)`", made["reference/commands.md"], re.MULTILINE))
    for name, page in written.items():
        used = set(re.findall(r"(?:`|^\$ |^)rjeval ([a-z][\w-]+)", page, re.MULTILINE))
        assert used <= known, name


def test_functions_that_pages_name_exist(written):
    for name, page in written.items():
        used = set(re.findall(r"\brj\.(\w+)\(", page))
        assert [one for one in used if one not in rj._FACE] == [], name


def test_each_link_between_pages_leads_somewhere(written, made, docs):
    from posixpath import dirname, join, normpath

    pages = {**made, **written}
    for name, page in pages.items():
        for target in LINK.findall(page):
            path = target.split("#")[0]
            if not path or "://" in target:
                continue
            there = normpath(join(dirname(name), path))
            assert there in pages or (docs / there).exists(), f"{name}: {target}"


def test_each_page_has_a_place_in_the_contents(written, made):
    listed = set(re.findall(r"^[\w/]+$", written["index.md"], re.MULTILINE))
    for text in (made["decisions/index.md"], made["api/index.md"]):
        listed |= set(re.findall(r"^[\w-]+$", text, re.MULTILINE))
    for name in {**written, **made}:
        stem = name.removesuffix(".md")
        assert stem in listed or stem.rpartition("/")[2] in listed or stem == "index", name


def test_the_grant_paragraphs_fail_and_pass_as_the_page_says(written):
    page = written["howto/grant_paragraph.md"]
    parts = dict(part.split("\n", 1) for part in page.split("\n## ")[1:])
    judged = {}
    for name in ("Not like this", "But like this"):
        text = "\n".join(line[1:].strip() for line in parts[name].split("\n") if line[:1] == ">")
        assert text, name
        judged[name] = {one.rule for one in lint_text(text)}
    assert {"W1", "W2", "W3", "W7", "W9"} <= judged["Not like this"]
    assert judged["But like this"] == set()


def test_what_is_shown_instead_of_a_count_is_what_the_page_says(written):
    import pandas as pd

    page = written["howto/disclosure.md"]
    for n_events in (14, 8):
        frame = pd.DataFrame({"days": [400] * 60, "new": [0] * 60})
        frame.loc[: n_events - 1, ["days", "new"]] = [100, 1]
        outcome = rj.time_to_event(frame, time="days", event="new", unit="days")
        rates = rj.release(
            rj.fixed_window_rates(outcome, at_days=[365]), rule=rj.profile_rule("public_strict")
        )
        row = rates.frame.iloc[0]
        shown = row["bound"] or (
            f"{row['n_event']:.0f} of {row['n_mature']:.0f} ({row['estimate']:.0%}, "
            f"95% interval {row['conf_low']:.0%} to {row['conf_high']:.0%})"
        )
        assert f"| {n_events} of 60 | {shown} |" in page
    for profile, rule in disclosure.PROFILES.items():
        line = next(one for one in page.splitlines() if one.startswith(f"| `{profile}`"))
        assert ("nothing" in line.split("|")[2]) == (not rule.suppresses)
        assert rule.suppresses is False or f"0 to {rule.min_cell - 1}" in line


def test_the_example_is_the_same_on_each_page(written):
    """The tutorial's test compares its sentence with the report; the others quote it."""
    claim = re.search(r"^> (About .+)$", written["tutorial.md"], re.MULTILINE).group(1)
    rate, low, high = (float(one) for one in re.findall(r"([\d.]+)%(?!\sCI)", claim)[:3])
    k, n = re.search(r"(\d+) of (\d+) people", claim).groups()
    assert (
        f"({rate}%, 95% CI {low}% to {high}%; {k} of {n} people" in written["howto/read_report.md"]
    )
    grant = written["howto/grant_paragraph.md"]
    assert f"Of {n} people referred" in grant
    assert f"{k} ({rate:.0f}%, 95% CI {low:.0f}% to {high:.0f}%)" in grant


def test_chapters_of_the_annual_report_are_explained(written, made):
    page = written["howto/read_report.md"]
    sections = made["reference/report_sections.md"]
    for notebook in ("01_", "02_", "03_", "04_", "05_"):
        part = sections.split(f"## `{notebook}")[1]
        chapter = re.search(r"^\| \*\*(.+?)\*\* \|", part, re.MULTILINE).group(1)
        assert f"## {chapter}" in page, chapter


def test_the_finished_site_is_read_for_dead_links_and_outside_requests(module, tmp_path):
    problems = module("check_site").problems
    page = '<a href="b.html#here">x</a><a href="https://example.org">y</a><p id="top"></p>'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (tmp_path / "b.html").write_text('<p id="here"></p><img src="c.png">', encoding="utf-8")
    (tmp_path / "c.png").write_bytes(b"")
    assert list(problems(tmp_path)) == []
    for bad, words in (
        ('<a href="gone.html">x</a>', "not there"),
        ('<a href="a.html#gone">x</a>', "not there"),
        ('<script src="https://example.org/x.js"></script>', "from outside"),
        ('<link href="//example.org/x.css">', "from outside"),
        ('<a href="http://example.org">x</a>', "not https"),
    ):
        (tmp_path / "b.html").write_text(f'<p id="here"></p>{bad}', encoding="utf-8")
        assert words in " ".join(problems(tmp_path)), bad


def test_what_the_site_needs_is_pinned_apart_from_what_tests_install(root):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [re.split(r"[<>=\[]", one)[0] for one in project["optional-dependencies"]["docs"]]
    lock = (root / "requirements" / "docs.txt").read_text("utf-8")
    others = (root / "requirements" / "lock.txt").read_text("utf-8")
    for name in wanted:
        assert re.search(rf"^{name}==\S+ .*\\\n +--hash=sha256:", lock, re.MULTILINE), name
        assert not re.search(rf"^{name}==", others, re.MULTILINE), name
    shared = set(re.findall(r"^([\w.-]+==\S+)", lock, re.MULTILINE))
    both = {one.split("==")[0] for one in shared}
    pinned = dict(one.split("==") for one in re.findall(r"^([\w.-]+==\S+)", others, re.MULTILINE))
    assert [
        one
        for one in shared
        if one.split("==")[0] in pinned and pinned[one.split("==")[0]] != one.split("==")[1]
    ] == []
    assert both
