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
- ``costs``: costs by category and year, and for each person
- ``measures``, ``objectives``: headline numbers as tiles and against their targets
- ``logic_model``: inputs to outcomes in one strip
- ``checklist``: STROBE, RECORD, CONSORT
- ``quality``, ``ledger_words``: rows accounted for, failed rules, changes made, in words
- ``surveys``: response and shares of ratings
"""
