"""Whether a figure shows any number at all: bars, points, curves or icons that can be seen."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

#: Beginnings of the gids of what carries numbers.
_NUMBERS = ("rj/point/", "rj/bars/", "rj/bar/", "rj/line/", "rj/icons/", "rj/dot/")
#: A curve needs two days; on the first one everybody stands at the same place.
_CURVE = "rj/line/"


def shows_numbers(axes: Axes) -> bool:
    """Return whether anything that carries a number can be seen; a bar of zero is a number.

    Boxes of a flow diagram are a statement of their own and always count.
    """
    drawn = [(str(one.get_gid() or ""), one) for one in axes.get_children()]
    if any(gid.endswith("/box") for gid, _ in drawn):
        return True
    return any(_is_seen(one, gid) for gid, one in drawn if gid.startswith(_NUMBERS))


def _is_seen(artist: Artist, gid: str) -> bool:
    if isinstance(artist, Line2D):
        points = np.asarray(artist.get_xydata(), dtype=float)
        n_seen = int(np.isfinite(points).all(axis=1).sum())
        return n_seen > (1 if gid.startswith(_CURVE) else 0)
    if isinstance(artist, Rectangle):
        return bool(np.isfinite([artist.get_width(), artist.get_height()]).all())
    if isinstance(artist, Collection):
        return bool(np.isfinite(np.asarray(artist.get_offsets(), dtype=float)).any())
    return isinstance(artist, Patch)
