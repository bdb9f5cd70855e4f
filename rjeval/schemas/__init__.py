"""The data dictionary: what each table holds, and the rules that its rows must keep.

- ``columns``: what is said about a column and a table
- ``people``, ``process``, ``agreements``, ``surveys``, ``outcomes``: the tables
- ``tables``: all tables by name, parents before children
- ``models``: one Pandera model per table, and ``validate``: counts and row numbers, never values
- ``rules``: what a rule is, and how rules are run
- ``row_rules``: rules within one table
- ``relations``: rules across tables
"""
