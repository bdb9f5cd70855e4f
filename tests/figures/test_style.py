"""Series can be told apart by readers who see no red, green or blue, and in grey; text is legible.

Colour-vision matrices: Machado, Oliveira and Fernandes (2009), severity 1.0,
doi:10.1109/TVCG.2009.113. Contrast: WCAG 2.2, success criterion 1.4.3.
"""

from __future__ import annotations

import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from rjeval.figures.style import INK, MARK, PAPER, QUIET, SERIES, STYLE_FILE, house_style

#: WCAG 2.2 AA for text under 18 pt.
LEGIBLE = 4.5
#: CIELAB distance; 2.3 is just noticeable side by side, lines far apart need several times that.
APART = 15
#: Series that colour alone tells apart; the sixth needs its line, marker or hatch.
BY_COLOUR = 5
VISION = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])


def _linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _contrast_on_paper(colour):
    return 1.05 / (_linear(colour) @ TO_XYZ[1] + 0.05)


def _lab(linear):
    x, y, z = TO_XYZ @ np.clip(linear, 0, 1) / WHITE
    f = [np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("colour", [INK, QUIET, MARK, *(look.colour for look in SERIES)])
def test_text_in_each_colour_is_legible_on_paper(colour):
    assert _contrast_on_paper(colour) >= LEGIBLE
    assert PAPER == "#ffffff"


@pytest.mark.parametrize("vision", VISION)
def test_colours_differ_for_each_kind_of_sight(vision):
    seen = [_lab(np.array(VISION[vision]) @ _linear(look.colour)) for look in SERIES[:BY_COLOUR]]
    nearest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
    assert nearest >= APART


@pytest.mark.parametrize("part", ["line", "marker", "hatch", "colour"])
def test_series_differ_in_each_part(part):
    assert len({str(getattr(look, part)) for look in SERIES}) == len(SERIES)


def test_the_style_file_is_the_style_of_the_figures():
    with house_style():
        cycle = [item["color"] for item in matplotlib.rcParams["axes.prop_cycle"]]
    assert [f"#{colour.lstrip('#')}" for colour in cycle] == [look.colour for look in SERIES]
    assert STYLE_FILE.name == "rjeval.mplstyle"
