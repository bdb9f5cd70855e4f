"""Tables about surveys: who answered, and how ratings are shared out."""

from __future__ import annotations

from collections.abc import Mapping

from rjeval.language import mark, phrase
from rjeval.languages.reading import retell
from rjeval.results import RatingShares, ResponseRates
from rjeval.results.base import needs_mark
from rjeval.tables import format as fmt
from rjeval.tables.captions import join_sentences, reader_label, release_notes, threshold
from rjeval.tables.table import Column, Table

#: Response below which a caption must warn.
LOW_RESPONSE = 0.5
BOUNDS_TEXT = mark(
    "Bounds count everybody asked who did not answer as dissatisfied, then as satisfied"
)
WAVES = {
    "pre": mark("Before the conference"),
    "post": mark("After the conference"),
    "followup_1m": mark("1 month later"),
    "followup_6m": mark("6 months later"),
    "followup_12m": mark("12 months later"),
}


def tabulate_response(
    result: ResponseRates,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = mark("Who was asked and who answered"),
) -> Table:
    """Return response by role and wave; roles are never pooled."""
    marked = needs_mark(result)
    grouped = [result.by] if result.by and result.by not in ("role", "wave") else []
    rows = []
    for row in result.to_frame().to_dict("records"):
        kind, limit = str(row.get("suppressed", "")), threshold(result)
        rate = fmt.percent(row["estimate"], n=row["n_invited"])
        bound = retell(str(row.get("bound", "") or ""))
        rows.append(
            (
                reader_label(row["role"], labels),
                _wave(str(row["wave"]), labels),
                *(reader_label(row[name], labels) for name in grouped),
                fmt.count(row["n_eligible"]),
                fmt.count(row["n_invited"]),
                fmt.count(_answered(row), kind=kind, min_cell=limit),
                bound if kind and bound else rate,
                fmt.percent_interval(row["conf_low"], row["conf_high"], n=row["n_invited"]),
            )
        )
    names = [phrase("Role"), phrase("When"), *(reader_label(name, labels) for name in grouped)]
    counts = [phrase("Eligible"), phrase("Invited"), phrase("Answered"), phrase("Response")]
    counts.append(fmt.level_text(result.conf_level))
    columns = (*(Column(label=n, align="left") for n in names), *(Column(label=n) for n in counts))
    caption = join_sentences(
        phrase("Answered in full or in part, of those invited, with its Wilson interval")
    )
    return Table(
        title=phrase(title),
        columns=columns,
        rows=tuple(rows),
        caption=caption,
        notes=release_notes(result),
        marked=marked,
    )


def _wave(wave: str, labels: Mapping[str, str] | None) -> str:
    return phrase(WAVES[wave]) if wave in WAVES else reader_label(wave, labels)


def _answered(row: Mapping[object, object]) -> float:
    """People who answered: the rate times the invited, because a part of them may be hidden."""
    if fmt.is_missing(row["estimate"]):
        return float("nan")
    return round(float(row["estimate"]) * float(row["n_invited"]))  # type: ignore[arg-type]


def tabulate_shares(
    result: RatingShares,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = "",
) -> Table:
    """Return the share in the top categories per item, with the full distribution.

    The caption names the role and the response rate, and warns where fewer than half answered.
    """
    marked = needs_mark(result)
    frame = result.to_frame()
    levels = [f"n_level_{i + 1}" for i in range(len(result.levels)) if f"n_level_{i + 1}" in frame]
    bounds = {"bound_low", "bound_high"} <= set(frame) and bool(frame["bound_low"].notna().any())
    rows = []
    for row in frame.to_dict("records"):
        kind, bound = str(row.get("suppressed", "")), retell(str(row.get("bound", "") or ""))
        rate = fmt.percent(row["estimate"], n=row["n"])
        rows.append(
            (
                str(row["item"]),
                *((reader_label(row[result.by], labels),) if result.by else ()),
                fmt.count(row["n"]),
                bound if kind and bound else rate,
                fmt.percent_interval(row["conf_low"], row["conf_high"], n=row["n"]),
                *((_bounds(row),) if bounds else ()),
                *(fmt.count(row[name]) for name in levels),
            )
        )
    top = phrase(" or ").join(result.levels[-result.top :])
    heads = [
        phrase("Answers"),
        phrase("Share {answers}", answers=top),
        fmt.level_text(result.conf_level),
    ]
    heads += [*([phrase("Bounds")] if bounds else []), *result.levels]
    columns = (
        Column(label=phrase("Item"), align="left"),
        *((Column(label=reader_label(result.by, labels), align="left"),) if result.by else ()),
        *(Column(label=head) for head in heads),
    )
    role = reader_label(result.role, labels)
    return Table(
        title=phrase(title) if title else phrase("Answers: {role}", role=role.lower()),
        columns=columns,
        rows=tuple(rows),
        caption=join_sentences(
            phrase("Role: {role}", role=role + _standing(result, labels)),
            *_response_text(result),
            phrase(BOUNDS_TEXT) if bounds else "",
        ),
        notes=release_notes(result),
        marked=marked,
    )


def _standing(result: RatingShares, labels: Mapping[str, str] | None) -> str:
    """Say which harmed parties these are, where only one kind is among them."""
    if not result.standing:
        return ""
    return f" ({reader_label(result.standing, labels).lower()})"


def _bounds(row: Mapping[object, object]) -> str:
    """Share were all who did not answer dissatisfied, and were all satisfied."""
    return fmt.percent_interval(row["bound_low"], row["bound_high"], n=row["n"])


def _response_text(result: RatingShares) -> tuple[str, ...]:
    """Response rate of the role and, where it is low, what follows from it."""
    if result.is_released and result.n_responded and result.n_invited is None and not result.by:
        return (phrase("Most of those invited answered; how many did not is not shown"),)
    if not result.n_invited or result.n_responded is None:
        return (phrase("Response rate not known"),)
    share = result.n_responded / result.n_invited
    text = phrase(
        "{n} of {whole} invited people answered ({share})",
        n=fmt.count(result.n_responded),
        whole=fmt.count(result.n_invited),
        share=fmt.percent(share, n=result.n_invited),
    )
    low = phrase("Fewer than half answered: respondents may differ from the others")
    return (text, low) if share < LOW_RESPONSE else (text,)
