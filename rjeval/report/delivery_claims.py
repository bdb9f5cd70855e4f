"""Sentences about delivery: rates of groups at each stage, what a person served has cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase
from rjeval.report.wording import is_known, level_text, percent, period_text
from rjeval.results import Contrast, UnitCosts

_EACH = {
    "referred": mark("for each person referred"),
    "conferenced": mark("for each person whose conference was held"),
    "completed": mark("for each person who completed"),
}


def relative_rate_claims(relative: Mapping[str, Contrast], design: StudyDesign) -> list[str]:
    """One sentence per stage: each group's rate beside that of the reference, and how sure."""
    told = [_stage(stage, one, design) for stage, one in relative.items()]
    told = [one for one in told if one]
    if told:
        told.append(
            phrase(
                "That no difference is clear does not mean that there is none. A relative rate "
                "describes a difference at one stage; it does not say where it comes from."
            )
        )
    return told


def _stage(stage: str, contrast: Contrast, design: StudyDesign) -> str:
    arms = {str(row["group"]): row for row in contrast.arms.to_dict("records")}
    rows = [row for row in contrast.frame.to_dict("records") if is_known(row["estimate"])]
    if not rows:
        return ""
    reference = str(rows[0]["reference"])
    apart = [
        row
        for row in rows
        if is_known(row["conf_low"], row["conf_high"])
        and not row["conf_low"] <= 1 <= row["conf_high"]
    ]
    base = str(arms[reference].get("base_stage") or "")
    return phrase(
        "**{stage}**, of those {base}: {reference} {rate}; {groups}{period}. {verdict}",
        stage=design.label(stage),
        base=_lower(design.label(base)),
        reference=design.label(reference),
        rate=_rate(arms[reference]),
        groups="; ".join(_group(row, arms, contrast, design) for row in rows),
        period=period_text(design),
        verdict=_verdict(apart, reference, design),
    )


def _group(
    row: Mapping[Any, Any], arms: Mapping[str, Any], contrast: Contrast, design: StudyDesign
) -> str:
    group = str(row["group"])
    parts = {
        "group": design.label(group),
        "rate": _rate(arms[group]),
        "ratio": f"{row['estimate']:.2f}",
    }
    if not is_known(row["conf_low"], row["conf_high"]):
        return phrase("{group} {rate}, {ratio} times that rate (no interval)", **parts)
    return phrase(
        "{group} {rate}, {ratio} times that rate ({level} {low} to {high})",
        **parts,
        level=level_text(contrast.conf_level),
        low=f"{row['conf_low']:.2f}",
        high=f"{row['conf_high']:.2f}",
    )


def _rate(arm: Mapping[Any, Any]) -> str:
    share = percent(arm["estimate"])
    if not is_known(arm["n"]):
        return share
    if not is_known(arm["n_event"]):
        return phrase("{share} of {n}", share=share, n=f"{arm['n']:,.0f}")
    return f"{share} ({phrase('{n:,.0f} of {whole:,.0f}', n=arm['n_event'], whole=arm['n'])})"


def _verdict(apart: Sequence[Mapping[Any, Any]], reference: str, design: StudyDesign) -> str:
    if not apart:
        return phrase(
            "**No clear difference** from {reference} at this stage.",
            reference=design.label(reference),
        )
    groups = ", ".join(
        phrase(
            "{group} (lower)" if row["estimate"] < 1 else "{group} (higher)",
            group=design.label(str(row["group"])),
        )
        for row in apart
    )
    return phrase(
        "Clearly different from {reference}: {groups}.",
        reference=design.label(reference),
        groups=groups,
    )


def unit_cost_claims(result: UnitCosts, _: StudyDesign) -> list[str]:
    """One sentence: what the programme cost for each person, by how far the person came."""
    rows = [row for row in result.frame.to_dict("records") if is_known(row["estimate"])]
    if not rows:
        return []
    money = [f"{result.currency} {row['estimate']:,.0f}".strip() for row in rows]
    each = [
        phrase("{money} {each}", money=f"**{one}**", each=phrase(_EACH[row["stage"]]))
        + f" ({row['n']:,.0f})"
        for one, row in zip(money, rows, strict=True)
    ]
    prices = phrase("; prices of {year}", year=result.price_year) if result.price_year else ""
    return [
        phrase(
            "The programme cost {whole} from {start} to {end}{prices}: {each}. These are averages "
            "of the whole cost, not what one more person costs, and say nothing of costs "
            "elsewhere.",
            whole=f"{result.currency} {rows[0]['amount']:,.0f}".strip(),
            start=result.period_start,
            end=result.period_end,
            prices=prices,
            each="; ".join(each),
        )
    ]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
