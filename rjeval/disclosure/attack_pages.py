"""Text of the pages of a PDF, without parsing the lines and curves of its figures."""

from __future__ import annotations

import re
from typing import Any

#: A literal string; brackets inside it may be nested once.
_STRING = rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)"
_PATH = rb"(?:[-+]?[\d.]+\s+){2,6}(?:m|l|c|v|y|re)(?=\s)"
_STRINGS = re.compile(_STRING, re.DOTALL)
_STRINGS_AND_PATHS = re.compile(_STRING + b"|" + _PATH, re.DOTALL)
#: What is left of a stream that the patterns above may not have understood.
_DOUBTFUL = re.compile(rb"[()]|\bID\b")
#: A filled shape whose corners are gone: it sets its state aside, and takes it back.
_EMPTY_SHAPE = re.compile(rb"\bq (?:[-\d.]+ ){6}cm/\w+ cs (?:[-\d.]+ )+scn\s+(?:h\s+)*f\s+Q\b")


def page_text(page: Any) -> str:
    """Return the text of a page as ``pypdf`` extracts it.

    Most of a page with a figure are the corners of its lines, which hold no text and take nearly
    all of the time; they are taken out of the page in memory before it is parsed.
    """
    from pypdf.generic import ContentStream, NameObject

    content = page.get_contents()
    if content is not None:
        stream = ContentStream(None, page.pdf, "bytes")
        stream.set_data(without_paths(content.get_data()))
        page[NameObject("/Contents")] = stream
    return str(page.extract_text())


def without_paths(content: bytes) -> bytes:
    """Return a content stream without the operators that build paths.

    Strings stay as they are. A stream with brackets or inline images that could be misread is
    returned whole.

    Examples
    --------
    >>> without_paths(b"q 1 2 m 3 4 l S BT (5 6 m ) Tj ET Q")
    b'q   S BT (5 6 m ) Tj ET Q'
    """
    if _DOUBTFUL.search(_STRINGS.sub(b"", content)):
        return content
    return _EMPTY_SHAPE.sub(b"", _STRINGS_AND_PATHS.sub(_strings_only, content))


def _strings_only(found: re.Match[bytes]) -> bytes:
    text = found.group()
    return text if text.startswith(b"(") else b""
