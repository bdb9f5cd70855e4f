"""Direct identifiers stop the run, by name or by look; what only resembles them does not."""

from __future__ import annotations

import pytest

from rjeval.errors import IdentifierError
from rjeval.ingest.identifiers import named_like

HEADER = "Ref,Person,Referred,Outcome"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Name", "name"),
        ("First Name", "name"),
        ("lastName", "name"),
        ("Client Name", "name"),
        ("victim_names", "name"),
        ("Surname", "name"),
        ("alias", "name"),
        ("DOB", "date of birth"),
        ("Date of Birth", "date of birth"),
        ("birthdate", "date of birth"),
        ("Cell Phone", "telephone"),
        ("Telephone", "telephone"),
        ("E-mail", "e-mail"),
        ("Home Address", "address"),
        ("street", "address"),
        ("SSN", "social security number"),
        ("Social Security No.", "social security number"),
        ("FBI Number", "police or court identity number"),
        ("SID #", "police or court identity number"),
        ("Driver's License", "licence or vehicle"),
        ("Passport", "passport"),
        ("MRN", "medical record"),
        ("IP Address", "network address"),
    ],
)
def test_column_names_that_promise_an_identifier(name, kind):
    assert named_like(name) == kind


@pytest.mark.parametrize(
    "name",
    [
        "program_name",
        "Client ID",
        "Case No.",
        "Birth Year",
        "Age At Release ",
        "Harmed Party ID",
        "First referral ever",
        "Last contact date",
        "inside",
        "residence_type",
        "Race - Ethnicity",
        "c_charge_desc",
        "score_text",
        "screening_date",
        "CASE_PARTICIPANT_ID",
        "Site",
        "telework",
    ],
)
def test_column_names_that_promise_none(name):
    assert named_like(name) == ""


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("219-09-9998", "social security number"),
        ("(303) 555-0142", "telephone"),
        ("call 303-555-0142 at night", "telephone"),
        ("someone@example.org", "e-mail"),
        ("from 192.168.10.4", "network address"),
        ("see https://example.org/x", "web address"),
    ],
)
@pytest.mark.parametrize("mapped", [True, False])
def test_values_that_identify_stop_the_run_without_being_shown(study, value, kind, mapped):
    cells = ("open", value) if not mapped else (value, "x")
    text = f"{HEADER},Note\nA,1,2022-01-05,{cells[0]},{cells[1]}\n"
    with pytest.raises(IdentifierError) as caught:
        study.read(referrals__csv=text)
    assert f"({kind}) in 1 of 1 rows" in str(caught.value)
    assert value not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "value",
    [
        "382673022762",  # a case id of twelve digits
        "720 ILCS 570/401(d)(i)",
        "18-4-401(1)(a)",
        "2022-01-05",
        "123-45-678",
        "000-12-3456",  # no such area was ever issued
        "3.5.1",
        "01/05/2022 12:00:00 AM",
        "555-0142",
    ],
)
def test_values_that_only_resemble_identifiers_pass(study, value):
    text = f"{HEADER},Note\nA,1,2022-01-05,open,{value}\n"
    assert len(study.read(referrals__csv=text).tables["referral"]) == 1


def test_a_column_that_a_person_has_cleared_passes(study):
    text = f"{HEADER},Name\nA,1,2022-01-05,open,North office\n"
    with pytest.raises(IdentifierError, match="column 'Name'"):
        study.read(referrals__csv=text)
    cleared = '[privacy]\nreviewed_columns = ["name"]\n'
    assert len(study.read(referrals__csv=text, more=cleared).tables["referral"]) == 1


def test_an_empty_column_with_such_a_name_holds_nobody(study):
    text = f"{HEADER},Name\nA,1,2022-01-05,open,\n"
    assert len(study.read(referrals__csv=text).tables["referral"]) == 1
