"""An outcome that was not understood stops the study: it never just lowers a rate."""

from __future__ import annotations

import pandas as pd
import pytest

import rjeval as rj
from rjeval.cli.main import main
from rjeval.errors import ValidationError

EVENTS = """
[exports.person]
file = "people.csv"
columns = { person_id = "Person" }
[exports.records_check]
file = "checks.csv"
columns = { check_id = "Check", person_id = "Person", coverage_to = "To", match_status = "Found" }
[exports.followup_event]
file = "events.csv"
missing = ["N/A"]
[exports.followup_event.columns]
event_id = "Event"
person_id = "Person"
offence_date = "Day"
disposition = "Result"
event_kind = "Kind"
[exports.followup_event.values.disposition]
CONV = "convicted"
"""
TOLERANT = EVENTS.replace('"events.csv"', '"events.csv"\nunmapped = ["disposition"]')
PEOPLE = "Person\n" + "".join(f"P{i}\n" for i in range(200))
CHECKS = "Check,Person,To,Found\n" + "".join(
    f"K{i},P{i},2024-06-30,matched_record\n" for i in range(200)
)
SECRET = "CANARY7391"


def events(*, dispositions=(), days=(), kind="new_offence"):
    """Two hundred events, the first ones with these dispositions and days."""
    lines = ["Event,Person,Day,Result,Kind"]
    for i in range(200):
        day = days[i] if i < len(days) else "2023-05-04"
        result = dispositions[i] if i < len(dispositions) else "CONV"
        lines.append(f"E{i},P{i},{day},{result},{kind}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def read(study):
    def run(text, exports=EVENTS, checks=CHECKS):
        return study.read(exports, people__csv=PEOPLE, checks__csv=checks, events__csv=text)

    return run


def test_an_unmapped_disposition_stops_the_study_with_counts_and_no_value(read):
    unknown = [f"{SECRET}A", f"{SECRET}B", f"{SECRET}A"]
    with pytest.raises(ValidationError) as caught:
        read(events(dispositions=unknown))
    error = caught.value
    assert error.exit_code == 11
    assert error.checks == (("followup_event", "disposition", "V08", 3),)
    assert "followup_event.disposition: 3 of 200 rows hold 2 spellings" in error.message
    assert "[exports.followup_event.values.disposition]" in error.hint
    assert SECRET not in str(error)


@pytest.mark.parametrize("blank", ["", "N/A"])
def test_a_blank_or_a_declared_missing_disposition_stops_nothing(read, blank):
    exports = read(events(dispositions=[blank] * 3))
    assert len(exports.tables["followup_event"]) == 200


OTHERS = {
    "kind of event": ("followup_event", "event_kind", {"text": events(kind="misfile")}),
    "match": ("records_check", "match_status", {"checks": CHECKS.replace("matched_record", "hit")}),
}


@pytest.mark.parametrize(("table", "column", "change"), OTHERS.values(), ids=OTHERS)
def test_other_columns_of_outcomes_stop_it_too(read, table, column, change):
    with pytest.raises(ValidationError) as caught:
        read(**{"text": events(), **change})
    assert caught.value.checks == ((table, column, "V08", 200),)


ARMS = '[arms]\nlevels = ["rj", "comparison"]\n'
SMALL = {
    "state of exposure": ("exposure", "person_id,from,state\nA,2022-01-05,?\n", "state", "V08"),
    "arm": (
        "referral",
        "referral_id,person_id,referral_date,arm\nA,1,2022-01-05,x",
        "arm",
        "V08",
    ),
    "answer": ("survey_response", "invitation_id,item_id,value\nA,1,so so\n", "value", "V07"),
    "exit": ("follow_up", "person_id,time_days,exit_reason\nA,10,left\n", "exit_reason", "V08"),
    "time": ("follow_up", "person_id,time_days,exit_reason\nA,x,death\n", "time_days", "V07"),
    "undeclared arm": (
        "follow_up",
        "person_id,time_days,exit_reason,arm\nA,10,death,x\n",
        "arm",
        "V08",
    ),
}


@pytest.mark.parametrize(("table", "text", "column", "rule"), SMALL.values(), ids=SMALL)
def test_each_table_of_outcomes_is_guarded(study, table, text, column, rule):
    names = text.split("\n")[0].split(",")
    columns = ", ".join(f'{name} = "{name}"' for name in names)
    exports = f'[exports.{table}]\nfile = "t.csv"\ncolumns = {{ {columns} }}\n'
    with pytest.raises(ValidationError) as caught:
        study.read(exports, more=ARMS, t__csv=text)
    assert caught.value.checks == ((table, column, rule, 1),)


def test_more_than_one_unreadable_date_in_a_hundred_stops_the_study(read, lines):
    two = read(events(days=["never"] * 2))  # 1 %: set aside, and it travels
    assert lines(two.quality, "V21") == {("followup_event", "offence_date"): 2}
    with pytest.raises(ValidationError, match=r"offence_date: 3 of 200 rows") as caught:
        read(events(days=["never"] * 3))
    assert "dates.offence_date" in caught.value.hint


def test_a_study_may_go_on_and_the_people_concerned_count_as_never_checked(read):
    exports = read(events(dispositions=["odd", "odd", "queer"]), TOLERANT)
    assert len(exports.quarantine["followup_event"]) == 3
    checked = set(exports.tables["records_check"]["person_id"])
    assert {f"P{i}" for i in range(200)} - checked == {"P0", "P1", "P2"}
    told = exports.quality.set_index(["rule", "table"])["blocks"]
    assert "study.toml allows" in told["V08", "followup_event"]
    assert "counts as missing" in told["V08", "records_check"]


@pytest.mark.parametrize("command", ["check", "prepare", "report"])
def test_every_command_stops_and_an_earlier_clean_set_stays(study, capsys, command):
    study.design(EVENTS)
    raw = ["--raw", str(study.folder / "raw")]
    study.write(people__csv=PEOPLE, checks__csv=CHECKS, events__csv=events())
    assert main(["prepare", str(study.folder), *raw]) == 0
    processed = study.folder / "data" / "processed"
    before = (processed / "manifest.json").read_bytes()
    study.write(events__csv=events(dispositions=[SECRET]))
    assert main([command, str(study.folder), *raw]) == 11
    said = capsys.readouterr()
    assert "1 of 200 rows hold 1 spelling " in said.err
    assert SECRET not in said.out + said.err
    assert (processed / "manifest.json").read_bytes() == before
    assert len(rj.load_exports(processed, design=study.design(EVENTS)).accounts) == 3
    unread = processed / "unread" / "followup_event.csv"
    assert unread.exists() is (command != "check")
    if command != "check":
        assert pd.read_csv(unread)[["column", "row"]].values.tolist() == [["disposition", 1]]
    study.write(events__csv=events())
    assert main(["prepare", str(study.folder), *raw]) == 0
    assert not (processed / "unread").exists()
