"""The page that a figure is drawn on: own Axes without pyplot, measured margins, release mark."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from rjeval.figures.drawing import attach, drawing_of, sidecar_text
from rjeval.figures.placing import POINTS_PER_INCH, text_height, text_width, wrap
from rjeval.figures.rendering import figure_of, render_png, render_svg
from rjeval.figures.style import MARK, QUIET, TEXT_PT, TITLE_PT, WIDTH_IN, house_style
from rjeval.figures.visible import shows_numbers
from rjeval.figures.wording import NOT_FOR_RELEASE
from rjeval.language import phrase
from rjeval.results import Result
from rjeval.results.base import VECTORS_ONLY, needs_mark

PAD_IN = 0.08
_GAP_PT = 6.0
#: Height of the sentence in the place of a figure.
_SENTENCE_IN = 0.4
#: Key of the metadata that marks a sentence in the place of a figure.
NOT_DRAWN = "rjeval-not-drawn"


class HouseAxes(Axes):
    """Axes that show themselves in a notebook, with alternative text and caption.

    Without pyplot nothing shows a figure by itself; here the Axes carry what Jupyter asks for:
    SVG and PNG, the alternative text as plain text and, of a released figure only, its numbers
    as CSV.
    """

    name = "rjeval"

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
    ) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        drawing = drawing_of(self)
        if drawing.empty:
            told = {"text/markdown": drawing.instead, "text/plain": drawing.instead}
            return told, {"text/markdown": {NOT_DRAWN: "1"}}
        makers = {
            "image/svg+xml": lambda: render_svg(self, unique_ids=True),
            "image/png": lambda: base64.b64encode(render_png(self)).decode("ascii"),
            "text/plain": lambda: drawing.alt,
        }
        if os.environ.get(VECTORS_ONLY) == "1":
            del makers["image/png"]
        if drawing.for_release:
            makers["text/csv"] = lambda: sidecar_text(drawing)
        wanted = [m for m in makers if (not include or m in include) and m not in (exclude or ())]
        words = {"alt": drawing.alt, "caption": drawing.caption}
        metadata = {mime: dict(words) for mime in wanted if mime.startswith("image/")}
        return {mime: makers[mime]() for mime in wanted}, metadata


@contextmanager
def sheet(ax: Axes | None, results: Sequence[Result], *, height: float) -> Iterator[Axes]:
    """Open Axes to draw on; on leaving, add the release mark, the title and fitting margins.

    Parameters
    ----------
    ax : Axes or None
        The caller's Axes, whose figure is then left as it is, or ``None`` for an own figure.
    results : sequence of Result
        What is drawn; a mark is added where any of them is not for release.
    height : float
        Height of the plotting area in inches.

    Raises
    ------
    DisclosureError
        Inside a report, where a result has not been released.
    """
    marks = [needs_mark(result) for result in results]  # each is asked: any of them may refuse
    with house_style():
        axes = _own_axes(height) if ax is None else ax
        yield axes
        if drawing_of(axes).nothing or not shows_numbers(axes):
            _say_instead(axes)
        if any(marks):
            _draw_mark(axes)
        _draw_title(axes, own=ax is None)
        if ax is None:
            _settle(axes, _SENTENCE_IN if drawing_of(axes).empty else height)


def _say_instead(axes: Axes) -> None:
    """Let a sentence take the place of a figure in which nothing can be seen."""
    drawing = replace(drawing_of(axes), empty=True)
    attach(axes, drawing)
    axes.clear()
    axes.set_axis_off()
    text = wrap(drawing.instead, area_points(axes)[0], size=TEXT_PT)
    axes.text(0, 1, text, transform=axes.transAxes, va="top", fontsize=TEXT_PT, gid="rj/nothing")


def area_points(axes: Axes) -> tuple[float, float]:
    """Return width and height of the plotting area, in points."""
    figure = figure_of(axes)
    box = axes.get_window_extent()
    scale = POINTS_PER_INCH / figure.dpi
    return box.width * scale, box.height * scale


def _own_axes(height: float) -> HouseAxes:
    total = height + 1.5
    figure = Figure(figsize=(WIDTH_IN, total))
    FigureCanvasAgg(figure)
    axes = HouseAxes(figure, (0.2, 1.0 / total, 0.55, height / total))
    figure.add_axes(axes)
    return axes


def _draw_mark(axes: Axes) -> None:
    width, height = area_points(axes)
    size = min(26.0, 26.0 * width / (1.15 * text_width(phrase(NOT_FOR_RELEASE), 26.0, "bold")))
    steep = height > 0.45 * width
    mark = axes.text(
        0.5,
        0.5,
        phrase(NOT_FOR_RELEASE),
        transform=axes.transAxes,
        ha="center",
        va="center",
        rotation=20 if steep else 0,
        fontsize=size,
        fontweight="bold",
        color=MARK,
        alpha=0.22,
        zorder=20,
        gid="rj/mark",
    )
    mark.set_in_layout(False)


def _draw_title(axes: Axes, *, own: bool) -> None:
    drawing = drawing_of(axes)
    if not own:
        width = area_points(axes)[0]
        title = wrap(drawing.title, width, size=TITLE_PT, weight="bold")
        axes.set_title(title, loc="left", fontsize=TITLE_PT).set_gid("rj/title")
        return
    width = (WIDTH_IN - 2 * PAD_IN) * POINTS_PER_INCH
    figure = figure_of(axes)
    style: dict[str, Any] = {"ha": "left", "va": "top", "linespacing": 1.15}
    title = wrap(drawing.title, width, size=TITLE_PT, weight="bold")
    figure.text(0, 1, title, fontsize=TITLE_PT, fontweight="bold", gid="rj/title", **style)
    if drawing.subtitle:
        lines = [wrap(line, width, size=TEXT_PT) for line in drawing.subtitle.split("\n")]
        text = "\n".join(lines)
        figure.text(0, 1, text, fontsize=TEXT_PT, color=QUIET, gid="rj/subtitle", **style)


def _settle(axes: Axes, height: float) -> None:
    """Give the Axes margins that hold all their text, at fixed width and plotting height."""
    figure = figure_of(axes)
    heads = [(t, text_height(t.get_text(), float(t.get_fontsize()))) for t in figure.texts]
    head = (sum(h for _, h in heads) + _GAP_PT) / POINTS_PER_INCH if heads else 0.0
    for _ in range(2):
        left, right, bottom, top = _overhang(axes)
        width = WIDTH_IN - left - right - 2 * PAD_IN
        total = 2 * PAD_IN + head + top + height + bottom
        figure.set_size_inches(WIDTH_IN, total)
        axes.set_position(
            (
                (PAD_IN + left) / WIDTH_IN,
                (PAD_IN + bottom) / total,
                width / WIDTH_IN,
                height / total,
            )
        )
    at = total - PAD_IN
    for text, tall in heads:
        text.set_position((PAD_IN / WIDTH_IN, at / total))
        at -= tall / POINTS_PER_INCH


def _overhang(axes: Axes) -> tuple[float, float, float, float]:
    """Return how far the Axes' text reaches beyond them: left, right, bottom, top, in inches."""
    figure = figure_of(axes)
    area = axes.get_window_extent()
    box = axes.get_tightbbox()
    if box is None:
        return 0.0, 0.0, 0.0, 0.0
    reach = (area.x0 - box.x0, box.x1 - area.x1, area.y0 - box.y0, box.y1 - area.y1)
    left, right, bottom, top = (max(0.0, r / figure.dpi) for r in reach)
    return left, right, bottom, top
