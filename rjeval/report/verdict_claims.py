"""What a headline lets anybody say, what it does not, and how many more people would settle it."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import replace
from statistics import NormalDist
from typing import Any

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.design.study import StudyDesign
from rjeval.language import mark, phrase
from rjeval.report.outcome_claims import contrast_claims, rate_claims
from rjeval.report.wording import (
    clock_text,
    held_tier,
    is_known,
    months,
    people_text,
    points,
    records_text,
)
from rjeval.results import Contrast, FixedWindowRates, Result
from rjeval.terms import DesignTier

Row = dict[Hashable, Any]
#: People needed are told in tens: more digits would pretend to know.
ROUND_TO = 10
CAN, CANNOT, SETTLE = (
    mark("**What you can say.**"),
    mark("**What you cannot say.**"),
    mark("**What would settle it.**"),
)


def verdict_claims(result: Result, design: StudyDesign) -> list[str]:
    """Three sentences per headline: what can be said, what cannot, and what would settle it."""
    if isinstance(result, Contrast):
        frame = result.frame
        rows: list[Row] = frame[frame["term"] == "risk_difference"].to_dict("records")
        said = contrast_claims(_only_differences(result), design)
        found = []
        for row, sentence in zip(rows, said, strict=True):
            found += [
                f"{phrase(CAN)} {sentence}",
                f"{phrase(CANNOT)} {_not_said(row, result, design)}",
                f"{phrase(SETTLE)} {_settled(row, result, design)}",
            ]
        return found
    if isinstance(result, FixedWindowRates):
        return [
            *(f"{phrase(CAN)} {one}" for one in rate_claims(result, design)),
            " ".join(
                (
                    phrase(CANNOT),
                    phrase(
                        "That this is lower or higher than it would have been without the "
                        "programme: nobody was compared with."
                    ),
                    _never(_definition(result, design), design),
                )
            ),
            phrase(SETTLE)
            + " "
            + phrase(
                "No number of people can replace a comparison group; without one the share itself "
                "is all that more people would tell more exactly."
            ),
        ]
    raise TypeError(f"No verdict is known for {type(result).__name__}.")


def more_people(
    *, n: float, low: float, high: float, planned: float, power: float, conf_level: float = 0.95
) -> float:
    """Return how many more people would be needed to find a planned difference.

    The standard error behind the interval is ``(high - low) / 2z``, z the quantile of the
    level. A difference ``planned`` is found with the wanted power where it is at most
    ``planned / (z + z_power)``. The squared error falls as people are added in the same
    proportions, so ``n * (error now / error wanted)**2`` people are needed in all.

    Parameters
    ----------
    n : float
        People behind the interval, both groups.
    low, high : float
        Ends of the interval of the difference of shares.
    planned : float
        The difference that would matter, as a share.
    power, conf_level : float

    Returns
    -------
    float
        People still missing, 0 where there are enough; not rounded.

    Notes
    -----
    A normal approximation that takes both shares as they are observed. It looks ahead: it says
    nothing of the power of the study that was made. Source: Cohen (1988), *Statistical Power
    Analysis for the Behavioral Sciences*, ch. 6; Schulz & Grimes (2005),
    doi:10.1016/S0140-6736(05)61034-3.

    Examples
    --------
    >>> round(more_people(n=465, low=-0.14, high=0.01, planned=0.10, power=0.80))
    69
    """
    z = NormalDist().inv_cdf(0.5 + conf_level / 2)
    now = (high - low) / (2 * z)
    wanted = planned / (z + NormalDist().inv_cdf(power))
    return max(0.0, n * ((now / wanted) ** 2 - 1))


def _not_said(row: Row, result: Contrast, design: StudyDesign) -> str:
    definition = _definition(result, design)
    if not is_known(row["conf_low"], row["conf_high"]):
        first = phrase("Anything about this difference: the numbers behind it are not shown.")
    elif row["conf_low"] <= 0 <= row["conf_high"]:
        first = phrase("That there is a difference, or that there is none.")
    elif held_tier(design.arms) == DesignTier.RANDOMISED:
        first = phrase(
            "That everybody fares as the average does, or that another place would see this."
        )
    else:
        first = phrase(
            "That the programme is the reason for the difference: the groups may differ in other "
            "ways that nobody recorded."
        )
    return f"{first} {_never(definition, design)}"


def _never(definition: RecidivismDefinition, design: StudyDesign) -> str:
    return phrase(
        "Nothing either about harm that did not come to these records ({records}), about what "
        "happens after {time} of {clock}, or about people other than these {people}.",
        records=records_text(definition),
        time=months(definition.horizon_days),
        clock=clock_text(definition, design),
        people=people_text(definition),
    )


def _settled(row: Row, result: Contrast, design: StudyDesign) -> str:
    low, high = row["conf_low"], row["conf_high"]
    if not is_known(low, high):
        return phrase("More people, until the counts may be shown.")
    if not low <= 0 <= high:
        return phrase(
            "More people would narrow the interval; its whole length lies on one side of no "
            "difference already. Whether the programme is the reason is a question of design, "
            "not of numbers."
            if held_tier(design.arms) != DesignTier.RANDOMISED
            else "The interval leaves out no difference; a second trial elsewhere would tell "
            "whether it holds there."
        )
    planned = design.aims.planning.risk_difference
    if planned is None:
        return phrase(
            "The study names no difference that would matter (risk_difference under [planning]), "
            "so it cannot be said how many more people would settle it."
        )
    return _counted(row, result, design, planned=planned)


def _counted(row: Row, result: Contrast, design: StudyDesign, *, planned: float) -> str:
    power = design.aims.planning.power
    people = _people(row, result)
    if not is_known(people):
        return phrase("More people; how many cannot be said, because the counts are not shown.")
    more = more_people(
        n=people,
        low=row["conf_low"],
        high=row["conf_high"],
        planned=planned,
        power=power,
        conf_level=result.conf_level,
    )
    aim = phrase(
        "a difference of {points} percentage points, which was named beforehand as one that would "
        "matter, with a chance of {power:.0f}%",
        points=points(planned).lstrip("+"),
        power=100 * power,
    )
    if more > 0:
        rounded = math.ceil(more / ROUND_TO) * ROUND_TO
        return phrase(
            "About {more:,} more people, in the same proportions as these {people:,.0f}, followed "
            "for as long, would be enough to find {aim}.",
            more=rounded,
            people=people,
            aim=aim,
        )
    return phrase(
        "These {people:,.0f} people are enough to find {aim}. A smaller difference would need "
        "more of them.",
        people=people,
        aim=aim,
    )


def _people(row: Row, result: Contrast) -> float:
    arms = result.arms[result.arms["at_days"] == row["at_days"]]
    own = arms[arms["group"].isin([row["group"], row["reference"]])]
    return float(own["n"].sum()) if own["n"].notna().all() and len(own) else math.nan


def _only_differences(result: Contrast) -> Contrast:
    return replace(result, frame=result.frame[result.frame["term"] == "risk_difference"])


def _definition(result: Result, design: StudyDesign) -> RecidivismDefinition:
    return result.definition if result.definition is not None else design.primary
