"""The document as a Word file with real styles, running title and page numbers.

A programme's own template gives its styles, page, header and footer instead of ours.
"""

from __future__ import annotations

import html
import io
import re
import subprocess
import zipfile
from importlib.resources import files
from pathlib import Path

from rjeval.errors import ReportError
from rjeval.language import phrase, spoken
from rjeval.report.blocks import SYNTHETIC, Document
from rjeval.report.markup import WordPage, plain_markup
from rjeval.report.one_page import (
    TILES_ABREAST,
    in_columns,
    picture_width,
    scale_of,
    smaller,
)
from rjeval.report.pandoc import run_pandoc

#: The kind of document that is one page.
ONE_PAGE_KIND = "factsheet"
_STYLE = re.compile(r'<w:style [^>]*w:styleId="([^"]+)".*?</w:style>', re.DOTALL)
_STYLE_NAME = re.compile(r'<w:name w:val="([^"]+)"')
_SECTION = re.compile(r"<w:sectPr\s*/>|<w:sectPr.*?</w:sectPr>", re.DOTALL)
_TO_WORD = ("--from=html", "--to=docx", "--shift-heading-level-by=-1")
_WORDS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PAGE_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
#: A4 with margins in twentieths of a point, and the two running lines.
_PAGE = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rIdHead"/>'
    '<w:footerReference w:type="default" r:id="rIdFoot"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1418" w:right="1134" w:bottom="1304" w:left="1134" '
    'w:header="680" w:footer="600" w:gutter="0"/></w:sectPr>'
)


def write_docx(
    document: Document, file: Path, *, scratch: Path, made: str, template: Path | None = None
) -> None:
    """Write the Word file; ``scratch`` already holds the figures as ``figure-N.png``.

    Raises
    ------
    ReportError
        The programme's template is no Word file.
    """
    one_page = template is None and document.kind == ONE_PAGE_KIND
    page, scale = WordPage(), 1.0
    if one_page:
        scale = scale_of(plain_markup(document, image_suffix=".png"))
        page = WordPage(tiles_abreast=TILES_ABREAST, picture_width=picture_width(scale))
    reference = scratch / "reference.docx"
    own = _template(template) if template else _reference(document, made, scale=scale)
    reference.write_bytes(own)
    run_pandoc(
        _front(document, one_page=one_page)
        + plain_markup(document, image_suffix=".png", word=page),
        [
            *_TO_WORD,
            f"--metadata=lang={spoken().code}",
            f"--reference-doc={reference}",
            f"--output={file.resolve()}",
            f"--metadata=title={document.title}",
            f"--metadata=subtitle={document.subtitle}",
        ],
        folder=scratch,
    )
    if one_page:
        file.write_bytes(in_columns(file.read_bytes()))


def _front(document: Document, *, one_page: bool) -> str:
    facts = [
        f"<strong>{html.escape(name)}:</strong> {html.escape(text)}"
        for name, text in document.facts
    ]
    rows = f"<p>{' · '.join(facts)}</p>" if one_page else "".join(f"<p>{one}</p>" for one in facts)
    banner = f"<p>{html.escape(phrase(SYNTHETIC))}</p>" if document.synthetic else ""
    marked = f'<div data-custom-style="Synthetic">{banner}</div>' if banner else ""
    return marked + rows


def _reference(document: Document, made: str, *, scale: float) -> bytes:
    """Pandoc's own reference file with our styles, page, running title and page number."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    given = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(given)) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name in _CHANGES:
                content = _CHANGES[name](content.decode()).encode()
            if scale < 1 and name == "word/styles.xml":
                content = _made_smaller(content.decode(), scale=scale).encode()
            new.writestr(name, content)
        new.writestr("word/header1.xml", _running("hdr", "Header", document.running_title, ""))
        new.writestr("word/footer1.xml", _running("ftr", "Footer", made, _PAGE_FIELD))
    return changed.getvalue()


def _template(file: Path) -> bytes:
    """Return a programme's own template with those of our styles that it lacks."""
    changed = io.BytesIO()
    try:
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
            for part in old.infolist():
                content = old.read(part)
                if part.filename == "word/styles.xml":
                    content = _with_missing_styles(content.decode()).encode()
                new.writestr(part, content)
            old.getinfo("word/styles.xml")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise ReportError(
            f"The Word template {file.name} is not a Word file (.docx).",
            hint="Open it in Word and save it again as .docx, or leave docx_template out.",
        ) from None
    return changed.getvalue()


def _with_missing_styles(xml: str) -> str:
    there = {one.group(1) for one in _STYLE.finditer(xml)}
    named = {one.lower() for one in _STYLE_NAME.findall(xml)}
    missing = [
        text
        for name, text in _own_styles().items()
        if name not in there and not {one.lower() for one in _STYLE_NAME.findall(text)} & named
    ]
    return xml.replace("</w:styles>", "".join(missing) + "</w:styles>")


def _running(element: str, style: str, left: str, right: str) -> str:
    tab = f"<w:r><w:tab/></w:r>{right}" if right else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:{element} {_WORDS}><w:p><w:pPr>'
        f'<w:pStyle w:val="{style}"/></w:pPr><w:r><w:t xml:space="preserve">{html.escape(left)}'
        f"</w:t></w:r>{tab}</w:p></w:{element}>"
    )


def _with_styles(xml: str) -> str:
    ours = _own_styles()
    kept = _STYLE.sub(lambda one: "" if one.group(1) in ours else one.group(0), xml)
    kept = kept.replace('w:lang w:val="en-US"', 'w:lang w:val="' + spoken().code + '"')
    return kept.replace("</w:styles>", "".join(ours.values()) + "</w:styles>")


def _made_smaller(xml: str, *, scale: float) -> str:
    """Return the styles with ours in smaller type."""
    for text in _own_styles().values():
        xml = xml.replace(text, smaller(text, scale=scale))
    return xml


def _own_styles() -> dict[str, str]:
    """Return our styles by id."""
    template = files("rjeval.report") / "templates" / "word_styles.xml"
    return {one.group(1): one.group(0) for one in _STYLE.finditer(template.read_text("utf-8"))}


def _with_page(xml: str) -> str:
    return _SECTION.sub(_PAGE, xml)


def _with_relations(xml: str) -> str:
    extra = (
        f'<Relationship Type="{_RELATION}/header" Id="rIdHead" Target="header1.xml"/>'
        f'<Relationship Type="{_RELATION}/footer" Id="rIdFoot" Target="footer1.xml"/>'
    )
    return xml.replace("</Relationships>", extra + "</Relationships>")


def _with_types(xml: str) -> str:
    extra = (
        f'<Override PartName="/word/header1.xml" ContentType="{_CONTENT}.header+xml"/>'
        f'<Override PartName="/word/footer1.xml" ContentType="{_CONTENT}.footer+xml"/>'
    )
    return xml.replace("</Types>", extra + "</Types>")


#: Parts of the reference file that are changed, and how.
_CHANGES = {
    "word/styles.xml": _with_styles,
    "word/document.xml": _with_page,
    "word/_rels/document.xml.rels": _with_relations,
    "[Content_Types].xml": _with_types,
}
