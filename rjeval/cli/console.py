"""What the command says to the person at the keyboard, and a bar where one is watching."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """Write one line to standard output."""
    sys.stdout.write(text + "\n")


class Bar:
    """Cells done over all notebooks; silent unless standard error is a terminal."""

    def __init__(self, update: object | None = None) -> None:
        self._update = update
        self._done: dict[str, tuple[int, int]] = {}

    def stage(self, name: str) -> None:
        """Name the stage that begins."""
        if callable(self._update):
            self._update(name, *self._sums())

    def cells(self, notebook: str, done: int, total: int) -> None:
        """Count one more executed cell."""
        self._done[notebook] = (done, total)
        if callable(self._update):
            self._update("execute", *self._sums())

    def _sums(self) -> tuple[int, int]:
        return sum(d for d, _ in self._done.values()), sum(t for _, t in self._done.values())


@contextmanager
def progress_bar() -> Iterator[Bar]:
    """Show a progress bar on a terminal; do nothing elsewhere."""
    if not sys.stderr.isatty():
        yield Bar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("start", total=None)

        def update(name: str, done: int, total: int) -> None:
            shown.update(task, description=name, completed=done, total=total or None)

        yield Bar(update)
