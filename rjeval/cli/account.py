"""The account of a study's exports in the terminal: counts, never a value of a person."""

from __future__ import annotations

from rjeval.analysis_data import Exports
from rjeval.cli.console import say
from rjeval.ingest.gaps import find_gaps, find_patterns, list_unknown

#: Columns of the account, as the terminal heads them.
HEADINGS = ("read", "accepted", "quarantined", "duplicate", "set aside")
SEVERITY = {"E": "error", "W": "warning", "I": "remark"}
#: Columns that the line of a table names, the most missing first.
MOST_GAPS = 5


def say_account(exports: Exports) -> None:
    """Print each table's rows and each rule that failed: severity, where, how many, what then."""
    say("Every row accounted for:")
    width = max([*(len(one.table) for one in exports.accounts), len("table")])
    say(f"  {'table':<{width}}  " + "  ".join(f"{one:>11}" for one in HEADINGS))
    for one in exports.accounts:
        counts = (one.n_read, one.n_accepted, one.n_quarantined, one.n_duplicates, one.n_filtered)
        cells = "  ".join(f"{count:>11,}" for count in counts)
        say(f"  {one.table:<{width}}  {cells}")
    _say_rules(exports)


def _say_rules(exports: Exports) -> None:
    failed = exports.quality[exports.quality["n_failed"] > 0]
    if not len(failed):
        say("Rules that failed: none")
        return
    counts = failed["severity"].value_counts()
    parts = [many(int(counts[key]), word) for key, word in SEVERITY.items() if key in counts]
    say(f"Rules that failed: {', '.join(parts)}")
    for row in failed.to_dict("records"):
        where = ".".join(str(row[key]) for key in ("table", "column") if str(row[key]).strip())
        blocks = f" Blocks {row['blocks']}." if row["blocks"] else ""
        say(
            f"  {row['rule']:<4} {SEVERITY[str(row['severity'])]:<7} {where}: "
            f"{row['n_failed']:,} of {row['n_rows']:,} rows. {row['reason']}{blocks}"
        )


def say_gaps(exports: Exports) -> None:
    """Print what is missing per table, codes that nobody mapped, and rules that could not run."""
    gaps = find_gaps(exports)
    whole = {one.table: one for one in find_patterns(exports, gaps) if not one.columns}
    if gaps:
        say("What is missing in the accepted rows:")
    for table in dict.fromkeys(one.table for one in gaps):
        mine = sorted((one for one in gaps if one.table == table), key=lambda one: -one.share)
        named = ", ".join(f"{one.column} {_percent(one.share)}" for one in mine[:MOST_GAPS])
        more = f" and {len(mine) - MOST_GAPS} more" if len(mine) > MOST_GAPS else ""
        share = f"; {_percent(whole[table].share)} of rows are whole" if table in whole else ""
        say(f"  {table}: {named}{more}{share}")
    unknown = list_unknown(exports.unmapped)
    if unknown:
        say("Codes that no list and no map knows (prepare writes them all to unmapped.csv):")
    for code in unknown:
        say(f"  {code}")
    n_idle = int((exports.ledger["rule"] == "rule_not_run").sum())
    if n_idle:
        say(f"Rules that could not run: {n_idle}; `rjeval check --html FILE` says why")


def _percent(share: float) -> str:
    if share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{100 * share:.0f}%"


def many(count: int, word: str) -> str:
    """Return a count with its word, in the plural where there is not one.

    Examples
    --------
    >>> many(1, "row"), many(0, "row")
    ('1 row', '0 rows')
    """
    return f"{count} {word}{'' if count == 1 else 's'}"
