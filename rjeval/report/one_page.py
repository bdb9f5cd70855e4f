"""A fact sheet as one page of a Word file: two columns below its head, small type and pictures."""

from __future__ import annotations

import io
import math
import re
import zipfile

#: Type of a fact sheet as a share of that of a report, for so many letters; more of them get
#: smaller type, as no word processor can be asked here how much a page holds. Space between.
SCALE, LETTERS, LEAST_SCALE = 0.72, 6000, 0.55
CLOSER = 0.2
#: Smallest type, in half points.
LEAST_SIZE = 12
#: By what the indents of lists are divided.
INDENTS = 3
#: Where each word processor has letters of the same width, or has them under another name.
FACE = "Times New Roman"
#: Width in centimetres of a picture that fills a column.
COLUMN_CM = 8.7
#: Tiles side by side in a column.
TILES_ABREAST = 2
#: A4 with narrow margins, in twentieths of a point.
_PAGE = (
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="794" w:right="794" w:bottom="680" w:left="794" '
    'w:header="400" w:footer="360" w:gutter="0"/>'
)
_RUNNING = (
    '<w:headerReference w:type="default" r:id="rIdHead"/>'
    '<w:footerReference w:type="default" r:id="rIdFoot"/>'
)
_SIZE = re.compile(r'(<w:sz(?:Cs)? w:val=")(\d+)(")')
_SPACE = re.compile(r'(w:(?:before|after)=")(\d+)(")')
_INDENT = re.compile(r'(w:left|w:hanging)="(\d+)"')
_LINE = re.compile(r'w:line="\d+"')
_NORMAL = re.compile(r'(w:styleId="Normal">.*?<w:rPr>)', re.DOTALL)
_SECTION = re.compile(r"<w:sectPr.*?</w:sectPr>", re.DOTALL)
_FIRST_HEADING = re.compile(r'<w:p>(?:(?!</w:p>).)*?<w:pStyle w:val="Heading1"\s*/>', re.DOTALL)


def scale_of(markup: str) -> float:
    """Return how large the type can be for the words of a body.

    Examples
    --------
    >>> scale_of("<p>Few words.</p>"), scale_of("<p>" + 6400 * "x" + "</p>")
    (0.72, 0.7)
    """
    n_letters = len(re.sub(r"<[^>]+>", "", markup))
    fitting = SCALE * math.sqrt(LETTERS / max(n_letters, LETTERS))
    return round(max(fitting, LEAST_SCALE), 2)


def picture_width(scale: float) -> str:
    """Return the width of pictures that go with type of this size.

    Examples
    --------
    >>> picture_width(0.72), picture_width(0.60)
    ('8.7cm', '7.2cm')
    """
    return f"{COLUMN_CM * scale / SCALE:.1f}cm"


def smaller(style: str, *, scale: float) -> str:
    """Return a Word style with smaller type and less space."""
    text = _SIZE.sub(
        lambda one: f"{one[1]}{max(LEAST_SIZE, round(scale * int(one[2])))}{one[3]}", style
    )
    text = _SPACE.sub(lambda one: f"{one[1]}{round(CLOSER * int(one[2]))}{one[3]}", text)
    text = _LINE.sub('w:line="240"', text)
    face = f'<w:rFonts w:ascii="{FACE}" w:hAnsi="{FACE}" w:cs="{FACE}"/>'
    return _NORMAL.sub(rf"\1{face}", text)


def in_columns(content: bytes) -> bytes:
    """Return a Word file whose body stands in two columns, below a head as wide as the page."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            inside = old.read(part)
            if part.filename == "word/document.xml":
                inside = _two_sections(inside.decode()).encode()
            if part.filename == "word/numbering.xml":
                inside = _INDENT.sub(_closer_indent, inside.decode()).encode()
            new.writestr(part, inside)
    return changed.getvalue()


def _closer_indent(found: re.Match[str]) -> str:
    return f'{found[1]}="{int(found[2]) // INDENTS}"'


def _two_sections(xml: str) -> str:
    head = f"<w:sectPr>{_RUNNING}{_PAGE}</w:sectPr>"
    columns = (
        f'<w:sectPr>{_RUNNING}<w:type w:val="continuous"/>{_PAGE}'
        '<w:cols w:num="2" w:space="300"/></w:sectPr>'
    )
    found = _FIRST_HEADING.search(xml)
    xml = _SECTION.sub(columns, xml)
    if found is None:
        return xml
    between = (
        f'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="40" w:lineRule="exact"/>{head}'
        "</w:pPr></w:p>"
    )
    return xml[: found.start()] + between + xml[found.start() :]
