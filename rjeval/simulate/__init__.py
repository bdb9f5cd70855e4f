"""A synthetic programme with planted truth and planted defects.

- ``truth``: the planted parameters and the risks that follow from them
- ``people``: cases, people, arms
- ``offending``: reoffences, other recorded events, departures, custody
- ``records``: quarterly records checks and what they could see
- ``process``: sessions, exits, harmed parties
- ``voices``: invitations and answers to surveys
- ``programme``: all of it, as clean tables
- ``raw_layout``: the same tables as the programme's systems would export them
- ``defects``: the mess of real exports, planted and counted
- ``write``: files in a folder, the same bytes for the same seed
"""
