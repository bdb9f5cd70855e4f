"""Time to reoffence: the survival core that equals R, and the estimators of the face.

Array kernels (NumPy and ``scipy.special`` only; they never see a data frame):

- ``day_axis``: rows to counts by day and group
- ``normal``: quantiles and tail probabilities
- ``product_limit``: Kaplan-Meier, its intervals, the area under it
- ``bootstrap``: restricted means of resampled day counts
- ``incidence``, ``gray``: Aalen-Johansen with exact ties, its standard errors, Gray's test
- ``rank_tests``: log-rank and Fleming-Harrington, k groups, strata
- ``proportions``: Wilson, Newcombe, ratios of two proportions
- ``risk_sets``, ``partial_likelihood``: Cox by Newton on event days, Efron and Breslow
- ``pattern_counts``, ``tie_series``: the same from counts of covariate patterns by days
- ``firth``: penalised likelihood with profile intervals
- ``subdistribution``: Fine and Gray's risk sets and variance
- ``score_residuals``: robust and cluster-robust variance, right under ties
- ``hazards_test``, ``hazards_smooth``: score-form proportional-hazards test, ratios over time
- ``concordance``: Harrell's C with its infinitesimal-jackknife standard error
- ``prediction``: baseline hazard, profiles, averages over people and their influences
- ``negative_binomial``: counts with exposure
- ``separation``: terms without a finite estimate, named
- ``failure_time``: accelerated failure time models

From frames to arrays and back:

- ``unpack``, ``parts``, ``exit_kinds``, ``model_rows``, ``windows``: person-level frame to arrays
- ``counted_cox``: Cox of many rows on discrete covariates, by counts
- ``guards``, ``known_times``, ``landmark``: contrasts that are refused, and what to do instead
- ``curve_frames``, ``contrasts``, ``cox_estimates``, ``worlds``: arrays to tables

Functions of the face (frames in, frozen results out):

- ``curves``, ``hazards``, ``quantiles``, ``means``: one group or several, side by side
- ``rates``, ``tests``: fixed windows, risk differences, log-rank, Gray
- ``pairs``: pairs of groups
- ``regression``, ``proportional``, ``competing_regression``, ``residuals``: Cox, Fine-Gray
- ``splitting``, ``subgroups``: effects that change over time, effects within subgroups
- ``parametric``: time ratios under a named distribution
- ``splines``, ``cure``, ``cure_odds``: exploratory, by lifelines by way of ``flexible``
- ``predicted``, ``standardised``: curves and differences that a Cox model predicts
- ``grouped_time``, ``interval_censored``: events known by check dates only
- ``recurrent``: all incidents of a person as start-stop rows
- ``frequency``, ``seriousness``, ``summary``: how often, how serious, four measures at once
- ``sensitivity``: one contrast under many definitions
"""
