"""What may be shown: the disclosure rule and its three named profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rjeval.errors import DesignError
from rjeval.language import mark

#: Counts of 1 to 10 people harmed are never shown, whatever a design says.
HARMED_PARTY_FLOOR = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRule:
    """Limits below which nothing leaves the study folder.

    Parameters
    ----------
    profile : {"public_strict", "public_standard", "internal"}
        ``public_strict`` hides 1 to 10 and rounds to 5. ``public_standard`` hides 1 to 5 and
        rounds only where ``round_to`` asks for it, which it must where releases repeat; it is
        for data whose owner allows it. ``internal`` hides nothing and marks everything.
    min_cell : int
        Smallest count of people shown; 1 to ``min_cell - 1`` are suppressed.
    min_denominator : int
        Smallest denominator of a percentage or mean.
    round_to : int
        Base to which shown counts are rounded; 1 for none.
    curve_grid_days : int
        Curves are shown only on multiples of this many days.
    min_residual_df : int
        Smallest residual degrees of freedom of a released model.
    """

    profile: str = "public_strict"
    min_cell: int = 11
    min_denominator: int = 20
    round_to: int = 5
    curve_grid_days: int = 91
    min_residual_df: int = 10

    @property
    def suppresses(self) -> bool:
        """Whether this rule hides anything at all."""
        return self.profile != "internal"


PROFILES: dict[str, DisclosureRule] = {
    "public_strict": DisclosureRule(),
    "public_standard": DisclosureRule(profile="public_standard", min_cell=6, round_to=1),
    "internal": DisclosureRule(
        profile="internal", min_cell=1, min_denominator=1, round_to=1, curve_grid_days=1
    ),
}

#: Names of the rules, to be translated where they are printed.
PROFILE_NAMES = {
    "public_strict": mark("public_strict"),
    "public_standard": mark("public_standard"),
    "internal": mark("internal"),
}


def profile_rule(profile: str, **raised: int) -> DisclosureRule:
    """Return a named rule with parameters raised above it, never lowered.

    Examples
    --------
    >>> profile_rule("public_strict", min_cell=20).min_cell
    20
    """
    from dataclasses import replace

    if profile not in PROFILES:
        raise DesignError(
            f"disclosure.profile is not one of {', '.join(PROFILES)}.",
            hint="Leave it out to get public_strict.",
        )
    base = PROFILES[profile]
    for name, value in raised.items():
        floor = getattr(base, name)
        if value < floor:
            raise DesignError(
                f"disclosure.{name} = {value} is below the floor {floor} of profile {profile}.",
                hint="Disclosure limits may be raised, never lowered.",
            )
    changes: dict[str, Any] = dict(raised)
    return replace(base, **changes)
