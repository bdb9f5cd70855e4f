"""Reads the finished site: every link leads somewhere, and no page fetches anything from outside.

``python docs/check_site.py build/docs`` prints what is wrong, and fails if anything is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Attributes by which a page fetches something without being asked.
FETCHED = {"src", "srcset", "poster", "data", "action", "xlink:href"}
CSS = re.compile(r"@import|url\(\s*['\"]?\s*(?:https?:)?//", re.IGNORECASE)


class Page(HTMLParser):
    """Anchors of a page, links that a reader may follow, and addresses that are fetched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of one tag."""
        for name, value in attrs:
            text = value or ""
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(text)
            elif name in FETCHED or (tag == "link" and name == "href"):
                self.fetched.append(text)
            elif name == "href":
                self.links.append(text)


def problems(site: Path) -> Iterator[str]:
    """Yield one sentence for each thing that is wrong."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    if not pages:
        yield "The site has no page."
    for path, page in pages.items():
        for address in [*page.links, *page.fetched]:
            yield from _leads_nowhere(address, path, pages)
        for address in page.fetched:
            if urlsplit(address).netloc:
                yield f"{path.name} fetches from outside: {urlsplit(address).netloc}"
    for sheet in sorted(site.rglob("*.css")):
        if CSS.search(sheet.read_text(encoding="utf-8")):
            yield f"{sheet.name} fetches from outside."


def _leads_nowhere(address: str, path: Path, pages: dict[Path, Page]) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme not in ("", "https"):
        if parts.scheme not in ("data", "mailto"):
            yield f"{path.name} links by {parts.scheme}, not https: {address}"
        return
    if parts.netloc:
        return
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file():
        yield f"{path.name} links to a file that is not there: {address}"
    elif (
        parts.fragment and target in pages and unquote(parts.fragment) not in _known(pages, target)
    ):
        yield f"{path.name} links to a place that is not there: {address}"


def _known(pages: dict[Path, Page], target: Path) -> set[str]:
    return pages[target].anchors


def main(site: Path) -> int:
    """Print what is wrong; return 1 if anything is."""
    found = list(dict.fromkeys(problems(site.resolve())))
    sys.stdout.write("".join(f"{one}\n" for one in found))
    n_pages = len(list(site.rglob("*.html")))
    sys.stdout.write(f"{site}: {n_pages} pages, {len(found)} problems.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
