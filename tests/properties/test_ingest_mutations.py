"""Random damage to a clean export: mended by a declared rule, quarantined or reported; never lost.

The clean demonstration file of referrals is damaged cell by cell as real exports are. Whatever is
damaged, every other row comes out as it did from the clean file, and all rows are accounted for.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rjeval as rj
from rjeval.ingest.exports import examine_exports
from rjeval.simulate.write import write_study

ENCODING = "cp1252"
KEY = "Referral #"
DATES = ("Date of Incident", "Date Cited", "Date Referred", "Date Offered", "Date Closed")
CODES = ("Referred By", "Eligible?", "Client Decision", "Pathway", "Outcome", "Offense Type")
IDS = ("Client ID", "Case No.", "Court Incident No.")


def moment(text):
    """The same day as another system writes it: with a time and a zone."""
    month, day, year = text.split("/")
    return f"{year}-{month}-{day}T00:30:00Z"


#: Damage -> (columns that it happens to, what it makes of a text). Each stands for a mess that a
#: source system makes, as the notes on sources list them.
DAMAGE = {
    "blanks around": ((*DATES, *CODES, *IDS), lambda text: f"  {text} \t"),
    "other case": (CODES, str.upper),
    "impossible day": (DATES, lambda _: "02/30/2023"),
    "day of a spreadsheet": (DATES, lambda _: "44927"),
    "month in words": (DATES, lambda _: "sometime in May"),
    "day that means none": (DATES, lambda _: "01/01/1900"),
    "day to come": (DATES, lambda _: "01/01/2099"),
    "unknown code": (CODES, lambda _: "Klingon"),
    "spreadsheet error": (IDS, lambda _: "#REF!"),
    "rounded number": (IDS, lambda _: "1.23E+11"),
    "formula": (IDS, lambda _: "=SUM(A1:A2)"),
    "no-break blanks": ((*DATES, *CODES, *IDS), lambda text: f"\xa0{text}\xa0"),
    "other dash": (CODES, lambda text: text.replace("-", "–")),
    "accent": (CODES, lambda text: text.replace("e", "é", 1)),
    "note in a date cell": (DATES, lambda text: f"{text} (tbc)"),
    "question mark": (DATES, lambda _: "?"),
    "N/A of a spreadsheet": ((*DATES, *IDS), lambda _: "#N/A"),
    "two-digit year": (DATES, lambda _: "03/14/23"),
    "moment of another system": (DATES, lambda text: moment(text)),
    "legacy value": (CODES, lambda text: f"{text} (legacy)"),
    "code that became a date": (IDS, lambda _: "2-Jan"),
    "mojibake": (IDS, lambda text: f"{text}Ã±"),
    "two values in a cell": (CODES, lambda text: f"{text};{text}"),
    "stray cell": ((KEY,), None),
}
#: Damage that declared rules mend wholly: nothing but the ledger tells of it.
MENDED = (
    "blanks around",
    "other case",
    "no-break blanks",
    "other dash",
    "accent",
    "moment of another system",
)
#: Damage that leaves a text as it stands, and is reported.
REPORTED = ("mojibake",)
#: Damage that makes a code unknown.
UNKNOWN = ("unknown code", "legacy value", "two values in a cell")
#: Mess of the notes on sources that is no damage to a cell -> the test that shows it.
SHOWN_ELSEWHERE = {
    "repeated blank keys, sub-totals, footers": "test_grouped_reports_lose_their_sums",
    "15 and 18 characters of one id": "test_both_forms_of_a_record_id_are_one",
    "moments around midnight": "test_a_moment_in_a_declared_zone",
    "check-all-that-apply in one cell": "test_several_choices_in_one_cell",
    "charge-level rows": "test_broken_rows_are_found",
    "merged cells": "merged cells",
    "two-digit years": "test_two_digit_years_turn",
    "arrests without disposition": "test_a_blank_or_a_declared_missing_disposition",
    "free text that identifies": "test_values_that_identify_stop_the_run",
}
#: Codes that decide outcomes: one that nobody mapped stops the study.
DECISIVE = {"eligible", "responsible_consent", "arm"}
LINES = ("blank", "header", "twin", "Grand Total", "Confidential Information")


@pytest.fixture(scope="module")
def design(root):
    whole = rj.read_design(root)
    return replace(whole, exports=tuple(one for one in whole.exports if one.table == "referral"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory, design):
    """Header and rows of the clean file, and what the reader makes of them."""
    folder = tmp_path_factory.mktemp("clean")
    write_study(rj.simulate_programme(n_referrals=60, seed=11), folder, defects=False)
    exports = rj.read_exports(folder, design=design)
    text = (folder / "crm_referrals.csv").read_bytes().decode(ENCODING)
    lines = list(csv.reader(io.StringIO(text)))
    keys = set(exports.tables["referral"]["referral_id"])
    rows = [line for line in lines[1:] if line and line[0] in keys]
    assert len(rows) == len(keys)
    return lines[0], rows, exports.tables["referral"].set_index("referral_id")


def damaged_file(header, rows, damages, lines):
    """Return the bytes of the damaged file, and the damage done by row."""
    table = [list(row) for row in rows]
    done = {}
    for place, kind, choice in damages:
        columns, change = DAMAGE[kind]
        row = place % len(table)
        name = columns[choice % len(columns)]
        cell = header.index(name)
        if row in done or (change is not None and not table[row][cell]):
            continue
        if change is None:
            table[row].append("stray")
        else:
            table[row][cell] = change(table[row][cell])
        done[row] = (kind, name)
    inserted = {"blank": [""] * len(header), "header": header}
    for place, kind in lines:
        twin = list(table[place % len(rows)])
        other = [kind, *[""] * (len(header) - 1)]
        table.append(twin if kind == "twin" else inserted.get(kind, other))
    buffer = io.StringIO()
    csv.writer(buffer).writerows([header, *table])
    return buffer.getvalue().encode(ENCODING), done


def says_so(exports, column):
    """Whether quality or ledger speaks of a column."""
    quality = exports.quality["column"].eq(column).any()
    removed = exports.ledger["rule"].isin(["sentinel_date_removed", "cell_made_missing"])
    return quality or (removed & exports.ledger["column"].eq(column)).any()


damages = st.lists(
    st.tuples(st.integers(0, 10_000), st.sampled_from(sorted(DAMAGE)), st.integers(0, 50)),
    max_size=12,
)
extra_lines = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(LINES)), max_size=4)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(damages=damages, lines=extra_lines)
def test_damage_is_mended_quarantined_or_reported(tmp_path, clean, design, damages, lines):
    header, rows, sound = clean
    content, done = damaged_file(header, rows, damages, lines)
    (tmp_path / "crm_referrals.csv").write_bytes(content)
    exports, blocks = examine_exports(tmp_path, design=design)

    (account,) = exports.accounts
    assert account.n_read == len(rows) + len(lines)
    accepted = exports.tables["referral"].set_index("referral_id")
    refused = exports.quarantine.get("referral", pd.DataFrame({"read_referral_id": []}))
    gone = set(refused["read_referral_id"])

    hurt = {rows[row][0] for row in done}
    whole = [key for key in sound.index if key not in hurt]
    pd.testing.assert_frame_equal(accepted.loc[whole], sound.loc[whole])

    columns = {file: name for name, file in design.exports[0].columns.items()}
    unknown = {columns[name] for kind, name in done.values() if kind in UNKNOWN}
    assert {one.column for one in blocks if one.rule == "V08"} == unknown & DECISIVE
    for row, (kind, name) in done.items():
        key = rows[row][0]
        if key in gone:
            continue
        was, now = sound.loc[key], accepted.loc[key]
        changed = [c for c in sound.columns if not _equal(was[c], now[c])]
        assert changed in ([], [columns[name]])
        if changed:
            assert pd.isna(now[columns[name]]) or kind in REPORTED
            assert says_so(exports, columns[name])


def _equal(one, other):
    return (pd.isna(one) and pd.isna(other)) or one == other


@pytest.mark.parametrize("kind", DAMAGE)
def test_each_kind_of_damage_is_noticed(tmp_path, clean, design, kind):
    """One damaged row of each kind: the file does not come out as if nothing had happened."""
    header, rows, sound = clean
    content, done = damaged_file(header, rows, [(p, kind, 0) for p in range(10)], [])
    assert done
    (tmp_path / "crm_referrals.csv").write_bytes(content)
    exports, _ = examine_exports(tmp_path, design=design)
    mended = exports.ledger["rule"].isin(MENDING)
    assert len(exports.quarantine) or len(exports.quality) or mended.any()
    columns = {file: name for name, file in design.exports[0].columns.items()}
    if kind in MENDED:
        pd.testing.assert_frame_equal(
            exports.tables["referral"].set_index("referral_id"), sound, check_like=True
        )
    else:
        hurt = {columns[name] for _, name in done.values()}
        assert len(exports.quarantine) or all(says_so(exports, name) for name in hurt)


#: Lines of the ledger that tell of a mended cell.
MENDING = ("blanks_trimmed", "category_normalised", "value_mapped", "time_of_day_cut")


def test_the_mess_of_every_source_is_damage_here_or_shown_elsewhere(root):
    """Names of tests go stale; each must still be there."""
    tests = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((root / "tests").rglob("test_*.py"))
        if path.name != "test_ingest_mutations.py"
    )
    assert [one for one in SHOWN_ELSEWHERE.values() if one not in tests] == []
