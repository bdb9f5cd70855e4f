"""Direct identifiers stop the run, by name or by look; what only resembles them does not."""

from __future__ import annotations

import pandas as pd
import pytest

from rjeval.errors import IdentifierError
from rjeval.ingest.identifier_people import birth_date_columns
from rjeval.ingest.identifier_values import looks_like
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


#: Kind -> values that show it; numbers with check digits are specimens from public documents of
#: the issuing bodies, or made for these tests so that their check digit holds.
SHOWN = [
    ("Mr. Doe came late", "name"),
    ("Ms Quillfeather", "name"),
    ("Patricia Quillfeather", "name"),
    ("MICHAEL QUILLFEATHER", "name"),
    ("Quillfeather, Jennifer", "name"),
    ("Sarah B. Quillfeather said so", "name"),
    ("DOB 03/04/2005", "date of birth"),
    ("d.o.b.: 2005-03-04", "date of birth"),
    ("born on 4 March 2005", "date of birth"),
    ("303.555.0142", "telephone"),
    ("303 555 0142", "telephone"),
    ("fax +1 303-555-0142", "telephone"),
    ("o'neil+rj@mail.example.org", "e-mail"),
    ("1417 Maple Street", "address"),
    ("lives at 22 W. 16th Ave, Apt 4", "address"),
    ("P.O. Box 441", "address"),
    ("219 09 9998", "social security number"),
    ("912-90-3456", "social security number"),  # taxpayer number in place of one
    ("123 456 782", "national number"),  # Canada
    ("390.533.447-05", "national number"),  # Brazil
    ("BOXW310820HNERXN09", "national number"),  # Mexico, specimen
    ("RCCMNL83S18D969H", "national number"),  # Italy, specimen
    ("54362315-K", "national number"),  # Spain
    ("X-2482300W", "national number"),  # Spain, resident
    ("2 95 10 99 126 111 93", "national number"),  # France, specimen
    ("2341 2341 2346", "national number"),  # India, specimen
    ("AB 12 34 56 C", "national number"),  # United Kingdom
    ("ab123456d", "national number"),
    ("FBI# 123456AB1", "police or court identity number"),
    ("SID: CO1234567", "police or court identity number"),
    ("driver's license no. D1234567", "licence or vehicle"),
    ("Plate #ABC1234", "licence or vehicle"),
    ("MRN: 00123456", "medical record"),
    ("passport no. 123456789", "passport"),
    ("Account # 000123456", "account"),
    ("fe80:0000:0000:0000:0202:b3ff:fe1e:8329", "network address"),
    ("00:1A:2B:3C:4D:5E", "network address"),
    ("www.example.org/people/17", "web address"),
]


@pytest.mark.parametrize(("value", "kind"), SHOWN)
def test_each_kind_of_identifier_is_seen_alone_and_in_free_text(value, kind):
    alone = pd.Series([value, "", "open"], dtype="string")
    assert looks_like(alone) == (kind, 1)
    within = pd.Series(["nothing", f"Agreed to pay; {value}; will call again"], dtype="string")
    assert looks_like(within) == (kind, 1)


@pytest.mark.parametrize(
    "value",
    [
        "Madison County Court",
        "James Street School",  # a forename that names a place
        "District Attorney",
        "Assault, Simple",
        "Theft, Petty",
        "3 Strikes Rule",
        "2 Count Burglary",
        "Apologised 2 times on 3 days",
        "21-CR-0417",
        "2021-0417-JD",
        "I-1234567",
        "210417-0012",  # a case number of a birth date's shape, its check digit wrong
        "12:45:30",
        "2021-07-01 00:00:00",
        "07/01/2021 12:45 PM",
        "13A; 13B; 240",
        "11A 220 23H",
        "$1,250.00",
        "1.5e-3",
        "In person",
        "FBI report of 2019",
        "born in the programme's first year",
        "Grade 11 to 12",
        "Plate glass broken",
        "Account closed",
        "Will Call",
        "Grace Period",
    ],
)
def test_ordinary_text_shows_nothing(value):
    assert looks_like(pd.Series([value, value + ".", "other"], dtype="string")) == ("", 0)


def test_numbers_that_pass_a_check_digit_by_chance_are_not_identifiers():
    # one in ten random numbers passes the Luhn check; a column of case numbers does so too
    cases = pd.Series([f"{210100 + n % 28 + 1}-{n:04d}" for n in range(400)], dtype="string")
    assert looks_like(cases) == ("", 0)


def dated(births: list[str]) -> pd.DataFrame:
    days = pd.date_range("2021-01-01", periods=len(births), freq="9D").strftime("%m/%d/%Y")
    return pd.DataFrame({"Ref": range(len(births)), "When": births, "Referred": days}).astype(
        "string"
    )


def test_a_column_of_birth_dates_is_seen_whatever_its_name():
    births = pd.date_range("2003-02-01", periods=40, freq="37D").strftime("%m/%d/%Y")
    assert birth_date_columns(dated(list(births))) == {"When": 40}


@pytest.mark.parametrize(
    "dates",
    [
        ["01/01/2005"] * 40,  # one date for all: records searched from there
        list(pd.date_range("2019-02-01", periods=40, freq="9D").strftime("%m/%d/%Y")),  # incidents
        list(pd.date_range("2003-02-01", periods=12, freq="37D").strftime("%m/%d/%Y")),  # too few
    ],
)
def test_dates_of_records_and_incidents_are_no_birth_dates(dates):
    assert birth_date_columns(dated(dates)) == {}


def test_a_column_of_birth_dates_stops_the_run(study):
    births = pd.date_range("2003-02-01", periods=30, freq="37D").strftime("%Y-%m-%d")
    days = pd.date_range("2022-01-01", periods=30, freq="9D").strftime("%Y-%m-%d")
    rows = "".join(f"A{n},{n},{days[n]},open,{births[n]}\n" for n in range(30))
    with pytest.raises(
        IdentifierError, match=r"'Since' holds a direct identifier \(date of birth\) in 30"
    ):
        study.read(referrals__csv=f"{HEADER},Since\n{rows}")


def test_nine_digits_that_may_be_social_security_numbers_are_for_a_person_to_review(study):
    # areas of Colorado and Illinois; groups and serials counted up
    numbers = [f"{area}{10 + i:02d}{1000 + i}" for i in range(8) for area in (521, 522, 336, 337)]
    rows = "".join(f"R{i},{i},2022-01-05,open,{one}\n" for i, one in enumerate(numbers))
    text = f"{HEADER},Local key\n{rows}"
    with pytest.raises(IdentifierError) as caught:
        study.read(referrals__csv=text)
    said = str(caught.value)
    assert "'Local key' holds a direct identifier (possible social security number) in 32" in said
    assert not any(one in said for one in numbers)
    cleared = '[privacy]\nreviewed_columns = ["Local key"]\n'
    assert len(study.read(referrals__csv=text, more=cleared).tables["referral"]) == 32


@pytest.mark.parametrize(
    "numbers",
    [
        [f"{100_200_300 + i}" for i in range(60)],  # counted upwards
        [f"{i * 7919:09d}" for i in range(60)],  # areas 000 were never issued
        [f"9{i:02d}110042" for i in range(60)],  # nor were areas from 900
        [f"{520 + i}110042" for i in range(12)],  # too few to tell
    ],
)
def test_other_columns_of_nine_digits_pass(numbers):
    assert looks_like(pd.Series(numbers, dtype="string")) == ("", 0)


@pytest.mark.parametrize(
    "value", ["GB123456A", "AB123456E", "DA123456C", "AB12345C", "case AB1234"]
)
def test_what_is_no_national_insurance_number_passes(value):
    # prefixes and suffixes that the revenue office never gives (its manual, NIM39110)
    assert looks_like(pd.Series([value], dtype="string")) == ("", 0)
