"""Surveys: who answered, how answers are shared out, and what goes with satisfaction.

- ``scoring``, ``cases``, ``flat``: invitations and responses, or one flat table, become ``Ratings``
- ``standing``: harmed people, stand-ins and organisations apart
- ``versions``: which wording a person saw, and where a series breaks
- ``waves``: the same people before and after; ``learning``: people trained, the community
- ``response``, ``not_asked``, ``nonresponse``, ``shares``, ``proportions``: response rates, reasons
  and weights; top-two shares with bounds
- ``ordinal``, ``linear``, ``logistic``: regressions of a rating, clustered by case
- ``margins``, ``worlds``: predicted shares and average marginal effects
- ``mixed``, ``quadrature``: a random intercept per site or facilitator
- ``modes``: ways of meeting compared, with overlap and equivalence
- ``proportional_odds``, ``brant``, ``varying``: tests of it, and models with effects by cut
- ``change``, ``change_measures``: the same people before and after; ``trends``: others each time
- ``scales``, ``instruments``, ``reliability``, ``factor``: scores, alpha and omega
- ``imputation``, ``chained``, ``pooling``: missing covariates filled in, results pooled
- ``model_data``, ``estimates``, ``wording``: ratings and formula to arrays; arrays to a result
- ``cumulative_model``, ``clustering``, ``variance``: a fitted model and its standard errors
- ``cumulative``, ``logit_rows``, ``scaled``, ``links``, ``newton``, ``sandwich``, ``cr2``: array
  kernels
"""
