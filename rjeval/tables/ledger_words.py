"""Words for the codes of the cleaning ledger and of failed rules, as tables print them."""

from __future__ import annotations

from rjeval.language import mark, phrase, spoken_label
from rjeval.languages.reading import retell

#: What each code of the ledger says was done.
CHANGES = {
    "age_from_birth_year": mark("age taken from the year of birth"),
    "birth_year_left_out": mark("year of birth left out"),
    "blank_filled": mark("blank filled in"),
    "blank_rows_removed": mark("blank lines removed"),
    "blanks_trimmed": mark("blanks at the ends removed"),
    "brackets_removed": mark("brackets removed"),
    "category_normalised": mark("spelling made the same"),
    "cell_made_missing": mark("cell made missing"),
    "column_empty": mark("column without a value"),
    "covariate_as_number": mark("column read as numbers"),
    "covariate_date_lost": mark("date not readable"),
    "date_without_anybody": mark("date of nobody left out"),
    "dates_not_in_quarantine": mark("dates taken out of the quarantine"),
    "dates_shifted": mark("dates shifted"),
    "dates_shifted_together": mark("dates of people who belong together shifted together"),
    "day_month_ambiguous": mark("day and month not certain"),
    "day_month_settled": mark("order of day and month settled"),
    "declared_footer_removed": mark("declared footer removed"),
    "delimiter": mark("delimiter"),
    "detected_footer_removed": mark("footer found and removed"),
    "dropped": mark("column dropped"),
    "encoding": mark("encoding of characters"),
    "exact_duplicate_removed": mark("exact duplicate removed"),
    "generalised": mark("made coarser"),
    "generalised_unread": mark("not readable to be made coarser"),
    "header": mark("line of column names"),
    "keep_where": mark("rows chosen by the design"),
    "missing_code": mark("code for a missing value"),
    "missing_state": mark("reason of a missing value kept"),
    "not_collected": mark("not collected"),
    "period_marked": mark("outside the study period marked"),
    "pseudonymised": mark("id replaced by a pseudonym"),
    "repeated_down": mark("value repeated down"),
    "repeated_header_removed": mark("repeated column names removed"),
    "rule_not_run": mark("rule that could not run"),
    "sentinel_date_removed": mark("date that stands for none removed"),
    "sheet": mark("sheet of the workbook"),
    "time_of_day_cut": mark("time of day cut off"),
    "time_zone_applied": mark("time zone applied"),
    "time_zone_given": mark("time zone written beside the date"),
    "typed_file": mark("file with types of its own"),
    "unpacked": mark("unpacked"),
    "value_mapped": mark("value translated by the design"),
}
#: How serious it is that a rule failed.
SEVERITIES = {"E": mark("error"), "W": mark("warning"), "I": mark("information")}


def change_text(code: str) -> str:
    """Return what a code of the ledger says was done.

    Examples
    --------
    >>> change_text("blanks_trimmed"), change_text("something_else")
    ('blanks at the ends removed', 'something_else')
    """
    return phrase(CHANGES[code]) if code in CHANGES else code


def severity_text(code: str) -> str:
    """Return how serious it is that a rule failed.

    Examples
    --------
    >>> severity_text("W")
    'warning'
    """
    return phrase(SEVERITIES[code]) if code in SEVERITIES else retell(code)


def detail_text(detail: str, *, change: str) -> str:
    """Return the detail of a change; the reason of a missing value is a word of the dictionary.

    Examples
    --------
    >>> detail_text("declined", change="missing_state")
    'declined'
    """
    named = spoken_label(detail) if change == "missing_state" else None
    return named or retell(detail)
