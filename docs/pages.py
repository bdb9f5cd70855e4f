"""Lays out the source of the site: the pages of this folder, and those made from the code itself.

``python docs/pages.py build/docs-source`` writes them; ``make docs`` then builds the site. What
the code knows (tables, rules, values, commands, exit codes, the face) is never written by hand.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from api_pages import api_pages
from markdown_parts import table, toctree

from rjeval import errors, terms
from rjeval.cli import main as command
from rjeval.design import recidivism
from rjeval.report.wording_rules import RULES as WORDING_RULES
from rjeval.schemas.dictionary import dictionary_markdown
from rjeval.schemas.rule_book import ELSEWHERE, RULES

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
SEVERITY = {
    "E": "Errors",
    "W": "Warnings",
    "I": "Remarks",
}
SEVERITY_TEXT = {
    "E": "Something is wrong. Where the last column says so, the row goes into quarantine; "
    "otherwise the analyses named there must not be relied on until it is mended.",
    "W": "The rows stay. The warning is listed in the report and is weighed when results are read.",
    "I": "For information.",
}


def pages() -> dict[str, str]:
    """Return every page that is made from the code, by its path below the source folder."""
    made = {
        "reference/dictionary.md": dictionary_markdown(),
        "reference/rules.md": rules_page(),
        "reference/allowed_values.md": values_page(),
        "reference/exit_codes.md": exit_codes_page(),
        "reference/commands.md": commands_page(),
        "reference/wording_rules.md": wording_page(),
        "reference/follow_up_rules.md": follow_up_page(),
        "reference/report_sections.md": sections_page(),
        "reference/glossary.md": (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"),
        "changelog.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        "contributing.md": (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
        "decisions/index.md": decisions_page(),
    }
    return made | api_pages()


def rules_page() -> str:
    """Return the list of validation rules, from the rule objects."""
    parts = [
        "# Validation rules",
        "Every row is checked against these rules; `rjeval check` counts the rows that break "
        "each. Ids are those of the rule book; above V100 are rules added since.",
    ]
    for severity, title in SEVERITY.items():
        rows: list[tuple[object, ...]] = [
            (f"`{one.id}`", one.reason, ", ".join(f"`{name}`" for name in one.tables), _does(one))
            for one in sorted(RULES, key=lambda one: int(one.id[1:]))
            if one.severity == severity
        ]
        parts += [f"## {title}", SEVERITY_TEXT[severity]]
        parts.append(table(("Rule", "What is wrong", "Tables", "What follows"), rows))
    elsewhere: list[tuple[object, ...]] = [(f"`{k}`", v) for k, v in sorted(ELSEWHERE.items())]
    parts += ["## Kept elsewhere", "Rules that tables alone do not decide, and where they are."]
    parts.append(table(("Rule", "Where"), elsewhere))
    return "\n\n".join(parts) + "\n"


def _does(rule: object) -> str:
    refuses = "row quarantined" if rule.refuses else ""  # type: ignore[attr-defined]
    blocks = f"in doubt: {rule.blocks}" if rule.blocks else ""  # type: ignore[attr-defined]
    return "; ".join(one for one in (refuses, blocks) if one) or "–"


def values_page() -> str:
    """Return the allowed values of ``study.toml``, from the vocabulary."""
    parts = ["# Values that `study.toml` allows", "Anything else is refused, with the nearest."]
    for name, where in (
        ("RecidivismMeasure", "`[[recidivism]]` `event`"),
        ("Clock", "`[[recidivism]]` `clock`"),
        ("AnalysisSet", "`[[recidivism]]` `population`"),
        ("Role", "`[[survey]]` `role`"),
        ("Wave", "`[[survey]]` `wave`"),
        ("MissingState", "`[exports.*]` `missing_states`"),
        ("DesignTier", "`[arms]` `tier`"),
    ):
        kind = getattr(terms, name)
        rows: list[tuple[object, ...]] = [(f"`{one.value}`", _meaning(one)) for one in kind]
        parts += [f"## {where}", inspect.getdoc(kind), table(("Value", "Means"), rows)]
    for constant, key in KEYS.items():
        names = ", ".join(f"`{one}`" for one in getattr(recidivism, constant))
        parts += [f"## `[[recidivism]]` `{key}`", names]
    kinds = importlib.import_module("rjeval.design.read").COMPARISON_TYPES
    parts += ["## `[arms]` `comparison_type`", ", ".join(f"`{one}`" for one in kinds)]
    return "\n\n".join(parts) + "\n"


KEYS = {
    "EVENT_KINDS": "count_event_kinds",
    "LEVELS": "minimum_level",
    "EVENT_DATES": "event_date",
    "CUSTODY_RULES": "custody",
    "COMPETING_STATES": "competing",
    "TIMES_KNOWN": "times_known",
}


def _meaning(member: object) -> str:
    if isinstance(member, terms.AnalysisSet):
        return terms.POPULATIONS[member]
    if isinstance(member, terms.DesignTier):
        return member.name.replace("_", " ").lower()
    return terms.label(str(member))


def exit_codes_page() -> str:
    """Return exit codes and the errors behind them, from the error classes."""
    kinds = [one for one in vars(errors).values() if inspect.isclass(one)]
    found = [one for one in kinds if issubclass(one, errors.RjevalError)]
    rows: list[tuple[object, ...]] = [(0, "–", "All went well.")]
    for one in sorted(found, key=lambda one: one.exit_code):
        first = (inspect.getdoc(one) or "").splitlines()[0]
        rows.append((one.exit_code, f"`{one.__name__}`", first))
    rows += [
        (2, "–", "A command or an option was mistyped."),
        (command.UNEXPECTED, "–", "Something that rjeval did not expect; please report it."),
        (command.INTERRUPTED, "–", "Stopped from the keyboard."),
    ]
    return (
        "# Exit codes\n\nAn error is one sentence on what is wrong, where, how many and what is "
        "allowed, and one on what to do. It never holds a value of the data. `--debug` shows "
        "where in the code it arose; that output may hold values, so keep it inside.\n\n"
        + table(("Code", "Error", "What it means"), sorted(rows, key=lambda one: int(str(one[0]))))
        + "\n"
    )


def commands_page() -> str:
    """Return every command with its arguments, from the parser itself."""
    parts = [
        "# Commands",
        "Each takes `--help` and `--debug`. See also [exit codes](exit_codes.md).",
    ]
    for name, summary, fill in command._ARGUMENTS:
        parser = argparse.ArgumentParser(add_help=False)
        fill(parser)
        rows: list[tuple[object, ...]] = [
            (f"`{_how(action)}`", action.help) for action in parser._actions
        ]
        parts += [f"## `rjeval {name}`", f"{summary[0].upper()}{summary[1:]}."]
        parts.append(table(("Argument", "What it is"), rows) if rows else "It takes no argument.")
    return "\n\n".join(parts) + "\n"


def _how(action: argparse.Action) -> str:
    """Return an argument as a reader types it."""
    value = action.metavar or "|".join(map(str, action.choices or ())) or action.dest.upper()
    if not action.option_strings:
        return str(value)
    return action.option_strings[0] if action.nargs == 0 else f"{action.option_strings[0]} {value}"


def wording_page() -> str:
    """Return the wording rules that ``rjeval lint-text`` applies."""
    rows: list[tuple[object, ...]] = [
        (f"`{one.name}`", one.advice, f"“{one.better}”", _tiers(one.tiers)) for one in WORDING_RULES
    ]
    return (
        "# Wording rules\n\n`rjeval lint-text FILE` reads a notebook, a Word file (headings, "
        "tables and footnotes too), Markdown or plain text and names each sentence that breaks a "
        "rule, its place, and a sentence that keeps it. `--tier` says how much your "
        "design can carry; without it, tier 1 (one group) is taken.\n\n"
        + table(("Rule", "What to write", "For instance", "Applies at"), rows)
        + "\n\nThe rules know English; W1, W7, W8, W14 and W15 know the decisive words in Spanish. "
        "They find words, not meaning: a text without findings can still mislead.\n"
    )


def _tiers(tiers: frozenset[terms.DesignTier]) -> str:
    """Return at which tiers a wording rule is applied."""
    ordered = sorted(int(one) for one in tiers)
    everywhere = len(ordered) == len(terms.DesignTier)
    return "all" if everywhere else f"tiers {ordered[0]} to {ordered[-1]}"


def follow_up_page() -> str:
    """Return the follow-up rules, which are tests, as a page to read and sign."""
    folder = ROOT / "tests" / "spec"
    parts = [(folder / "README.md").read_text(encoding="utf-8").strip()]
    for path in sorted(folder.glob("*.txt")):
        rule, sections = _sections(path.read_text(encoding="utf-8"))
        parts += [f"## {path.stem.replace('_', ' ').capitalize()}", rule]
        for name, lines in sections:
            parts.append(f"**{name.capitalize()}**")
            parts.append(_grid(lines, keyed=name == "definition"))
    return "\n\n".join(parts) + "\n"


def _sections(text: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """Split a rule into its words and its named tables."""
    names = ("definition", "extract", "people", "offences", "checks", "exposures", "expected")
    words: list[str] = []
    found: list[tuple[str, list[str]]] = []
    for line in filter(str.strip, text.splitlines()):
        if line.strip() in names:
            found.append((line.strip(), []))
        elif found:
            found[-1][1].append(line)
        else:
            words.append(line.strip())
    return " ".join(words), found


def _grid(lines: list[str], *, keyed: bool) -> str:
    cells = [tuple(cell.strip() for cell in line.split("|")) for line in lines]
    if keyed:
        return table(("key", "value"), [*cells])
    if len(cells[0]) == 1:
        return cells[0][0]
    return table(cells[0], [*cells[1:]])


def sections_page() -> str:
    """Return the sections of the report with their first words, from the notebooks."""
    parts = [
        "# Sections of the report",
        "As the notebooks have them; a study's own notebooks may add to them. What each can and "
        "cannot say: [read the report](../howto/read_report.md).",
    ]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(one["source"]) for one in cells if one["cell_type"] == "markdown"]
        parts.append(f"## `{path.stem}`")
        parts.append(table(("Section", "What it says of itself"), list(_headed(texts))))
    return "\n\n".join(parts) + "\n"


def _headed(texts: list[str]) -> Iterator[tuple[object, ...]]:
    for text in texts:
        head, _, rest = text.partition("\n")
        if head.startswith("#"):
            prose = rest.strip().split("\n\n")[0].replace("\n", " ")
            title = head.lstrip("# ").strip()
            yield (f"**{title}**" if head.startswith("# ") else title, prose or "–")


def decisions_page() -> str:
    """Return the list of decisions, with the heading of each."""
    parts = [
        "# Decisions",
        "What was decided where a choice can change a published number, and why.",
    ]
    names = sorted(path.stem for path in (DOCS / "decisions").glob("*.md"))
    parts.append(toctree(names))
    return "\n\n".join(parts) + "\n"


def write_source(target: Path) -> None:
    """Write the whole source of the site, replacing what an earlier run left there."""
    shutil.rmtree(target, ignore_errors=True)
    skipped = shutil.ignore_patterns("*.py", "__pycache__", "exports")
    shutil.copytree(DOCS, target, ignore=skipped)
    for name, text in pages().items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_source(Path(sys.argv[1]))
