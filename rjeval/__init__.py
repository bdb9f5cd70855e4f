"""Evaluate restorative-justice programmes, from raw exports to safe reports.

The face is a static table of names, loaded when first used, so that ``import rjeval`` and
``rjeval --help`` cost no engine. The way the data goes::

    read_design -> read_exports -> select_cohort -> measure_time_to_event -> estimators
    -> release -> plot_*, tabulate_*
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rjeval.cohort.baseline import describe_cohort as describe_cohort
    from rjeval.cohort.counting import count_events as count_events
    from rjeval.cohort.eligibility import select_cohort as select_cohort
    from rjeval.cohort.flat import time_to_event as time_to_event
    from rjeval.cohort.flow import trace_flow as trace_flow
    from rjeval.cohort.follow_up import measure_time_to_event as measure_time_to_event
    from rjeval.cohort.history import measure_event_history as measure_event_history
    from rjeval.delivery.agreements import count_agreements as count_agreements
    from rjeval.delivery.agreements import count_obligations as count_obligations
    from rjeval.delivery.agreements import restitution_totals as restitution_totals
    from rjeval.delivery.counts import count_by_quarter as count_by_quarter
    from rjeval.delivery.counts import count_people as count_people
    from rjeval.delivery.equity import relative_rate_index as relative_rate_index
    from rjeval.delivery.sessions import count_sessions as count_sessions
    from rjeval.delivery.sessions import time_to_conference as time_to_conference
    from rjeval.delivery.stages import count_stages as count_stages
    from rjeval.delivery.stages import stage_rates as stage_rates
    from rjeval.design.disclosure import DisclosureRule as DisclosureRule
    from rjeval.design.disclosure import profile_rule as profile_rule
    from rjeval.design.read import read_design as read_design
    from rjeval.design.recidivism import RecidivismDefinition as RecidivismDefinition
    from rjeval.disclosure.release import release as release
    from rjeval.figures.balance import plot_balance as plot_balance
    from rjeval.figures.balance import plot_missing as plot_missing
    from rjeval.figures.change import plot_change as plot_change
    from rjeval.figures.contrasts import plot_contrasts as plot_contrasts
    from rjeval.figures.counts import plot_counts as plot_counts
    from rjeval.figures.curves import plot_incidence as plot_incidence
    from rjeval.figures.curves import plot_survival as plot_survival
    from rjeval.figures.drawing import describe_axes as describe_axes
    from rjeval.figures.estimates import plot_estimates as plot_estimates
    from rjeval.figures.export import save_figure as save_figure
    from rjeval.figures.flow import plot_flow as plot_flow
    from rjeval.figures.icons import plot_icons as plot_icons
    from rjeval.figures.money import plot_money as plot_money
    from rjeval.figures.quality import plot_quality as plot_quality
    from rjeval.figures.rates import plot_rates as plot_rates
    from rjeval.figures.rates import plot_response as plot_response
    from rjeval.figures.ratings import plot_ratings as plot_ratings
    from rjeval.figures.sensitivity import plot_sensitivity as plot_sensitivity
    from rjeval.figures.stages import plot_stages as plot_stages
    from rjeval.ingest.exports import load_exports as load_exports
    from rjeval.ingest.exports import read_exports as read_exports
    from rjeval.ingest.exports import save_exports as save_exports
    from rjeval.ingest.quality import summarise_quality as summarise_quality
    from rjeval.recidivism.competing_regression import fine_gray_regression as fine_gray_regression
    from rjeval.recidivism.curves import cumulative_incidence as cumulative_incidence
    from rjeval.recidivism.curves import kaplan_meier as kaplan_meier
    from rjeval.recidivism.frequency import mean_cumulative_function as mean_cumulative_function
    from rjeval.recidivism.frequency import (
        negative_binomial_regression as negative_binomial_regression,
    )
    from rjeval.recidivism.hazards import nelson_aalen as nelson_aalen
    from rjeval.recidivism.landmark import start_at_landmark as start_at_landmark
    from rjeval.recidivism.means import restricted_mean as restricted_mean
    from rjeval.recidivism.pairs import pairwise_log_rank_test as pairwise_log_rank_test
    from rjeval.recidivism.predicted import predict_survival as predict_survival
    from rjeval.recidivism.quantiles import survival_quantiles as survival_quantiles
    from rjeval.recidivism.rates import fixed_window_rates as fixed_window_rates
    from rjeval.recidivism.rates import risk_difference as risk_difference
    from rjeval.recidivism.regression import cox_regression as cox_regression
    from rjeval.recidivism.regression import proportional_hazards_test as proportional_hazards_test
    from rjeval.recidivism.residuals import cox_residuals as cox_residuals
    from rjeval.recidivism.sensitivity import sensitivity_grid as sensitivity_grid
    from rjeval.recidivism.standardised import (
        standardised_risk_difference as standardised_risk_difference,
    )
    from rjeval.recidivism.standardised import standardised_survival as standardised_survival
    from rjeval.recidivism.summary import reoffending_summary as reoffending_summary
    from rjeval.recidivism.tests import gray_test as gray_test
    from rjeval.recidivism.tests import log_rank_test as log_rank_test
    from rjeval.report.claims import claims as claims
    from rjeval.simulate.programme import simulate_programme as simulate_programme
    from rjeval.surveys.change import count_pairs as count_pairs
    from rjeval.surveys.change import paired_change as paired_change
    from rjeval.surveys.clustering import Clustering as Clustering
    from rjeval.surveys.flat import rating_items as rating_items
    from rjeval.surveys.flat import ratings as ratings
    from rjeval.surveys.imputation import impute as impute
    from rjeval.surveys.linear import linear_regression as linear_regression
    from rjeval.surveys.logistic import logistic_regression as logistic_regression
    from rjeval.surveys.margins import average_marginal_effects as average_marginal_effects
    from rjeval.surveys.margins import predicted_shares as predicted_shares
    from rjeval.surveys.mixed import ordinal_mixed_regression as ordinal_mixed_regression
    from rjeval.surveys.modes import compare_modes as compare_modes
    from rjeval.surveys.nonresponse import weight_nonresponse as weight_nonresponse
    from rjeval.surveys.ordinal import ordinal_regression as ordinal_regression
    from rjeval.surveys.pooling import pool_estimates as pool_estimates
    from rjeval.surveys.proportional_odds import (
        partial_ordinal_regression as partial_ordinal_regression,
    )
    from rjeval.surveys.proportional_odds import proportional_odds_test as proportional_odds_test
    from rjeval.surveys.reliability import scale_reliability as scale_reliability
    from rjeval.surveys.response import response_rates as response_rates
    from rjeval.surveys.scales import Scale as Scale
    from rjeval.surveys.scales import score_scale as score_scale
    from rjeval.surveys.scoring import score_ratings as score_ratings
    from rjeval.surveys.shares import satisfaction_shares as satisfaction_shares
    from rjeval.surveys.trends import rating_trend as rating_trend
    from rjeval.tables.delivery import tabulate_restitution as tabulate_restitution
    from rjeval.tables.delivery import tabulate_stages as tabulate_stages
    from rjeval.tables.descriptive import tabulate_baseline as tabulate_baseline
    from rjeval.tables.descriptive import tabulate_counts as tabulate_counts
    from rjeval.tables.descriptive import tabulate_flow as tabulate_flow
    from rjeval.tables.estimates import tabulate_estimates as tabulate_estimates
    from rjeval.tables.quality import tabulate_quality as tabulate_quality
    from rjeval.tables.rates import tabulate_contrasts as tabulate_contrasts
    from rjeval.tables.rates import tabulate_definition as tabulate_definition
    from rjeval.tables.rates import tabulate_rates as tabulate_rates
    from rjeval.tables.rates import tabulate_restricted_means as tabulate_restricted_means
    from rjeval.tables.rates import tabulate_tests as tabulate_tests
    from rjeval.tables.surveys import tabulate_response as tabulate_response
    from rjeval.tables.surveys import tabulate_shares as tabulate_shares

__version__ = "0.1.0"

#: Public name -> the module that holds it.
_FACE = {
    "read_design": "rjeval.design.read",
    "RecidivismDefinition": "rjeval.design.recidivism",
    "DisclosureRule": "rjeval.design.disclosure",
    "profile_rule": "rjeval.design.disclosure",
    "read_exports": "rjeval.ingest.exports",
    "save_exports": "rjeval.ingest.exports",
    "load_exports": "rjeval.ingest.exports",
    "summarise_quality": "rjeval.ingest.quality",
    "simulate_programme": "rjeval.simulate.programme",
    "select_cohort": "rjeval.cohort.eligibility",
    "measure_time_to_event": "rjeval.cohort.follow_up",
    "measure_event_history": "rjeval.cohort.history",
    "count_events": "rjeval.cohort.counting",
    "trace_flow": "rjeval.cohort.flow",
    "describe_cohort": "rjeval.cohort.baseline",
    "time_to_event": "rjeval.cohort.flat",
    "kaplan_meier": "rjeval.recidivism.curves",
    "cumulative_incidence": "rjeval.recidivism.curves",
    "log_rank_test": "rjeval.recidivism.tests",
    "pairwise_log_rank_test": "rjeval.recidivism.pairs",
    "gray_test": "rjeval.recidivism.tests",
    "nelson_aalen": "rjeval.recidivism.hazards",
    "survival_quantiles": "rjeval.recidivism.quantiles",
    "fixed_window_rates": "rjeval.recidivism.rates",
    "risk_difference": "rjeval.recidivism.rates",
    "restricted_mean": "rjeval.recidivism.means",
    "cox_regression": "rjeval.recidivism.regression",
    "mean_cumulative_function": "rjeval.recidivism.frequency",
    "negative_binomial_regression": "rjeval.recidivism.frequency",
    "start_at_landmark": "rjeval.recidivism.landmark",
    "sensitivity_grid": "rjeval.recidivism.sensitivity",
    "reoffending_summary": "rjeval.recidivism.summary",
    "cox_residuals": "rjeval.recidivism.residuals",
    "predict_survival": "rjeval.recidivism.predicted",
    "standardised_survival": "rjeval.recidivism.standardised",
    "standardised_risk_difference": "rjeval.recidivism.standardised",
    "fine_gray_regression": "rjeval.recidivism.competing_regression",
    "proportional_hazards_test": "rjeval.recidivism.regression",
    "Clustering": "rjeval.surveys.clustering",
    "paired_change": "rjeval.surveys.change",
    "count_pairs": "rjeval.surveys.change",
    "score_ratings": "rjeval.surveys.scoring",
    "ratings": "rjeval.surveys.flat",
    "rating_items": "rjeval.surveys.flat",
    "Scale": "rjeval.surveys.scales",
    "score_scale": "rjeval.surveys.scales",
    "scale_reliability": "rjeval.surveys.reliability",
    "weight_nonresponse": "rjeval.surveys.nonresponse",
    "compare_modes": "rjeval.surveys.modes",
    "ordinal_mixed_regression": "rjeval.surveys.mixed",
    "impute": "rjeval.surveys.imputation",
    "pool_estimates": "rjeval.surveys.pooling",
    "response_rates": "rjeval.surveys.response",
    "satisfaction_shares": "rjeval.surveys.shares",
    "rating_trend": "rjeval.surveys.trends",
    "ordinal_regression": "rjeval.surveys.ordinal",
    "average_marginal_effects": "rjeval.surveys.margins",
    "predicted_shares": "rjeval.surveys.margins",
    "partial_ordinal_regression": "rjeval.surveys.proportional_odds",
    "proportional_odds_test": "rjeval.surveys.proportional_odds",
    "linear_regression": "rjeval.surveys.linear",
    "logistic_regression": "rjeval.surveys.logistic",
    "count_people": "rjeval.delivery.counts",
    "count_by_quarter": "rjeval.delivery.counts",
    "count_sessions": "rjeval.delivery.sessions",
    "time_to_conference": "rjeval.delivery.sessions",
    "release": "rjeval.disclosure.release",
    "plot_survival": "rjeval.figures.curves",
    "plot_incidence": "rjeval.figures.curves",
    "plot_estimates": "rjeval.figures.estimates",
    "plot_ratings": "rjeval.figures.ratings",
    "plot_flow": "rjeval.figures.flow",
    "plot_counts": "rjeval.figures.counts",
    "plot_balance": "rjeval.figures.balance",
    "plot_missing": "rjeval.figures.balance",
    "plot_change": "rjeval.figures.change",
    "plot_contrasts": "rjeval.figures.contrasts",
    "plot_icons": "rjeval.figures.icons",
    "plot_money": "rjeval.figures.money",
    "plot_quality": "rjeval.figures.quality",
    "plot_rates": "rjeval.figures.rates",
    "plot_response": "rjeval.figures.rates",
    "plot_sensitivity": "rjeval.figures.sensitivity",
    "plot_stages": "rjeval.figures.stages",
    "save_figure": "rjeval.figures.export",
    "describe_axes": "rjeval.figures.drawing",
    "tabulate_estimates": "rjeval.tables.estimates",
    "tabulate_rates": "rjeval.tables.rates",
    "tabulate_contrasts": "rjeval.tables.rates",
    "tabulate_definition": "rjeval.tables.rates",
    "tabulate_restricted_means": "rjeval.tables.rates",
    "tabulate_tests": "rjeval.tables.rates",
    "tabulate_flow": "rjeval.tables.descriptive",
    "tabulate_baseline": "rjeval.tables.descriptive",
    "tabulate_counts": "rjeval.tables.descriptive",
    "tabulate_quality": "rjeval.tables.quality",
    "tabulate_response": "rjeval.tables.surveys",
    "tabulate_shares": "rjeval.tables.surveys",
    "claims": "rjeval.report.claims",
    "count_stages": "rjeval.delivery.stages",
    "stage_rates": "rjeval.delivery.stages",
    "count_agreements": "rjeval.delivery.agreements",
    "count_obligations": "rjeval.delivery.agreements",
    "restitution_totals": "rjeval.delivery.agreements",
    "relative_rate_index": "rjeval.delivery.equity",
    "tabulate_stages": "rjeval.tables.delivery",
    "tabulate_restitution": "rjeval.tables.delivery",
}
__all__ = [
    "Clustering",
    "DisclosureRule",
    "RecidivismDefinition",
    "Scale",
    "__version__",
    "average_marginal_effects",
    "claims",
    "compare_modes",
    "count_agreements",
    "count_by_quarter",
    "count_events",
    "count_obligations",
    "count_pairs",
    "count_people",
    "count_sessions",
    "count_stages",
    "cox_regression",
    "cox_residuals",
    "cumulative_incidence",
    "describe_axes",
    "describe_cohort",
    "fine_gray_regression",
    "fixed_window_rates",
    "gray_test",
    "impute",
    "kaplan_meier",
    "linear_regression",
    "load_exports",
    "log_rank_test",
    "logistic_regression",
    "mean_cumulative_function",
    "measure_event_history",
    "measure_time_to_event",
    "negative_binomial_regression",
    "nelson_aalen",
    "ordinal_mixed_regression",
    "ordinal_regression",
    "paired_change",
    "pairwise_log_rank_test",
    "partial_ordinal_regression",
    "plot_balance",
    "plot_change",
    "plot_contrasts",
    "plot_counts",
    "plot_estimates",
    "plot_flow",
    "plot_icons",
    "plot_incidence",
    "plot_missing",
    "plot_money",
    "plot_quality",
    "plot_rates",
    "plot_ratings",
    "plot_response",
    "plot_sensitivity",
    "plot_stages",
    "plot_survival",
    "pool_estimates",
    "predict_survival",
    "predicted_shares",
    "profile_rule",
    "proportional_hazards_test",
    "proportional_odds_test",
    "rating_items",
    "rating_trend",
    "ratings",
    "read_design",
    "read_exports",
    "relative_rate_index",
    "release",
    "reoffending_summary",
    "response_rates",
    "restitution_totals",
    "restricted_mean",
    "risk_difference",
    "satisfaction_shares",
    "save_exports",
    "save_figure",
    "scale_reliability",
    "score_ratings",
    "score_scale",
    "select_cohort",
    "sensitivity_grid",
    "simulate_programme",
    "stage_rates",
    "standardised_risk_difference",
    "standardised_survival",
    "start_at_landmark",
    "summarise_quality",
    "survival_quantiles",
    "tabulate_baseline",
    "tabulate_contrasts",
    "tabulate_counts",
    "tabulate_definition",
    "tabulate_estimates",
    "tabulate_flow",
    "tabulate_quality",
    "tabulate_rates",
    "tabulate_response",
    "tabulate_restitution",
    "tabulate_restricted_means",
    "tabulate_shares",
    "tabulate_stages",
    "tabulate_tests",
    "time_to_conference",
    "time_to_event",
    "trace_flow",
    "weight_nonresponse",
]


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'rjeval' has no attribute '{name}'")
    value = getattr(importlib.import_module(_FACE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
