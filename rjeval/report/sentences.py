"""Sentences that state a result: numbers from released results, verbs from the design tier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rjeval.design.study import StudyDesign
from rjeval.errors import DisclosureError
from rjeval.report.analysis_claims import grid_claims, mean_claims, summary_claims
from rjeval.report.delivery_claims import relative_rate_claims, unit_cost_claims
from rjeval.report.design_claims import design_claims, limit_claims, source_claims
from rjeval.report.formula_claims import formula_claims
from rjeval.report.lock import plan_claims
from rjeval.report.model_claims import model_claims
from rjeval.report.outcome_claims import contrast_claims, incidence_claims, rate_claims
from rjeval.report.people_claims import flow_claims, response_claims, share_claims
from rjeval.report.quality_claims import quality_claims
from rjeval.report.run_claims import (
    disclosure_claims,
    evidence_claims,
    model_plan_claims,
    software_claims,
)
from rjeval.report.unmeasured import unmeasured_claims
from rjeval.report.verdict_claims import verdict_claims
from rjeval.report.wording import sentence
from rjeval.results import (
    CohortFlow,
    Contrast,
    Curves,
    DataQuality,
    FixedWindowRates,
    ModelEstimates,
    RatingShares,
    ReoffendingSummary,
    ResponseRates,
    RestrictedMean,
    Result,
    SensitivityGrid,
    UnitCosts,
)

_Makers = dict[type[Result], Callable[[Any, StudyDesign], list[str]]]
_MAKERS: _Makers = {
    FixedWindowRates: rate_claims,
    Contrast: contrast_claims,
    Curves: incidence_claims,
    RestrictedMean: mean_claims,
    ModelEstimates: model_claims,
    RatingShares: share_claims,
    ResponseRates: response_claims,
    CohortFlow: flow_claims,
    DataQuality: quality_claims,
    SensitivityGrid: grid_claims,
    ReoffendingSummary: summary_claims,
    UnitCosts: unit_cost_claims,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Sentences bound to released results; shown as a list in a notebook."""

    sentences: tuple[str, ...]

    def to_markdown(self) -> str:
        """Return the sentences as a Markdown list; one sentence as a paragraph."""
        if len(self.sentences) == 1:
            return self.sentences[0]
        return "\n".join(f"- {sentence}" for sentence in self.sentences)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def __str__(self) -> str:
        return "\n".join(self.sentences)


#: Kind of the three sentences that say how far a headline carries.
VERDICT = "verdict"
#: Sentences that come from the design alone.
_FROM_DESIGN: dict[str, Callable[[StudyDesign], list[str]]] = {
    "design": design_claims,
    "sources": source_claims,
    "limits": limit_claims,
    "plan": plan_claims,
    "models": model_plan_claims,
    "disclosure": disclosure_claims,
    "software": software_claims,
    "evidence": evidence_claims,
    "not_measured": unmeasured_claims,
    "formulas": formula_claims,
}


def claims(
    *results: Result | Mapping[str, Contrast],
    design: StudyDesign,
    kind: str = "results",
    at_days: float | None = None,
) -> Claims:
    """Return the sentences that released results support.

    Each sentence carries its n, interval, definition, period and population; its verb is the
    one that the design tier allows (``design.arms.tier``). A difference whose interval holds
    zero is "no clear difference", with what it is compatible with, never "no effect". A
    suppressed number is said to be suppressed.

    Parameters
    ----------
    *results : Result
        Released ``FixedWindowRates``, ``Contrast``, ``Curves``, ``RestrictedMean``,
        ``ModelEstimates``, ``RatingShares``, ``ResponseRates``, ``DataQuality``, ``CohortFlow``,
        ``SensitivityGrid``, ``ReoffendingSummary`` or ``UnitCosts``; or the relative rates by
        stage of :func:`rjeval.relative_rates`, made from released rates.
    design : StudyDesign
        The study: tier, period, labels.
    kind : str
        What the sentences are about: ``results``; ``verdict`` (of rates or differences: what can
        be said, what cannot, how many more people would settle it); or without results one of
        ``design`` (how the study compares), ``sources`` of its data, ``limits``, ``plan`` (what
        was fixed in advance), ``models`` that it declares,
        ``disclosure`` (what may be shown), ``software``, ``evidence`` that others published, and
        claims often made that are ``not_measured`` here, and the ``formulas`` behind the numbers.
    at_days : number, optional
        Speak of this window only, of results that hold several. The result itself keeps all its
        windows, so that what is hidden in one place is hidden in all.

    Returns
    -------
    Claims

    Raises
    ------
    DisclosureError
        A result has not been released.
    TypeError
        No sentence is known for this type of result.
    ValueError
        Unknown kind, or results given for a kind that needs none.
    """
    if kind in _FROM_DESIGN and not results:
        return Claims(sentences=tuple(_FROM_DESIGN[kind](design)))
    if kind not in ("results", VERDICT):
        allowed = ", ".join(_FROM_DESIGN)
        raise ValueError(
            f"kind is 'results' or '{VERDICT}' with results, or without them one of {allowed}."
        )
    makers: _Makers = dict.fromkeys(_MAKERS, verdict_claims) if kind == VERDICT else _MAKERS
    made = [one for result in results for one in _sentences(result, design, at_days, makers)]
    return Claims(sentences=tuple(sentence(one) for one in made))


def _sentences(
    result: Result | Mapping[str, Contrast],
    design: StudyDesign,
    at_days: float | None,
    makers: _Makers,
) -> list[str]:
    if isinstance(result, Mapping):
        for one in result.values():
            _check_released(one)
        return relative_rate_claims(result, design)
    maker = makers.get(type(result))
    if maker is None:
        allowed = ", ".join(kind.__name__ for kind in _MAKERS)
        raise TypeError(f"No sentence is known for {type(result).__name__}; allowed: {allowed}.")
    _check_released(result)
    if at_days is not None and "at_days" in result.frame:
        result = replace(result, frame=result.frame[result.frame["at_days"] == at_days])
    return maker(result, design)


def _check_released(result: Result) -> None:
    if result.released is None:
        raise DisclosureError(
            f"A sentence was to be made from a {type(result).__name__} that is not released.",
            hint="Pass it through rj.release(..., rule=design.disclosure) first.",
        )
