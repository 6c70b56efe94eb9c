"""Runs a notebook's cells in its own environment, in a scratch copy of its folder, within limits."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_prod.environment import Environment
from jupyter_prod.plan.nouns import Obstacle, Place
from jupyter_prod.verify.child import environ_for, inside, run_child
from jupyter_prod.verify.nouns import NotebookRun, Probed
from jupyter_prod.verify.scratch import Scratch, scratch_copy

MEMORY = 16 << 30
"""Bytes of address space that a notebook may take."""

UNBOUNDED = re.compile(
    r"^\s*(?:import|from)\s+(?:tensorflow|keras|torch|jax|fastai|transformers|pyspark|h2o)\b", re.MULTILINE
)
"""Libraries that reserve far more address space than they use."""


def run_notebook(
    cells: Sequence[tuple[int, str]],
    *,
    environment: Environment,
    folder: Path,
    seconds: int,
    seed: int | None = None,
    keep: Path | None = None,
    memory: int = MEMORY,
    instead: Mapping[str, Path] | None = None,
) -> NotebookRun:
    """Runs code cells, given with their numbers, as a notebook in `folder` would run them.

    Nothing is written into `folder`. Cells may call `__prod_record__(name, value)`, which returns the value, and
    `__prod_probe__(model, rows, answer=None)`. The run ends at the first error or after `seconds`, and says where.
    `seed` is planted before the first cell; copies of the files that the notebook wrote go to `keep`. `instead` lays
    other files where the notebook looks for its own, by path from the folder.
    """
    start = time.monotonic()
    sources = dict(cells)
    with scratch_copy(folder) as scratch:
        outbox = scratch.top.parent.parent / "outbox"
        outbox.mkdir()
        for path, other in (instead or {}).items():
            scratch.exchange(path, other)
        request, events = outbox / "request.json", outbox / "events.jsonl"
        bounded = not any(UNBOUNDED.search(source) for source in sources.values())
        asked = {
            "cells": list(cells),
            "seed": seed,
            "memory": _memory(memory) if bounded else None,
            "events": str(events),
            "outbox": str(outbox),
            "scratch": str(scratch.top),
            "kept": [str(one) for one in scratch.kept],
        }
        request.write_text(json.dumps(asked), encoding="utf-8")
        environ = environ_for(environment.python) | {"IPYTHONDIR": str(outbox / "ipython")}
        command = inside(environment.python, "notebook", request)
        ended = run_child(command, cwd=scratch.folder, environ=environ, seconds=seconds)
        said = list(_events(events))
        failure = _failure(said)
        if failure is None and not any("done" in event for event in said):
            failure = _cut_short(said, sources, ended.code, ended.last_line, seconds)
        return NotebookRun(
            values={event["record"]: event["value"] for event in said if "record" in event},
            probes=tuple(_probed(event) for event in said if "probe" in event or "unprobed" in event),
            outputs={event["ran"]: _placed(event["text"], scratch) for event in said if "ran" in event},
            files=scratch.written(keep),
            failure=failure,
            unseeded=any(event.get("unseeded", False) for event in said),
            seconds=round(time.monotonic() - start, 2),
        )


def _memory(wanted: int) -> int:
    """The limit, less than the machine's memory so that the machine stays usable, but enough to import libraries."""
    try:
        here = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return wanted
    return min(wanted, max(here * 9 // 10, 4 << 30))


def _events(path: Path) -> Iterable[dict[str, Any]]:
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:  # the line that was being written at the end
                return


def _failure(said: Sequence[dict[str, Any]]) -> Obstacle | None:
    for event in said:
        if "error" in event:
            what = event["error"]
            return Obstacle(Place(event["cell"], event["line"]), "the notebook stops here", what, _lift(what))
    return None


def _lift(what: str) -> str:
    if what.startswith(("ModuleNotFoundError", "ImportError")):
        return "install what is missing into the notebook's environment, or name another one with --python"
    if what.startswith("FileNotFoundError"):
        return "put the file where the notebook reads it"
    if what.startswith("MemoryError"):
        return "let the notebook read less"
    return "mend the cell, so that the notebook runs from top to bottom"


def _cut_short(
    said: Sequence[dict[str, Any]], sources: dict[int, str], code: int | None, last: str, seconds: int
) -> Obstacle:
    """Where and why a run ended that did not end by itself."""
    ran = {event["ran"] for event in said if "ran" in event}
    at = next((event["cell"] for event in reversed(said) if "cell" in event and event["cell"] not in ran), 0)
    place = Place(at, 1) if at in sources else Place(0, 0)
    if code is None:
        return Obstacle(place, f"still running after {seconds} s", "the time limit was reached", "raise --timeout")
    if code == -signal.SIGKILL:
        return Obstacle(place, "the process was killed", "most often the machine ran out of memory", "let it read less")
    how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    return Obstacle(place, f"the process ended {how}", last or "it said nothing", "mend the cell")


def _placed(text: str, scratch: Scratch) -> str:
    """The text with the user's own folder for the scratch copy's."""
    return text.replace(str(scratch.top), str(scratch.original))


def _probed(event: dict[str, Any]) -> Probed:
    if "probe" not in event:
        return Probed(failure=event["unprobed"])
    said = json.loads(Path(event["probe"]).read_text(encoding="utf-8"))
    return Probed(
        kind=said.get("kind", ""),
        total=said.get("total", 0),
        predictions=tuple(said.get("predictions", ())),
        classes=_tuple(said.get("classes")),
        probabilities=None if "probabilities" not in said else tuple(map(tuple, said["probabilities"])),
        rows=tuple(map(tuple, said.get("rows", ()))),
        columns=_tuple(said.get("columns")),
        index=_tuple(said.get("index")),
        unique=said.get("unique", False),
        model=said.get("class", ""),
        failure=said.get("failure", said.get("failure_of_rows", "")),
    )


def _tuple(found: list[Any] | None) -> tuple[Any, ...] | None:
    return None if found is None else tuple(found)
