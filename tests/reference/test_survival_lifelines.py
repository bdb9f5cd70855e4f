"""Cross-check with lifelines where it is right: another program by other hands."""

from __future__ import annotations

import numpy as np
import pytest

import rjeval as rj

#: lifelines stops its Newton steps later if asked to; this is what is left.
TIGHT = {"precision": 1e-12, "r_precision": 1e-14}
CLOSE = 1e-6


@pytest.fixture(scope="module")
def lifelines():
    import lifelines

    return lifelines


def test_kaplan_meier_with_its_log_log_interval(lifelines, rossi, rossi_frame):
    fit = lifelines.KaplanMeierFitter().fit(rossi_frame["week"], rossi_frame["arrest"])
    ours = rj.kaplan_meier(rossi).frame.set_index("time_days")
    theirs = fit.survival_function_.iloc[:, 0]
    assert ours["estimate"].to_numpy() == pytest.approx(theirs.loc[ours.index].to_numpy())
    limits = fit.confidence_interval_.loc[ours.index].to_numpy()
    assert ours["conf_low"].to_numpy() == pytest.approx(limits[:, 0])
    assert ours["conf_high"].to_numpy() == pytest.approx(limits[:, 1])


def test_cox_coefficients_and_model_errors(lifelines, rossi, rossi_frame):
    data = rossi_frame.drop(columns="educ")
    fit = lifelines.CoxPHFitter().fit(data, "week", "arrest", fit_options=TIGHT)
    ours = rj.cox_regression(rossi, "fin + age + race + wexp + mar + paro + prio")
    assert ours.frame["estimate"].to_numpy() == pytest.approx(fit.params_.to_numpy(), rel=CLOSE)
    errors = fit.standard_errors_.to_numpy()
    assert ours.frame["std_error"].to_numpy() == pytest.approx(errors, rel=CLOSE)
    assert ours.fit["concordance"] == pytest.approx(fit.concordance_index_, rel=CLOSE)


def test_log_rank(lifelines, rossi, rossi_frame):
    from lifelines.statistics import multivariate_logrank_test

    theirs = multivariate_logrank_test(
        rossi_frame["week"], rossi_frame["fin"], rossi_frame["arrest"]
    )
    ours = rj.log_rank_test(rossi, by="fin").frame["statistic"].item()
    assert ours == pytest.approx(theirs.test_statistic, rel=1e-9)


def test_lifelines_robust_errors_are_those_without_ties(lifelines, rossi, rossi_frame):
    """The documented difference: theirs is not R's 0.1955 for ``fin``, ours is."""
    data = rossi_frame.drop(columns="educ")
    fit = lifelines.CoxPHFitter().fit(data, "week", "arrest", robust=True, fit_options=TIGHT)
    ours = rj.cox_regression(
        rossi, "fin + age + race + wexp + mar + paro + prio", cluster="person_id"
    ).frame["std_error"]
    assert ours[0] == pytest.approx(0.195541778981962, rel=CLOSE)
    assert np.abs(fit.standard_errors_.to_numpy() / ours.to_numpy() - 1).max() > 1e-4
