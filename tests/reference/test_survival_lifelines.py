"""Cross-check with lifelines where it is right: another program by other hands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
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


# What follows holds the page "Where we differ" to the truth: should lifelines change, so must it.


def test_lifelines_tests_proportional_hazards_in_the_older_form(lifelines, rossi, rossi_frame):
    """By rank, R's score test of age has p = 0.344 (``cox.zph(fit, "rank")``, survival 3.5-3)."""
    from lifelines.statistics import proportional_hazard_test

    data = rossi_frame.drop(columns="educ")
    fit = lifelines.CoxPHFitter().fit(data, "week", "arrest", fit_options=TIGHT)
    theirs = proportional_hazard_test(fit, data, time_transform="rank").summary
    assert "GLOBAL" not in theirs.index
    assert theirs.loc["age", "p"] < 0.001
    cox = rj.cox_regression(rossi, "fin + age + race + wexp + mar + paro + prio")
    ours = rj.proportional_hazards_test(cox, transform="rank").frame.set_index("term")
    assert ours.loc["age", "p_value"] == pytest.approx(0.344, abs=5e-4)
    assert "GLOBAL" in ours.index


@pytest.mark.filterwarnings("ignore:The maximum number of subdivisions")
def test_lifelines_gives_the_variance_of_times_for_that_of_their_mean(
    lifelines, rossi, rossi_frame
):
    from lifelines.utils import restricted_mean_survival_time

    fit = lifelines.KaplanMeierFitter().fit(rossi_frame["week"], rossi_frame["arrest"])
    mean, variance = restricted_mean_survival_time(fit, 52, return_variance=True)
    ours = rj.restricted_mean(rossi, by=None, horizon_days=52).frame.iloc[0]
    assert mean == pytest.approx(ours["estimate"])
    # Nobody is censored before week 52, so the variance of the times is known exactly.
    assert variance == pytest.approx(np.var(rossi_frame["week"].clip(upper=52)), rel=0.01)
    assert ours["std_error"] ** 2 == pytest.approx(variance / len(rossi_frame), rel=0.01)


def test_lifelines_takes_weights_for_numbers_of_people(lifelines, rossi_frame):
    plain = lifelines.KaplanMeierFitter().fit(rossi_frame["week"], rossi_frame["arrest"])
    heavy = lifelines.KaplanMeierFitter().fit(
        rossi_frame["week"], rossi_frame["arrest"], weights=np.full(len(rossi_frame), 10)
    )
    width = [one.confidence_interval_.iloc[-1].diff().iloc[-1] for one in (heavy, plain)]
    assert width[0] / width[1] == pytest.approx(1 / np.sqrt(10), rel=0.01)


@pytest.mark.filterwarnings("ignore:Tied event times")
def test_lifelines_moves_ties_at_random_and_swaps_limits(lifelines):
    table = pd.read_csv(Path(__file__).parent / "data" / "mgus2" / "mgus2.csv").head(300)
    time = np.where(table["pstat"] == 1, table["ptime"], table["futime"])
    kind = np.where(table["pstat"] == 1, 1, 2 * table["death"])
    ends = []
    for seed in (1, 2):
        fitter = lifelines.AalenJohansenFitter(calculate_variance=seed == 1, seed=seed)
        fit = fitter.fit(time, kind, event_of_interest=1)
        ends.append(float(fit.cumulative_density_.iloc[-1, 0]))
        if seed == 1:
            limits = fit.confidence_interval_.dropna()
            named = [name for name in limits.columns if "upper" in name]
            assert (limits[named[0]] <= limits.drop(columns=named).iloc[:, 0]).all()
    assert ends[0] != ends[1]


def test_lifelines_robust_errors_of_tied_times_change_with_the_order_of_rows(
    lifelines, follow_up, rossi_frame
):
    """Quarterly times: half a per cent and more off, and other numbers for the same people."""
    data = rossi_frame.drop(columns="educ").assign(week=lambda x: np.ceil(x["week"] / 13))
    other = data.sample(frac=1, random_state=3)
    errors = [
        lifelines.CoxPHFitter()
        .fit(one, "week", "arrest", robust=True, fit_options=TIGHT)
        .standard_errors_.to_numpy()
        for one in (data, other)
    ]
    assert np.abs(errors[0] / errors[1] - 1).max() > 1e-4
    formula = "fin + age + race + wexp + mar + paro + prio"
    ours = [
        rj.cox_regression(
            follow_up(one.reset_index(drop=True), time="week", event="arrest"),
            formula,
            cluster="person_id",
        ).frame["std_error"]
        for one in (data, other)
    ]
    assert ours[0].to_numpy() == pytest.approx(ours[1].to_numpy(), rel=1e-9)
    assert np.abs(errors[0] / ours[0].to_numpy() - 1).max() > 0.005


@pytest.mark.filterwarnings("ignore:Tied event times")
def test_lifelines_reseeds_the_global_generator(lifelines):
    after = []
    for seed in (1, 2):
        np.random.seed(seed)  # noqa: NPY002  (the global generator is the point)
        fitter = lifelines.AalenJohansenFitter(calculate_variance=False, seed=7)
        fitter.fit([1, 2, 2, 3, 3], [1, 2, 1, 0, 1], event_of_interest=1)
        after.append(np.random.random())  # noqa: NPY002
    assert after[0] == after[1]


def test_lifelines_has_no_test_of_a_difference_of_restricted_means(lifelines, rossi_frame):
    from lifelines.statistics import difference_of_restricted_mean_survival_time_test

    fit = lifelines.KaplanMeierFitter().fit(rossi_frame["week"], rossi_frame["arrest"])
    assert difference_of_restricted_mean_survival_time_test(fit, fit, 52) is None


def test_lifelines_counts_at_risk_after_removals(lifelines, rossi, rossi_frame):
    from lifelines.plotting import add_at_risk_counts
    from matplotlib.figure import Figure

    fit = lifelines.KaplanMeierFitter().fit(rossi_frame["week"], rossi_frame["arrest"])
    axes = Figure().add_subplot()
    fit.plot_survival_function(ax=axes)
    add_at_risk_counts(fit, ax=axes, xticks=[20], fig=axes.figure, rows_to_show=["At risk"])
    under = axes.figure.axes[-1].get_xticklabels()[0].get_text()
    curve = rj.kaplan_meier(rossi).frame.set_index("time_days")
    before, gone = curve.loc[20, "n_at_risk"], curve.loc[20, ["n_event", "n_censored"]].sum()
    assert gone > 0
    assert str(int(before - gone)) in under
    assert before == (rossi_frame["week"] >= 20).sum()
