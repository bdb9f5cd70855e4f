"""The manifest says where data come from, the same way each time."""

from __future__ import annotations

import hashlib

import pytest

from rjeval.errors import ExportError
from rjeval.provenance import Manifest, RawFile, hash_file, versions


def test_a_file_is_known_by_its_bytes(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,2\n")
    found = hash_file(path, name="raw/x.csv")
    assert found == RawFile(
        name="raw/x.csv", sha256=hashlib.sha256(b"a,b\n1,2\n").hexdigest(), n_bytes=8
    )


def test_json_goes_there_and_back_without_a_time():
    manifest = Manifest(
        kind="exports",
        raw=(RawFile(name="x", sha256="0" * 64, n_bytes=1),),
        rows={"person": {"n_read": 3}},
        versions={"python": "3"},
    )
    text = manifest.to_json()
    assert Manifest.from_json(text) == manifest
    assert text == Manifest.from_json(text).to_json()
    assert "time" not in text


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"raw": [{"x": 1}], "written": []}'])
def test_what_is_no_manifest_is_one_sentence(text):
    with pytest.raises(ExportError, match="not a manifest"):
        Manifest.from_json(text)


def test_versions_name_what_can_change_a_number_and_what_is_absent():
    found = versions(("numpy", "no-such-distribution"))
    assert found["no-such-distribution"] == "not installed"
    assert found["numpy"][0].isdigit()
    assert found["python"].startswith("3.")
