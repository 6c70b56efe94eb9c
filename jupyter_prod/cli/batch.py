"""Converting one notebook or many, with progress on a terminal and one line for each that is done."""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import os
import signal
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from jupyter_prod.cli.ending import in_worker, prepare_worker
from jupyter_prod.cli.main import one_line
from jupyter_prod.cli.progress import bar
from jupyter_prod.errors import DONE, FOUND, INTERNAL, UNUSABLE, UsableError
from jupyter_prod.notebook import find_notebooks
from jupyter_prod.road import Conversion, Options, Say, convert, written_conversion


@dataclass(frozen=True)
class Outcome:
    """What became of one notebook: a conversion, or the `error` for which there is none.

    `failure` is what verification met: what stopped it, or the first thing that differs, also between two runs of the
    notebook itself.
    """

    notebook: Path
    project: Path
    conversion: dict[str, Any] | None
    verdict: dict[str, Any] | None
    error: str = ""
    failure: str = ""
    code: int = DONE
    kept: tuple[str, ...] = ()

    @property
    def unusable(self) -> bool:
        """Whether the notebook could not be converted at all."""
        return self.conversion is None

    def as_json(self) -> dict[str, Any]:
        """The outcome as plain values."""
        return {
            "notebook": str(self.notebook),
            "project": str(self.project),
            "error": self.error or None,
            "conversion": self.conversion,
            "verdict": self.verdict,
            "failure": self.failure or None,
            "kept": list(self.kept),
        }


def found_notebooks(named: Sequence[Path], out: Path | None) -> list[tuple[Path, Path]]:
    """Each notebook with the folder of its project: `out` itself for one notebook, `out`/NAME for several or folders.

    Notebooks of one name in several folders are numbered. Raises UsableError for a folder without notebooks.
    """
    notebooks = find_notebooks(list(named))
    if len(notebooks) == 1 and len(named) == 1 and not named[0].is_dir():
        return [(notebooks[0], out if out is not None else Path(notebooks[0].stem + "-project"))]
    base = out if out is not None else Path("projects")
    places: list[tuple[Path, Path]] = []
    taken: set[Path] = set()
    for path in notebooks:
        place, count = base / path.stem, 1
        while place in taken:
            count += 1
            place = base / f"{path.stem}-{count}"
        taken.add(place)
        places.append((path, place))
    return places


def convert_all(places: Sequence[tuple[Path, Path]], options: Options, jobs: int, quiet: bool) -> list[Outcome]:
    """Converts all, `jobs` at once, in processes of their own where there are several.

    An interrupt ends the conversions that are under way, each with what it has started and laid down.
    """
    if len(places) == 1:
        with bar(quiet) as say:
            outcome = one(places[0][0], places[0][1], options, say)
        tell(outcome, quiet)
        return [outcome]
    outcomes: list[Outcome] = []
    with concurrent.futures.ProcessPoolExecutor(jobs, initializer=prepare_worker) as pool:
        waiting = {pool.submit(_apart, path, place, options): (path, place) for path, place in places}
        try:
            with bar(quiet) as say:  # after the processes: its thread is no good company for a fork
                for done in concurrent.futures.as_completed(waiting):
                    outcomes.append(_result(done, *waiting[done]))
                    tell(outcomes[-1], quiet)
                    say(f"{len(outcomes)} of {len(places)} notebooks", len(outcomes) / len(places))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in multiprocessing.active_children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker.pid or 0, signal.SIGINT)
            raise
    order = {path: number for number, (path, _) in enumerate(places)}
    return sorted(outcomes, key=lambda o: order[o.notebook])


def _apart(path: Path, place: Path, options: Options) -> Outcome:
    return in_worker(lambda: one(path, place, options))


def _result(done: concurrent.futures.Future[Outcome], path: Path, place: Path) -> Outcome:
    try:
        return done.result()
    except BrokenProcessPool:
        why = "internal error: a process that converted ended without a word; most often the machine ran out of memory"
        return Outcome(path, place, None, None, why, code=INTERNAL)


def one(path: Path, place: Path, options: Options, say: Say = lambda step, done: None) -> Outcome:
    """Converts one notebook; what goes wrong comes back as an outcome."""
    try:
        done = convert(path, place, options, say)
    except UsableError as error:
        return Outcome(path, place, None, None, str(error), code=UNUSABLE)
    except Exception as error:
        if os.environ.get("JUPYTER_PROD_DEBUG"):
            raise
        why = f"internal error: {path}: {type(error).__name__}: {error}; please report it"
        return Outcome(path, place, None, None, why, code=INTERNAL)
    return Outcome(
        path,
        place,
        written_conversion(place),
        done.verdict.as_json(),
        failure=_failure(done),
        code=FOUND if done.verdict.status == "differs" else DONE,
        kept=tuple(map(str, done.kept)),
    )


def _failure(done: Conversion) -> str:
    failure = done.verdict.failure
    if failure is None:
        return ""
    where = f"cell {failure.place.cell}, line {failure.place.line}: " if failure.place.cell else ""
    return f"{where}{failure.what}: {failure.why}"


def tell(outcome: Outcome, quiet: bool) -> None:
    """Says what became of a notebook."""
    if quiet:
        return
    if outcome.conversion is None:
        click.echo(f"jupyter-prod: {one_line(outcome.error)}", err=True)
        return
    from jupyter_prod.cli.show import verdict_table

    verdict_table(outcome)
