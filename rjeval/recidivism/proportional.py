"""The test of proportional hazards that a Cox model carries."""

from __future__ import annotations

import pandas as pd

from rjeval.errors import EstimationError
from rjeval.language import mark, note
from rjeval.recidivism.known_times import refuse_interval_times
from rjeval.results.models import ModelEstimates
from rjeval.results.survival import TestResult

#: Scales of time on which the test looks for a trend, in words.
TIMES = {
    "km": mark("Kaplan-Meier"),
    "rank": mark("ranked"),
    "identity": mark("untransformed"),
    "log": mark("logarithmic"),
}


def proportional_hazards_test(cox: ModelEstimates, *, transform: str = "km") -> TestResult:
    """Return the score test of proportional hazards that was made when the model was fitted.

    Parameters
    ----------
    cox : ModelEstimates
        From :func:`rjeval.cox_regression`.
    transform : {"km", "rank", "identity", "log"}
        Time scale on which coefficients may change: one minus Kaplan-Meier, rank of the event
        times, time itself, its logarithm.

    Returns
    -------
    TestResult
        One row per term of the formula (a factor with k levels has k - 1 degrees of freedom) and
        a last row ``GLOBAL``.

    Raises
    ------
    GuardError
        The study knows the interval of each event only.
    EstimationError
        The model is no Cox model, or the transform is unknown.

    References
    ----------
    Grambsch and Therneau (1994), doi:10.1093/biomet/81.3.515; the score form is that of R's
    ``cox.zph`` since survival 3.0.

    Examples
    --------
    >>> import rjeval as rj
    >>> people = pd.DataFrame(
    ...     {"day": range(1, 41), "new": [1, 1, 1, 0] * 10, "age": [20, 45, 30, 60, 25] * 8}
    ... )
    >>> outcome = rj.time_to_event(people, time="day", event="new", covariates=["age"])
    >>> test = rj.proportional_hazards_test(rj.cox_regression(outcome, "age"))
    >>> test.frame["term"].tolist()
    ['age', 'GLOBAL']
    """
    refuse_interval_times(cox.definition, "A test of proportional hazards uses")
    if transform not in cox.proportional_hazards:
        known = ", ".join(cox.proportional_hazards) or "none; this is not a Cox model"
        raise EstimationError(
            f"There is no proportional-hazards test '{transform}' (there are: {known})."
        )
    return TestResult(
        frame=cox.proportional_hazards[transform].copy(),
        groups=pd.DataFrame(),
        method=note(
            "Score test of proportional hazards ({transform} time)",
            transform=note(TIMES[transform]),
        ),
        definition=cox.definition,
        released=cox.released,
        notes=cox.notes,
    )
