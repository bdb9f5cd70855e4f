"""What every figure owes: mark, refusal, words, room for its text, same bytes, no pyplot."""

from __future__ import annotations

import base64
import io
import itertools
import re
import subprocess
import sys
from dataclasses import replace

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

import rjeval
from rjeval.errors import DisclosureError
from rjeval.figures.drawing import describe_axes, drawing_of
from rjeval.figures.export import save_figure
from rjeval.figures.rendering import PNG_DPI, render_png, render_svg
from rjeval.figures.wording import NOT_FOR_RELEASE
from rjeval.report.document import NOT_DRAWN
from rjeval.results.base import REPORT_MODE

SMALLEST_PT = 8.0
WIDTH_IN = 6.5
#: Half a point: less is not seen in print, and hinting moves glyphs by that much.
TOUCH_PX = 0.7

#: Name of each plot_* of the face -> the results it draws.
BUILDERS = {
    "plot_balance": lambda make: [make.baseline(), make.baseline(factor=0.2)],
    "plot_change": lambda make: [make.shares(), make.shares()],
    "plot_contrasts": lambda make: [make.contrast()],
    "plot_costs": lambda make: [make.costs()],
    "plot_counts": lambda make: [make.counts()],
    "plot_estimates": lambda make: [make.model()],
    "plot_flow": lambda make: [make.flow()],
    "plot_hazards_check": lambda make: [make.hazards()],
    "plot_icons": lambda make: [make.rates()],
    "plot_incidence": lambda make: [make.curves(kind="cumulative_incidence")],
    "plot_missing": lambda make: [make.baseline()],
    "plot_money": lambda make: [make.money()],
    "plot_overlap": lambda make: [make.overlap()],
    "plot_quality": lambda make: [make.quality()],
    "plot_rates": lambda make: [make.rates()],
    "plot_ratings": lambda make: [make.shares()],
    "plot_response": lambda make: [make.response()],
    "plot_sensitivity": lambda make: [make.contrast(), make.contrast(difference=-0.05)],
    "plot_stages": lambda make: [make.stages()],
    "plot_survival": lambda make: [make.curves()],
}
#: Numbers that say where a row stands, not what was found.
PLACES = ("time_days", "at_days", "year", "low", "high", "n_read")
#: A flow diagram says something without its counts; axes of days and of propensities on which
#: nothing stands are refused before they come to a figure.
HIGHEST_SENTENCE_IN = 1.5
NEVER_EMPTY = ("plot_flow", "plot_hazards_check", "plot_overlap")
NAMES = sorted(name for name in rjeval.__all__ if name.startswith("plot_"))
HARD_CASES = {
    "four curves, long names, tails hidden": lambda make: rjeval.plot_incidence(
        make.released_curves(
            ("rj", make.long_name, "third", "fourth"), hide_from={"third": 364, "fourth": 1}
        )
    ),
    "six curves on one spot": lambda make: rjeval.plot_survival(
        make.curves(tuple(f"Group with number {i}" for i in range(6)))
    ),
    "curves with differences": lambda make: rjeval.plot_incidence(
        make.curves(), contrast=make.contrast(days=(365, 730)), labels={"rj": make.long_name}
    ),
    "a short figure": lambda make: rjeval.plot_incidence(
        make.released_curves(), height=1.6, risk_table=False
    ),
    "one curve": lambda make: rjeval.plot_survival(make.curves(("all",))),
    "short follow-up in days": lambda make: rjeval.plot_survival(
        make.curves(horizon_days=90, definition=None)
    ),
    "time as given": lambda make: rjeval.plot_survival(
        make.curves(unit=None, definition=None, horizon_days=730)
    ),
    "two models": lambda make: rjeval.plot_estimates(
        make.model(), make.model(shift=0.2), names=["Unadjusted", make.long_name]
    ),
    "a huge interval": lambda make: rjeval.plot_estimates(make.model(shift=8.0)),
    "differences": lambda make: rjeval.plot_estimates(make.model(scale="", model="linear")),
    "ratings without groups": lambda make: rjeval.plot_ratings(make.shares(by="")),
    "four categories": lambda make: rjeval.plot_ratings(
        make.shares(levels=("not at all", "a little", "mostly", "completely"))
    ),
    "long categories": lambda make: rjeval.plot_ratings(
        make.shares(labels={"1": "Very dissatisfied with it", "2": make.long_name})
    ),
    "horizontal bars": lambda make: rjeval.plot_counts(make.counts(time=False)),
    "shares": lambda make: rjeval.plot_counts(make.counts(time=False), share=True),
    "many quarters": lambda make: rjeval.plot_counts(
        make.counts(
            two=False,
            frame=pd.DataFrame(
                {
                    "quarter": ["before 2015 Q1"]
                    + [f"{y} Q{q}" for y in range(2015, 2025) for q in (1, 2, 3, 4)]
                    + ["after 2024 Q4", "not_recorded"],
                    "n": 20,
                }
            ),
        )
    ),
    "one series in time": lambda make: rjeval.plot_counts(make.counts(two=False)),
    "blocks of relative rates": lambda make: rjeval.plot_contrasts(
        {"Accepted": make.contrast(groups=("a", make.long_name)), "Completed": make.contrast()},
        term="risk_ratio",
    ),
    "long specifications": lambda make: rjeval.plot_sensitivity(
        {"Primary": make.contrast(), make.long_name: make.contrast()}, term="risk_ratio"
    ),
    "one love plot": lambda make: rjeval.plot_balance(make.baseline()),
    "icons of three": lambda make: rjeval.plot_icons(
        replace(
            make.rates(),
            frame=pd.concat(
                [make.rates().frame, make.rates().frame.iloc[[0]].assign(arm=make.long_name)]
            ),
        )
    ),
    "long groups of missing": lambda make: rjeval.plot_missing(
        make.baseline(), labels={"rj": make.long_name}
    ),
    "change without groups": lambda make: rjeval.plot_change(
        make.shares(by=""), make.shares(by="")
    ),
    "stages of all": lambda make: rjeval.plot_stages(
        replace(make.stages(), by="", frame=make.stages().frame.iloc[:2].drop(columns="site_id"))
    ),
}


def _call(name, results, **options):
    if name == "plot_sensitivity":
        named = {f"Specification {i}": result for i, result in enumerate(results)}
        return rjeval.plot_sensitivity(named, term="risk_difference", **options)
    return getattr(rjeval, name)(*results, **options)


def _draw(name, make, **options):
    return _call(name, BUILDERS[name](make), **options)


def _stamped(name, make, stamp):
    return _call(name, [replace(result, released=stamp) for result in BUILDERS[name](make)])


def _tick_labels_outside(axes):
    """Labels of ticks beyond the limits, or of axes switched off: matplotlib keeps them unseen."""
    outside = []
    for i, axis in enumerate((axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        slack = 1e-9 * (high - low)
        labels = axis.get_ticklabels(which="both")
        seen = [axes.axison and low - slack <= t.get_position()[i] <= high + slack for t in labels]
        outside += [t for t, is_seen in zip(labels, seen, strict=True) if not is_seen]
    return outside


@pytest.fixture
def shown_texts():
    """Texts that are printed, with their boxes in pixels of the drawn figure."""

    def read(axes):
        figure = axes.get_figure(root=True)
        figure.canvas.draw()
        renderer = figure.canvas.get_renderer()
        boxes, not_drawn = [], _tick_labels_outside(axes)
        for text in figure.findobj(Text):
            if not text.get_text().strip() or not text.get_visible() or text.get_gid() == "rj/mark":
                continue
            if text in not_drawn:
                continue
            box = Text.get_window_extent(text, renderer)
            lines = text.get_text().split("\n")
            blank = next(i for i, line in enumerate(lines) if line.strip())
            box.y1 -= box.height * blank / len(lines)
            if box.width > 0 and box.height > 0:
                boxes.append((text, box))
        return boxes

    return read


def test_each_figure_of_the_face_is_walked_here():
    assert sorted(BUILDERS) == NAMES


def _hidden(result, stamp):
    """The result as released with each number hidden."""
    frame = result.frame.copy()
    for column in frame.select_dtypes("number"):
        if column not in PLACES:
            frame[column] = np.nan
    frame = frame.assign(suppressed="primary", bound="fewer than 11")
    found = replace(result, frame=frame, released=stamp)
    if hasattr(result, "group_sizes"):
        return replace(found, group_sizes=dict.fromkeys(result.group_sizes, np.nan))
    if isinstance(getattr(result, "arms", None), pd.DataFrame):
        return replace(found, arms=result.arms.iloc[:0])
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NEVER_EMPTY])
def test_a_figure_in_which_nothing_may_be_shown_is_a_sentence(name, make, tmp_path):
    axes = _call(name, [_hidden(one, make.stamp) for one in BUILDERS[name](make)])
    drawing = drawing_of(axes)
    data, metadata = axes._repr_mimebundle_()
    assert set(data) == {"text/markdown", "text/plain"}
    assert drawing.title in data["text/markdown"]
    assert data["text/markdown"].endswith("none of its numbers may be shown.")
    assert metadata["text/markdown"][NOT_DRAWN]
    with Image.open(save_figure(axes, tmp_path / "figure")[0]) as picture:
        assert picture.height / PNG_DPI < HIGHEST_SENTENCE_IN


def test_one_number_is_enough_for_a_figure(make):
    hidden = _hidden(make.contrast(), make.stamp)
    assert drawing_of(rjeval.plot_contrasts(hidden)).empty
    assert not drawing_of(rjeval.plot_contrasts({"a": hidden, "b": make.contrast()})).empty


def test_bars_of_zero_are_numbers(make):
    counts = make.counts(time=False)
    nobody = replace(counts, frame=counts.frame.assign(n=0, share=0.0), released=make.stamp)
    assert not drawing_of(rjeval.plot_counts(nobody)).empty


@pytest.mark.parametrize("name", NAMES)
def test_an_unreleased_result_is_marked(name, make, by_gid):
    assert by_gid(_draw(name, make), "rj/mark").get_text() == NOT_FOR_RELEASE


@pytest.mark.parametrize("name", NAMES)
def test_an_internal_release_is_still_marked(name, make, by_gid):
    axes = _stamped(name, make, replace(make.stamp, profile="internal"))
    assert by_gid(axes, "rj/mark", all_of=True)
    assert not drawing_of(axes).for_release


@pytest.mark.parametrize("name", NAMES)
def test_a_released_result_bears_no_mark(name, make, by_gid):
    axes = _stamped(name, make, make.stamp)
    assert by_gid(axes, "rj/mark", all_of=True) == []
    assert drawing_of(axes).for_release


@pytest.mark.parametrize("name", NAMES)
def test_a_report_refuses_an_unreleased_result(name, make, monkeypatch):
    monkeypatch.setenv(REPORT_MODE, "1")
    with pytest.raises(DisclosureError, match="without having been released"):
        _draw(name, make)


def test_a_report_refuses_one_unreleased_model_among_marked_ones(make, monkeypatch):
    monkeypatch.setenv(REPORT_MODE, "1")
    internal = make.model(released=replace(make.stamp, profile="internal"))
    with pytest.raises(DisclosureError):
        rjeval.plot_estimates(internal, make.model(), names=["a", "b"])


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_shows_itself_with_words(name, make):
    axes = _draw(name, make)
    data, metadata = axes._repr_mimebundle_()
    assert data["image/svg+xml"].lstrip().startswith("<?xml")
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.width == round(WIDTH_IN * 200)
    alt, caption = describe_axes(axes)
    assert metadata["image/png"] == metadata["image/svg+xml"] == {"alt": alt, "caption": caption}
    assert len(alt) > 40
    assert "Not for release" in caption


@pytest.mark.parametrize("name", NAMES)
def test_numbers_travel_as_csv_only_when_released(name, make):
    assert "text/csv" not in _draw(name, make)._repr_mimebundle_(include=["text/csv"])[0]
    axes = _stamped(name, make, make.stamp)
    table = pd.read_csv(io.StringIO(axes._repr_mimebundle_(include=["text/csv"])[0]["text/csv"]))
    assert list(table.columns) == list(drawing_of(axes).data.columns)


def test_a_notebook_may_ask_for_one_format(make):
    axes = rjeval.plot_flow(make.flow())
    assert set(axes._repr_mimebundle_(include=["image/png"])[0]) == {"image/png"}
    assert "image/png" not in axes._repr_mimebundle_(exclude=["image/png"])[0]


@pytest.mark.parametrize("name", NAMES)
def test_captions_hold_the_definition_once(name, make):
    results = BUILDERS[name](make)
    caption = describe_axes(_call(name, results))[1]
    for definition in {result.definition for result in results if result.definition}:
        assert caption.count(definition.sentence().split(" within ")[0]) == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_same_figure_gives_the_same_bytes(name, make):
    first, second = _draw(name, make), _draw(name, make)
    assert render_svg(first) == render_svg(second)
    assert render_png(first) == render_png(second)


@pytest.mark.parametrize("name", NAMES)
def test_files_carry_title_description_and_the_plotted_numbers(name, make, tmp_path):
    axes = _draw(name, make)
    png, svg, csv = save_figure(axes, tmp_path / "figure.v1")
    drawing = drawing_of(axes)
    with Image.open(png) as picture:
        inside = picture.info
    assert inside["Title"] == drawing.title
    assert inside["Description"] == f"{drawing.alt} {drawing.caption}"
    text = svg.read_text(encoding="utf-8")
    assert f"<title>{drawing.title}</title>" in text
    assert '<svg role="img" aria-label="' in text
    assert "<dc:date>" not in text
    table = pd.read_csv(csv)
    assert set(table.pop("release")) == {"not for release"}
    assert len(table) == len(drawing.data)
    assert list(table.columns) == list(drawing.data.columns)


@pytest.mark.parametrize("name", NAMES)
def test_svg_fetches_nothing_and_has_a_paper_ground(name, make):
    svg = render_svg(_draw(name, make))
    links = re.findall(r'(?:href|src)="([^"#][^"]*)"', svg)
    assert [
        link for link in links if link.startswith("http") and "creativecommons" not in link
    ] == []
    assert "fill: #ffffff" in svg


def test_two_figures_on_a_page_share_no_id(make):
    ids = [
        set(re.findall(r'\bid="([^"]+)"', render_svg(axes, unique_ids=True)))
        for axes in (rjeval.plot_flow(make.flow()), rjeval.plot_survival(make.curves()))
    ]
    assert ids[0].isdisjoint(ids[1])


@pytest.mark.parametrize("case", [*NAMES, *HARD_CASES])
def test_text_lies_inside_apart_and_is_large_enough(case, make, shown_texts):
    axes = HARD_CASES[case](make) if case in HARD_CASES else _draw(case, make)
    boxes = shown_texts(axes)
    page = axes.get_figure(root=True).bbox
    assert boxes
    for text, box in boxes:
        said = text.get_text()
        assert text.get_fontsize() >= SMALLEST_PT, said
        assert box.x0 >= page.x0 - TOUCH_PX, said
        assert box.x1 <= page.x1 + TOUCH_PX, said
        assert box.y0 >= page.y0 - TOUCH_PX, said
        assert box.y1 <= page.y1 + TOUCH_PX, said
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        tall = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide <= TOUCH_PX or tall <= TOUCH_PX, (one.get_text(), other.get_text())


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_draws_on_given_axes_and_leaves_their_figure_alone(name, make):
    figure = Figure(figsize=(5, 4))
    FigureCanvasAgg(figure)
    given = figure.add_subplot()
    before = given.get_position().bounds
    assert _draw(name, make, ax=given) is given
    assert given.get_position().bounds == before
    assert tuple(figure.get_size_inches()) == (5, 4)
    assert describe_axes(given)[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_changes_neither_its_result_nor_global_style(name, make):
    results, style = BUILDERS[name](make), dict(matplotlib.rcParams)
    before = [result.frame.copy() for result in results]
    _call(name, results)
    for result, frame in zip(results, before, strict=True):
        pd.testing.assert_frame_equal(result.frame, frame)
    assert dict(matplotlib.rcParams) == style


def test_axes_of_others_have_no_words():
    with pytest.raises(TypeError, match="not drawn by"):
        describe_axes(Figure().add_subplot())


def test_money_signs_in_labels_are_not_read_as_formulas(make):
    axes = rjeval.plot_counts(make.counts(time=False), labels={"in_person": "$100 to $200"})
    assert render_svg(axes)
    assert isinstance(axes, Axes)


def test_no_figure_imports_pyplot():
    code = (
        "import sys, rjeval; "
        f"[getattr(rjeval, name) for name in {NAMES!r}]; "
        "import rjeval.figures.export; print('matplotlib.pyplot' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
