"""Released results as tables of finished text: HTML, Markdown, frame.

- ``table``: ``Table``, frozen rows of strings with caption and notes
- ``format``: the only place where numbers become text
- ``captions``: what every caption and note must say
- ``contrast_words``: names of measures, both absolute figures
- ``estimates``: regressions
- ``rates``: definition box, rates, contrasts, restricted means
- ``quantiles``: days by which shares of people had reoffended
- ``hypothesis_tests``: tests, for the appendix
- ``predictions``: rating models in shares and points, paired change
- ``summaries``: four measures of reoffending, sensitivity
- ``descriptive``: cohort flow, baseline table, counts
- ``delivery``: rates of stages, restitution
- ``quality``: rows accounted for, failed rules, changes made
- ``surveys``: response and shares of ratings
"""
