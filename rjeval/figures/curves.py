"""Survival and incidence curves: interval bands, labels at line ends, numbers at risk beneath."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes

from rjeval.figures.curve_lines import curve_series, draw_curve, draw_value_axis, label_ends
from rjeval.figures.curve_words import curve_drawing, since_text, with_differences
from rjeval.figures.drawing import attach
from rjeval.figures.placing import wrap
from rjeval.figures.risk_table import at_risk, draw_risk_table
from rjeval.figures.sheet import sheet
from rjeval.figures.style import TEXT_PT
from rjeval.figures.timeline import draw_time_axis
from rjeval.figures.wording import merged_labels
from rjeval.results import Contrast, Curves

HEIGHT_IN = 2.7
_NAME_PT = 92.0


@dataclass(frozen=True, slots=True)
class _Options:
    words: dict[str, str]
    risk_table: bool
    cumulative: bool
    height: float


def plot_survival(
    curves: Curves,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
    risk_table: bool = True,
    cumulative: bool = False,
    contrast: Contrast | None = None,
    height: float = HEIGHT_IN,
) -> Axes:
    """Draw the share of people without the event over follow-up.

    Parameters
    ----------
    curves : Curves
        From :func:`rjeval.kaplan_meier`. A released result is drawn as markers on its grid
        days, joined by straight guide lines; an unreleased one as steps, marked not for release.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in.
    labels : mapping, optional
        Labels for groups, over those of the study.
    risk_table : bool
        Print numbers at risk under the axis.
    cumulative : bool
        Draw the share *with* the event (one minus survival) instead.
    contrast : Contrast, optional
        From :func:`rjeval.risk_difference` on the same definition: its differences are printed
        above the curves, with their intervals.
    height : float
        Height of the plotting area in inches, for example 1.6 on a fact sheet; text keeps its
        size.

    Returns
    -------
    Axes
        Shows itself in a notebook; :func:`rjeval.figures.drawing.describe_axes` gives alternative
        text and caption.

    Raises
    ------
    DisclosureError
        Inside a report, where the curves have not been released.
    ValueError
        For curves of another kind, more than six of them, or a contrast of another definition.

    Notes
    -----
    Pointwise intervals, on the scale named in the caption. The y axis spans 0 to 100 % for
    survival and starts at 0 for incidence. Nothing is estimated here.
    """
    _require(curves, ("survival",), "plot_survival")
    _require_same_definition(curves, contrast)
    words = merged_labels(curves, labels)
    options = _Options(words=words, risk_table=risk_table, cumulative=cumulative, height=height)
    return _plot(curves, contrast, ax=ax, options=options)


def plot_incidence(
    curves: Curves,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
    risk_table: bool = True,
    contrast: Contrast | None = None,
    height: float = HEIGHT_IN,
) -> Axes:
    """Draw the share of people with the event over follow-up.

    Parameters
    ----------
    curves : Curves
        From :func:`rjeval.cumulative_incidence`, which accounts for competing events, or from
        :func:`rjeval.kaplan_meier`; then one minus survival is drawn and the caption says so.
    ax, labels, risk_table, contrast, height
        As in :func:`plot_survival`.

    Returns
    -------
    Axes
    """
    _require(curves, ("survival", "cumulative_incidence"), "plot_incidence")
    _require_same_definition(curves, contrast)
    words = merged_labels(curves, labels)
    options = _Options(words=words, risk_table=risk_table, cumulative=True, height=height)
    return _plot(curves, contrast, ax=ax, options=options)


def _require(curves: Curves, kinds: tuple[str, ...], function: str) -> None:
    if curves.kind not in kinds:
        raise ValueError(f"{function} draws {' or '.join(kinds)} curves, not {curves.kind}.")


def _require_same_definition(curves: Curves, contrast: Contrast | None) -> None:
    if contrast is not None and contrast.definition != curves.definition:
        raise ValueError(
            "Curves and contrast rest on different definitions of reoffending; "
            "they cannot stand in one figure."
        )


def _plot(curves: Curves, contrast: Contrast | None, *, ax: Axes | None, options: _Options) -> Axes:
    words, cumulative = options.words, options.cumulative
    on_grid = curves.released is not None and curves.released.profile != "internal"
    results = (curves,) if contrast is None else (curves, contrast)
    with sheet(ax, results, height=options.height) as axes:
        series = curve_series(curves, words, cumulative=cumulative)
        for one in series:
            draw_curve(axes, one, on_grid=on_grid)
        days, unit = draw_time_axis(axes, curves)
        axes.set_xlabel(since_text(curves, unit), gid="rj/xlabel")
        draw_value_axis(axes, series, cumulative=cumulative)
        label_ends(axes, series, curves)
        if options.risk_table:
            names = [(s.key, wrap(s.name, _NAME_PT, size=TEXT_PT), s.style.colour) for s in series]
            counts = [at_risk(s.rows, days, on_grid=on_grid) for s in series]
            draw_risk_table(axes, names, counts, days=days)
        rows = {s.name: s.rows for s in series}
        drawing = curve_drawing(
            curves, rows, words=words, cumulative=cumulative, risk_table=options.risk_table
        )
        if contrast is not None:
            drawing = with_differences(drawing, curves, contrast, words=words)
        attach(axes, drawing)
    return axes
