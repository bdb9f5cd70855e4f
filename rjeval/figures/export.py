"""A figure as files: PNG, SVG, and a CSV of exactly the numbers plotted."""

from __future__ import annotations

import os
from pathlib import Path

from matplotlib.axes import Axes

from rjeval.figures.drawing import drawing_of, sidecar_text
from rjeval.figures.rendering import render_png, render_svg


def save_figure(axes: Axes, path_stem: str | os.PathLike[str]) -> tuple[Path, Path, Path]:
    """Write a figure as PNG, SVG and CSV.

    Parameters
    ----------
    axes : Axes
        What a ``plot_*`` function of rjeval returned.
    path_stem : path
        Folder and file name without ending; the folder must exist.

    Returns
    -------
    (png, svg, csv) : tuple of Path
        PNG at 200 dpi. Both pictures carry title and description; the CSV holds the plotted
        numbers and, where the figure is not for release, a first column that says so. The same
        figure gives the same bytes.
    """
    stem, drawing = Path(path_stem), drawing_of(axes)
    paths = tuple(stem.with_name(f"{stem.name}.{ending}") for ending in ("png", "svg", "csv"))
    png, svg, csv = paths
    png.write_bytes(render_png(axes))
    svg.write_text(render_svg(axes), encoding="utf-8", newline="\n")
    csv.write_bytes(sidecar_text(drawing).encode("utf-8"))
    return png, svg, csv
