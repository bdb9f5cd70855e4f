"""A release is compared with those before it: the same date by margins, other dates by change."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from rjeval.design.disclosure import profile_rule
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.disclosure.border import release
from rjeval.disclosure.differencing import changed_by_a_few
from rjeval.disclosure.earlier import RELEASE_LEDGER
from rjeval.disclosure.ledger import (
    Origin,
    check_release,
    read_ledger,
    record_release,
)
from rjeval.disclosure.published import published_cells
from rjeval.disclosure.release_log import RELEASE_LOG, read_log
from rjeval.errors import DisclosureError, WithheldError
from rjeval.results import CountTable

THIS_YEAR = Origin(data="a", as_of=date(2024, 6, 30))
NEXT_YEAR = Origin(data="b", as_of=date(2025, 6, 30))


def table(counts: dict[str, float], *, name: str = "source") -> CountTable:
    frame = pd.DataFrame({name: list(counts), "n": list(counts.values())})
    return CountTable(frame=frame, title=f"By {name}", dimensions=(name,), what="referrals")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "reports" / "releases.json"


def test_all_results_can_be_entered_and_entered_again(results, rule, path) -> None:
    released = release(*results.values(), rule=rule)
    record_release(path, published_cells(released), document="annual", origin=THIS_YEAR, rule=rule)
    record_release(path, published_cells(released), document="annual", origin=THIS_YEAR, rule=rule)
    entries = read_ledger(path)
    assert len(entries) == 1
    assert entries[0]["document"] == "annual"
    text = path.read_text()
    assert json.loads(text)["format"] == 1
    values = [cell["value"] for cell in entries[0]["cells"] if cell["value"] is not None]
    assert not [v for v in values if 0 < v < 11]


def test_a_change_by_a_handful_since_last_year_is_refused(rule, path) -> None:
    first = release(table({"police": 60, "school": 40}), rule=rule)
    record_release(path, published_cells([first]), document="annual", origin=THIS_YEAR, rule=rule)
    second = release(table({"police": 66, "school": 80}), rule=rule)
    with pytest.raises(DisclosureError, match="source police") as caught:
        record_release(
            path, published_cells([second]), document="annual", origin=NEXT_YEAR, rule=rule
        )
    assert "school" not in str(caught.value)
    assert "65" not in str(caught.value)
    assert len(read_ledger(path)) == 1


def test_a_large_change_and_no_change_pass(rule, path) -> None:
    first = release(table({"police": 60, "school": 40}), rule=rule)
    record_release(path, published_cells([first]), document="annual", origin=THIS_YEAR, rule=rule)
    second = release(table({"police": 120, "school": 40}), rule=rule)
    record_release(path, published_cells([second]), document="annual", origin=NEXT_YEAR, rule=rule)
    assert len(read_ledger(path)) == 2


def test_a_cell_hidden_in_one_document_may_not_stand_in_another(rule) -> None:
    hidden = release(table({"police": 60, "school": 4, "court": 38}), rule=rule)
    frame = hidden.frame.assign(n=[60.0, 15.0, 40.0], suppressed="")
    found = check_release(published_cells([hidden, replace(hidden, frame=frame)]), rule=rule)
    assert {one.rule for one in found} == {"hidden once, shown once"}


def test_margins_of_another_table_give_a_hidden_cell_away(rule) -> None:
    """Sites by kind hides 2 and 2 in each row; exact margins elsewhere pin them down."""
    exact = replace(rule, round_to=1)
    both = pd.DataFrame(
        {
            "site": ["A", "A", "B", "B"],
            "kind": ["x", "y", "x", "y"],
            "n": [None, 50.0, 40.0, 30.0],
            "suppressed": ["primary", "", "", ""],
            "bound": "",
        }
    )
    shown = release(table({"x": 44, "y": 80}, name="kind"), rule=rule)
    margin = replace(shown, frame=shown.frame.assign(n=[44.0, 80.0]))
    inner = replace(shown, frame=both, dimensions=("site", "kind"))
    found = check_release(published_cells([inner, margin]), rule=exact)
    assert [one.rule for one in found] == ["derivable"]
    assert "site A" in found[0].where


def test_the_librarys_own_linked_tables_give_nothing_away(rule) -> None:
    by_both = pd.DataFrame(
        {"site": ["A", "A", "B", "B"], "kind": ["x", "y", "x", "y"], "n": [4, 50, 40, 30]}
    )
    two = CountTable(frame=by_both, title="t", dimensions=("site", "kind"), what="referrals")
    one = table({"x": 44, "y": 80}, name="kind")
    assert check_release(published_cells(release(two, one, rule=rule)), rule=rule) == []


def test_what_was_not_released_cannot_be_entered() -> None:
    with pytest.raises(DisclosureError, match="was not released"):
        published_cells([table({"police": 60})])


def test_a_damaged_ledger_is_refused(rule, path) -> None:
    path.parent.mkdir()
    path.write_text("{}")
    with pytest.raises(DisclosureError, match="not a ledger of releases"):
        record_release(path, [], document="annual", rule=rule)
    assert path.read_text() == "{}"


def test_a_run_in_several_processes_is_checked_as_a_whole(rule, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(RELEASE_LOG, str(tmp_path / "log"))
    released = release(table({"police": 60, "school": 4, "court": 38}), rule=rule)
    release(table({"police": 60, "school": 4, "court": 38}), rule=rule)
    release(table({"police": 60}), rule=profile_rule("internal"))
    assert read_log(tmp_path / "log") == sorted(published_cells([released]), key=_line)
    assert check_release(read_log(tmp_path / "log"), rule=rule) == []


@pytest.mark.parametrize("shift", [-5, 10])
def test_no_type_of_result_shows_a_change_by_a_few(results, rule, path, monkeypatch, shift) -> None:
    """The ledger says that each count was a little different before: none of them may be shown."""
    for name, result in results.items():
        shown = published_cells([release(result, rule=rule)])
        earlier = [replace(one, value=one.value + shift) for one in shown if one.value is not None]
        path.unlink(missing_ok=True)
        record_release(path, earlier, document="annual", origin=THIS_YEAR, rule=rule)
        with monkeypatch.context() as during:
            during.setenv(RELEASE_LEDGER, str(path))
            try:
                held = release(result, rule=rule)
            except WithheldError:
                continue
        told = changed_by_a_few(published_cells([held]), earlier, rule=rule)
        assessed = [one for one in told if "label Assessed" in one.where]
        assert told == assessed, name  # who was assessed is left for the whole report's check
        if earlier and name not in ("flow", "quality", "response"):
            assert held.frame.equals(release(result, rule=rule).frame) is False, name


def test_a_result_with_the_numbers_of_the_last_release_is_untouched(
    results, rule, path, monkeypatch
) -> None:
    released = release(*results.values(), rule=rule)
    record_release(path, published_cells(released), document="annual", origin=THIS_YEAR, rule=rule)
    monkeypatch.setenv(RELEASE_LEDGER, str(path))
    for before, now in zip(released, release(*results.values(), rule=rule), strict=True):
        pd.testing.assert_frame_equal(before.frame, now.frame)


def test_a_level_that_changed_by_a_few_does_not_follow_from_the_others(
    rule, path, monkeypatch
) -> None:
    """60, 30 and 38 became 100, 34 and 38: 172 less 100 and 38 would be the 34, 4 more."""
    before = release(table({"police": 60, "school": 30, "court": 40}), rule=rule)
    record_release(path, published_cells([before]), document="annual", origin=THIS_YEAR, rule=rule)
    monkeypatch.setenv(RELEASE_LEDGER, str(path))
    now = table({"police": 100, "school": 36, "court": 40})
    assert release(now, rule=rule).frame["n"].isna().tolist() == [False, True, True]
    alone = table({"police": 100, "school": 36, "court": 70})
    assert release(alone, rule=rule).frame["n"].isna().tolist() == [False, True, True]


def test_a_characteristic_of_a_few_new_people_does_not_follow_from_the_size_of_an_arm(
    results, rule, path, monkeypatch
) -> None:
    """Of one variable's levels either several are held back or none."""
    shown = published_cells([release(results["baseline"], rule=rule)])
    earlier = [replace(one, value=one.value - 40) for one in shown if one.value is not None]
    first = next(one for one in earlier if dict(one.categories).get("level"))
    earlier = [replace(one, value=one.value + 35) if one == first else one for one in earlier]
    record_release(path, earlier, document="annual", origin=THIS_YEAR, rule=rule)
    monkeypatch.setenv(RELEASE_LEDGER, str(path))
    frame = release(results["baseline"], rule=rule).frame
    own = frame[(frame["variable"] == dict(first.categories)["variable"])]
    assert own[first.measure].isna().sum() >= 2


def test_a_curve_does_not_tell_the_change_of_a_rate_that_is_held_back(
    results, rule, path, monkeypatch
) -> None:
    """A window's events moved by few of many more people: the curve is silent on that day."""
    windows = RecidivismDefinition(windows_days=(365, 730))
    curves = replace(results["curves"], definition=windows)
    day = release(curves, rule=rule).frame.set_index(["arm", "time_days"])["estimate"]
    events = round((1 - day["rj", 365.0]) * 300 / 5) * 5
    frame = results["rates"].frame.iloc[[0]].assign(n_total=240, n_mature=230, n_event=events - 5)
    rates = replace(results["rates"], frame=frame, definition=windows)
    before = published_cells([release(rates, rule=rule)])
    record_release(path, before, document="annual", origin=THIS_YEAR, rule=rule)
    monkeypatch.setenv(RELEASE_LEDGER, str(path))
    held = release(curves, rule=rule).frame.set_index(["arm", "time_days"])["estimate"]
    assert np.isnan(held["rj", 365.0])
    assert held.drop(("rj", 365.0)).equals(day.drop(("rj", 365.0)))


def test_events_of_all_arms_are_not_told_anew(results, rule, path, monkeypatch) -> None:
    """105 became 145; of the arms one is held back and the other shown, so their sum is not."""
    before = published_cells([release(results["cox"], rule=rule)])
    before = [replace(one, value=one.value - 40) for one in before if one.value is not None]
    record_release(path, before, document="annual", origin=THIS_YEAR, rule=rule)
    monkeypatch.setenv(RELEASE_LEDGER, str(path))
    model = release(results["cox"], rule=rule)
    assert model.n_events is None
    assert model.frame["estimate"].notna().any()


def _line(cell) -> str:
    return json.dumps(asdict(cell), ensure_ascii=False)


def test_outside_a_run_nothing_is_written(rule, tmp_path, monkeypatch) -> None:
    monkeypatch.delenv(RELEASE_LOG, raising=False)
    monkeypatch.chdir(tmp_path)
    release(table({"police": 60}), rule=rule)
    assert list(tmp_path.iterdir()) == []
