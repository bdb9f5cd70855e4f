"""Who is in the study, and each person's time to first reoffence.

- ``eligibility``: everybody assessed, with the reason why a person is not analysed
- ``stages``: dates of the stages of the programme, and who reached them
- ``follow_up``: time from the index date to the first reoffence, from dates or from durations
- ``variants``: the outcome under each declared definition and other choices
- ``history``: all incidents of each person, for frequency and seriousness
- ``records``: tables of the exports as the derivation takes them
- ``rules``: a definition of reoffending as plain numbers and sets
- ``derivation``: the follow-up rules, written once in Ibis; its parts are ``coverage``,
  ``custody``, ``incidents`` and ``intervals``; ``query`` runs it on DuckDB
- ``durations``: studies that bring days and exit reasons
- ``guards``: doubts about the outcome that the records themselves raise
- ``found_by_checks``: events dated by the check that found them, between two checks
- ``flat``: one flat table without a study folder
- ``engine``: the engine in memory that runs the derivation
- ``populations``: numbers of people from the cohort to the longest window
- ``flow``, ``baseline``: the flow of the cohort and Table 1
- ``overlap``: propensities of two arms, in bins
- ``counting``: event tables, counted in memory or by DuckDB
"""
