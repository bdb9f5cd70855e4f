"""Time to reoffence: the survival core that equals R, and the estimators of the face.

Array kernels (NumPy and ``scipy.special`` only; they never see a data frame):

- ``day_axis``: rows to counts by day and group
- ``normal``: quantiles and tail probabilities
- ``product_limit``: Kaplan-Meier, Nelson-Aalen, their intervals and quantiles
- ``incidence``: Aalen-Johansen with exact ties and its standard errors
- ``rank_tests``: log-rank and Fleming-Harrington, k groups, strata
- ``proportions``: Wilson, Newcombe, ratios of two proportions
- ``risk_sets``, ``partial_likelihood``: Cox by Newton on event days, Efron and Breslow
- ``score_residuals``: robust and cluster-robust variance, right under ties
- ``hazards_test``: score-form proportional-hazards test
- ``concordance``: Harrell's C with its infinitesimal-jackknife standard error

Doors (frames in, frozen results out):

- ``unpack``, ``model_rows``, ``windows``: person-level frame to arrays, and what is refused
- ``contrasts``: pairs of arms to one table
- ``curves``, ``tests``, ``rates``, ``means``, ``regression``: the functions of the face
"""
