"""Sentences about rows of outcomes that were refused, which stand beside the study's limits."""

from __future__ import annotations

from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase
from rjeval.report.wording import is_known
from rjeval.results import DataQuality

#: Tables whose refused rows could change a rate or a rating, as readers know them.
OUTCOME_TABLES = {
    "followup_event": mark("follow-up rows (events in the records)"),
    "follow_up": mark("follow-up rows"),
    "records_check": mark("records checks"),
    "exposure": mark("rows on time not at risk"),
    "survey_response": mark("survey answers"),
}
#: What the account says of rows that a study goes on without (see ``unmapped`` in its map).
TOLERATED = "as study.toml allows"


def quality_claims(result: DataQuality, design: StudyDesign) -> list[str]:
    """One sentence per table of outcomes with refused rows, and per column left unread."""
    refused = result.frame[result.frame["table"].isin(list(OUTCOME_TABLES))]
    sentences = [
        phrase(
            "{n} of {whole} {rows} were refused, because they broke a rule, and are in no result.",
            n=_count(row["n_quarantined"], design),
            whole=_count(row["n_read"], design),
            rows=phrase(OUTCOME_TABLES[str(row["table"])]),
        )
        for row in refused.to_dict("records")
        if row["n_quarantined"] != 0
    ]
    rules = result.rules
    unread = rules[rules["blocks"].fillna("").str.contains(TOLERATED, regex=False)]
    sentences += [
        phrase(
            "Values of {table}.{column} that the study's map does not understand were left unread "
            "in {n} rows; where records checks were collected, the outcomes of these people count "
            "as missing, so rates may be too low or too high.",
            table=row["table"],
            column=row["column"],
            n=_count(row["n_failed"], design),
        )
        for row in unread.to_dict("records")
    ]
    return sentences or [phrase("No row of follow-up and no survey answer was refused.")]


def _count(number: float, design: StudyDesign) -> str:
    if is_known(number):
        return f"{number:,.0f}"
    return phrase("fewer than {least}", least=design.disclosure.min_cell)
