"""Markup from one form to another, by the pandoc program that the wheel carries."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from rjeval.errors import ReportError

#: Stands between two pieces of prose while all are converted in one call.
_BETWEEN = "rjevalbetweenblocks"
#: Prose as people write it, without raw HTML, which could fetch things from elsewhere.
PROSE = (
    "markdown-raw_html-raw_tex-raw_attribute-implicit_figures-fenced_divs-native_divs"
    "-yaml_metadata_block+autolink_bare_uris"
)


def run_pandoc(text: str, arguments: Sequence[str], *, folder: Path | None = None) -> str:
    """Run pandoc on text and return what it wrote to standard output.

    Raises
    ------
    ReportError
        Pandoc is missing or refused the text.
    """
    import pypandoc

    try:
        command = [pypandoc.get_pandoc_path(), *arguments]
        done = subprocess.run(  # noqa: S603 - the program of the wheel, arguments of our own
            command, input=text.encode(), capture_output=True, check=True, cwd=folder
        )
    except OSError:
        raise ReportError(
            "Pandoc could not be started.", hint="Install rjeval with its dependencies again."
        ) from None
    except subprocess.CalledProcessError:
        raise ReportError(f"Pandoc refused the document ({' '.join(arguments[:4])}).") from None
    return done.stdout.decode()


def prose_to_html(pieces: Sequence[str]) -> list[str]:
    """Convert pieces of Markdown to HTML, one by one, in a single call.

    A first-level heading becomes ``h2``: the document's title is the only ``h1``.

    Examples
    --------
    >>> prose_to_html(["Some *words*.", "More."])
    ['<p>Some <em>words</em>.</p>', '<p>More.</p>']
    """
    if not pieces:
        return []
    joined = f"\n\n{_BETWEEN}\n\n".join(pieces)
    page = run_pandoc(
        joined, ["--from", PROSE, "--to", "html5", "--wrap=none", "--shift-heading-level-by=1"]
    )
    parts = [part.strip() for part in page.split(f"<p>{_BETWEEN}</p>")]
    if len(parts) != len(pieces):
        raise ReportError(f"A text cell holds the word {_BETWEEN}, which rjeval keeps for itself.")
    return parts
