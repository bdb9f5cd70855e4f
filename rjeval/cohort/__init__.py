"""Who is in the study, and each person's time to first reoffence.

- ``eligibility``: everybody assessed, with the reason why a person is not analysed
- ``stages``: dates of the stages of the programme, and who reached them
- ``follow_up``: time from the index date to the first reoffence, from dates or from durations
- ``records``: tables of the exports as the derivation takes them
- ``rules``: a definition of reoffending as plain numbers and sets
- ``derivation``: the follow-up rules, written once in Ibis (the one module that loads it)
- ``coverage``, ``custody``, ``incidents``: the parts of that derivation
- ``durations``: studies that bring days and exit reasons
- ``flat``: one flat table without a study folder
- ``flow``, ``baseline``: the flow of the cohort and Table 1
- ``counting``: event tables counted in memory or by DuckDB
- ``guards``: doubts about the outcome that the records themselves raise
"""
