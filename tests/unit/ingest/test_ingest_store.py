"""Clean tables are written whole or not at all, come back equal, and notice tampering."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys

import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import ExportError
from rjeval.ingest import store

TEXT = "Ref,Person,Referred,Outcome\nB,2,2022-01-06,open\nA,1,2022-01-05,open\nC,3,,open\n"


@pytest.fixture
def exports(study):
    return study.read(referrals__csv=TEXT)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "processed"


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_is_saved_comes_back_equal(study, exports, folder):
    rj.save_exports(exports, folder)
    back = rj.load_exports(folder, design=study.design())
    for name, frame in exports.tables.items():
        pd.testing.assert_frame_equal(back.tables[name], frame)
    pd.testing.assert_frame_equal(back.ledger, exports.ledger)
    pd.testing.assert_frame_equal(back.quality, exports.quality)
    assert repr(back.accounts) == repr(exports.accounts)
    assert back.quarantine["referral"]["rule"].tolist() == ["V01"]


def test_the_same_exports_give_the_same_bytes_in_key_order(exports, folder):
    rj.save_exports(exports, folder)
    first = contents(folder)
    rj.save_exports(exports, folder)
    assert contents(folder) == first
    assert pd.read_parquet(folder / "referral.parquet")["referral_id"].tolist() == ["A", "B"]


def test_files_are_for_their_owner_only(exports, folder):
    rj.save_exports(exports, folder)
    modes = {
        path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]
    }
    assert modes == {True: 0o700, False: 0o600}


def test_the_manifest_names_files_hashes_rows_and_versions(exports, folder):
    rj.save_exports(exports, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    import hashlib

    assert manifest["raw"] == [
        {
            "name": "referrals.csv",
            "n_bytes": len(TEXT),
            "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
        }
    ]
    assert manifest["rows"]["referral"]["n_read"] == 3
    assert {"python", "rjeval", "pandas"} <= set(manifest["versions"])


def test_a_readme_in_the_folder_stays(exports, folder):
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("Nothing here is committed.")
    rj.save_exports(exports, folder)
    assert (folder / "README.md").read_text() == "Nothing here is committed."


@pytest.mark.parametrize("moment", ["_write", "_sync", "_swap"])
def test_a_run_that_dies_leaves_the_earlier_set(study, exports, folder, moment, monkeypatch):
    rj.save_exports(exports, folder)
    before = contents(folder)
    other = study.read(referrals__csv=TEXT.replace("open", "died"))

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, moment, die)
        with pytest.raises(KeyboardInterrupt):
            rj.save_exports(other, folder)
    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["processed"]


def test_a_run_killed_between_the_two_renames_is_mended(study, exports, folder):
    rj.save_exports(exports, folder)
    before = contents(folder)
    folder.rename(folder.parent / ".processed-earlier")
    rj.load_exports(folder, design=study.design())
    assert contents(folder) == before


def test_a_run_killed_outright_leaves_the_earlier_set_and_no_rest(study, exports, folder):
    """A second process is killed by the system (SIGKILL) when all is written but not swapped."""
    rj.save_exports(exports, folder)
    before = contents(folder)
    code = (
        "import os, signal, sys; import rjeval as rj; from rjeval.ingest import store\n"
        "study, target = sys.argv[1:]\n"
        "exports = rj.read_exports(study + '/raw', design=rj.read_design(study))\n"
        "store._swap = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "rj.save_exports(exports, target)\n"
    )
    study.write(referrals__csv=TEXT.replace("open", "died"))
    ended = subprocess.run(
        [sys.executable, "-c", code, str(study.folder), str(folder)], check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert contents(folder) == before
    assert len(list(folder.parent.iterdir())) == 2  # the rest of the killed run
    rj.load_exports(folder, design=study.design())
    assert [path.name for path in folder.parent.iterdir()] == ["processed"]


def test_what_is_being_written_by_a_running_process_is_left_alone(study, exports, folder):
    rj.save_exports(exports, folder)
    other = folder.parent / f".processed-new-{os.getppid()}-abc"
    other.mkdir()
    rj.load_exports(folder, design=study.design())
    assert other.is_dir()


def test_formulas_come_out_inert(study, folder):
    """A cell that a spreadsheet would run is quarantined, and written with an apostrophe."""
    exports = study.read(
        referrals__csv="Ref,Person,Referred,Outcome\n=cmd|' /C calc'!A0,1,2022-01-05,open\n"
    )
    rj.save_exports(exports, folder)
    written = (folder / "quarantine" / "referral.csv").read_text()
    assert "'=cmd" in written
    assert ",=cmd" not in written
    given = pd.DataFrame({"a": ["-5", "-x", "@a", "b=", None]})
    assert store.inert(given)["a"].fillna("").tolist() == ["-5", "'-x", "'@a", "b=", ""]


def test_data_of_another_design_are_refused(study, exports, folder):
    rj.save_exports(exports, folder)
    changed = study.design(more="")
    assert rj.load_exports(folder, design=changed).tables
    text = (study.folder / "study.toml").read_text().replace("2024-12-31", "2023-12-31")
    (study.folder / "study.toml").write_text(text)
    with pytest.raises(ExportError, match="prepared with another design"):
        rj.load_exports(folder, design=rj.read_design(study.folder))


def test_a_new_title_does_not_ask_for_new_data(study, exports, folder):
    rj.save_exports(exports, folder)
    text = (study.folder / "study.toml").read_text().replace("A study of", "Study of")
    (study.folder / "study.toml").write_text(text)
    assert rj.load_exports(folder, design=rj.read_design(study.folder)).tables


@pytest.mark.parametrize("name", ["referral.parquet", "quarantine/referral.csv", "ledger.csv"])
def test_tampering_is_noticed(study, exports, folder, name):
    rj.save_exports(exports, folder)
    with (folder / name).open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(ExportError, match="changed since it was written"):
        rj.load_exports(folder, design=study.design())


def test_nothing_prepared_is_one_sentence(study, tmp_path):
    study.write(referrals__csv=TEXT)
    with pytest.raises(ExportError, match="There are no prepared data in nowhere"):
        rj.load_exports(tmp_path / "nowhere", design=study.design())


def test_a_manifest_that_is_none_is_one_sentence(study, exports, folder):
    rj.save_exports(exports, folder)
    (folder / "manifest.json").write_text('{"kind": 3}')
    with pytest.raises(ExportError, match="not a manifest"):
        rj.load_exports(folder, design=study.design())


def test_a_read_only_folder_is_one_sentence(exports, folder, monkeypatch):
    rj.save_exports(exports, folder)
    before = contents(folder)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ExportError, match="processed cannot be written: Permission denied"):
        rj.save_exports(exports, folder)
    assert contents(folder) == before


def test_a_file_in_the_way_is_one_sentence(exports, tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ExportError, match=r"processed cannot be written: (File exists|Not a dir)"):
        rj.save_exports(exports, tmp_path / "data" / "processed")


def test_a_full_or_locked_disk_leaves_the_earlier_set(exports, folder, monkeypatch):
    rj.save_exports(exports, folder)
    before = contents(folder)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(ExportError) as caught:
        rj.save_exports(exports, folder)
    assert str(caught.value).startswith("processed cannot be written: No space left on device.")
    assert contents(folder) == before
