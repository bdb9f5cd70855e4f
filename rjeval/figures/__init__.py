"""Results -> matplotlib Axes; drawing only, nothing is estimated here.

What a caller uses:

- ``curves``: survival and incidence curves with a risk table
- ``estimates``: forest plot of model estimates
- ``ratings``: diverging stacked bars of ratings, one role
- ``flow``: flow diagram of who was referred, left out and analysed
- ``counts``: bars of counts
- ``export``: PNG, SVG and CSV files of a figure

What they share:

- ``style``: the one house style (``rjeval.mplstyle``), colours, lines, hatches
- ``sheet``: the page that a figure is drawn on, its margins, title and release mark
- ``drawing``: title, alternative text, caption and plotted numbers that travel with the Axes
- ``rendering``: deterministic SVG and PNG
- ``placing``: measured text, wrapping and labels that keep apart
- ``wording``: numbers, captions and disclosure notes in words
- ``risk_table``: numbers at risk under a curve
- ``timeline``: follow-up days as months on an axis

No figure imports ``pyplot`` and none changes matplotlib's global settings.
"""
