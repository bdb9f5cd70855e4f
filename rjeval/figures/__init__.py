"""Results -> matplotlib Axes; drawing only, nothing is estimated here.

What a caller uses:

- ``curves``: survival and incidence curves with a risk table
- ``rates``: shares inside a window, response to a survey
- ``icons``: a rate as 100 people
- ``contrasts``: differences and ratios between groups, relative rates by stage
- ``sensitivity``: one estimate under several specifications
- ``estimates``: forest plot of model estimates, paired change
- ``hazards``: a hazard ratio over follow-up
- ``ratings``: diverging stacked bars of ratings, one role
- ``change``: shares of high ratings at two waves
- ``flow``: flow diagram of who was referred, left out and analysed
- ``stages``: share that reached each stage
- ``counts``: bars of counts
- ``money``: restitution agreed and paid
- ``costs``: what the programme cost, by category and year
- ``balance``: love plot, bars of what is missing
- ``overlap``: propensities of two arms, mirrored
- ``quality``: rows set aside per table
- ``export``: PNG, SVG and CSV files of a figure

What they share:

- ``style``: the one house style (``rjeval.mplstyle``), colours, lines, hatches
- ``sheet``: the page that a figure is drawn on, its margins, title and release mark
- ``visible``: whether any number can be seen; else a sentence stands in the figure's place
- ``drawing``: title, alternative text, caption and plotted numbers that travel with the Axes
- ``rendering``: deterministic SVG and PNG
- ``first_drawing``: an empty drawing that makes fonts and renderers ready
- ``placing``: measured text, wrapping and labels that keep apart
- ``wording``: numbers, captions and disclosure notes in words
- ``forest``, ``forest_axis``: rows of points with intervals on one axis
- ``bars``: bars side by side, or columns in time
- ``curve_words``, ``estimate_words``, ``contrast_words``, ``rating_words``, ``count_words``,
  ``flow_words``, ``term_words``: titles, alternative texts and captions
- ``curve_lines``: lines, bands and end labels of curves
- ``rating_scale``: looks, shares and division of ordered categories
- ``risk_table``: numbers at risk under a curve
- ``timeline``: follow-up days as months on an axis

No figure imports ``pyplot`` and none changes matplotlib's global settings.
"""
