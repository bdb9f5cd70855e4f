"""The one border: what may be shown of a result, and nothing else.

- ``border``: ``rj.release``, the door; picks the room's rule for each type of result
- ``cells``: linked counts, and what an intruder can learn of one, by linear programming
- ``suppression``: least further cells to hide, by integer programming
- ``large``: the same for tables too large for the programme, part by part
- ``quiet``: the integer solver keeps its remarks to itself
- ``rounding``: rounding to a base with totals that still add up
- ``populations``: one number for populations that differ by a few people
- ``bounds``: words for what is hidden ("fewer than 11 of 60")
- ``intervals``: intervals never narrower than the exact one allows
- ``note_text``: counts inside caveats
- ``book``: counts of one result noted down as linked cells
- ``curves``: curves on a coarse grid of days (``day_grid``), tail cut
- ``rates``: rates, tests and restricted means, recomputed from shown counts
- ``contrasts``: differences and ratios between arms
- ``summaries``: quantiles, sensitivity grids, the summary of reoffending
- ``variants``: analyses of one grid that differ by a few people
- ``models``: regressions: residual degrees of freedom, thin levels; ``coarse``: rows about a level
- ``model_counts``: people and events beside a regression, and who moved in a paired change
- ``predictions``: predicted shares of answers
- ``ratings``: response rates and shares of ratings
- ``counts``: counts by category, the baseline table; ``margins``: totals of one or two categories
- ``nesting``: tables of three or more categories, nested or crossed
- ``flow``: the cohort flow, reasons merged until safe
- ``quality``: counts of rows in the data-quality account
- ``published``: the cells of released results as anybody can read them
- ``differencing``: what two releases tell together
- ``release_log``: what one run releases, noted down by every kernel
- ``microdata``: rows that may leave, where enough people look alike
- ``ledger``: what was published, and the check of each release against it
- ``earlier``: what changed by a few people since an earlier release is held back, with what it
  would follow from (``earlier_blocks``)
- ``attack``: a report folder read as an intruder would; ``attack_texts``,
  ``attack_tables``, ``attack_models`` and ``attack_quantities`` hold the rules,
  ``attack_forms`` the turns of phrase of each language; ``attack_files`` opens the files,
  ``attack_pages`` reads pages of a PDF
"""
