"""Notebooks executed and assembled into one document; sentences bound to released results.

- ``sentences``: sentences that state a result, from released results only
- ``outcome_claims``, ``analysis_claims`` (from ``claim_parts``), ``model_claims``,
  ``people_claims``, ``delivery_claims``, ``quality_claims``, ``design_claims``: by subject
- ``formula_claims``: how each kind of number is worked out
- ``verdict_claims``, ``unmeasured``: how far a headline carries; what these data cannot support
- ``design_texts``: the study's own sentences, read for small counts before they are printed
- ``passages``, ``lint``: texts that people wrote, with their places; sentence by sentence
- ``wording_rules`` (``claim_wording``, ``number_wording``), ``spanish_wording``, ``wording_rule``:
  the rules W1 to W20, a few of them for Spanish; what a rule is
- ``recomputing``: ratios worked out again
- ``lock``: the plan of analysis, fixed in advance
- ``wording``: verbs by design tier, numbers in words
- ``collected``: what a study collects, so which cells of a notebook apply to it
- ``notebook``: a notebook read as cells, with what each cell requires
- ``kernel``: one fresh kernel that runs code and returns what it displayed
- ``starting``, ``warm_parent``: its process, forked from engines imported once where it can be
- ``refusal``, ``refusal_texts``: refused estimates, and which later cells depend on them; their
  sentences
- ``execution``: all notebooks, two kernels at a time
- ``reading``: executed cells as a reader meets them; ``left_out``: notes on what a study lacks
- ``blocks``: what a document is made of
- ``document``: displayed outputs and prose as one model, numbered captions, checks
- ``pandoc``: markup from one form to another
- ``markup``: the model as plain HTML for pandoc
- ``measures_export``: performance measures as files for funders
- ``record``, ``changes``: what a document said, number by number; what changed since
- ``checklist_places``: the reporting checklist, filled from the sections that were made
- ``suppression_log``: how many numbers are not shown, table by table
- ``html``, ``pdf``, ``docx`` (``one_page``: a fact sheet in it): the model as a file;
  ``forms``: those wanted, side by side; ``repeated_notes``: notes of many tables told once
- ``manifest``: hashes, versions and rule behind a report; whether it is still current
- ``scratch``: temporary folders, cleared also after a killed run
- ``placing``: a folder put in its place in one step
- ``build``: all of it
- ``packaged``: the demonstration study and its notebooks, in a checkout or a wheel
"""
