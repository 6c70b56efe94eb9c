"""Runs the cells of a notebook in order and says, cell by cell, what came of them."""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import gc
import io
import json
import os
import signal
import sys
import time
from typing import Any

from . import guard, randomness
from .probe import probe
from .shell import CellText, interactive
from .values import Record


class Said:
    """The events file: one JSON object a line, written through so that a crash loses none."""

    def __init__(self, path: str) -> None:
        self.file = open(path, "a", encoding="utf-8")  # noqa: SIM115 (open as long as the process)

    def __call__(self, **event: Any) -> None:
        self.file.write(json.dumps(event) + "\n")
        self.file.flush()


def bound(memory: int | None) -> None:
    """Limits this process's memory in bytes, and lets it die with its parent where the system can."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if memory:
        try:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        except (ImportError, ValueError, OSError):
            pass


def main(path: str) -> None:
    """Runs what the request file at `path` asks for; see `notebook_run.py` for its fields."""
    with open(path, encoding="utf-8") as file:
        asked = json.load(file)
    bound(asked["memory"])
    said = Said(asked["events"])
    if asked["seed"] is not None:
        randomness.plant(asked["seed"])
    out = CellText()
    sys.stdout = out
    shell = interactive(out)
    record, probes = Record(), [0]

    def recorded(name: str, value: Any) -> Any:
        try:
            for key, plain in record.add(str(name), value):
                said(record=key, value=plain)
        except Exception as error:
            said(unrecorded=str(name), why=f"{type(error).__name__}: {error}"[:300])
        return value

    def probed(model: Any, rows: Any, answer: Any = None) -> None:
        try:
            text = json.dumps(probe(model, rows, answer))
            name = os.path.join(asked["outbox"], f"probe-{probes[0]}.json")
            with open(name, "w", encoding="utf-8") as file:
                file.write(text)
            said(probe=name)
            probes[0] += 1
        except Exception as error:
            said(unprobed=f"{type(error).__name__}: {error}"[:300])

    # In the builtins, so that a cell that clears its names keeps them.
    builtins.__prod_record__ = recorded  # type: ignore[attr-defined]
    builtins.__prod_probe__ = probed  # type: ignore[attr-defined]
    guard.install(asked["scratch"], asked["kept"])
    for number, source in asked["cells"]:
        said(cell=number)
        start = time.perf_counter()
        problem = shell.run(source)
        sys.stdout = out
        said(ran=number, text=out.take(), seconds=round(time.perf_counter() - start, 3))
        if problem is not None:
            said(error=problem.what, cell=number, line=problem.line)
            break
    said(done=True, unseeded=asked["seed"] is not None and randomness.unseeded())
    # Not `sys.exit`: a notebook's threads and exit handlers are of no interest any more. What it wrote is.
    for found in gc.get_objects():
        if type(found) in (io.TextIOWrapper, io.BufferedWriter) and not found.closed:
            with contextlib.suppress(OSError, ValueError):
                found.flush()
    os._exit(0)
