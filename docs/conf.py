"""How Sphinx builds the site: MyST pages, docstrings, mathematics as MathML, nothing fetched."""

from __future__ import annotations

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

import rjeval

project = "rjeval"
author = "The rjeval maintainers"
version = release = rjeval.__version__
language = "en-GB"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns: list[str] = []
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = "rjeval"
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
python_maximum_signature_line_length = 80
toc_object_entries = False
pygments_style = "tango"
# A role that names something of the face must lead there; names of types in numpydoc are words
# for people, and functions that are not of the face have no page.
nitpicky = True
nitpick_ignore_regex = [
    ("py:(class|obj|data|exc|mod)", ".*"),
    ("py:func", r"(?!rjeval\.[a-z_]+$).*"),
]
html_math_renderer = "mathml"


def _mathml(writer: object, node: nodes.Element, *, block: bool) -> None:
    try:
        text = tex2mathml(node.astext(), as_block=block)
    except MathError:
        text = f"<code>{node.astext()}</code>"
    writer.body.append(text)  # type: ignore[attr-defined]
    raise nodes.SkipNode


def _inline(writer: object, node: nodes.Element) -> None:
    _mathml(writer, node, block=False)


def _block(writer: object, node: nodes.Element) -> None:
    _mathml(writer, node, block=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Draw formulas as MathML, which browsers show without a script."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True}
