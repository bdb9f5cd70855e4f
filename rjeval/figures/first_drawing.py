"""One empty drawing, made before kernels are forked: each finds fonts and renderers ready."""

from __future__ import annotations

from io import BytesIO, StringIO

import matplotlib.style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from rjeval.figures.style import STYLE_FILE

#: Most of what stands in figures.
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;()%–−<>="


def draw_once() -> None:
    """Draw axes and letters in the house style, as PNG and SVG, and throw them away."""
    with matplotlib.style.context(["default", str(STYLE_FILE)]):
        figure = Figure()
        axes = figure.add_subplot(title="0", xlabel="0", ylabel="0")
        axes.plot([0, 1], label="0")
        axes.legend()
        for weight in ("normal", "bold"):
            figure.text(0, 0, LETTERS, fontweight=weight)
        FigureCanvasAgg(figure).print_png(BytesIO())
        FigureCanvasSVG(figure).print_svg(StringIO())
