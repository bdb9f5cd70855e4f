"""Counts beside models, and counts inside their estimates, lead back to no few people.

Each kind is planted by switching its rule off: then the page is found out by the attack; with the
rule it is not. The numbers of the intruder are worked by hand.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rjeval.disclosure.attack import attack_report
from rjeval.disclosure.border import release
from rjeval.disclosure.stamp import stamped
from rjeval.results import CountTable
from rjeval.results.survival import ReoffendingSummary
from rjeval.tables.descriptive import tabulate_counts
from rjeval.tables.estimates import tabulate_estimates
from rjeval.tables.predictions import tabulate_change, tabulate_predictions
from rjeval.tables.rates import tabulate_restricted_means
from rjeval.tables.summaries import tabulate_summary


def found(tables, folder, rule) -> set[str]:
    body = "".join(one.to_html() for one in tables)
    (folder / "r.html").write_text(f"<html lang='en'><body>{body}</body></html>")
    return {one.rule for one in attack_report(folder, rule=rule).findings}


def arms(n: list[int], n_event: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"term": ["arm[comparison]", "arm[rj]"], "n": n, "n_event": n_event})


@pytest.fixture
def small_arm(results):
    """Comparison: 8 of 40; the programme: 25 of 100; so 33 of 140, whatever the model names."""
    means = results["restricted_mean"]
    frame = means.frame.assign(n=[40, 100], n_event=[8, 25])
    cox = results["cox"]
    cox = replace(
        cox,
        n=140,
        n_events=33,
        formula="age_at_index",
        frame=cox.frame.iloc[[3]],
        vcov=np.eye(1),
        level_counts=pd.DataFrame(),
        reference_levels={},
        arm_counts=arms([40, 100], [8, 25]),
    )
    return replace(means, frame=frame), cox


def test_events_of_a_model_are_not_told_where_an_arm_has_few(small_arm, rule) -> None:
    """33 less 25 shown for the one arm are the 8 hidden for the other."""
    assert release(small_arm[1], rule=rule).n_events is None
    enough = replace(small_arm[1], n_events=43, arm_counts=arms([40, 100], [18, 25]))
    assert release(enough, rule=rule).n_events == 45


def test_few_without_the_event_in_an_arm_hide_the_events_too(small_arm, rule) -> None:
    few = replace(small_arm[1], n_events=60, arm_counts=arms([40, 100], [35, 25]))
    assert release(few, rule=rule).n_events is None


def test_repeated_incidents_do_not_follow_from_a_count_model(small_arm, rule) -> None:
    """65 incidents of 60 people are 5 more than people; 75 are 15 more, which may be told."""
    model = replace(small_arm[1], model="negative_binomial", n_events=65)
    model = replace(model, arm_counts=arms([60, 80], [25, 35]))
    assert release(model, rule=rule).n_events is None
    assert release(replace(model, n_events=75), rule=rule).n_events == 75


def test_events_of_an_arm_are_found_when_the_rule_is_switched_off(
    small_arm, rule, tmp_path
) -> None:
    means, cox = release(*small_arm, rule=rule)
    assert not found([tabulate_restricted_means(means), tabulate_estimates(cox)], tmp_path, rule)
    bare = replace(cox, n_events=35)
    pages = [tabulate_restricted_means(means), tabulate_estimates(bare)]
    assert found(pages, tmp_path, rule) == {"with another table"}


def test_favourable_answers_are_no_events_of_a_model_of_ratings(results, rule) -> None:
    """26 of 30 answered favourably: 4 did not. The size of levels is told, nothing else."""
    counts = pd.DataFrame({"term": ["mode[a]", "mode[b]"], "n": [17, 13], "n_event": [16, 10]})
    given = replace(results["predictions"], n=30, n_events=26, level_counts=counts)
    out = release(given, rule=rule)
    assert out.n_events is None
    assert "n_event" not in out.level_counts


def changed(results, *, rose: int, fell: int, n: int = 62):
    given = results["change"]
    counts = pd.DataFrame({"term": ["fear"], "n": [n], "n_rose": [rose], "n_fell": [fell]})
    gap = (rose - fell) / n
    spread = 1.96 * np.sqrt(((rose + fell) / n - gap**2) / n)
    net = (given.frame["component"] == "net share").to_numpy()
    frame = given.frame.assign(
        estimate=np.where(net, gap, given.frame["estimate"]),
        conf_low=np.where(net, gap - spread, given.frame["conf_low"]),
        conf_high=np.where(net, gap + spread, given.frame["conf_high"]),
    )
    return replace(given, n=n, frame=frame, level_counts=counts)


def shown_parts(result) -> list[str]:
    return result.frame.loc[result.frame["estimate"].notna(), "component"].tolist()


def test_few_who_rose_fell_or_stayed_hide_the_shares_of_those_who_moved(results, rule) -> None:
    for rose, fell in ((3, 40), (40, 3), (30, 25)):
        out = release(changed(results, rose=rose, fell=fell), rule=rule)
        assert shown_parts(out) == ["coefficient", "standardised"]
        assert list(out.level_counts.columns) == ["term", "n"]
    many = release(changed(results, rose=15, fell=25), rule=rule)
    assert shown_parts(many) == ["coefficient", "standardised", "net share", "signed rank"]


def test_where_few_moved_at_all_no_change_is_shown(results, rule) -> None:
    assert shown_parts(release(changed(results, rose=4, fell=5), rule=rule)) == []


def test_few_who_rose_are_found_when_the_rule_is_switched_off(results, rule, tmp_path) -> None:
    """3 rose and 40 fell of 62: -59.7 points with 14.8 either way give both back."""
    given = changed(results, rose=3, fell=40)
    bare = stamped(given, given.frame.copy(), rule=rule)
    assert "inside an estimate" in found([tabulate_change(bare)], tmp_path, rule)
    assert not found([tabulate_change(release(given, rule=rule))], tmp_path, rule)


def predicted(results, shares: dict[str, float], *, n: int, n_events: int):
    given = results["predictions"]
    lines = [(name, f"mode[{mode}]", one) for name, one in shares.items() for mode in "ab"]
    frame = pd.DataFrame(lines, columns=["component", "term", "estimate"])
    frame = frame.assign(std_error=0.02, statistic=np.nan, p_value=np.nan)
    frame = frame.assign(conf_low=frame["estimate"] - 0.04, conf_high=frame["estimate"] + 0.04)
    return replace(given, frame=frame, n=n, n_events=n_events)


def test_a_favourable_share_is_hidden_where_few_were_not_satisfied(results, rule, tmp_path) -> None:
    """0.79 of 37 predicted: 8 were not satisfied, whose share the plain table hides."""
    shares = {"coefficient": 0.79, "low": 0.05, "middle": 0.16, "good": 0.40, "best": 0.39}
    given = predicted(results, shares, n=37, n_events=29)
    out = release(given, rule=rule)
    assert "coefficient" not in shown_parts(out)
    assert not found([tabulate_predictions(out)], tmp_path, rule)
    bare = stamped(given, given.frame.copy(), rule=rule)
    assert "inside an estimate" in found([tabulate_predictions(bare)], tmp_path, rule)


def test_predicted_shares_stay_shares_without_a_test(results, rule) -> None:
    """Coarse as they are, they lie between 0 and 1, and no statistic or p-value appears."""
    shares = {"coefficient": 0.79, "low": 0.10, "middle": 0.11, "good": 0.40, "best": 0.39}
    given = predicted(results, shares, n=150, n_events=118)
    frame = given.frame.assign(conf_high=np.minimum(given.frame["estimate"] + 0.3, 1.0))
    counts = pd.DataFrame({"term": ["mode[a]", "mode[b]"], "n": [90, 60]})
    out = release(replace(given, frame=frame, level_counts=counts), rule=rule).frame
    assert out[["statistic", "p_value"]].isna().all(axis=None)
    assert out["estimate"].notna().any()
    assert out["conf_high"].max() <= 1


def test_beside_a_favourable_share_each_side_protects_its_own_rare_answers(results, rule) -> None:
    """Low 4, middle 26, good 80, best 90 of 200: 30 - 26 would be the 4, so both are hidden."""
    shares = {"coefficient": 0.85, "low": 0.02, "middle": 0.13, "good": 0.40, "best": 0.45}
    out = release(predicted(results, shares, n=200, n_events=170), rule=rule)
    assert dict.fromkeys(shown_parts(out)) == dict.fromkeys(["coefficient", "good", "best"])


def summary(rows: list[tuple[str, int, float]], n: int = 86) -> ReoffendingSummary:
    frame = pd.DataFrame(rows, columns=["measure", "n_event", "estimate"])
    frame = frame.assign(arm="rj", n=n, without_largest=frame["estimate"] * 0.9)
    frame = frame.assign(conf_low=frame["estimate"] * 0.8, conf_high=frame["estimate"] * 1.2)
    return ReoffendingSummary(frame=frame, by="arm", at_days=730, conf_level=0.95)


def test_a_mean_of_harm_does_not_tell_the_few_who_did_most(rule, tmp_path) -> None:
    """66.7 days for each of 86 are 5,740: with 730 and 30 days each: 7 felonies, 21 others."""
    given = summary([("serious", 7, 7 / 86), ("harm_days", 23, 66.74), ("free_days", 23, 619.0)])
    out = release(given, rule=rule)
    assert out.frame["estimate"].isna().tolist() == [True, True, False]
    assert not found([tabulate_summary(out)], tmp_path, rule)
    frame = out.frame.assign(estimate=out.frame["estimate"].fillna(66.7).where([False, True, True]))
    assert "inside an estimate" in found(
        [tabulate_summary(replace(out, frame=frame))], tmp_path, rule
    )
    many = summary([("serious", 30, 30 / 86), ("harm_days", 50, 266.7), ("free_days", 50, 500.0)])
    assert release(many, rule=rule).frame["estimate"].notna().all()


def test_few_repeated_incidents_do_not_follow_from_the_summary(rule) -> None:
    """28 incidents of 23 people are 5 repeated ones; how often, as a rate, is still told."""
    given = summary([("frequency", 28, 16.6), ("free_days", 23, 619.0)])
    out = release(given, rule=rule).frame
    assert np.isnan(out.loc[0, "n_event"])
    assert out.loc[0, "estimate"] == 16.6
    assert out.loc[1, "n_event"] == 25


def worst_levels() -> CountTable:
    """63 without, 16 with a misdemeanour, 7 with a felony: 23 with any, as curves say."""
    frame = pd.DataFrame(
        {
            "arm": ["comparison"] * 3 + ["rj"] * 3,
            "worst_level": ["no_incident", "misdemeanor", "felony"] * 2,
            "n": [25, 8, 1, 63, 16, 7],
        }
    )
    return CountTable(
        frame=frame,
        title="People by the most serious level of their incidents",
        dimensions=("arm", "worst_level"),
        what="people",
        scale=("misdemeanor", "felony"),
    )


def test_a_level_of_incident_does_not_follow_from_those_with_any(results, rule, tmp_path) -> None:
    out = release(worst_levels(), rule=rule)
    shown = out.frame.set_index(["arm", "worst_level"])["n"]
    assert shown["rj"].isna().tolist()[1:] == [True, True]
    means = results["restricted_mean"]
    means = replace(means, frame=means.frame.assign(n=[34, 86], n_event=[9, 23]))
    caption = "Reoffending: new filing within 730 days of referral; everyone referred and eligible"
    beside = replace(tabulate_restricted_means(release(means, rule=rule)), caption=caption)
    told = replace(tabulate_counts(out), caption=caption)
    assert not found([beside, told], tmp_path, rule)
    frame = out.frame.assign(n=[np.nan, np.nan, np.nan, 65, 15, np.nan])
    told = replace(tabulate_counts(replace(out, frame=frame)), caption=caption)
    assert "with another table" in found([beside, told], tmp_path, rule)
