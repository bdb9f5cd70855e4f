"""Dates of people shifted by one offset per group of people whose cases hang together.

Everything that hangs together by cases (co-responsible people, the people they harmed, their
meetings, agreements, answers, records and custody) moves by the same number of days, so that
every interval inside it is exact, and so is every window of observation, whose ends move along.
What the calendar decides is decided on true dates before: rules of dates, the extract date, and
whether a referral lies inside the study period, which is kept as the names of the dates that do
not. The year of birth, which no number of days can shift, gives the age at referral and goes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rjeval.design.study import StudyDesign
from rjeval.ingest.drafts import Draft
from rjeval.ingest.keys import offset_of, read_key
from rjeval.ingest.ledger import Ledger
from rjeval.language import mark
from rjeval.schemas.frames import TEXT
from rjeval.terms import OUTSIDE_PERIOD

#: Month from which people are taken to have had their birthday, and ages that are believed.
BIRTH_MONTH, AGES = 7, (8, 120)
#: Largest shift in days, so that no date keeps its season.
MOST_DAYS = 183
#: Ids that tie rows to a person or a case; ids of people share one name, which sorts first.
TIES = {
    "person_id": "0 party",
    "harmed_id": "0 party",
    "party_id": "0 party",
    "case_id": "1 case",
    "referral_id": "2 referral",
    "session_id": "3 session",
    "agreement_id": "4 agreement",
    "obligation_id": "5 obligation",
    "invitation_id": "6 invitation",
    "clinic_matter_id": "7 matter",
}
#: Tables of the programme and of the public, whose dates are nobody's.
NOBODYS = frozenset(
    {
        "program",
        "facilitator",
        "survey_instrument",
        "survey_item",
        "training_event",
        "training_response",
        "community_survey",
        "community_event",
        "cost",
        "comparison_cost",
    }
)


def shift_dates(drafts: Mapping[str, Draft], *, design: StudyDesign, ledger: Ledger) -> None:
    """Shift the accepted rows of all tables of people, and take dates out of refused rows."""
    mine = {name: draft for name, draft in drafts.items() if name not in NOBODYS}
    _mark_period(mine, design, ledger)
    _leave_birth_years(mine, ledger)
    offsets = group_offsets(
        {name: _ties(draft) for name, draft in mine.items()}, key=read_key(design)
    )
    for name, draft in mine.items():
        _shift_table(draft, offsets[name], ledger)
        _hide_refused(draft, ledger)
    detail = mark("one offset for all people whose cases hang together")
    ledger.stated("", "dates_shifted_together", detail=detail)


def _ties(draft: Draft) -> pd.DataFrame:
    """Ids of the accepted rows that tie them to a person or a case."""
    names = [name for name in TIES if name in draft.frame.columns]
    return draft.frame[names][draft.kept]


def _put(draft: Draft, **columns: pd.Series) -> None:
    kept = {name: draft.keep(values) for name, values in columns.items()}
    draft.frame = draft.frame.assign(**kept)


def group_offsets(frames: Mapping[str, pd.DataFrame], *, key: bytes) -> dict[str, pd.Series]:
    """Return each row's offset in days, by table; missing where no id ties the row to anybody.

    Rows are edges of a graph whose nodes are ids. The offset of a connected component comes from
    the key and the component's smallest id, so it is the same in every run on the same data.
    """
    nodes, first = _nodes(frames)
    labels, uniques = pd.factorize(nodes, sort=True)
    start, links = 0, []
    for table in frames:
        width, n_rows = first[table]
        block = labels[start : start + width * n_rows].reshape(width, n_rows)
        links.append(block)
        start += width * n_rows
    edges = np.concatenate([_edges(block) for block in links], axis=1)
    n_nodes = max(len(uniques), 1)
    graph = coo_array((np.ones(edges.shape[1], dtype=bool), tuple(edges)), shape=(n_nodes, n_nodes))
    _, component = connected_components(graph.tocsr(), directed=False)
    names = pd.Series(uniques, dtype=object).groupby(component[: len(uniques)]).min()
    offset = names.map(lambda one: offset_of(key, one, most=MOST_DAYS)).to_numpy()
    found = {}
    for table, block in zip(frames, links, strict=True):
        node = block.max(axis=0, initial=-1)
        days = np.where(node >= 0, _taken(offset, component, node), 0)
        given = pd.array(days, dtype="Int64")
        found[table] = pd.Series(given, index=frames[table].index).mask(node < 0)
    return found


def _taken(offset: np.ndarray, component: np.ndarray, node: np.ndarray) -> np.ndarray:
    if not len(offset):
        return np.zeros(len(node), dtype=np.int64)
    return offset[component[np.maximum(node, 0)]].astype(np.int64)


def _nodes(frames: Mapping[str, pd.DataFrame]) -> tuple[np.ndarray, dict[str, tuple[int, int]]]:
    """All ids of all rows, one column after the other, and the shape of each table's block."""
    parts: list[np.ndarray] = []
    shape = {}
    for table, frame in frames.items():
        ties = [name for name in TIES if name in frame.columns]
        shape[table] = (len(ties), len(frame))
        for name in ties:
            given = frame[name].astype(object)
            named = (TIES[name] + " " + given.fillna("").astype(str)).to_numpy(dtype=object)
            named[given.isna().to_numpy(dtype=bool)] = None
            parts.append(named)
    return (np.concatenate(parts) if parts else np.array([], dtype=object)), shape


def _edges(block: np.ndarray) -> np.ndarray:
    """Pairs of nodes that share a row: each node with the row's first known one."""
    width, n_rows = block.shape
    if not width or not n_rows:
        return np.zeros((2, 0), dtype=np.int64)
    hub = block.max(axis=0)
    heads, tails = np.tile(hub, width), block.reshape(-1)
    return np.stack([heads, tails])[:, tails >= 0]


def _mark_period(drafts: Mapping[str, Draft], design: StudyDesign, ledger: Ledger) -> None:
    """Keep, per referral, the names of those of its dates that lie outside the study period."""
    draft = drafts.get("referral")
    if draft is None:
        return
    last = min(filter(None, (design.period_end, design.extract_date)), default=None)
    marks = pd.Series("", index=draft.frame.index, dtype=object)
    for name in _date_names(draft):
        dates = draft.frame[name]
        outside = pd.Series(False, index=dates.index)
        if design.period_start is not None:
            outside |= dates.lt(pd.Timestamp(design.period_start))
        if last is not None:
            outside |= dates.gt(pd.Timestamp(last))
        marks = marks.mask(outside, marks + f"{name};")
    n_rows = int(marks[draft.kept].ne("").sum())
    detail = mark("dates outside the study period are named, not shown")
    ledger.changed("referral", "period_marked", n_rows=n_rows, detail=detail)
    _put(draft, **{OUTSIDE_PERIOD: marks.astype(TEXT)})


def _leave_birth_years(drafts: Mapping[str, Draft], ledger: Ledger) -> None:
    """Take the age at referral from the year of birth where it is missing; drop the year."""
    if {"person", "referral"} <= set(drafts):
        _ages_from_birth(drafts["person"], drafts["referral"], ledger)
    detail = mark("no number of days can shift it")
    for name, draft in drafts.items():
        if "birth_year" not in draft.frame.columns:
            continue
        years = draft.frame["birth_year"]
        n_rows = int(years[draft.kept].notna().sum())
        ledger.changed(
            name, "birth_year_left_out", n_rows=n_rows, column="birth_year", detail=detail
        )
        _put(draft, birth_year=years.mask(years.notna()))


def _ages_from_birth(person: Draft, referral: Draft, ledger: Ledger) -> None:
    known = person.frame[["person_id", "birth_year"]][person.kept].drop_duplicates("person_id")
    frame = referral.frame[["person_id", "referral_date", "age_at_referral"]]
    years = known.set_index("person_id")["birth_year"].astype("Int64")
    born = frame["person_id"].map(years).astype("Int64")
    when = frame["referral_date"]
    age = when.dt.year.astype("Int64") - born - (when.dt.month < BIRTH_MONTH).astype("Int64")
    new = (frame["age_at_referral"].isna() & age.between(*AGES)).fillna(False).astype(bool)
    _put(referral, age_at_referral=frame["age_at_referral"].mask(new, age))
    ledger.changed(
        "referral",
        "age_from_birth_year",
        n_rows=int(new[referral.kept].sum()),
        column="age_at_referral",
        detail=mark("birthdays on 1 July"),
    )


def _date_names(draft: Draft) -> list[str]:
    """Columns of dates; of the study's own columns those that were read as dates."""
    columns = {one.name: one.kind for one in draft.table.columns}
    return [
        name
        for name in map(str, draft.frame.columns)
        if columns.get(name) == "date"
        or (name not in columns and pd.api.types.is_datetime64_any_dtype(draft.frame[name].dtype))
    ]


def _shift_table(draft: Draft, offsets: pd.Series, ledger: Ledger) -> None:
    days = offsets.reindex(draft.frame.index)
    step = pd.to_timedelta(days.fillna(0).astype("int64"), unit="D")
    tied = days.notna().astype(bool)
    for name in _date_names(draft):
        dates = draft.frame[name]
        known = dates.notna() & draft.kept
        for rule, mask, detail in (
            ("dates_shifted", known & tied, ""),
            ("date_without_anybody", known & ~tied, mark("no id ties the row to anybody")),
        ):
            n_rows = int(mask.sum())
            ledger.changed(draft.table.name, rule, n_rows=n_rows, column=name, detail=detail)
        _put(draft, **{name: (dates + step).where(tied)})


def _hide_refused(draft: Draft, ledger: Ledger) -> None:
    """Take the dates, as read, out of the rows in quarantine."""
    names = [one for one in (*_date_names(draft), "birth_year") if one in draft.text.columns]
    refused = (draft.refused != "") & ~draft.double
    hidden = {name: draft.keep(draft.text[name].mask(refused)) for name in names}
    draft.text = draft.text.assign(**hidden)
    detail = mark("look the row up in the file by its number")
    n_rows = int(refused.sum()) if names else 0
    ledger.changed(draft.table.name, "dates_not_in_quarantine", n_rows=n_rows, detail=detail)
