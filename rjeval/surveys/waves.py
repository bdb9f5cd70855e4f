"""The same people asked before and after: two waves of the same items."""

from __future__ import annotations

from collections.abc import Sequence

from rjeval.analysis_data import Cohort, Exports, Ratings
from rjeval.design.study import StudyDesign
from rjeval.errors import EstimationError
from rjeval.surveys.scoring import score_ratings
from rjeval.terms import Wave


def score_change(
    exports: Exports,
    cohort: Cohort,
    *,
    design: StudyDesign,
    role: str,
    items: Sequence[str],
    waves: tuple[str, str] = (Wave.PRE.value, Wave.POST.value),
    standing: str = "direct",
) -> tuple[Ratings, Ratings]:
    """Return one role's answers to the same items at two waves, for :func:`rjeval.paired_change`.

    Parameters
    ----------
    exports, cohort, design, role, standing
        As for :func:`rjeval.score_ratings`.
    items : sequence of str
        Items asked at both waves, such as ``["fear", "anger"]``.
    waves : (str, str)
        The earlier and the later wave.

    Returns
    -------
    (Ratings, Ratings)
        Everybody asked at each wave; the pairs are found by the estimator.

    Raises
    ------
    EstimationError
        No item was answered at both waves.
    """
    table = exports.tables["survey_response"]
    asked = exports.tables["survey_invitation"]
    asked = asked[(asked["role"] == role) & asked["wave"].isin(waves)]
    answers = table[table["item_id"].isin(items)].merge(
        asked[["invitation_id", "wave"]], on="invitation_id"
    )
    found = answers.groupby("item_id")["wave"].nunique()
    both = [item for item in items if found.get(item, 0) == len(waves)]
    if not both:
        raise EstimationError(f"None of {', '.join(items)} was asked both before and after.")
    earlier, later = (
        score_ratings(
            exports, cohort, design=design, role=role, wave=wave, items=both, standing=standing
        )
        for wave in waves
    )
    return earlier, later
