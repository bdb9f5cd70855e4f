"""The command: cheap help, one sentence and an exit code per kind of error, never a value."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tomllib

import nbformat
import pytest

import rjeval.errors as errors
from rjeval.cli import main as cli
from rjeval.cli.main import INTERRUPTED, UNEXPECTED, main
from rjeval.languages.files import read_language, read_shipped
from rjeval.report.document import in_language
from rjeval.report.packaged import packaged_study

CANARY = "Zzyzx-4711"
HELP_CPU_SECONDS = 0.3  # what the requirement allows; measured 0.03 s
HEAVY = ("pandas", "numpy", "lifelines", "statsmodels", "matplotlib", "rich", "jupyter_client")


def test_help_costs_little_and_loads_no_engine():
    code = (
        "import sys, json\n"
        "from rjeval.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert json.loads(out.stdout.splitlines()[-1]) == []
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < HELP_CPU_SECONDS
    for command in ("init", "check", "prepare", "report", "demo", "lock", "simulate"):
        assert f"  {command} " in out.stdout


BRANCHES = {
    errors.DesignError: 10,
    errors.ExportError: 11,
    errors.ValidationError: 11,
    errors.LinkageError: 11,
    errors.IdentifierError: 11,
    errors.GuardError: 12,
    errors.DisclosureError: 13,
    errors.ReportError: 14,
}


@pytest.fixture
def failing(monkeypatch):
    """Let `rjeval check` raise what a test hands over."""

    def arrange(error: BaseException) -> None:
        def command(given: object) -> None:
            raise error

        monkeypatch.setattr(cli, "_function", lambda name: command)

    return arrange


@pytest.mark.parametrize(
    ("kind", "code"), BRANCHES.items(), ids=lambda x: getattr(x, "__name__", x)
)
def test_each_branch_of_errors_has_its_exit_code_and_no_traceback(failing, capsys, kind, code):
    failing(kind("Nothing fits.", hint="Try again."))
    assert main(["check"]) == code
    said = capsys.readouterr()
    assert said.err == "Error: Nothing fits.\nTry again.\n"
    assert said.out == ""


def test_an_unexpected_error_is_one_sentence_without_its_values(failing, capsys):
    failing(KeyError(CANARY))
    assert main(["check"]) == UNEXPECTED
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "KeyError" in said
    assert CANARY not in said


def test_a_stop_from_the_keyboard_is_one_line_and_130(failing, capsys):
    failing(KeyboardInterrupt())
    assert main(["check"]) == INTERRUPTED
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--debug", "check"], ["check", "--debug"]])
def test_debug_shows_where_an_own_error_arose(failing, arguments, capsys):
    failing(errors.DesignError("Nothing fits."))
    assert main(arguments) == errors.DesignError.exit_code
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert said.endswith("DesignError: Nothing fits.\n")


def test_debug_never_shows_the_message_of_a_foreign_error(failing, capsys):
    first = ValueError("could not read ZQCANARY77")
    second = KeyError("ZQCANARY77")
    second.__cause__ = first
    failing(second)
    assert main(["check", "--debug"]) == UNEXPECTED
    said = capsys.readouterr().err
    assert "ZQCANARY77" not in said
    assert "ValueError (message left out" in said
    assert "KeyError (message left out" in said


def test_no_command_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_a_missing_study_is_said_in_one_sentence(tmp_path, capsys):
    assert main(["report", str(tmp_path / "nowhere" / "study.toml")]) == 10
    said = capsys.readouterr().err
    assert "There is no study.toml" in said
    assert "Traceback" not in said


def test_init_lays_out_a_study_and_leaves_what_is_there(tmp_path, capsys):
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.toml").write_text("# mine\n", encoding="utf-8")
    assert main(["init", str(folder)]) == 0
    assert (folder / "study.toml").read_text(encoding="utf-8") == "# mine\n"
    for name in ("data/raw/README.md", "data/processed/README.md", "reports/README.md"):
        assert (folder / name).is_file()
    assert len(list((folder / "notebooks").glob("*.ipynb"))) >= 5
    assert "Next:" in capsys.readouterr().out


def test_the_design_that_init_writes_lacks_a_map_only(tmp_path):
    import rjeval as rj

    assert main(["init", str(tmp_path / "new")]) == 0
    file = tmp_path / "new" / "study.toml"
    with pytest.raises(errors.DesignError, match="names no export") as told:
        rj.read_design(file)
    assert "rjeval map" in told.value.hint
    text = file.read_text(encoding="utf-8")
    shown, example = text.split("# [exports.person]")
    mapped = example.replace("\n# ", "\n").replace("\n#\n", "\n")
    file.write_text(f"{shown}[exports.person]{mapped}", encoding="utf-8")
    assert rj.read_design(file).tables() == ("person", "referral")


def test_init_in_a_place_that_cannot_be_written_is_one_sentence(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert main(["init", str(blocked)]) == 14
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_the_dictionary_is_written_as_markdown_or_html(tmp_path, suffix):
    out = tmp_path / f"dictionary{suffix}"
    assert main(["dictionary", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# Data dictionary" if suffix == ".md" else "<!")
    assert "referral" in text


@pytest.mark.parametrize("empty", [False, True])
def test_the_words_of_a_language_are_one_file_to_start_another(tmp_path, capsys, empty):
    out = tmp_path / "ours.toml"
    assert main(["words", "--out", str(out), *(["--empty"] if empty else [])]) == 0
    assert 'language = "ours.toml"' in capsys.readouterr().out
    given = tomllib.loads(out.read_text(encoding="utf-8"))
    shipped = read_shipped("es")
    for part, known in (("labels", shipped.labels), ("phrases", shipped.phrases)):
        assert given[part] == (dict.fromkeys(known, "") if empty else dict(known))
    if empty:
        text = out.read_text(encoding="utf-8").replace('code = ""', 'code = "xx"')
        out.write_text(text.replace('name = ""', 'name = "X"'), encoding="utf-8")
    assert bool(read_language("ours.toml", folder=tmp_path).phrases) is not empty


def test_words_are_written_over_nothing_and_of_shipped_languages_only(tmp_path, capsys):
    out = tmp_path / "ours.toml"
    assert main(["words", "--out", str(out), "--from", "tlh"]) == 10
    assert not out.exists()
    out.write_text("mine", encoding="utf-8")
    assert main(["words", "--out", str(out)]) == 14
    assert out.read_text(encoding="utf-8") == "mine"
    assert capsys.readouterr().err.count("Error:") == 2


def test_a_study_can_begin_in_spanish(tmp_path):
    assert main(["init", str(tmp_path / "study"), "--language", "es"]) == 0
    design = tomllib.loads((tmp_path / "study" / "study.toml").read_text(encoding="utf-8"))
    assert design["report"]["language"] == "es"
    shipped = packaged_study() / "notebooks"
    for path in sorted((tmp_path / "study" / "notebooks").glob("*.ipynb")):
        ours, theirs = (nbformat.read(one, 4).cells for one in (path, shipped / path.name))
        for mine, english in zip(ours, theirs, strict=True):
            assert (mine.cell_type, mine.id) == (english.cell_type, english.id)
            if mine.cell_type == "markdown":
                assert mine.source != english.source
                assert in_language(mine.source) == mine.source
            else:
                assert mine.source == english.source


@pytest.mark.parametrize(
    ("option", "least"), [("--seed=-4", 0), ("--seed=x", 0), ("--size=abc", 20), ("--size=3", 20)]
)
def test_a_number_that_cannot_be_meant_is_an_error_of_use_in_one_sentence(option, least, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["simulate", "somewhere", option])
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert f"a whole number of at least {least} is needed" in said
    assert "Traceback" not in said


def test_a_demonstration_onto_a_file_is_refused_in_one_sentence(tmp_path, capsys):
    file = tmp_path / "taken"
    file.write_text("mine", encoding="utf-8")
    assert main(["demo", str(file)]) == errors.ReportError.exit_code
    assert "The folder taken cannot be written" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "mine"
