"""A synthetic programme as raw export files, the same bytes for the same seed."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rjeval.simulate.costs import FILES as COST_FILES
from rjeval.simulate.defects import plant_defects
from rjeval.simulate.outreach import FILES as OUTREACH_FILES
from rjeval.simulate.programme import SimulatedProgramme
from rjeval.simulate.raw_court import FILES as COURT_FILES
from rjeval.simulate.raw_crm import FILES as CRM_FILES
from rjeval.simulate.raw_layout import SYNTHETIC, RawFile, as_raw
from rjeval.simulate.raw_repair import FILES as REPAIR_FILES
from rjeval.simulate.raw_tracker import BANNER_LINES, WORKBOOK, answer_texts
from rjeval.simulate.raw_tracker import FILES as TRACKER_FILES
from rjeval.simulate.voices import FEELING_ITEMS

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

#: How each table looks in the exports.
LAYOUT: dict[str, RawFile] = {
    **CRM_FILES,
    **TRACKER_FILES,
    **COURT_FILES,
    **REPAIR_FILES,
    **OUTREACH_FILES,
    **COST_FILES,
}
#: Lines that a sheet of a workbook can hold.
SHEET_LINES = 1_048_576
#: A fixed moment, so that the workbook's bytes do not depend on the clock.
STAMP = "2026-01-05T00:00:00Z"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def write_study(
    programme: SimulatedProgramme, folder: str | Path, *, defects: bool = True
) -> dict[str, int]:
    """Write the raw exports of a synthetic programme.

    Parameters
    ----------
    programme : SimulatedProgramme
    folder : str or Path
        Made where absent; files of the same names are replaced.
    defects : bool
        Plant the mess of real exports. Layout (banner, footers, codes, date formats) is the
        same without it, so one design reads both.

    Returns
    -------
    dict of str to int
        Planted defects by kind, for tests and for the study's README.

    Raises
    ------
    ValueError
        A sheet of the workbook would need more lines than a sheet can hold (from about 200,000
        referrals on).

    Examples
    --------
    >>> import tempfile
    >>> from rjeval.simulate.programme import simulate_programme
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     counts = write_study(simulate_programme(n_referrals=60, seed=1), folder)
    ...     names = sorted(file.name for file in Path(folder).iterdir())
    >>> names[0], names[-1]
    ('court_checks.csv', 'rj_clinic_tracker.xlsx')
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    tables = _raw_tables(programme)
    counts: Counter[str] = Counter()
    if defects:
        tables, counts = plant_defects(tables, seed=programme.seed)
    for name, layout in LAYOUT.items():
        if layout.file != WORKBOOK:
            content = _csv(tables[name], layout=layout)
            (target / layout.file).write_bytes(content.encode(layout.encoding))
            counts["footer_lines"] += len(_footer(layout, rows=len(tables[name])))
    sheets = {name: layout for name, layout in LAYOUT.items() if layout.file == WORKBOOK}
    (target / WORKBOOK).write_bytes(_workbook(tables, sheets=sheets))
    counts["banner_lines"] = BANNER_LINES * len(sheets)
    counts["ids_that_differ_by_case_only"] = _case_twins(programme)
    counts["people_never_checked"] = _never_checked(programme)
    return dict(sorted(counts.items()))


def _raw_tables(programme: SimulatedProgramme) -> dict[str, pd.DataFrame]:
    tables = dict(programme.tables)
    answers = tables["survey_response"]
    words = answer_texts(answers, feelings=tuple(FEELING_ITEMS))
    tables["survey_response"] = answers.assign(value=words)
    return {name: as_raw(tables[name], layout=layout) for name, layout in LAYOUT.items()}


def _case_twins(programme: SimulatedProgramme) -> int:
    ids = programme.tables["person"]["person_id"].str.upper()
    return int(ids.duplicated().sum())


def _never_checked(programme: SimulatedProgramme) -> int:
    checked = programme.tables["records_check"]["person_id"]
    return int((~programme.tables["person"]["person_id"].isin(checked)).sum())


def _footer(layout: RawFile, *, rows: int) -> list[str]:
    if not layout.footer:
        return []
    width = len(layout.columns)
    total, *lines = layout.footer
    first = layout.delimiter.join([total, str(rows)] + [""] * (width - 2))
    return [first, *lines, SYNTHETIC]


def _csv(table: pd.DataFrame, *, layout: RawFile) -> str:
    text: str = table.to_csv(index=False, sep=layout.delimiter, lineterminator="\r\n")
    return text + "".join(f"{line}\r\n" for line in _footer(layout, rows=len(table)))


def _workbook(tables: dict[str, pd.DataFrame], *, sheets: dict[str, RawFile]) -> bytes:
    from openpyxl import Workbook

    longest = max(len(tables[name]) for name in sheets) + BANNER_LINES + 1
    if longest > SHEET_LINES:
        raise ValueError(
            f"the workbook would need a sheet of {longest:,} lines; one holds {SHEET_LINES:,}."
        )
    book = Workbook(write_only=True)
    for name, layout in sheets.items():
        _fill_sheet(book.create_sheet(layout.sheet), tables[name], layout=layout)
    buffer = io.BytesIO()
    book.save(buffer)
    return _without_clock(buffer.getvalue())


def _fill_sheet(sheet: WriteOnlyWorksheet, table: pd.DataFrame, *, layout: RawFile) -> None:
    sheet.append([f"{SYNTHETIC} - {layout.sheet}"])
    sheet.append([f"Exported 2026-01-05, {len(table)} lines"])
    sheet.append([])
    sheet.append(list(table.columns))
    cells = table.copy()
    if not layout.dates:
        for header in (layout.columns["scheduled_at"], layout.columns["held_date"]):
            cells[header] = pd.to_datetime(cells[header], errors="coerce").dt.date
    blank = cells.isna() | (cells == "")
    cells = cells.astype(object).mask(blank, None)
    for row in cells.itertuples(index=False, name=None):
        sheet.append(row)


def _without_clock(content: bytes) -> bytes:
    """Zip the workbook again with fixed times inside and out."""
    buffer = io.BytesIO()
    stamp = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = stamp.sub(rb"\g<1>" + STAMP.encode(), data)
            new.writestr(zipfile.ZipInfo(name, ZIP_TIME), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
