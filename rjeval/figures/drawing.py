"""What travels with the Axes: title, alternative text, caption, and the numbers plotted."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
from matplotlib.axes import Axes

from rjeval.language import phrase

_ATTRIBUTE = "rjeval_drawing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Words and numbers of one figure.

    Parameters
    ----------
    title, subtitle : str
        Printed above the figure.
    alt : str
        What a reader who cannot see the figure is told; its numbers are those of ``data``.
    caption : str
        n, interval, definition and disclosure note, for printing under the figure.
    data : DataFrame
        Exactly the numbers plotted; written beside the figure as CSV.
    for_release : bool
        Whether the figure may leave the team.
    nothing : str
        What is said where there was nothing to draw; by default, that nothing may be shown.
    empty : bool
        Whether no number at all can be seen; then a sentence stands in the figure's place.
    """

    title: str
    alt: str
    caption: str
    subtitle: str = ""
    data: pd.DataFrame = field(default_factory=pd.DataFrame)
    for_release: bool = False
    nothing: str = ""
    empty: bool = False

    @property
    def instead(self) -> str:
        """What is said in the place of a figure without numbers."""
        if self.nothing:
            return self.nothing
        return phrase("No figure of “{title}”: none of its numbers may be shown.", title=self.title)


def attach(axes: Axes, drawing: Drawing) -> None:
    """Let the words and numbers of a figure travel with its Axes."""
    setattr(axes, _ATTRIBUTE, drawing)


def drawing_of(axes: Axes) -> Drawing:
    """Return the words and numbers of Axes that rjeval has drawn.

    Raises
    ------
    TypeError
        For Axes that no ``plot_*`` function of rjeval has drawn on.
    """
    drawing = getattr(axes, _ATTRIBUTE, None)
    if not isinstance(drawing, Drawing):
        raise TypeError("These Axes were not drawn by a plot_* function of rjeval.")
    return drawing


def sidecar_text(drawing: Drawing) -> str:
    """Return the plotted numbers as CSV, marked where they are not for release."""
    data = drawing.data
    if not drawing.for_release:
        data = data.copy()
        data.insert(0, "release", "not for release")
    return data.to_csv(index=False, lineterminator="\n")


def describe_axes(axes: Axes) -> tuple[str, str]:
    """Return the alternative text and the caption of a figure.

    Parameters
    ----------
    axes : Axes
        What a ``plot_*`` function of rjeval returned.

    Returns
    -------
    (alt, caption) : tuple of str
    """
    drawing = drawing_of(axes)
    return drawing.alt, drawing.caption
