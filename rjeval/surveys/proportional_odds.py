"""Whether an effect is the same at each cut of the rating, and a model for where it is not."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pandas as pd

from rjeval.analysis_data import Ratings
from rjeval.errors import EstimationError
from rjeval.language import mark, note
from rjeval.results import ModelEstimates, TestResult
from rjeval.surveys.brant import brant_rows
from rjeval.surveys.clustering import Clustering
from rjeval.surveys.cumulative_model import FittedModel, fit_model, spread_names
from rjeval.surveys.estimates import estimate_table
from rjeval.surveys.links import LINKS
from rjeval.surveys.model_data import ModelOptions, prepare_model_data
from rjeval.surveys.varying import (
    DOUBTFUL,
    GLOBAL,
    columns_of,
    named_terms,
    needs_wald,
    nested_tests,
)

METHODS = ("auto", "brant")


def proportional_odds_test(
    ratings: Ratings,
    formula: str,
    *,
    item: str | None = None,
    cluster: str | Clustering | None = None,
    weights: str | None = None,
    method: str = "auto",
    max_dropped: float = 0.10,
) -> TestResult:
    """Test, term by term and for all together, whether effects are the same at each cut.

    Parameters
    ----------
    ratings, formula, item, cluster, weights, max_dropped
        As in :func:`rjeval.ordinal_regression`.
    method : {"auto", "brant"}
        ``auto`` is a likelihood ratio, or a Wald test where variances must be robust.

    Returns
    -------
    TestResult
        One row per term of the formula and ``GLOBAL``. A Wald test whose model has no finite
        estimates (sparse categories) is NaN, and a note says so.

    Raises
    ------
    EstimationError
        Two categories only: there is one cut, so nothing can differ. Brant's test of clustered
        answers or sampling weights.

    Notes
    -----
    Without clusters: likelihood ratio of the model in which the term's effect differs by cut
    against the one in which it does not, as ``ordinal::nominal_test`` does. With clusters (or
    sampling weights) a likelihood ratio has no known distribution: a Wald test that the
    effects at all cuts are equal, with the clustered variance, is given instead. Brant's test
    (1990, doi 10.2307/2532457) compares separate binary fits at each cut by a Wald test, as
    ``brant::brant`` does; it asks the same question and tells as much with many answers.

    Examples
    --------
    >>> import pandas as pd
    >>> import rjeval as rj
    >>> answers = pd.DataFrame({
    ...     "rating": ["1", "2", "3"] * 2, "site": ["A"] * 3 + ["B"] * 3,
    ...     "people": [10, 10, 10, 5, 20, 5]})
    >>> given = rj.ratings(answers, rating="rating", levels=["1", "2", "3"], weight="people")
    >>> rj.proportional_odds_test(given, "site").to_frame().round(3)
         term  statistic  df  p_value
    0    site      6.796   1    0.009
    1  GLOBAL      6.796   1    0.009
    """
    if method not in METHODS:
        raise EstimationError(f"method must be one of {', '.join(METHODS)}.")
    options = ModelOptions(item=item, cluster=cluster, weights=weights, max_dropped=max_dropped)
    data = prepare_model_data(ratings, formula, options=options)
    plain = fit_model(data, link=LINKS["logit"])
    if len(plain.cuts) < 2:
        raise EstimationError("Two categories have one cut, so no effect can differ between cuts.")
    wald = needs_wald(data)
    words = mark("Wald test with robust variance") if wald else mark("likelihood ratio")
    rows = (
        brant_rows(data)
        if method == "brant"
        else [astuple(one) for one in nested_tests(data, plain, wald=wald)]
    )
    frame = pd.DataFrame(rows, columns=["term", "statistic", "df", "p_value"])
    return TestResult(
        frame=frame,
        method=mark("Brant's Wald test") if method == "brant" else words,
        groups=pd.DataFrame(),
        notes=(*plain.notes, *_test_notes(frame)),
    )


def partial_ordinal_regression(  # noqa: PLR0913 - each option is one documented choice
    ratings: Ratings,
    formula: str,
    *,
    varying: str,
    item: str | None = None,
    cluster: str | Clustering | None = None,
    weights: str | None = None,
    scale: str = "",
    conf_level: float = 0.95,
    max_dropped: float = 0.10,
) -> ModelEstimates:
    """Regress an ordered rating, with effects of some variables that differ by cut.

    ``logit P(rating > j) = x'b + z'c_j - threshold_j``: the partial proportional-odds model,
    for variables for which :func:`rjeval.proportional_odds_test` speaks against one effect.

    Parameters
    ----------
    varying : str
        Right-hand side of the variables whose effect differs by cut, such as ``"mode"``; each
        must be a term of ``formula``.
    ratings, formula, item, cluster, weights, scale, conf_level, max_dropped
        As in :func:`rjeval.ordinal_regression`.

    Returns
    -------
    ModelEstimates
        A varying effect has one row per cut, ``mode[video]:neither|agree``: the log odds ratio
        of a rating above that cut. Its sign is opposite to that of ``ordinal::clm(nominal=)``,
        which reports effects on thresholds.

    Raises
    ------
    EstimationError
        ``varying`` names what ``formula`` does not have.
    ConvergenceError
        Sparse categories: some cut has no finite effect.

    Notes
    -----
    Peterson and Harrell (1990), doi 10.2307/2347760. Predicted probabilities of the model can be
    negative for people unlike those observed; none observed has a probability of 0 or less.
    """
    options = ModelOptions(
        item=item, cluster=cluster, weights=weights, max_dropped=max_dropped, scale=scale
    )
    data = prepare_model_data(ratings, formula, options=options)
    wanted = named_terms(data, varying, formula=formula)
    model = fit_model(data, link=LINKS["logit"], varying=columns_of(data, wanted))
    return _result(model, wanted, formula=formula, conf_level=conf_level)


def _test_notes(frame: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if frame["statistic"].isna().any():
        notes.append(mark("Some tests could not be made, because categories are sparse."))
    doubtful = frame.loc[(frame["term"] != GLOBAL) & (frame["p_value"] < DOUBTFUL), "term"]
    if len(doubtful):
        notes.append(
            note(
                "The effect of {terms} seems to differ between cuts; one odds ratio sums it up "
                "poorly.",
                terms=", ".join(doubtful),
            )
        )
    return tuple(notes)


def _result(
    model: FittedModel, varying: list[str], *, formula: str, conf_level: float
) -> ModelEstimates:
    data, params, moved = model.data, model.fit.maximum.params, model.moved
    terms = np.array(data.design.terms)
    cuts, q = model.fit.n_thresholds, model.fit.n_nominal
    names, places, signs = [], [], []
    for place, term in enumerate(terms[~moved], start=cuts * q):
        names.append(("coefficient", str(term)))
        places.append(place)
        signs.append(1.0)
    for column, term in enumerate(terms[moved], start=1):
        for cut, name in enumerate(model.cuts):
            names.append(("coefficient", f"{term}:{name}"))
            places.append(cut * q + column)
            signs.append(-1.0)
    spread = spread_names(data)
    names += spread
    places += range(len(params) - len(spread), len(params))
    signs += [1.0] * len(spread)
    for cut, name in enumerate(model.cuts):
        names.append(("threshold", name))
        places.append(cut * q)
        signs.append(1.0)
    sign = np.array(signs)
    vcov = model.variance.vcov[np.ix_(places, places)] * np.outer(sign, sign)
    estimate, maximum = params[places] * sign, model.fit.maximum
    return ModelEstimates(
        frame=estimate_table(names, estimate, vcov, conf_level=conf_level, df=model.variance.df),
        model="ordinal",
        formula=formula,
        scale="" if data.scale_design else "odds ratio",
        conf_level=conf_level,
        **data.facts(),
        std_error_kind=model.variance.kind,
        vcov=vcov,
        fit={
            "loglik": maximum.loglik,
            "loglik_null": model.fit.loglik_null,
            "aic": 2 * len(params) - 2 * maximum.loglik,
        },
        link="logit",
        notes=(
            *model.notes,
            note("The effect of {terms} differs by cut of the rating.", terms=", ".join(varying)),
        ),
    )
