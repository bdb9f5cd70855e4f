"""Every tabulate function of the face: marked outside a report, refused inside one, clean after."""

from __future__ import annotations

import importlib
import re

import pytest

import rjeval
from rjeval.disclosure.border import release
from rjeval.errors import DisclosureError
from rjeval.results.base import REPORT_MODE
from rjeval.tables.table import Table

#: Face name -> the result that it tabulates.
TAKES = {
    "tabulate_estimates": "cox",
    "tabulate_rates": "rates",
    "tabulate_contrasts": "contrast",
    "tabulate_restricted_means": "restricted_mean",
    "tabulate_tests": "log_rank",
    "tabulate_flow": "flow",
    "tabulate_baseline": "baseline",
    "tabulate_counts": "counts",
    "tabulate_quality": "quality",
    "tabulate_response": "response",
    "tabulate_shares": "shares",
    "tabulate_stages": "stages",
    "tabulate_restitution": "money",
    "tabulate_costs": "costs",
    "tabulate_sensitivity": "sensitivity",
    "tabulate_summary": "summary",
    "tabulate_predictions": "predictions",
    "tabulate_change": "change",
    "tabulate_quantiles": "quantiles",
}
#: Says what a number means and shows none itself.
NO_NUMBERS = {"tabulate_definition", "tabulate_checklist"}
#: Take released results only, everywhere (tested with objectives, tiles and delivery), or what was
#: worked out from them.
RELEASED_ONLY = {
    "tabulate_tiles",
    "tabulate_objectives",
    "tabulate_logic_model",
    "tabulate_unit_costs",
}


def face(name: str):
    return getattr(importlib.import_module(rjeval._FACE[name]), name)


def test_no_tabulate_function_is_forgotten_here() -> None:
    names = {name for name in rjeval.__all__ if name.startswith("tabulate_")}
    assert names == set(TAKES) | NO_NUMBERS | RELEASED_ONLY


@pytest.mark.parametrize("name", list(TAKES))
def test_unreleased_results_are_marked(name: str, results) -> None:
    table = face(name)(results[TAKES[name]])
    assert isinstance(table, Table)
    assert "not for release" in table.to_html()
    assert "not for release" in table.to_markdown()


@pytest.mark.parametrize("name", list(TAKES))
def test_unreleased_results_are_refused_in_a_report(name: str, results, monkeypatch) -> None:
    monkeypatch.setenv(REPORT_MODE, "1")
    with pytest.raises(DisclosureError, match="without having been released"):
        face(name)(results[TAKES[name]])


@pytest.mark.parametrize("name", list(TAKES))
def test_released_results_are_shown_clean(name: str, results, rule, monkeypatch) -> None:
    monkeypatch.setenv(REPORT_MODE, "1")
    table = face(name)(release(results[TAKES[name]], rule=rule))
    html = table.to_html()
    assert "not for release" not in html
    assert not re.search(r"\bnan\b", html, flags=re.IGNORECASE)
    assert "***" not in html
    assert "colspan" not in html
    assert html.count('scope="row"') == len(table.rows)
    assert html.count('scope="col"') == len(table.columns)


@pytest.mark.parametrize("name", list(TAKES))
def test_internal_results_keep_the_mark(name: str, results) -> None:
    shown = release(results[TAKES[name]], rule=rjeval.profile_rule("internal"))
    assert face(name)(shown).marked
