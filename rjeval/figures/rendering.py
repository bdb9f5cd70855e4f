"""A figure as SVG and PNG: same figure, same bytes, with title and description inside.

Matplotlib's SVG has random ids and a date unless told otherwise, and no alternative text; both
are mended here. Text becomes paths, so that browsers, Word and Typst show the same letters.
"""

from __future__ import annotations

import hashlib
import io
import re
from html import escape

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from rjeval.figures.drawing import Drawing, drawing_of
from rjeval.figures.style import house_style

PNG_DPI = 200
_IDS = re.compile(r'(\bid="|href="#|url\(#)')
_ROOT = re.compile(r"<svg ")


def figure_of(axes: Axes) -> Figure:
    """Return the whole figure that Axes belong to."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("These Axes belong to no figure, so there is nothing to render.")
    return figure


def render_svg(axes: Axes, *, unique_ids: bool = False) -> str:
    """Return the figure as SVG text.

    Parameters
    ----------
    axes : Axes
        What a ``plot_*`` function returned.
    unique_ids : bool
        Prefix each id with a digest of the figure, so that several figures can stand in one
        HTML page; without it ids are the stable gids (``rj/line/...``).
    """
    drawing, buffer = drawing_of(axes), io.StringIO()
    metadata = {"Date": None, "Creator": "rjeval", **_words(drawing)}
    with house_style():
        FigureCanvasSVG(figure_of(axes)).print_svg(buffer, metadata=metadata)
    svg = buffer.getvalue()
    if unique_ids:
        digest = hashlib.sha256(svg.encode()).hexdigest()[:8]
        svg = _IDS.sub(rf"\g<1>f{digest}-", svg)
    spoken = f'<svg role="img" aria-label="{escape(drawing.alt)}" '
    return _ROOT.sub(lambda _: spoken, svg, count=1)


def render_png(axes: Axes) -> bytes:
    """Return the figure as PNG bytes at 200 dpi."""
    figure, buffer = figure_of(axes), io.BytesIO()
    metadata = {"Software": None, **_words(drawing_of(axes))}
    before = figure.dpi
    with house_style():
        figure.set_dpi(PNG_DPI)
        try:
            FigureCanvasAgg(figure).print_png(buffer, metadata=metadata)
        finally:
            figure.set_dpi(before)
    return buffer.getvalue()


def _words(drawing: Drawing) -> dict[str, str]:
    return {"Title": drawing.title, "Description": f"{drawing.alt} {drawing.caption}"}
