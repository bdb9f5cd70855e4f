"""What a wording rule is: words, what makes them harmless, and at which designs they count."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rjeval.terms import DesignTier

#: Designs that cannot speak of effects.
WEAK = frozenset({DesignTier.COUNTS, DesignTier.ONE_GROUP, DesignTier.UNMATCHED})
#: Designs that can speak of association, or of evidence consistent with an effect.
MIDDLE = frozenset({DesignTier.MATCHED, DesignTier.QUASI_EXPERIMENT})

PERCENT = r"\d+(?:\.\d+)?\s?(?:%|percent\b|per cent\b)"
#: Signs of a source: a DOI, an address, a name with a year, a numbered reference.
SOURCE = r"doi:|https?://|\([A-Z][^()]*\b(?:19|20)\d\d[a-z]?\)|\[\d+\]"


def words(pattern: str) -> re.Pattern[str]:
    """Return a pattern of words, whatever their capitals.

    Examples
    --------
    >>> bool(words("proven").search("Proven to work"))
    True
    """
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One pattern of words, what makes it harmless, and at which tiers it is looked for."""

    name: str
    pattern: re.Pattern[str]
    advice: str
    #: A sentence to write instead, such as the rule lets pass.
    better: str
    unless: re.Pattern[str] | None = None
    tiers: frozenset[DesignTier] = frozenset(DesignTier)
    #: Also needed somewhere in the same text.
    beside: re.Pattern[str] | None = None
    #: Whether the rule reads a whole paragraph instead of one sentence.
    whole: bool = False
    #: Finds what is wrong where no pattern can.
    recompute: Callable[[str], str] | None = None

    def broken_by(self, text: str, tier: DesignTier) -> str:
        """Return what breaks the rule, empty where nothing does."""
        if tier not in self.tiers:
            return ""
        if self.recompute is not None:
            return self.recompute(text)
        hit = self.pattern.search(text)
        if hit is None or (self.beside is not None and not self.beside.search(text)):
            return ""
        if self.unless is not None and self.unless.search(text):
            return ""
        return hit.group(0)
