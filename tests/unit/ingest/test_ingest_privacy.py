"""Declared columns are dropped, pseudonymised or made coarser, and nothing is left of them.

The oracle of pseudonyms is OpenSSL, given the same key and text on its command line.
"""

from __future__ import annotations

import base64
import json
import shutil
import stat
import subprocess

import pandas as pd
import pytest

import rjeval as rj
from rjeval.cli.data import is_prepared
from rjeval.cli.main import main
from rjeval.errors import DesignError, ExportError, IdentifierError
from rjeval.ingest.keys import pseudonym

KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#: Values that must be nowhere in what is written or said.
CANARIES = ("219-09-9998", "Quillfeather", "KX-7741", "04/03/2005", "80204", "someone@example.org")
FILES = {
    "people__csv": "Client,Last Name,DOB,ZIP,Mail\n"
    "KX-7741,Quillfeather,04/03/2005,80204,someone@example.org\n"
    "KX-7742,Quillfeather,11/23/2006,82190-1234,\n"
    "KX-7743,Quillfeather,not known,2139,x\n",
    "referrals__csv": "Ref,Client,SSN,Case,Referred,Age\n"
    "R1,KX-7741,219-09-9998,C1,2022-01-05,16\n"
    "R2,KX-7742,219-09-9997,C1,2022-02-05,15\n"
    "R3,KX-7743,219-09-9996,C2,2022-03-05,17\n",
}
EXPORTS = """
[exports.person]
file = "people.csv"
columns = { person_id = "Client", birth_year = "DOB", zip3 = "ZIP" }
dates = { birth_year = ["%m/%d/%Y"] }
[exports.referral]
file = "referrals.csv"
[exports.referral.columns]
referral_id = "Ref"
person_id = "Client"
case_id = "Case"
referral_date = "Referred"
age_at_referral = "Age"
tag = "SSN"
"""
ACTIONS = """
[privacy.person]
person_id = "pseudonymise"
birth_year = "generalise"
zip3 = "generalise"
"Last Name" = "drop"
Mail = "drop"
[privacy.referral]
person_id = "pseudonymise"
age_at_referral = "generalise"
tag = "pseudonymise"
"""


@pytest.fixture
def key(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "study.key"
    path.write_text(KEY + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def privacy(key):
    return f'[privacy]\nkey_file = "{key}"\n' + ACTIONS


def everything(exports):
    frames = [*exports.tables.values(), *exports.quarantine.values(), exports.ledger]
    return "\n".join(one.to_csv() for one in [*frames, exports.quality])


def by_openssl(text: str) -> str:
    out = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY}"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    digest = bytes.fromhex(out.stdout.decode().split()[-1])[:16]
    return "p-" + base64.b32encode(digest).decode().rstrip("=").lower()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("text", ["KX-7741", "kx-7741", "Müller", "003Ab00000Xy"])
def test_pseudonyms_are_hmac_sha256_as_openssl_computes_it(text):
    assert pseudonym(bytes.fromhex(KEY), text) == by_openssl(text)


def test_declared_columns_pass_the_gate_and_tables_still_meet(study, privacy, lines):
    exports = study.read(EXPORTS, more=privacy, **FILES)
    person, referral = exports.tables["person"], exports.tables["referral"]
    assert set(person["person_id"]) == set(referral["person_id"])
    assert person["person_id"].str.fullmatch("p-[a-z2-7]{26}").all()
    assert referral["tag"].nunique() == 3
    assert lines(exports.ledger, "pseudonymised") == {
        ("person", "person_id"): 3,
        ("referral", "person_id"): 3,
        ("referral", "tag"): 3,
    }
    assert lines(exports.ledger, "dropped") == {("person", "Last Name"): 3, ("person", "Mail"): 2}


def test_what_is_generalised_is_what_hand_work_gives(study, privacy, lines):
    exports = study.read(EXPORTS, more=privacy, **FILES)
    of = {pseudonym(bytes.fromhex(KEY), f"KX-774{n}"): n for n in (1, 2, 3)}
    person = exports.tables["person"].assign(who=lambda f: f["person_id"].map(of)).set_index("who")
    assert person["birth_year"][[1, 2]].tolist() == [2005, 2006]
    assert person["birth_year"].isna()[3]
    # 82190 lies in an area of few people; 2139 has lost a zero, so its area is not known
    assert person["zip3"][[1, 2]].tolist() == ["802", "000"]
    assert person["zip3"].isna()[3]
    # bands of two years, written as the highest age: 16 and 17 are 17, 15 is 14-15
    ages = exports.tables["referral"].set_index("referral_id")["age_at_referral"]
    assert ages.to_dict() == {"R1": 17, "R2": 15, "R3": 17}
    assert lines(exports.ledger, "generalised") == {
        ("person", "birth_year"): 2,
        ("person", "zip3"): 2,
        ("referral", "age_at_referral"): 1,
    }
    assert lines(exports.ledger, "generalised_unread") == {
        ("person", "birth_year"): 1,
        ("person", "zip3"): 1,
    }


def test_no_original_value_is_left_in_anything_written(study, privacy, tmp_path):
    late = FILES["referrals__csv"] + "R4,KX-7741,219-09-9998,C9,2099-01-05,16\n"  # refused row
    exports = study.read(EXPORTS, more=privacy, **{**FILES, "referrals__csv": late})
    assert len(exports.quarantine["referral"]) == 1
    rj.save_exports(exports, tmp_path / "processed")
    written = [one for one in (tmp_path / "processed").rglob("*") if one.is_file()]
    text = everything(exports) + "".join(one.read_bytes().decode("latin-1") for one in written)
    assert [one for one in CANARIES if one in text] == []


def test_two_keys_give_two_sets_of_pseudonyms_and_one_key_gives_one(study, privacy, key):
    def ids():
        exports = study.read(EXPORTS, more=privacy, **FILES)
        return set(exports.tables["person"]["person_id"])

    first = ids()
    assert ids() == first
    key.write_text(KEY[::-1])
    assert ids().isdisjoint(first)


def test_without_an_action_the_gate_names_every_column_kind_and_count(study):
    with pytest.raises(IdentifierError) as caught:
        study.read(EXPORTS, **FILES)
    said = str(caught.value)
    assert "column 'Last Name' holds a direct identifier (name) in 3 of 3 rows" in said
    assert "'DOB' (date of birth, 3 rows)" in said
    assert "'Mail' (e-mail, 1 rows)" in said
    assert "drop, pseudonymise or generalise" in said
    assert [one for one in CANARIES if one in said] == []


def test_a_column_handled_in_one_table_still_stops_where_another_reads_it_bare(study, privacy):
    more = privacy.replace('tag = "pseudonymise"\n', "")
    with pytest.raises(IdentifierError, match="column 'SSN'"):
        study.read(EXPORTS, more=more, **FILES)


def test_a_template_made_of_an_identifier_is_a_use_of_it(study, key):
    exports = EXPORTS.replace('tag = "SSN"', 'tag = "Ref"')
    exports += '[exports.referral.templates]\ncode = "{SSN}-x"\n'
    more = f'[privacy]\nkey_file = "{key}"\n' + ACTIONS.replace('tag = "pseudonymise"\n', "")
    with pytest.raises(IdentifierError, match="column 'SSN'"):
        study.read(exports, more=more, **FILES)
    handled = more + 'code = "pseudonymise"\n'
    found = study.read(exports, more=handled, **FILES).tables["referral"]["code"]
    assert found.tolist() == [pseudonym(bytes.fromhex(KEY), f"219-09-999{n}-x") for n in (8, 7, 6)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ('[privacy.referral]\nperson_id = "pseudonymise"\n', "[privacy.referral]\n"),
            "no longer meet",
        ),
        (('zip3 = "generalise"', 'gender = "generalise"'), "only a mapped column"),
        (('birth_year = "generalise"', 'birth_year = "pseudonymise"'), "not an id or a text"),
        (('zip3 = "generalise"', 'zip3 = "hide"'), "must be one of drop, pseudonymise, generalise"),
        (('person_id = "pseudonymise"\nbirth', 'person_id = "drop"\nbirth'), "cannot be dropped"),
        (("Mail =", '"ZIP" ='), "Write the name of the dictionary instead: zip3"),
        (('tag = "pseudonymise"', 'referral_date = "pseudonymise"'), "not an id or a text"),
        (('tag = "pseudonymise"', 'tag = "generalise"'), "cannot be generalised"),
        (("[privacy.referral]", "[privacy.session]"), "unknown key 'session'"),
    ],
)
def test_actions_that_cannot_be_done_are_refused_by_the_design(study, privacy, change, said):
    study.write(**FILES)
    with pytest.raises(DesignError) as caught:
        study.design(EXPORTS, more=privacy.replace(*change))
    assert said in str(caught.value)


def test_a_key_inside_the_study_folder_is_refused_by_path_and_by_link(study, key, tmp_path):
    inside = study.folder / "study.key"
    shutil.copy(key, inside)
    link = key.parent / "link.key"
    link.symlink_to(inside)
    for path in ("study.key", inside, link):
        with pytest.raises(DesignError, match="inside the study folder"):
            study.design(EXPORTS, more=f'[privacy]\nkey_file = "{path}"\n' + ACTIONS)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.chmod(0o640), "can be read by others"),
        (lambda path: path.write_text("secret"), "is not a key"),
        (lambda path: path.unlink(), "cannot be read: No such file"),
    ],
)
def test_a_key_that_is_no_safe_key_is_refused_without_being_shown(study, privacy, key, spoil, said):
    spoil(key)
    with pytest.raises(DesignError, match=said) as caught:
        study.read(EXPORTS, more=privacy, **FILES)
    assert KEY not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_action_without_a_key_asks_for_one(study):
    with pytest.raises(DesignError, match="key_file is missing"):
        study.design(EXPORTS, more="[privacy]\n" + ACTIONS)


def test_keygen_makes_a_private_key_once(tmp_path, capsys):
    path = tmp_path / "keys" / "one.key"
    assert main(["keygen", str(path)]) == 0
    made = path.read_text()
    assert len(bytes.fromhex(made.strip())) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert made.strip() not in capsys.readouterr().out
    assert main(["keygen", str(path)]) == 11
    assert "no key is ever overwritten" in capsys.readouterr().err
    assert path.read_text() == made
    other = tmp_path / "two.key"
    assert main(["keygen", str(other)]) == 0
    assert other.read_text() != made


def test_keygen_refuses_a_place_inside_a_study(study, capsys):
    study.design()
    (study.folder / "data").mkdir()
    assert main(["keygen", str(study.folder / "data" / "keys" / "study.key")]) == 10
    assert "inside the study folder" in capsys.readouterr().err
    assert list((study.folder / "data").iterdir()) == []


def test_stored_tables_made_without_the_actions_are_not_taken_for_those_with_them(study, privacy):
    from rjeval.provenance import exports_fingerprint

    study.write(**FILES)
    plain = study.design(EXPORTS)
    declared = study.design(EXPORTS, more=privacy)
    assert exports_fingerprint(plain) != exports_fingerprint(declared)
    assert json.dumps(exports_fingerprint(declared))


def test_tables_read_as_a_stream_are_treated_alike(study, privacy, monkeypatch):
    held = study.read(EXPORTS, more=privacy, **FILES)
    monkeypatch.setattr("rjeval.ingest.large_tables.LARGE_BYTES", 1)
    streamed = study.read(EXPORTS, more=privacy, **FILES)
    for name, frame in held.tables.items():
        pd.testing.assert_frame_equal(frame, streamed.tables[name], check_like=True)
    assert [one for one in CANARIES if one in everything(streamed)] == []

    def counted(ledger, rule):
        mine = ledger[ledger["rule"].eq(rule)]
        return mine.groupby(["table", "column"])["n_rows"].sum().to_dict()

    for rule in ("dropped", "pseudonymised", "generalised", "generalised_unread"):
        assert counted(streamed.ledger, rule) == counted(held.ledger, rule), rule


def test_a_stream_stops_at_an_identifier_too(study, monkeypatch):
    monkeypatch.setattr("rjeval.ingest.large_tables.LARGE_BYTES", 1)
    with pytest.raises(IdentifierError, match="'Last Name' holds a direct identifier"):
        study.read(EXPORTS, **FILES)


def test_kinds_of_missing_answers_outlive_generalising_and_go_with_what_is_dropped(study, privacy):
    files = {**FILES, "people__csv": FILES["people__csv"].replace(",2139,", ",refused,")}
    states = 'missing_states = { refused = "declined" }\n[exports.referral]'
    exports = EXPORTS.replace("[exports.referral]", states, 1)
    person = study.read(exports, more=privacy, **files).tables["person"]
    assert person["zip3_missing_state"].dropna().tolist() == ["declined"]
    dropped = privacy.replace('zip3 = "generalise"', 'zip3 = "drop"')
    person = study.read(exports, more=dropped, **files).tables["person"]
    assert "zip3_missing_state" not in person
    assert person["zip3"].isna().all()


def test_data_prepared_with_another_key_are_stale_and_the_key_is_not_told(study, privacy, key):
    exports = study.read(EXPORTS, more=privacy, **FILES)
    design = study.design(EXPORTS, more=privacy)
    folder = study.folder / "data" / "processed"
    rj.save_exports(exports, folder)
    assert is_prepared(design, study.folder / "raw")
    manifest = (folder / "manifest.json").read_text()
    assert KEY not in manifest
    assert json.loads(manifest)["key_print"]
    key.write_text(KEY[::-1])
    assert not is_prepared(design, study.folder / "raw")
    with pytest.raises(ExportError, match="prepared with another key"):
        rj.load_exports(folder, design=design)
    # whoever holds the prepared data without the key may go on with them
    key.unlink()
    assert len(rj.load_exports(folder, design=design).tables["person"]) == 3
