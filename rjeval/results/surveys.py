"""Results about surveys: who answered, and how ratings are shared out."""

from __future__ import annotations

from dataclasses import dataclass

from rjeval.results.base import Result


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ResponseRates(Result):
    """Response by role and wave (and arm).

    ``frame`` columns: ``role, wave``, group column where given, ``n_eligible, n_invited,
    n_completed, n_partial, n_refused, n_no_contact, n_not_invited, estimate, conf_low,
    conf_high`` (completed and partial of invited, Wilson). ``standing`` says which harmed parties
    are counted, where only one kind is and it was recorded.
    """

    by: str
    conf_level: float
    standing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RatingShares(Result):
    """How answers to each item are shared out, per group, for one role.

    ``frame`` columns: group column where given, ``item_id, item, n, n_top, estimate, conf_low,
    conf_high`` (share in the top categories, Wilson), then ``n_level_1 ... n_level_k`` and
    ``mean``. ``bound_low`` and ``bound_high`` count all who did not answer as dissatisfied, and
    all as satisfied. ``standing`` says which harmed parties these are, where only one kind is
    among them.
    """

    by: str
    role: str
    levels: tuple[str, ...]
    top: int
    conf_level: float
    n_invited: int | None = None
    n_responded: int | None = None
    primary_item: str = ""
    standing: str = ""
