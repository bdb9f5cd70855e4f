"""Response of people harmed, stand-ins and organisations: apart, and nowhere to be subtracted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import rjeval as rj
from rjeval.analysis_data import Exports
from rjeval.design.study import StudyDesign
from rjeval.disclosure.differencing import learnt_from_margins
from rjeval.disclosure.published import published_cells
from rjeval.errors import DataError

DESIGN = StudyDesign(title="A study", root=Path())
#: Kind and participation, how many were asked, how many of these answered.
PARTIES = (
    ("person", "direct", 120, 80),
    ("household", "surrogate_sent", 30, 14),
    ("school", "direct", 6, 4),
    (None, None, 3, 2),
)


@pytest.fixture
def ready() -> Exports:
    """Three responsible parties, and harmed parties of all standings and of none recorded."""
    asked, parties = [("r1", "responsible_party", "completed")] * 3, []
    for kind, part, n, answered in PARTIES:
        for number in range(n):
            name = f"{kind}-{number}"
            status = "completed" if number < answered else "no_contact"
            asked.append((name, "harmed_party", status))
            parties.append((name, "case", kind, part))
    invitation = pd.DataFrame(asked, columns=["party_id", "role", "status"])
    invitation = invitation.assign(case_id="case", wave="post", not_invited_reason=None)
    harmed = pd.DataFrame(parties, columns=["harmed_id", "case_id", "kind", "participation"])
    return Exports(
        tables={"survey_invitation": invitation, "harmed_party": harmed},
        accounts=(),
        ledger=pd.DataFrame(),
        quality=pd.DataFrame(),
    )


def test_people_harmed_are_the_default_with_those_of_whom_nothing_is_known(ready):
    """120 people and 3 unknown, of whom 80 and 2 answered; other roles stay as they are."""
    rates = rj.response_rates(ready)
    frame = rates.frame.set_index("role")
    assert frame.loc["harmed_party", ["n_invited", "n_completed"]].tolist() == [123, 82]
    assert frame.loc["responsible_party", "n_invited"] == 3
    assert rates.standing == "direct"
    assert any("they stand apart" in one for one in rates.notes)
    assert any("it was not recorded whether" in one for one in rates.notes)


def test_each_standing_has_a_row_of_its_own(ready):
    frame = rj.response_rates(ready, standing="all").frame
    assert frame["standing"].tolist() == ["direct", "surrogate", "organisation"]
    assert frame["n_invited"].tolist() == [123, 30, 6]
    assert set(frame["role"]) == {"harmed_party"}
    one = rj.response_rates(ready, standing="surrogate").frame.set_index("role")
    assert one.loc["harmed_party", "n_invited"] == 30


def test_the_few_organisations_cannot_be_had_by_subtraction(ready):
    alone, apart = rj.release(
        rj.response_rates(ready), rj.response_rates(ready, standing="all"), rule=DESIGN.disclosure
    )
    rows = apart.frame.set_index("standing")
    whole = alone.frame.set_index("role").loc["harmed_party"]
    assert pd.isna(rows.loc["organisation", "n_invited"])
    assert rows.loc["direct", "n_invited"] == whole["n_invited"], "the same number in both"
    shown = [int(n) for n in apart.frame["n_invited"].dropna()]
    assert 160 not in shown, "no total of all standings is published"
    assert learnt_from_margins(published_cells([alone, apart]), rule=DESIGN.disclosure) == []


def test_all_standings_are_not_grouped_further(ready):
    with pytest.raises(DataError, match="by standing and by nothing else"):
        rj.response_rates(ready, standing="all", by="wave")
    bare = Exports(
        tables={"survey_invitation": ready.tables["survey_invitation"]},
        accounts=(),
        ledger=pd.DataFrame(),
        quality=pd.DataFrame(),
    )
    with pytest.raises(DataError, match="recorded of no harmed party"):
        rj.response_rates(bare, standing="all")
    assert rj.response_rates(bare).standing == ""


def test_reasons_why_nobody_was_asked_are_those_of_people_harmed(ready):
    """Reasons of all would tell, less those of people harmed, of the few organisations."""
    table = ready.tables["survey_invitation"]
    ready.tables["survey_invitation"] = table.assign(status="not_invited")
    counted = rj.count_not_invited(ready, design=DESIGN).frame
    assert counted.loc[counted["role"] == "harmed_party", "n"].tolist() == [123]
