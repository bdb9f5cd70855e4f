"""All tables of the data dictionary by name, parents before children."""

from __future__ import annotations

import difflib

from rjeval.errors import DesignError
from rjeval.schemas.agreements import AGREEMENT, OBLIGATION, PAYMENT
from rjeval.schemas.columns import Table
from rjeval.schemas.learning import (
    COMMUNITY_EVENT,
    COMMUNITY_SURVEY,
    TRAINING_EVENT,
    TRAINING_RESPONSE,
)
from rjeval.schemas.outcomes import EXPOSURE, FOLLOW_UP, FOLLOWUP_EVENT, RECORDS_CHECK
from rjeval.schemas.people import COMPARISON_PERSON, HARMED_PARTY, PERSON, REFERRAL
from rjeval.schemas.process import ATTENDANCE, REFERRAL_OFFENCE, SESSION
from rjeval.schemas.programmes import (
    CLINIC_MATTER,
    COMPARISON_COST,
    COST,
    FACILITATOR,
    PROGRAM,
)
from rjeval.schemas.surveys import (
    SURVEY_INSTRUMENT,
    SURVEY_INVITATION,
    SURVEY_ITEM,
    SURVEY_RESPONSE,
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        PROGRAM,
        FACILITATOR,
        CLINIC_MATTER,
        PERSON,
        REFERRAL,
        REFERRAL_OFFENCE,
        COMPARISON_PERSON,
        HARMED_PARTY,
        SESSION,
        ATTENDANCE,
        AGREEMENT,
        OBLIGATION,
        PAYMENT,
        RECORDS_CHECK,
        FOLLOWUP_EVENT,
        EXPOSURE,
        SURVEY_INSTRUMENT,
        SURVEY_ITEM,
        SURVEY_INVITATION,
        SURVEY_RESPONSE,
        TRAINING_EVENT,
        TRAINING_RESPONSE,
        COMMUNITY_SURVEY,
        COMMUNITY_EVENT,
        COST,
        COMPARISON_COST,
        FOLLOW_UP,
    )
}


def table(name: str) -> Table:
    """Return a table of the dictionary.

    Raises
    ------
    DesignError
        The dictionary has no table of that name.
    """
    if name not in TABLES:
        near = difflib.get_close_matches(name, TABLES, n=1)
        guess = f"Did you mean [exports.{near[0]}]?" if near else f"Tables: {', '.join(TABLES)}."
        raise DesignError(
            f"[exports.{name}]: the data dictionary has no table of that name.", hint=guess
        )
    return TABLES[name]
