"""Tables read as a person would write them: texts written by hand, not copied from output."""

from __future__ import annotations

import pytest

from rjeval.design.recidivism import RecidivismDefinition
from rjeval.disclosure.border import release
from rjeval.tables import format as fmt
from rjeval.tables.descriptive import tabulate_baseline, tabulate_counts
from rjeval.tables.estimates import tabulate_estimates
from rjeval.tables.quality import tabulate_quality
from rjeval.tables.rates import (
    tabulate_contrasts,
    tabulate_definition,
    tabulate_rates,
    tabulate_restricted_means,
)
from rjeval.tables.surveys import tabulate_response, tabulate_shares
from rjeval.tables.table import Column, Table


def test_rates_show_numbers_where_they_may_and_a_bound_elsewhere(results, rule) -> None:
    """Wilson for 60 of 290: 0.1643 to 0.2572."""
    table = tabulate_rates(release(results["rates"], rule=rule))
    assert table.rows[0] == ("Restorative justice", "365", "290", "60", "21%", "16–26%")
    assert table.rows[1][:4] == ("Comparison", "365", "60", "<11")
    assert table.rows[1][4].startswith("fewer than 11 of 60 (under 18%")
    assert table.rows[1][5] == "–"
    assert "Reoffending: new filing within 365 days of referral" in table.caption
    assert any("<11: fewer than 11, not shown" in note for note in table.notes)


def test_the_ledger_counts_the_people_behind_each_rate(results, rule) -> None:
    """290 mature restorative people with 60 events; 60 and a hidden number in the other arm."""
    table = tabulate_rates(release(results["rates"], rule=rule), ledger=True)
    names = [column.label for column in table.columns]
    assert names[:2] == ["Group", "Window (days)"]
    first = dict(zip(names, table.rows[0], strict=True))
    second = dict(zip(names, table.rows[1], strict=True))
    assert (first["Followed for the whole window"], first["With event"]) == ("290", "60")
    assert (second["Followed for the whole window"], second["With event"]) == ("60", "–")
    assert table.title == "People behind: Reoffending recorded within fixed windows"


def test_contrasts_name_both_absolute_figures_and_percentage_points(results, rule) -> None:
    """60/290 - 45/150 = -0.0931; its Wald interval is -0.0931 +- 1.96 x 0.0443.

    The exact interval ends at 0.0037, so the shown one ends at the next whole point.
    """
    table = tabulate_contrasts(release(results["contrast"], rule=rule))
    assert table.rows[0] == (
        "Restorative justice against Comparison",
        "365",
        "Difference (percentage points)",
        "−9.3",
        "−18.0 to 1.0",
    )
    assert "Comparison at 365 days: 45 of 150 (30%)" in table.caption
    assert "Restorative justice at 365 days: 60 of 290 (21%)" in table.caption


def test_estimates_are_ratios_with_reference_and_no_stars(results, rule) -> None:
    """exp(-0.4) = 0.670; an error of 0.2, of 25 people, is told as of 23.5: 0.2063. With half a
    step of 0.02 the interval is -0.815 to 0.015.
    """
    table = tabulate_estimates(release(results["cox"], rule=rule), labels={"site": "Site"})
    assert [column.label for column in table.columns] == ["Term", "Hazard ratio", "95% CI"]
    assert table.rows[0] == (
        "Arm: Restorative justice (against Comparison)",
        "0.67",
        "0.44–1.02",
    )
    assert table.rows[2] == ("Site: C (against A)", "–", "–")
    assert "n = 445, events = 105, clusters = 370" in table.caption
    assert "cluster-robust by case_id" in table.caption
    assert any("Fewer than 11 people were left out" in note for note in table.notes)


def test_two_models_stand_side_by_side(results, rule) -> None:
    model = release(results["cox"], rule=rule)
    table = tabulate_estimates(model, model, p=True)
    assert [column.label for column in table.columns] == [
        "Term",
        "(1) Hazard ratio (95% CI)",
        "(1) p",
        "(2) Hazard ratio (95% CI)",
        "(2) p",
    ]
    assert table.rows[0][1:3] == ("0.67 (0.44–1.02)", "0.059")


def test_restricted_means_are_days(results, rule) -> None:
    table = tabulate_restricted_means(release(results["restricted_mean"], rule=rule))
    assert table.rows[0] == ("Comparison", "150", "45", "601", "577–626")
    assert "first 730 days" in table.caption


def test_counts_hide_the_small_cell_and_its_neighbour(results, rule) -> None:
    table = tabulate_counts(release(results["counts"], rule=rule))
    assert [row[1] for row in table.rows] == ["60", "<11", "–"]


def test_baseline_has_counts_with_shares_and_means_with_spread(results, rule) -> None:
    """101 of 175 is shown as 100 of 175, 57%."""
    table = tabulate_baseline(release(results["baseline"], rule=rule))
    labels = [column.label for column in table.columns]
    assert labels[1:3] == ["Comparison (n = 175)", "Restorative justice (n = 375)"]
    assert table.rows[1][:2] == ("Gender: Man", "100 (57%)")
    assert table.rows[2][2] == "–"
    assert table.rows[3] == ("Age at index", "16.5 (1.4)", "16.2 (1.2)", "−0.22")


def test_shares_name_the_role_and_the_response_rate(results, rule) -> None:
    """135 of 220 answered: 61%."""
    table = tabulate_shares(release(results["shares"], rule=rule))
    assert "Role: Harmed parties." in table.caption
    assert "135 of 220 invited people answered (61%)" in table.caption
    assert table.rows[0][3] == "more than 76% of 45"
    assert table.rows[1][2:5] == ("90", "67%", "56–77%")


def test_response_is_never_pooled_over_roles(results, rule) -> None:
    table = tabulate_response(release(results["response"], rule=rule))
    assert table.rows[0][:3] == ("Harmed parties", "After the conference", "Comparison")
    assert table.rows[0][5] == "<11"
    assert table.rows[1][4:7] == ("140", "90", "64%")


def test_quality_accounts_for_rows_and_lists_rules(results, rule) -> None:
    shown = release(results["quality"], rule=rule)
    assert tabulate_quality(shown).rows[1] == ("Referral", "650", "630", "20", "0", "0")
    assert tabulate_quality(shown).rows[0][3] == "<11"
    assert tabulate_quality(shown, rules=True).rows[0][-2:] == ("<11", "610")
    assert tabulate_quality(shown, ledger=True).rows[0][-1] == "40"
    with pytest.raises(ValueError, match="one table each"):
        tabulate_quality(shown, rules=True, ledger=True)


def test_the_definition_box_has_six_labels() -> None:
    table = tabulate_definition(RecidivismDefinition(windows_days=(365,)))
    assert [row[0] for row in table.rows] == [
        "Event",
        "Clock starts",
        "Window",
        "Waiting period",
        "Records",
        "Population",
    ]


def test_html_escapes_and_is_plain() -> None:
    table = Table(
        title="A & B",
        columns=(Column(label="x", align="left"), Column(label="n")),
        rows=(("<11", "<b>"),),
        notes=("a < b",),
        source="court",
    )
    assert table.to_html() == (
        '<table class="rj">\n<caption>A &amp; B</caption>\n'
        '<thead>\n<tr><th scope="col">x</th>'
        '<th scope="col" style="text-align:right">n</th></tr>\n</thead>\n'
        '<tbody>\n<tr><th scope="row">&lt;11</th>'
        '<td style="text-align:right">&lt;b&gt;</td></tr>\n</tbody>\n</table>\n'
        '<p class="rj-note">a &lt; b</p>\n<p class="rj-note">Source: court</p>'
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0357, "3.6"), (-0.0004, "0.0"), (float("nan"), "–"), (-0.093, "−9.3")],
)
def test_points_have_a_true_minus_and_no_minus_nought(value: float, text: str) -> None:
    assert fmt.points(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.04999, "0.050"), (0.0009, "<0.001"), (0.5, "0.50"), (None, "–")]
)
def test_p_values_have_two_significant_digits(value: float | None, text: str) -> None:
    assert fmt.p_value(value) == text


def test_terms_read_as_words() -> None:
    assert fmt.term_text("age_at_index") == "Age at index"
    assert fmt.term_text("arm[rj]:site[B]") == "Arm: Restorative justice × Site: B"
