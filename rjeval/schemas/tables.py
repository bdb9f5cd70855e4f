"""All tables of the data dictionary by name, parents before children."""

from __future__ import annotations

import difflib

from rjeval.errors import DesignError
from rjeval.schemas.agreements import AGREEMENT, OBLIGATION, PAYMENT
from rjeval.schemas.columns import Table
from rjeval.schemas.outcomes import EXPOSURE, FOLLOW_UP, FOLLOWUP_EVENT, RECORDS_CHECK
from rjeval.schemas.people import HARMED_PARTY, PERSON, REFERRAL
from rjeval.schemas.process import SESSION
from rjeval.schemas.surveys import SURVEY_INVITATION, SURVEY_RESPONSE

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        PERSON,
        REFERRAL,
        HARMED_PARTY,
        SESSION,
        RECORDS_CHECK,
        FOLLOWUP_EVENT,
        EXPOSURE,
        SURVEY_INVITATION,
        SURVEY_RESPONSE,
        AGREEMENT,
        OBLIGATION,
        PAYMENT,
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
