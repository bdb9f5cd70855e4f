"""The data dictionary: what each table holds, and the rules that its rows must keep.

- ``columns``: what is said about a column and a table
- ``programmes``, ``people``, ``process``, ``agreements``: tables of the work
- ``outcomes``, ``surveys``, ``learning``: tables of what came of it
- ``tables``: all tables by name, parents before children
- ``models``: one Pandera model per table, and ``validate``: counts and row numbers, never values
- ``rules``: what a rule is, and how rules are run
- ``row_rules``, ``relations``: rules within and across the core tables
- ``people_rules``, ``process_rules``, ``survey_rules``, ``outcome_rules``: rules by topic
- ``rule_book``: all rules in order, and where the others are kept
- ``dictionary``: the dictionary as Markdown, HTML and a template workbook
"""
