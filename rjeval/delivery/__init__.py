"""What the programme did: people, meetings, agreements, timeliness, equity; all in counts.

- ``tally``: count people, cases or referrals by categories, each once
- ``counts``: people by any category, referrals by quarter
- ``sessions``: meetings by mode or any other column, days from referral to conference
- ``stages``: how far people came, in counts and rates
- ``agreements``: agreements, obligations by kind, restitution owed and paid
- ``costs``: what the programme cost, by category and year, and for each person
- ``outreach``: people trained, by audience
- ``equity``: relative rates between groups at each stage
"""
