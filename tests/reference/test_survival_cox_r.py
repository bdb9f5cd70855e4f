"""Cox regression and its proportional-hazards test equal R's coxph and cox.zph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rjeval as rj

#: R stops when the log-likelihood gains less than 1e-9 of itself; this is what that leaves.
ITERATED = 1e-6
DATA = Path(__file__).parent / "data"
ROSSI = "fin + age + race + wexp + mar + paro + prio"
RECID = "workprg + priors + tserved + felon + alcohol + drugs + black + married + educ + age"


def compare_cox(cox, expected, *, naive=None):
    terms = expected["terms"]
    frame = cox.frame
    assert frame["estimate"].to_numpy() == pytest.approx([t["coef"] for t in terms], rel=ITERATED)
    assert frame["std_error"].to_numpy() == pytest.approx([t["se"] for t in terms], rel=ITERATED)
    assert frame["conf_low"].to_numpy() == pytest.approx([t["ci_lo"] for t in terms], rel=ITERATED)
    assert frame["p_value"].to_numpy() == pytest.approx([t["p"] for t in terms], rel=1e-5)
    assert np.asarray(cox.vcov) == pytest.approx(
        np.asarray(expected["vcov"]), rel=ITERATED, abs=1e-12
    )
    assert cox.fit["loglik"] == pytest.approx(expected["loglik"], rel=1e-10)
    assert cox.fit["loglik_null"] == pytest.approx(expected["loglik_null"], rel=1e-10)
    assert cox.fit["score"] == pytest.approx(expected["score"][0], rel=ITERATED)
    assert cox.fit["likelihood_ratio"] == pytest.approx(expected["lr"][0], rel=ITERATED)
    assert cox.fit["wald"] == pytest.approx(expected["wald"][0], abs=0.006)
    assert cox.fit["aic"] == pytest.approx(expected["aic"], rel=ITERATED)
    assert (cox.n, cox.n_events) == (expected["n"], expected["nevent"])
    assert cox.fit["concordance"] == pytest.approx(expected["concordance"], rel=ITERATED)
    assert cox.fit["concordance_std_error"] == pytest.approx(
        expected["concordance_se"], rel=ITERATED
    )


def compare_zph(cox, expected):
    for transform, table in expected.items():
        if isinstance(table, str):  # R could not solve its own system
            continue
        got = rj.proportional_hazards_test(cox, transform=transform).frame
        want = table["terms"]
        assert got["term"].tolist() == [row["term"] for row in want]
        assert got["df"].tolist() == [row["df"] for row in want]
        assert got["statistic"].to_numpy() == pytest.approx(
            [row["chisq"] for row in want], rel=ITERATED
        )
        assert got["p_value"].to_numpy() == pytest.approx([row["p"] for row in want], rel=1e-5)


@pytest.mark.parametrize(
    ("key", "formula", "options"),
    [
        ("cox_efron", ROSSI, {}),
        ("cox_breslow", ROSSI, {"ties": "breslow"}),
        ("cox_efron_robust", ROSSI, {"cluster": "person_id"}),
        ("cox_fin_only", "fin", {}),
        ("cox_fin_age_prio", "fin + age + prio", {}),
        ("cox_strat_wexp", "fin + age + race + mar + paro + prio", {"strata": "wexp"}),
    ],
)
def test_rossi(rossi, reference, key, formula, options):
    compare_cox(rj.cox_regression(rossi, formula, **options), reference("rossi")[key])


def test_rossi_proportional_hazards_on_four_time_scales(rossi, reference):
    compare_zph(rj.cox_regression(rossi, ROSSI), reference("rossi")["zph_efron"])


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("cox_efron", {}),
        ("cox_breslow", {"ties": "breslow"}),
        ("cox_robust", {"cluster": "person_id"}),
    ],
)
def test_recid(recid, reference, key, options):
    compare_cox(rj.cox_regression(recid, RECID, **options), reference("recid")[key])


def test_recid_proportional_hazards(recid, reference):
    compare_zph(rj.cox_regression(recid, RECID), reference("recid")["zph"])


@pytest.fixture(scope="module")
def rossi_long(follow_up):
    frame = pd.read_csv(DATA / "rossi" / "rossi_long_tv.csv")
    frame = frame.rename(columns={"arrest.time": "arrested"})
    return follow_up(frame, time="stop", event="arrested", entry="start")


@pytest.mark.parametrize(
    ("key", "options"), [("cox_tv_employed", {}), ("cox_tv_cluster_id", {"cluster": "id"})]
)
def test_time_varying_covariate_from_start_stop_rows(rossi_long, reference, key, options):
    cox = rj.cox_regression(rossi_long, f"{ROSSI} + employed", **options)
    compare_cox(cox, reference("rossi")[key])


@pytest.fixture(scope="module")
def bladder2():
    return pd.read_csv(DATA / "bladder" / "bladder2.csv")


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("bladder2_AG_cluster", {"cluster": "id"}),
        ("bladder2_PWP_total", {"cluster": "id", "strata": "enum"}),
    ],
)
def test_recurrent_events_with_people_as_clusters(follow_up, bladder2, reference, key, options):
    outcome = follow_up(bladder2, time="stop", event="event", entry="start")
    cox = rj.cox_regression(outcome, "rx + size + number", **options)
    compare_cox(cox, reference("bladder")[key])


def test_gap_times_with_strata_and_clusters(follow_up, bladder2, reference):
    frame = bladder2.assign(gap=bladder2["stop"] - bladder2["start"])
    outcome = follow_up(frame[frame["gap"] > 0], time="gap", event="event")
    cox = rj.cox_regression(outcome, "rx + size + number", cluster="id", strata="enum")
    compare_cox(cox, reference("bladder")["bladder2_PWP_gap"])


def test_cause_specific_hazards_of_mgus2(follow_up, reference):
    frame = pd.read_csv(DATA / "mgus2" / "mgus2.csv")
    progressed = frame["pstat"] == 1
    frame = frame.assign(
        etime=np.where(progressed, frame["ptime"], frame["futime"]),
        progressed=progressed,
        male=(frame["sex"] == "M").astype(int),
    ).dropna(subset=["age", "mspike", "hgb"])
    outcome = follow_up(frame, time="etime", event="progressed")
    cox = rj.cox_regression(outcome, "age + male + mspike")
    compare_cox(cox, reference("mgus2")["cs_pcm"])


@pytest.fixture(scope="module")
def mgus2_complete(follow_up):
    frame = pd.read_csv(DATA / "mgus2" / "mgus2.csv")
    progressed = frame["pstat"] == 1
    frame = frame.assign(
        etime=np.where(progressed, frame["ptime"], frame["futime"]),
        progressed=progressed,
        died=~progressed & (frame["death"] == 1),
        male=(frame["sex"] == "M").astype(int),
    ).dropna(subset=["age", "mspike", "hgb"])
    frame = frame.reset_index(drop=True)
    return follow_up(frame, time="etime", event="progressed", competing=frame["died"])


@pytest.mark.parametrize(("key", "cause"), [("crr_pcm", "reoffence"), ("crr_death", "competing")])
def test_fine_gray_equals_crr(mgus2_complete, reference, key, cause):
    want = reference("mgus2")[key]
    got = rj.fine_gray_regression(mgus2_complete, "age + male + mspike", cause=cause)
    frame = got.frame
    assert frame["estimate"].to_numpy() == pytest.approx(
        [t["coef"] for t in want["terms"]], rel=ITERATED
    )
    assert frame["std_error"].to_numpy() == pytest.approx(
        [t["se"] for t in want["terms"]], rel=ITERATED
    )
    assert got.fit["loglik"] == pytest.approx(want["loglik"], rel=1e-10)
    assert got.fit["loglik_null"] == pytest.approx(want["loglik_null"], rel=1e-10)
