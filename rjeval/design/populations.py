"""Numbers of people that lie one within the other: the cohort, those followed, those mature.

Tables that show different ones of them would together tell how few people lie between two; so
a definition of reoffending carries them, and the disclosure rule shows numbers that differ by a
few people as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Column and level of everybody.
EVERYBODY = ("", "")


@dataclass(frozen=True, slots=True, repr=False)
class PopulationCounts:
    """People of each group at each step from the cohort to the longest window.

    Parameters
    ----------
    chains : mapping of (column, level) to tuple of int
        Never rising: people of the cohort, followed, and followed long enough for each window.
        ``EVERYBODY`` has those of all groups.
    events : mapping of (column, level) to tuple of int
        Of those followed long enough for each window, people with the event in it.
    """

    chains: Mapping[tuple[str, str], tuple[int, ...]]
    events: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)

    def chain(self, column: str, level: str) -> tuple[int, ...]:
        """Return the numbers of one group; none where it is unknown."""
        return self.chains.get((column, level) if column else EVERYBODY, ())

    def events_at(self, column: str, level: str, *, window: int = -1) -> float:
        """Return the events of one group in a window, NaN where they are unknown."""
        events = self.events.get((column, level) if column else EVERYBODY, ())
        return float(events[window]) if events else float("nan")

    def is_whole(self, column: str, level: str, *, window: int = -1) -> bool:
        """Whether everybody followed was followed for the whole window."""
        chain = self.chain(column, level)
        return len(chain) > 2 and chain[2:][window] == chain[1]

    def columns(self) -> tuple[str, ...]:
        """Return the columns whose groups are counted."""
        return tuple(dict.fromkeys(column for column, _ in self.chains if column))


def widened(n: float, chain: tuple[int, ...], *, least: int) -> float:
    """Return the widest number of a chain from which ``n`` cannot be told apart.

    Going down the chain, a number that lies fewer than ``least`` people under the one shown
    before it is shown as that one. So any two numbers shown differ by ``least`` people or more.

    Examples
    --------
    >>> [widened(n, (36, 31, 20), least=11) for n in (36, 31, 20)]
    [36.0, 36.0, 20.0]
    """
    shown = float("nan")
    for one in (*(one for one in chain if one >= n), n):
        if not shown - one < least:
            shown = float(one)
    return shown
