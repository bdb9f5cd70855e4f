"""Flow diagram: who was referred, who was left out and why, who is analysed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from rjeval.figures.drawing import attach
from rjeval.figures.flow_words import flow_drawing, number_text, step_text
from rjeval.figures.placing import POINTS_PER_INCH, text_height, wrap
from rjeval.figures.sheet import PAD_IN, area_points, sheet
from rjeval.figures.style import INK, PAPER, QUIET, TEXT_PT, WIDTH_IN
from rjeval.figures.wording import display, merged_labels
from rjeval.language import phrase
from rjeval.results import CohortFlow

_PAD_PT = 6.0
_GAP_PT = 16.0
_STAGE_SHARE = 0.44
_SIDE_START = 0.52


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the diagram, in points from the top left corner."""

    gid: str
    text: str
    left: float
    top: float
    width: float
    height: float
    strong: bool = False


def plot_flow(
    flow: CohortFlow,
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw the flow of people from assessment to analysis, with reasons for each loss.

    Parameters
    ----------
    flow : CohortFlow
        From :func:`rjeval.trace_flow`.
    ax : Axes, optional
        Where to draw; else a new figure of 6.5 in as tall as the flow needs.
    labels : mapping, optional
        Labels for steps and arms, over those of the study.

    Returns
    -------
    Axes
        Stages down the left, people left out on the right of the step that lost them, arms of
        the last stage at the foot. Suppressed counts are said as bounds.

    Raises
    ------
    DisclosureError
        Inside a report, where the flow has not been released.
    """
    words = merged_labels(flow, labels)
    given = (WIDTH_IN - 2 * PAD_IN) * POINTS_PER_INCH if ax is None else area_points(ax)[0]
    width = given - 2.0
    boxes = _boxes(flow, words, width=width)
    total = max(box.top + box.height for box in boxes) if boxes else POINTS_PER_INCH
    with sheet(ax, (flow,), height=total / POINTS_PER_INCH) as axes:
        axes.set_axis_off()
        axes.set_xlim(-1, width + 1)
        axes.set_ylim(total + 1, -1)
        _draw_arrows(axes, boxes)
        for box in boxes:
            _draw_box(axes, box)
        attach(axes, flow_drawing(flow, words))
    return axes


def _boxes(flow: CohortFlow, words: Mapping[str, str], *, width: float) -> list[Box]:
    rows = flow.frame.to_dict("records")
    boxes: list[Box] = []
    top = 0.0
    side: list[Mapping[Any, Any]] = []
    for row in rows:
        if row["kind"] != "stage":
            side.append(row)
            continue
        top = _add_side(boxes, side, words, top=top, width=width)
        side = []
        boxes.append(_stage(row, words, top=top, width=width))
        top += boxes[-1].height + _GAP_PT
    _add_side(boxes, side, words, top=top, width=width)
    _add_arms(boxes, flow, words, width=width)
    return boxes


def _stage(row: Mapping[Any, Any], words: Mapping[str, str], *, top: float, width: float) -> Box:
    text = f"{step_text(row, words)} ({number_text(row)})"
    wide = _STAGE_SHARE * width
    lines = wrap(text, wide - 2 * _PAD_PT, size=TEXT_PT, weight="bold")
    height = text_height(lines, TEXT_PT) + 2 * _PAD_PT
    return Box(f"rj/stage/{row['step']}", lines, 0.0, top, wide, height, strong=True)


def _add_side(
    boxes: list[Box],
    rows: Sequence[Mapping[Any, Any]],
    words: Mapping[str, str],
    *,
    top: float,
    width: float,
) -> float:
    """Add the box of people left out between two stages; return where the next stage starts."""
    if not rows:
        return top
    left = _SIDE_START * width
    wide = width - left
    reasons = [
        wrap(f"{step_text(row, words)} ({number_text(row)})", wide - 2 * _PAD_PT - 8, size=TEXT_PT)
        for row in rows
    ]
    lines = [f"• {text.replace(chr(10), chr(10) + '   ')}" for text in reasons]
    text = "\n".join([phrase("Left out"), *lines])
    height = text_height(text, TEXT_PT) + 2 * _PAD_PT
    boxes.append(Box(f"rj/exclusion/{rows[0]['step']}", text, left, top, wide, height))
    return top + height + _GAP_PT


def _add_arms(
    boxes: list[Box], flow: CohortFlow, words: Mapping[str, str], *, width: float
) -> None:
    stages = flow.frame[flow.frame["kind"] == "stage"]
    columns = [f"n_{arm}" for arm in flow.arms if f"n_{arm}" in flow.frame.columns]
    if stages.empty or len(columns) < 2:
        return
    last = stages.to_dict("records")[-1]
    top = max(box.top + box.height for box in boxes) + _GAP_PT + 6
    places = _arm_places(len(columns), width)
    texts = [
        wrap(
            f"{display(column.removeprefix('n_'), words)} ({number_text(last, column)})",
            wide - 2 * _PAD_PT,
            size=TEXT_PT,
            weight="bold",
        )
        for column, (_, wide) in zip(columns, places, strict=True)
    ]
    height = max(text_height(text, TEXT_PT) for text in texts) + 2 * _PAD_PT
    for column, text, (left, wide) in zip(columns, texts, places, strict=True):
        arm = column.removeprefix("n_")
        boxes.append(Box(f"rj/arm/{arm}", text, left, top, wide, height, strong=True))


def _arm_places(count_arms: int, width: float) -> list[tuple[float, float]]:
    """Return left edge and width of each arm's box; two arms stand under the two columns."""
    if count_arms == 2:
        left = _SIDE_START * width
        return [(0.0, _STAGE_SHARE * width), (left, width - left)]
    wide = (width - _PAD_PT * (count_arms - 1)) / count_arms
    return [(i * (wide + _PAD_PT), wide) for i in range(count_arms)]


def _draw_box(axes: Axes, box: Box) -> None:
    axes.add_patch(
        Rectangle(
            (box.left, box.top),
            box.width,
            box.height,
            facecolor="#eaf0f6" if box.strong else PAPER,
            edgecolor=QUIET,
            linewidth=0.9,
            gid=f"{box.gid}/box",
        )
    )
    axes.text(
        box.left + _PAD_PT,
        box.top + box.height / 2,
        box.text,
        va="center",
        ha="left",
        fontsize=TEXT_PT,
        fontweight="bold" if box.strong else "normal",
        color=INK,
        linespacing=1.18,
        gid=box.gid,
    )


def _draw_arrows(axes: Axes, boxes: Sequence[Box]) -> None:
    stages = [box for box in boxes if box.gid.startswith("rj/stage")]
    arms = [box for box in boxes if box.gid.startswith("rj/arm")]
    middle = stages[0].width / 2 if stages else 0.0
    for i, (here, there) in enumerate(itertools.pairwise(stages)):
        _arrow(axes, (middle, here.top + here.height), (middle, there.top), gid=f"rj/arrow/{i}")
    for box in boxes:
        if box.gid.startswith("rj/exclusion"):
            y = box.top + box.height / 2
            _arrow(axes, (middle, y), (box.left, y), gid=f"{box.gid}/arrow")
    if arms and stages:
        foot = stages[-1].top + stages[-1].height
        _draw_fork(axes, arms, start=(middle, foot))


def _draw_fork(axes: Axes, arms: Sequence[Box], *, start: tuple[float, float]) -> None:
    """Draw arrows from the last stage to each arm, by a rail between them."""
    rail = (start[1] + arms[0].top) / 2
    centres = [box.left + box.width / 2 for box in arms]
    ends = [min(start[0], *centres), max(start[0], *centres)]
    axes.plot(ends, [rail, rail], color=QUIET, linewidth=0.9, solid_capstyle="butt")
    below = [x for x in centres if abs(x - start[0]) < 1]
    if not below:
        axes.plot([start[0], start[0]], [start[1], rail], color=QUIET, linewidth=0.9)
    for box, x in zip(arms, centres, strict=True):
        _arrow(axes, start if x in below else (x, rail), (x, box.top), gid=f"{box.gid}/arrow")


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], *, gid: str) -> None:
    axes.annotate(
        "",
        xy=end,
        xytext=start,
        arrowprops={
            "arrowstyle": "-|>",
            "color": QUIET,
            "linewidth": 0.9,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 8,
        },
        gid=gid,
    )
