"""A synthetic programme with planted truth and planted defects.

- ``truth``: the planted parameters and the risks that follow from them
- ``people``: cases, people, arms
- ``offending``: reoffences, other recorded events, departures, custody
- ``records``: quarterly records checks and what they could see
- ``process``: sessions, exits, harmed parties
- ``repair``: agreements, obligations, payments
- ``voices``: invitations and answers to surveys
- ``programme``: all of it, as clean tables
- ``clean_tables``: working columns to the tables of the data dictionary
- ``raw_layout``: what an export file looks like; clean table to its text
- ``outreach``: trainings with their tests, and the community survey
- ``costs``: what the programme cost
- ``raw_crm``, ``raw_repair``, ``raw_court``, ``raw_tracker``: the files of the three systems
- ``defects``: the mess of real exports, planted and counted
- ``twin``: a study's tables with invented people, from released margins (``twin_margins``);
  ``twin_study`` writes its folder
- ``one_referral``: the smallest study that can be followed up, for examples
- ``write``: files in a folder, the same bytes for the same seed
"""
