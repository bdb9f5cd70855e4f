"""What all results share: the definition that made them, a release stamp, one frame."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import pandas as pd

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.errors import DisclosureError
from rjeval.results import showing
from rjeval.results.deferred import when_read

#: Columns of each table of estimates, after any group columns, in this order.
ESTIMATE_COLUMNS = (
    "term",
    "estimate",
    "std_error",
    "statistic",
    "p_value",
    "conf_low",
    "conf_high",
)
#: Values of the column ``suppressed`` that :func:`rjeval.release` adds to a released frame.
SUPPRESSION_KINDS = ("", "primary", "complementary", "denominator", "tail")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseStamp:
    """Proof that a result passed :func:`rjeval.release`, and by which rule."""

    profile: str
    min_cell: int
    round_to: int
    n_suppressed: int
    notes: tuple[str, ...] = ()


@when_read("frame")
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Result:
    """Root of all results.

    Parameters
    ----------
    frame : DataFrame
        Aggregates only. Released frames have a further column ``suppressed``
        (``""`` where shown, else one of ``SUPPRESSION_KINDS``), and NaN in what is hidden.
    definition : RecidivismDefinition or None
        The outcome definition, where the result is about reoffending.
    released : ReleaseStamp or None
        ``None`` until :func:`rjeval.release` has made the released twin.
    notes : tuple of str
        Caveats that travel into captions and reports.
    """

    frame: pd.DataFrame
    definition: RecidivismDefinition | None = None
    released: ReleaseStamp | None = None
    notes: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the result's table."""
        return self.frame.copy()

    @property
    def is_released(self) -> bool:
        """Whether this result may be shown outside the team."""
        return self.released is not None

    def __repr__(self) -> str:
        return showing.one_line(self)

    def __str__(self) -> str:
        return showing.as_text(self)

    def _repr_html_(self) -> str:
        return showing.as_html(self)


#: Set to ``1`` by the report runner; then nothing unreleased may be drawn or tabulated.
REPORT_MODE = "RJEVAL_REPORT"
#: Set to 1 where a report needs no pixels of its figures, so that none are drawn.
VECTORS_ONLY = "RJEVAL_VECTORS_ONLY"


def needs_mark(result: Result) -> bool:
    """Return whether a drawing of this result must be marked "not for release".

    Raises
    ------
    DisclosureError
        Inside ``rjeval report``, where an unreleased result may not be shown at all.
    """
    if result.released is not None:
        return result.released.profile == "internal"
    if os.environ.get(REPORT_MODE) == "1":
        raise DisclosureError(
            f"{type(result).__name__} was to be shown in a report without having been released.",
            hint="Pass it through rj.release(..., rule=design.disclosure) first.",
        )
    return True
