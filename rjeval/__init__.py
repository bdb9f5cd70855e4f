"""Evaluate restorative-justice programmes, from raw exports to safe reports.

The face is a static table of names, loaded when first used, so that ``import rjeval`` and
``rjeval --help`` cost no engine. The way the data goes::

    read_design -> read_exports -> select_cohort -> measure_time_to_event -> estimators
    -> release -> plot_*, tabulate_*
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

#: The face: module -> its public names. ``__init__.pyi`` tells editors the same.
_MODULES: dict[str, tuple[str, ...]] = {
    "rjeval.design.disclosure": (
        "DisclosureRule",
        "profile_rule",
    ),
    "rjeval.design.read": ("read_design",),
    "rjeval.design.recidivism": ("RecidivismDefinition",),
    "rjeval.ingest.exports": (
        "read_exports",
        "save_exports",
        "load_exports",
    ),
    "rjeval.ingest.quality": ("summarise_quality",),
    "rjeval.simulate.programme": ("simulate_programme",),
    "rjeval.cohort.baseline": ("describe_cohort",),
    "rjeval.cohort.counting": ("count_events",),
    "rjeval.cohort.eligibility": ("select_cohort",),
    "rjeval.cohort.flat": ("time_to_event",),
    "rjeval.cohort.flow": ("trace_flow",),
    "rjeval.cohort.follow_up": ("measure_time_to_event",),
    "rjeval.cohort.history": ("measure_event_history",),
    "rjeval.cohort.overlap": ("propensity_overlap",),
    "rjeval.cohort.variants": ("measure_variants",),
    "rjeval.recidivism.competing_regression": ("fine_gray_regression",),
    "rjeval.recidivism.curves": (
        "kaplan_meier",
        "cumulative_incidence",
    ),
    "rjeval.recidivism.cure": ("cured_fraction",),
    "rjeval.recidivism.cure_odds": ("cure_regression",),
    "rjeval.recidivism.frequency": (
        "mean_cumulative_function",
        "negative_binomial_regression",
    ),
    "rjeval.recidivism.grouped_time": ("grouped_time_regression",),
    "rjeval.recidivism.hazards": ("nelson_aalen",),
    "rjeval.recidivism.hazards_smooth": ("hazards_over_time",),
    "rjeval.recidivism.interval_censored": ("interval_survival",),
    "rjeval.recidivism.landmark": ("start_at_landmark",),
    "rjeval.recidivism.means": ("restricted_mean",),
    "rjeval.recidivism.pairs": ("pairwise_log_rank_test",),
    "rjeval.recidivism.parametric": ("parametric_regression",),
    "rjeval.recidivism.predicted": ("predict_survival",),
    "rjeval.recidivism.quantiles": ("survival_quantiles",),
    "rjeval.recidivism.rates": (
        "fixed_window_rates",
        "risk_difference",
    ),
    "rjeval.recidivism.proportional": ("proportional_hazards_test",),
    "rjeval.recidivism.recurrent": ("incident_rows",),
    "rjeval.recidivism.regression": ("cox_regression",),
    "rjeval.recidivism.residuals": ("cox_residuals",),
    "rjeval.recidivism.sensitivity": ("sensitivity_grid",),
    "rjeval.recidivism.splines": ("spline_regression",),
    "rjeval.recidivism.splitting": ("split_at",),
    "rjeval.recidivism.standardised": (
        "standardised_survival",
        "standardised_risk_difference",
    ),
    "rjeval.recidivism.subgroups": (
        "interaction_test",
        "subgroup_estimates",
    ),
    "rjeval.recidivism.seriousness": ("count_worst_levels",),
    "rjeval.recidivism.summary": ("reoffending_summary",),
    "rjeval.recidivism.tests": (
        "log_rank_test",
        "gray_test",
    ),
    "rjeval.surveys.change": (
        "paired_change",
        "count_pairs",
    ),
    "rjeval.surveys.clustering": ("Clustering",),
    "rjeval.surveys.flat": (
        "ratings",
        "rating_items",
    ),
    "rjeval.surveys.imputation": ("impute",),
    "rjeval.surveys.learning": (
        "score_training",
        "score_community",
    ),
    "rjeval.surveys.linear": ("linear_regression",),
    "rjeval.surveys.logistic": ("logistic_regression",),
    "rjeval.surveys.margins": (
        "average_marginal_effects",
        "predicted_shares",
    ),
    "rjeval.surveys.mixed": ("ordinal_mixed_regression",),
    "rjeval.surveys.modes": ("compare_modes",),
    "rjeval.surveys.nonresponse": ("weight_nonresponse",),
    "rjeval.surveys.ordinal": ("ordinal_regression",),
    "rjeval.surveys.pooling": ("pool_estimates",),
    "rjeval.surveys.proportional_odds": (
        "partial_ordinal_regression",
        "proportional_odds_test",
    ),
    "rjeval.surveys.reliability": ("scale_reliability",),
    "rjeval.surveys.not_asked": ("count_not_invited",),
    "rjeval.surveys.response": ("response_rates",),
    "rjeval.surveys.scales": (
        "Scale",
        "score_scale",
    ),
    "rjeval.surveys.scoring": ("score_ratings",),
    "rjeval.surveys.shares": ("satisfaction_shares",),
    "rjeval.surveys.trends": ("rating_trend",),
    "rjeval.surveys.waves": ("score_change",),
    "rjeval.delivery.agreements": (
        "count_agreements",
        "count_obligations",
        "restitution_totals",
    ),
    "rjeval.delivery.counts": (
        "count_people",
        "count_by_quarter",
    ),
    "rjeval.delivery.costs": (
        "sum_costs",
        "unit_costs",
    ),
    "rjeval.delivery.equity": (
        "relative_rate_index",
        "relative_rates",
    ),
    "rjeval.delivery.outreach": ("count_trained",),
    "rjeval.delivery.sessions": (
        "count_sessions",
        "time_to_conference",
    ),
    "rjeval.delivery.stages": (
        "count_stages",
        "stage_rates",
    ),
    "rjeval.disclosure.border": ("release",),
    "rjeval.figures.balance": (
        "plot_balance",
        "plot_missing",
    ),
    "rjeval.figures.change": ("plot_change",),
    "rjeval.figures.contrasts": ("plot_contrasts",),
    "rjeval.figures.counts": ("plot_counts",),
    "rjeval.figures.curves": (
        "plot_survival",
        "plot_incidence",
    ),
    "rjeval.figures.drawing": ("describe_axes",),
    "rjeval.figures.estimates": ("plot_estimates",),
    "rjeval.figures.export": ("save_figure",),
    "rjeval.figures.flow": ("plot_flow",),
    "rjeval.figures.hazards": ("plot_hazards_check",),
    "rjeval.figures.icons": ("plot_icons",),
    "rjeval.figures.costs": ("plot_costs",),
    "rjeval.figures.money": ("plot_money",),
    "rjeval.figures.overlap": ("plot_overlap",),
    "rjeval.figures.quality": ("plot_quality",),
    "rjeval.figures.rates": (
        "plot_rates",
        "plot_response",
    ),
    "rjeval.figures.ratings": ("plot_ratings",),
    "rjeval.figures.sensitivity": ("plot_sensitivity",),
    "rjeval.figures.stages": ("plot_stages",),
    "rjeval.tables.checklist": ("tabulate_checklist",),
    "rjeval.tables.costs": (
        "tabulate_costs",
        "tabulate_unit_costs",
    ),
    "rjeval.tables.delivery": (
        "tabulate_stages",
        "tabulate_restitution",
    ),
    "rjeval.tables.descriptive": (
        "tabulate_flow",
        "tabulate_baseline",
        "tabulate_counts",
    ),
    "rjeval.tables.estimates": ("tabulate_estimates",),
    "rjeval.tables.logic_model": ("tabulate_logic_model",),
    "rjeval.tables.objectives": (
        "tabulate_tiles",
        "tabulate_objectives",
    ),
    "rjeval.tables.quality": ("tabulate_quality",),
    "rjeval.tables.quantiles": ("tabulate_quantiles",),
    "rjeval.tables.rates": (
        "tabulate_rates",
        "tabulate_contrasts",
        "tabulate_definition",
        "tabulate_restricted_means",
    ),
    "rjeval.tables.hypothesis_tests": ("tabulate_tests",),
    "rjeval.tables.predictions": (
        "tabulate_predictions",
        "tabulate_change",
    ),
    "rjeval.tables.summaries": (
        "tabulate_summary",
        "tabulate_sensitivity",
    ),
    "rjeval.tables.surveys": (
        "tabulate_response",
        "tabulate_shares",
    ),
    "rjeval.report.sentences": ("claims",),
}
_FACE = {name: module for module, names in _MODULES.items() for name in names}
__all__ = ["__version__", *_FACE]


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'rjeval' has no attribute '{name}'")
    value = getattr(importlib.import_module(_FACE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
