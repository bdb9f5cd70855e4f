"""Raw files: the same bytes for the same seed, and as many defects as were counted."""

from __future__ import annotations

import zipfile

import openpyxl
import pandas as pd
import pytest

from rjeval.design import read_design
from rjeval.simulate.defects import COMPLETED
from rjeval.simulate.programme import DEFAULT_SEED, simulate_programme
from rjeval.simulate.raw_layout import SYNTHETIC
from rjeval.simulate.raw_tracker import BANNER_LINES, WORKBOOK
from rjeval.simulate.write import LAYOUT, write_study


def _read(folder, name):
    """Data rows of one raw file as text, header by hand, footers left in."""
    layout = LAYOUT[name]
    if layout.file == WORKBOOK:
        book = openpyxl.load_workbook(folder / WORKBOOK, read_only=True)
        lines = list(book[layout.sheet].iter_rows(values_only=True))
        book.close()
        return pd.DataFrame(lines[BANNER_LINES + 1 :], columns=lines[BANNER_LINES])
    return pd.read_csv(
        folder / layout.file,
        sep=layout.delimiter,
        encoding=layout.encoding,
        dtype=str,
        keep_default_na=False,
        names=list(layout.columns.values()),
        skiprows=1,
        engine="python",
    )


def _content(file):
    """Bytes of a file; of a workbook those of its parts, as zip libraries pack differently."""
    if file.suffix != ".xlsx":
        return file.read_bytes()
    with zipfile.ZipFile(file) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    programme = simulate_programme(n_referrals=400, seed=3)
    return folder, programme, write_study(programme, folder)


@pytest.fixture(scope="module")
def tidy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tidy")
    programme = simulate_programme(n_referrals=400, seed=3)
    return folder, programme, write_study(programme, folder, defects=False)


def test_same_seed_same_bytes(study, tmp_path):
    folder, _, counts = study
    again = write_study(simulate_programme(n_referrals=400, seed=3), tmp_path)
    assert again == counts
    for file in folder.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_workbook_holds_no_time_of_writing(study):
    with zipfile.ZipFile(study[0] / WORKBOOK) as book:
        assert {one.date_time for one in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_committed_demonstration_is_what_the_generator_writes(root, tmp_path):
    write_study(simulate_programme(), tmp_path)
    for file in tmp_path.iterdir():
        committed = root / "data" / "raw" / file.name
        assert _content(committed) == _content(file), file.name


def test_design_of_the_demonstration_reads_every_file_and_header(root):
    design = read_design(root)
    assert design.synthetic
    assert design.seed == DEFAULT_SEED
    declared = {one.table: one for one in design.exports}
    for name, layout in LAYOUT.items():
        spec = declared[name]
        assert (spec.file, spec.sheet) == (layout.file, layout.sheet)
        # A second column may be read from a header too, such as harm weights from levels.
        assert dict(layout.columns).items() <= dict(spec.columns).items()
        assert set(spec.columns.values()) == set(layout.columns.values())
        if layout.dates not in ("", "%Y-%m-%d"):
            assert all(layout.dates in formats for formats in spec.dates.values())


def test_design_maps_every_code_back(root):
    from rjeval.ingest.values import fold

    declared = {one.table: one for one in read_design(root).exports}
    for name, layout in LAYOUT.items():
        for column, codes in layout.values.items():
            mapped = {fold(k): v for k, v in declared[name].values.get(column, {}).items()}
            for value, text in codes.items():
                plain = {"True": "true", "False": "false"}.get(value, value)
                back = mapped.get(fold(text), fold(text))
                assert back == plain or back in ("yes", "y", "no", "n"), (name, column)


def test_every_file_says_that_it_is_synthetic(study):
    folder, _, _ = study
    for name in ("crm_clients.csv", "crm_referrals.csv"):
        assert SYNTHETIC.encode() in (folder / name).read_bytes()
    book = openpyxl.load_workbook(folder / WORKBOOK, read_only=True)
    assert all("SYNTHETIC" in sheet["A1"].value for sheet in book)
    book.close()


def test_exact_duplicates_as_counted(study):
    folder, _, counts = study
    for name in ("referral", "followup_event", "survey_response"):
        rows = _read(folder, name)
        assert int(rows.duplicated().sum()) == counts[f"exact_duplicates_{name}"] > 0


def test_orphans_as_counted(study):
    folder, programme, counts = study
    events = _read(folder, "followup_event")
    clients = set(programme.tables["person"]["person_id"])
    assert (~events["client_ref"].isin(clients)).sum() >= counts["orphans_followup_event"] > 0
    unique = events.drop_duplicates()
    assert (~unique["client_ref"].isin(clients)).sum() == counts["orphans_followup_event"]
    sessions = _read(folder, "session")
    cases = set(programme.tables["referral"]["case_id"])
    assert (~sessions["Case No."].isin(cases)).sum() == counts["orphans_session"]
    answers = _read(folder, "survey_response").drop_duplicates()
    sent = set(programme.tables["survey_invitation"]["invitation_id"])
    assert (~answers["Survey No."].isin(sent)).sum() == counts["orphans_survey_response"]


def test_spellings_of_completed_as_counted(study):
    folder, _, counts = study
    rows = _read(folder, "referral").drop_duplicates()
    spelt = rows["Outcome"].isin(COMPLETED)
    assert int(spelt.sum()) == counts["completed_spelt_otherwise"] > 0
    assert rows["Outcome"].eq("Completed ").any()


def test_coded_missing_values_as_counted(study):
    folder, _, counts = study
    rows = _read(folder, "person")
    codes = ("N/A", "Declined to answer", "-", "not recorded")
    assert int(rows.isin(codes).sum().sum()) == counts["coded_missing_values"] > 0


def test_dates_in_two_formats_as_counted(study):
    folder, _, counts = study
    rows = _read(folder, "harmed_party")[["Date Asked", "Date Decided"]]
    iso = rows.apply(lambda one: one.str.fullmatch(r"\d{4}-\d\d-\d\d").sum()).sum()
    assert iso == counts["dates_in_second_format"] > 0
    assert rows["Date Asked"].str.fullmatch(r"\d\d-[A-Z][a-z]{2}-\d{4}").any()
    assert rows.eq("31-Feb-2023").sum().sum() == counts["impossible_dates"] > 0


def test_swapped_waves_as_counted(study):
    folder, programme, counts = study
    rows = _read(folder, "survey_invitation")
    true = programme.tables["survey_invitation"]["wave"].map({"pre": "Before", "post": "After"})
    swapped = (rows["Before or after"].to_numpy() != true.to_numpy()).sum()
    assert swapped == counts["surveys_before_and_after_swapped"] > 0


def test_dates_in_each_others_box_as_counted(study):
    folder, _, counts = study
    rows = _read(folder, "referral").drop_duplicates()
    enrolled = pd.to_datetime(rows["Date Enrolled"], format="%m/%d/%Y", errors="coerce")
    closed = pd.to_datetime(rows["Date Closed"], format="%m/%d/%Y", errors="coerce")
    assert int((closed < enrolled).sum()) == counts["dates_in_each_others_box"] > 0


def test_missing_offence_dates_as_counted(study):
    folder, _, counts = study
    rows = _read(folder, "followup_event").drop_duplicates()
    own = rows[~rows["event_no"].str.endswith("X")]
    assert int(own["offense_dt"].eq("").sum()) == counts["offence_dates_missing"] > 0


def test_repeated_keys_are_blank_as_counted(study):
    folder, programme, counts = study
    rows = _read(folder, "harmed_party")
    assert int(rows["Case No."].eq("").sum()) == counts["repeated_keys_left_blank"] > 0
    filled = rows["Case No."].where(rows["Case No."] != "").ffill()
    assert filled.tolist() == programme.tables["harmed_party"]["case_id"].tolist()


def test_footers_and_banners_as_counted(study):
    folder, _, counts = study
    lines = 0
    for name in ("person", "referral"):
        first = _read(folder, name).iloc[:, 0]
        lines += int(first.str.startswith(("Grand Total", "Confidential", "SYNTHETIC")).sum())
    assert lines == counts["footer_lines"]
    assert counts["banner_lines"] == 3 * BANNER_LINES


def test_twins_and_unchecked_people_as_counted(study):
    _, programme, counts = study
    ids = programme.tables["person"]["person_id"]
    assert not ids.duplicated().any()
    assert ids.str.lower().duplicated().sum() == counts["ids_that_differ_by_case_only"] > 0
    never = ~ids.isin(programme.tables["records_check"]["person_id"])
    assert never.sum() == counts["people_never_checked"] > 0


def test_case_numbers_keep_their_zeros_and_offices_their_accents(study):
    folder, _, _ = study
    rows = _read(folder, "referral")
    assert rows["Case No."].dropna().str.fullmatch(r"0\d{5}|").all()
    assert rows["Office"].eq("Peñasco").any()
    with pytest.raises(UnicodeDecodeError):
        (folder / "crm_referrals.csv").read_bytes().decode("utf-8")


def test_without_defects_every_row_is_as_in_the_clean_tables(tidy):
    folder, programme, counts = tidy
    assert not any(name.startswith(("exact", "orphans")) for name in counts)
    for name, layout in LAYOUT.items():
        assert len(_read(folder, name)) == len(programme.tables[name]) + 3 * bool(layout.footer)


def test_a_sheet_too_long_for_a_workbook_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("rjeval.simulate.write.SHEET_LINES", 50)
    with pytest.raises(ValueError, match="one holds 50"):
        write_study(simulate_programme(n_referrals=60, seed=1), tmp_path)
