"""The mess of real exports, planted in the raw text and counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Ways to write that somebody completed, all meant the same.
COMPLETED = ("Completed ", "complete", "COMPLETED")
#: Codes for an answer that was never recorded, by header of the clients' file.
CODED_MISSING = {"Gender": ("N/A", "Declined to answer"), "Language": ("-", "not recorded")}
#: A record that belongs to nobody in the study points here.
STRANGER = "0035eZZZZZZ"

DUPLICATE_SHARES = {"referral": 0.03, "followup_event": 0.02, "survey_response": 0.01}
N_ORPHANS = {"followup_event": 4, "survey_response": 5, "session": 3}
ORPHAN_KEYS = {
    "followup_event": ("client_ref", STRANGER),
    "survey_response": ("Survey No.", "Q9999"),
    "session": ("Case No.", "999999"),
}


@dataclass(slots=True)
class Damage:
    """Raw tables under damage, and the count of each kind of damage."""

    tables: dict[str, pd.DataFrame]
    counts: Counter[str]
    rng: np.random.Generator

    def pick(self, able: np.ndarray, *, share: float) -> np.ndarray:
        """Return rows to damage: at least one where any can be."""
        able = np.asarray(able)
        number = min(max(1, round(share * able.size)), able.size)
        return np.sort(self.rng.choice(able, size=number, replace=False))

    def put(self, table: str, rows: np.ndarray, *, header: str, values: np.ndarray) -> None:
        """Write new text into rows of a column, in a copy."""
        frame = self.tables[table].copy()
        column = frame[header].to_numpy(dtype=object, copy=True)
        column[rows] = values
        frame[header] = column
        self.tables[table] = frame


def plant_defects(tables: dict[str, pd.DataFrame], *, seed: int) -> tuple[dict, Counter[str]]:
    """Return raw tables with planted defects, and how many of each kind.

    Rows are never lost: what is added are exact duplicates and orphans; the rest changes text.
    """
    damage = Damage(dict(tables), Counter(), np.random.default_rng([seed, 1]))
    _spell_completed(damage)
    _code_missing(damage)
    _invert_dates(damage)
    _drop_offence_dates(damage)
    _impossible_dates(damage)
    _swap_waves(damage)
    _mix_date_formats(damage)
    _blank_repeated_keys(damage)
    _add_orphans(damage)
    _add_duplicates(damage)
    return damage.tables, damage.counts


def _spell_completed(damage: Damage) -> None:
    able = np.flatnonzero(damage.tables["referral"]["Outcome"] == "Completed")
    rows = damage.pick(able, share=0.3)
    spelt = np.array(COMPLETED, dtype=object)[np.arange(rows.size) % len(COMPLETED)]
    damage.put("referral", rows, header="Outcome", values=spelt)
    damage.counts["completed_spelt_otherwise"] = rows.size


def _code_missing(damage: Damage) -> None:
    for header, codes in CODED_MISSING.items():
        rows = damage.pick(np.arange(len(damage.tables["person"])), share=0.04)
        text = np.array(codes, dtype=object)[np.arange(rows.size) % len(codes)]
        damage.put("person", rows, header=header, values=text)
        damage.counts["coded_missing_values"] += rows.size


def _invert_dates(damage: Damage) -> None:
    """Type closing and enrolment dates into each other's box, so that they are out of order."""
    table = damage.tables["referral"]
    able = np.flatnonzero((table["Date Enrolled"] != "") & (table["Date Closed"] != ""))
    rows = damage.pick(able, share=0.01)
    enrolled = table["Date Enrolled"].to_numpy(dtype=object)[rows]
    closed = table["Date Closed"].to_numpy(dtype=object)[rows]
    damage.put("referral", rows, header="Date Enrolled", values=closed)
    damage.put("referral", rows, header="Date Closed", values=enrolled)
    damage.counts["dates_in_each_others_box"] = rows.size


def _drop_offence_dates(damage: Damage) -> None:
    rows = damage.pick(np.arange(len(damage.tables["followup_event"])), share=0.015)
    damage.put("followup_event", rows, header="offense_dt", values=np.full(rows.size, ""))
    damage.counts["offence_dates_missing"] = rows.size


def _impossible_dates(damage: Damage) -> None:
    able = np.flatnonzero(damage.tables["harmed_party"]["Date Decided"] != "")
    rows = damage.pick(able, share=0.004)
    damage.put(
        "harmed_party", rows, header="Date Decided", values=np.full(rows.size, "31-Feb-2023")
    )
    damage.counts["impossible_dates"] = rows.size


def _swap_waves(damage: Damage) -> None:
    """Mix up before and after on both forms of a few people."""
    table = damage.tables["survey_invitation"]
    person = table["Respondent"] + "/" + table["Case No."]
    chosen = damage.pick(np.flatnonzero(~person.duplicated()), share=0.01)
    rows = np.flatnonzero(person.isin(person.iloc[chosen]))
    waves = table["Before or after"].map({"Before": "After", "After": "Before"})
    damage.put("survey_invitation", rows, header="Before or after", values=waves.to_numpy()[rows])
    damage.counts["surveys_before_and_after_swapped"] = rows.size


def _mix_date_formats(damage: Damage) -> None:
    """Write the last third of harmed parties in a second date format: the clerk changed."""
    table = damage.tables["harmed_party"]
    rows = np.arange(len(table) * 2 // 3, len(table))
    for header in ("Date Asked", "Date Decided"):
        text = table[header].iloc[rows]
        dates = pd.to_datetime(text, format="%d-%b-%Y", errors="coerce")
        changed = dates.dt.strftime("%Y-%m-%d").where(
            dates.notna(), damage.tables["harmed_party"][header].iloc[rows]
        )
        damage.put("harmed_party", rows, header=header, values=changed.to_numpy(dtype=object))
        damage.counts["dates_in_second_format"] += int(dates.notna().sum())


def _blank_repeated_keys(damage: Damage) -> None:
    """Leave the case number on the first line of its group only, as grouped reports do."""
    table = damage.tables["harmed_party"]
    rows = np.flatnonzero(table["Case No."].eq(table["Case No."].shift()).to_numpy())
    damage.put("harmed_party", rows, header="Case No.", values=np.full(rows.size, ""))
    damage.counts["repeated_keys_left_blank"] = rows.size


def _add_orphans(damage: Damage) -> None:
    for table, number in N_ORPHANS.items():
        frame = damage.tables[table]
        header, stranger = ORPHAN_KEYS[table]
        rows = np.sort(damage.rng.choice(len(frame), size=min(number, len(frame)), replace=False))
        orphans = frame.iloc[rows].copy()
        orphans[header] = stranger
        key = frame.columns[0]
        old = orphans[key].astype(str)
        orphans[key] = [f"{one}{n}" for n, one in enumerate(old)] if key == header else old + "X"
        damage.tables[table] = pd.concat([frame, orphans], ignore_index=True)
        damage.counts[f"orphans_{table}"] = len(orphans)


def _add_duplicates(damage: Damage) -> None:
    for table, share in DUPLICATE_SHARES.items():
        frame = damage.tables[table]
        rows = damage.pick(np.arange(len(frame)), share=share)
        order = np.sort(np.concatenate([np.arange(len(frame)), rows]))
        damage.tables[table] = frame.iloc[order].reset_index(drop=True)
        damage.counts[f"exact_duplicates_{table}"] = rows.size
