"""A draft of the map for unknown files: valid, mostly right, honest about doubt, no rare values."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import rjeval as rj
from rjeval.errors import ExportError
from rjeval.ingest.guesses import guess_dates, guess_header
from rjeval.ingest.mapping import propose_map
from rjeval.schemas.tables import TABLES

STUDY = '[study]\ntitle = "Draft"\nwhy_no_recidivism = "A test."\nextract_date = 2025-12-31\n'
#: Share of the columns mapped by hand in study.toml that the draft must find by itself.
FOUND_BY_ITSELF = 0.85


#: The same share over the real studies, whose drafts also hold what is left as a comment.
FOUND_IN_REAL_FILES = 0.9
STUDIES = Path(__file__).parents[2] / "studies"
PROPOSAL = re.compile(r'columns\.(\w+) = "([^"]*)"  # \d+')


def draft_of(*files):
    return tomllib.loads(propose_map(files)).get("exports", {})


def proposed(file):
    """All columns that a draft proposes, written or commented: (table, column) -> file column."""
    found, table = {}, ""
    for line in propose_map([file]).splitlines():
        if header := re.search(r"\[\[exports\.(\w+)\]\]", line):
            table = header[1]
        if match := PROPOSAL.search(line):
            found[table, match[1]] = match[2]
    return found


def known(one):
    """The columns of a map that the dictionary has; covariates have names of their own."""
    return {name: file for name, file in one.columns.items() if TABLES[one.table].column(name)}


@pytest.fixture(scope="module")
def drafts(root):
    """The draft of each file of the demonstration, once."""
    files = {one.file for one in rj.read_design(root).exports}
    return {file: draft_of(root / "data" / "raw" / file) for file in files}


def texts(*values):
    return pd.Series(values, dtype="string").astype(str)


def test_the_draft_of_the_demonstration_is_mostly_what_was_written_by_hand(root, drafts):
    """The reference is the repository's own study.toml, which people wrote."""
    by_hand = rj.read_design(root).exports
    right, total = 0, 0
    for one in by_hand:
        found = drafts[one.file].get(one.table, [])
        mine = next((m for m in found if m.get("sheet", "") == one.sheet), {"columns": {}})
        assert mine["columns"], f"{one.file} was not taken for {one.table}"
        right += sum(mine["columns"].get(name) == file for name, file in one.columns.items())
        total += len(one.columns)
    assert right / total >= FOUND_BY_ITSELF


@pytest.mark.real
def test_drafts_of_real_files_are_mostly_what_was_written_by_hand(real_data):
    """The reference is the study.toml of each real study, which people wrote."""
    right, total = 0, 0
    for study in ("cook_diversion", "iowa", "compas"):
        drafts = {}
        for one in rj.read_design(STUDIES / study).exports:
            drafts[one.file] = drafts.get(one.file) or proposed(real_data / study / one.file)
            asked = known(one)
            right += sum(drafts[one.file].get((one.table, name)) == asked[name] for name in asked)
            total += len(asked)
    assert total == 36  # counted in the three files by hand: 10, 2 and 24
    assert right / total >= FOUND_IN_REAL_FILES


def test_what_is_written_as_sure_in_the_demonstration_is_never_another_column(root, drafts):
    """A wrong match that nobody is warned of would be worse than none."""
    by_hand = {(m.file, m.table): known(m) for m in rj.read_design(root).exports if not m.sheet}
    for file, table in by_hand:
        for one in drafts[file].get(table, []):
            asked = by_hand[file, table]
            assert {k: v for k, v in one["columns"].items() if k in asked} == {
                k: asked[k] for k in one["columns"] if k in asked
            }


def test_a_file_of_totals_is_said_to_be_none_and_proposes_nothing(tmp_path):
    file = tmp_path / "totals.csv"
    file.write_text("Year/a,Total,State\n" + "".join(f"{y},12,3\n" for y in range(2000, 2012)))
    text = propose_map([file])
    assert "# No table fits well: the file may hold totals" in text
    assert draft_of(file) == {}


def test_an_id_is_composed_where_the_file_has_none(tmp_path):
    file = tmp_path / "x.csv"
    rows = "".join(f"C{i},2024-01-{1 + i % 28:02d},completed\n" for i in range(40))
    file.write_text("Client ID,Date Referred,Outcome\n" + rows)
    text = propose_map([file])
    assert '# decide: templates.referral_id = "{Client ID}-referral"  # from another id' in text
    file.write_text("Days to Return,Recidivism Type\n" + "12,New\n" * 12)
    assert '# decide: templates.person_id = "{#}-person"' in propose_map([file])


def test_a_state_that_a_table_needs_may_be_the_same_in_all_rows(tmp_path):
    file = tmp_path / "jail.csv"
    rows = "".join(f"P{i},2024-01-02,2024-02-0{1 + i % 9}\n" for i in range(40))
    file.write_text("Person ID,Jail In,Jail Out\n" + rows)
    text = propose_map([file])
    assert list(draft_of(file)) == ["exposure"]
    assert '# decide: constants.state = ""  # the same in all rows: one of' in text


def test_contents_decide_between_two_names_and_a_flag_is_no_key(tmp_path):
    file = tmp_path / "x.csv"
    rows = "".join(f"{i % 2},P{i},2024-01-02,2024-03-04\n" for i in range(60))
    file.write_text("event,Person ID,Offense Date,Arrest Date\n" + rows)
    text = propose_map([file])
    assert 'columns.event_id = "event"' not in text.replace("# unsure: columns.event_id", "")


def test_contents_that_do_not_fit_make_a_good_name_unsure(tmp_path):
    """A scale from 0 to 10 under the name of one that ends at 5."""
    file = tmp_path / "x.csv"
    rows = "".join(f"P{i},2021,{i % 11}\n" for i in range(60))
    file.write_text("Respondent ID,Wave,Trust in Police\n" + rows)
    text = propose_map([file])
    assert '# unsure: columns.trust_police = "Trust in Police"  # 79' in text
    assert "only 45% of its texts are in range" in text  # 5 of the 11 values are 1 to 5


def test_a_column_that_stands_there_twice_is_left_to_a_person(tmp_path):
    file = tmp_path / "x.csv"
    rows = "".join(f"P{i},1990,{i % 5},{i % 5}\n" for i in range(40))
    file.write_text("Person ID,Birth Year,Priors,Priors\n" + rows)
    text = propose_map([file])
    assert '# decide: columns.prior_arrests = "Priors"' in text
    assert "stands in the file more than once" in text


def test_texts_for_no_answer_are_proposed_as_missing(tmp_path):
    file = tmp_path / "x.csv"
    rows = "".join(f"R{i},C{i},2024-01-02,{'N/A' if i < 3 else 'Graduated'}\n" for i in range(40))
    file.write_text("Referral #,Client ID,Date Referred,Outcome\n" + rows)
    (one,) = draft_of(file)["referral"]
    assert one["missing"] == ["N/A"]
    assert one["values"]["exit_status"] == {"Graduated": "completed"}


def test_several_choices_in_a_cell_are_drafted_one_by_one(tmp_path):
    file = tmp_path / "x.csv"
    rows = "".join(
        f"C{i},{('Latino', 'White', 'White;Latino')[i % 3]},{1980 + i % 20}\n" for i in range(40)
    )
    file.write_text("Client ID,Race,Birth Year\n" + rows)
    (one,) = draft_of(file)["person"]
    assert one["values"]["race_ethnicity"] == {"Latino": "Hispanic_Latino"}


def test_the_draft_of_a_clean_file_can_be_read_at_once(tmp_path):
    (tmp_path / "raw").mkdir()
    rows = "".join(f"R{i},C{i % 40},{1 + i % 12:02d}/15/2024,Graduated\n" for i in range(60))
    file = tmp_path / "raw" / "referrals.csv"
    file.write_text("Report of referrals,,,\nReferral #,Client ID,Date Referred,Outcome\n" + rows)
    (tmp_path / "study.toml").write_text(STUDY + propose_map([file]))
    exports = rj.read_exports(tmp_path / "raw", design=rj.read_design(tmp_path))
    assert len(exports.tables["referral"]) == 60
    assert set(exports.tables["referral"]["exit_status"]) == {"completed"}
    assert exports.tables["referral"]["referral_date"].dt.day.eq(15).all()


def test_day_and_month_that_cannot_be_told_are_left_to_a_person(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("Referral #,Client ID,Date Referred\n" + "R1,C1,03/04/2024\n" * 12)
    text = propose_map([file])
    assert '# decide: dates.referral_date = ["%m/%d/%Y"]  # every text also reads as' in text
    assert "%d/%m/%Y" in text
    assert "dates" not in tomllib.loads(text)["exports"]["referral"][0]


def test_codes_in_few_rows_are_counted_and_not_shown(tmp_path):
    file = tmp_path / "x.csv"
    rows = "R,C,2024-01-02,Graduated\n" * 11 + "R,C,2024-01-02,CANARY secret\n" * 10
    file.write_text("Referral #,Client ID,Date Referred,Outcome\n" + rows)
    text = propose_map([file])
    assert "Graduated" in text
    assert "CANARY" not in text
    assert "# values.exit_status: 1 further codes, each in fewer than 11 rows" in text


def test_identifiers_and_doubled_headers_are_named_for_removal(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("Client ID,Last Name,Score,Score\nC1,CANARY,1,1\n")
    text = propose_map([file])
    assert '# REMOVE from the file: "Last Name" holds a direct identifier (name)' in text
    assert '# twice in the file: "Score"' in text
    assert "CANARY" not in text


def test_one_file_that_feeds_several_tables_says_so(tmp_path):
    file = tmp_path / "tracker.csv"
    file.write_text(
        "Client ID,Sex,Referral #,Date Referred,Custody From,Custody Status\n"
        + "C1,Male,R1,2024-01-02,2024-02-03,custody\n" * 12
    )
    text = propose_map([file])
    (first,) = tomllib.loads(text)["exports"]
    for table in {"person", "referral", "exposure"} - {first}:
        assert f"# The same file also holds what `{table}` needs:" in text
    assert first in ("person", "referral", "exposure")


def test_what_a_table_needs_and_the_file_lacks_is_said(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("Days to Return,Recidivism Type\n" + "12,New\n" * 12)
    text = propose_map([file])
    assert list(tomllib.loads(text)["exports"]) == ["follow_up"]
    assert "# needed and not found: person_id" in text


def test_a_few_slips_do_not_hide_a_column_of_dates():
    days = [f"{1 + i % 28:02d}/{1 + i % 12:02d}/2024" for i in range(60)]
    assert guess_dates(texts(*days, "soon")) == (("%d/%m/%Y",), ())


def test_the_header_is_guessed_under_a_banner():
    lines = [["Report", "", ""], ["", "", ""], ["Run by", "office", ""], ["Id", "Day", "Sum"]]
    assert guess_header([*lines, ["1", "2020-01-01", "3"]]) == 3
    assert guess_header([["1", "2"], ["3", "4"]]) == 0


def test_date_formats_are_guessed_only_if_they_read_everything():
    assert guess_dates(texts("2020-01-31", "2020-02-01 10:00:00")) == ((), ())
    assert guess_dates(texts("01/31/2020", "02/01/2020")) == (("%m/%d/%Y",), ())
    assert guess_dates(texts("31-Jan-2020", "2020-02-01")) == (("%d-%b-%Y",), ())
    assert guess_dates(texts("03/04/2020")) == (("%m/%d/%Y",), ("%d/%m/%Y",))
    assert guess_dates(texts("01/31/2020", "soon")) is None
    assert guess_dates(texts()) is None


def test_a_path_that_is_no_file_is_one_sentence(tmp_path):
    with pytest.raises(ExportError, match=r"^nowhere.csv is not a file\."):
        propose_map([tmp_path / "nowhere.csv"])


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("cook_diversion/diversion_received_2011_2015.csv", "referral"),
        ("iowa/releases_FY2010_2012.csv", "follow_up"),
        ("rearrest/rearrest.csv", "follow_up"),
        ("compas/two_years.csv", None),
        ("police_trust/ESSBE5.csv", None),
        ("messy/bjs_p19t01.csv", None),
        ("messy/moj_A1_4i_prison_pop_2015_2023.csv", None),
        ("messy/md_recidivism_chart.csv", None),
        ("messy/compas_duplicate_headers_deid.csv", None),
    ],
)
def test_every_real_file_gets_a_draft_that_is_valid(real_data, file, table):
    found = draft_of(real_data / file)
    assert set(found) <= set(TABLES)
    assert table is None or list(found) == [table]
