"""A progress bar for a conversion's steps."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any


class Bar:
    """Shows the present step and the share that is done, on standard error; it vanishes at the end."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)

    def __enter__(self) -> Bar:
        self._progress.start()
        self._task = self._progress.add_task("starting", total=1.0)
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, step: str, done: float) -> None:
        self._progress.update(self._task, description=step, completed=done)


def bar(quiet: bool) -> AbstractContextManager[Any]:
    """A progress bar where standard error is a terminal; elsewhere, something that takes the steps and is silent."""
    if quiet or not sys.stderr.isatty():
        return nullcontext(lambda step, done: None)
    return Bar()
