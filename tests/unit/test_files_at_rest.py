"""What lies on disk is its owner's alone, under any umask; git refuses data, reports and keys."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess

import pytest

from rjeval.cli.main import main

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="git is not installed")


@pytest.fixture
def loose():
    """A umask that takes nothing away: every right that code does not withhold is given."""
    before = os.umask(0)
    yield
    os.umask(before)


def rights(folder):
    return {
        one.relative_to(folder).as_posix(): oct(stat.S_IMODE(one.stat().st_mode))
        for one in [folder, *folder.rglob("*")]
    }


def test_prepared_data_and_quarantine_are_private_under_a_loose_umask(tmp_path, loose, capsys):
    assert main(["simulate", str(tmp_path / "study"), "--size", "30", "--seed", "3"]) == 0
    assert main(["prepare", str(tmp_path / "study")]) == 0
    made = rights(tmp_path / "study" / "data" / "processed")
    assert any(name.startswith("quarantine/") for name in made)
    folders = {name: made.pop(name) for name in (".", "quarantine")}
    assert folders == {".": "0o700", "quarantine": "0o700"}
    assert set(made.values()) == {"0o600"}


def test_rows_of_a_stopped_run_are_private_under_a_loose_umask(tmp_path, loose, capsys):
    study = tmp_path / "study"
    assert main(["simulate", str(study), "--size", "30", "--seed", "3"]) == 0
    design = (study / "study.toml").read_text()
    (study / "study.toml").write_text(design.replace('"CONV" = "convicted"', ""))
    assert main(["prepare", str(study)]) == 11
    made = rights(study / "data" / "processed" / "unread")
    assert made.pop(".") == "0o700"
    assert made
    assert set(made.values()) == {"0o600"}


def test_keys_are_private_under_a_loose_umask(tmp_path, loose, capsys):
    assert main(["keygen", str(tmp_path / "keys" / "one.key")]) == 0
    assert rights(tmp_path / "keys") == {".": "0o700", "one.key": "0o600"}


def test_a_new_study_keeps_its_data_folders_private_and_has_its_hook(tmp_path, loose, capsys):
    study = tmp_path / "study"
    assert main(["init", str(study)]) == 0
    for name in ("data", "data/raw", "data/processed"):
        assert oct(stat.S_IMODE((study / name).stat().st_mode)) == "0o700", name
    assert os.access(study / ".githooks" / "pre-commit", os.X_OK)
    assert "git config core.hooksPath .githooks" in capsys.readouterr().out


@pytest.fixture
def repository(tmp_path, capsys):
    """A new study under git, with its own hook in force."""
    study = tmp_path / "study"
    assert main(["init", str(study)]) == 0

    def git(*arguments, check=True):
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        return subprocess.run(
            [GIT, *names, *arguments], cwd=study, capture_output=True, text=True, check=check
        )

    git("init", "-q")
    git("config", "core.hooksPath", ".githooks")
    return study, git


@needs_git
def test_a_new_study_can_be_committed_and_ignores_data_reports_and_keys(repository):
    study, git = repository
    for name in (
        "data/raw/people.csv",
        "data/processed/person.parquet",
        "data/.processed-new-17-x/person.parquet",
        "reports/r/report.pdf",
        "my.key",
    ):
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        (study / name).write_text("x")
    git("add", "-A")
    git("commit", "-qm", "The study")
    kept = git("ls-files").stdout.split()
    assert "study.toml" in kept
    assert "data/raw/README.md" in kept
    assert [n for n in kept if n.endswith((".csv", ".parquet", ".pdf", ".key"))] == []


@needs_git
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("data/raw/people.csv", "a raw export"),
        ("data/processed/person.parquet", "clean tables or quarantine"),
        ("data/processed/quarantine/person.csv", "clean tables or quarantine"),
        ("reports/2024/report.html", "a report"),
        ("keys/study.key", "a key"),
        ("notes/people.xlsx", "a table or a document"),
        ("notes/with blanks.csv", "a table or a document"),
        ("notebooks/01_data_quality.ipynb", "a notebook with outputs"),
    ],
)
def test_a_real_commit_of_what_must_stay_is_refused(repository, name, why):
    study, git = repository
    (study / name).parent.mkdir(parents=True, exist_ok=True)
    (study / name).write_text('{"outputs": [{"output_type": "stream"}]}')
    git("add", "--force", "study.toml", name)
    refused = git("commit", "-qm", "Oops", check=False)
    assert refused.returncode == 1
    assert f"{name} ({why})" in refused.stderr
    assert git("rev-parse", "--verify", "-q", "HEAD", check=False).returncode == 1  # no commit
    git("rm", "-q", "--cached", name)
    git("commit", "-qm", "The design alone")


@needs_git
def test_raw_exports_of_a_synthetic_study_may_be_committed(repository):
    study, git = repository
    design = study / "study.toml"
    design.write_text(design.read_text().replace("[study]", "[study]\nsynthetic = true", 1))
    (study / "data" / "raw" / "people.txt").write_text("invented")
    git("add", "--force", "study.toml", "data/raw/people.txt")
    git("commit", "-qm", "An invented study")


@needs_git
def test_the_repository_keeps_to_its_own_hook(root, tmp_path):
    """Its hook lets reference tables of tests pass and refuses data and reports."""
    hook = root / "rjeval" / "cli" / "pre_commit_hook.sh"
    script = (root / ".githooks" / "pre-commit").read_text()
    declared = (root / ".pre-commit-config.yaml").read_text()
    assert "RJEVAL_HOOK_TABLES=data" in script
    assert "RJEVAL_HOOK_TABLES=data sh rjeval/cli/pre_commit_hook.sh" in declared
    target = tmp_path / "rjeval" / "cli"
    target.mkdir(parents=True)
    shutil.copy(hook, target)
    shutil.copytree(root / ".githooks", tmp_path / ".githooks")
    for name in ("tests/reference/data/one.csv", "reports/a.html"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("x")

    def git(*arguments):
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        return subprocess.run([GIT, *names, *arguments], cwd=tmp_path, capture_output=True)

    git("init", "-q")
    git("config", "core.hooksPath", ".githooks")
    git("add", "tests")
    assert git("commit", "-qm", "A reference").returncode == 0
    git("add", "reports")
    assert git("commit", "-qm", "A report").returncode == 1
