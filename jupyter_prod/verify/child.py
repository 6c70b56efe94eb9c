"""Child processes that can't outlive what started them: own group, time limit, the end of what they said."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

INSIDE = Path(__file__).parent / "inside"

STARTER = """
import importlib.util, sys
name, folder = "_jupyter_prod_inside", sys.argv[1]
spec = importlib.util.spec_from_file_location(name, folder + "/__init__.py", submodule_search_locations=[folder])
module = sys.modules[name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
main = importlib.import_module(name + "." + sys.argv[2]).main
sys.argv[:] = [""]
main(REQUEST)
"""

TAIL = 64_000
"""Characters that are kept of what a child says on its standard streams."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit code (None where its time was up), and the end of what it said."""

    code: int | None
    tail: str
    last_line: str
    seconds: float


class Child:
    """A running process, leader of its own group; `tail()` is the end of its standard output and error."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.start = time.monotonic()
        self._said = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            while block := os.read(self.process.stdout.fileno(), 1 << 16):
                self._said += block
                del self._said[:-TAIL]

    def tail(self) -> str:
        """What it said last; complete once the process has ended."""
        if self.process.poll() is not None:
            self._reader.join(1)
        return self._said.decode("utf-8", "replace")

    def wait(self, seconds: float) -> Ended:
        """Waits for its end, at most so many seconds from its start, and says how it ended."""
        try:
            code: int | None = self.process.wait(max(0.0, self.start + seconds - time.monotonic()))
        except subprocess.TimeoutExpired:
            code = None
        return Ended(code, self.tail(), self.last_line(), time.monotonic() - self.start)

    def last_line(self) -> str:
        """The last line that says something, cut to 300 characters."""
        lines = [line.strip() for line in self.tail().splitlines() if line.strip()]
        return lines[-1][:300] if lines else ""


@contextlib.contextmanager
def child(argv: Sequence[str | Path], *, cwd: Path, environ: Mapping[str, str]) -> Iterator[Child]:
    """A child process as long as the block lasts; however the block ends, the whole group ends with it."""
    process = subprocess.Popen(
        [str(one) for one in argv],
        cwd=cwd,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield Child(process)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run_child(argv: Sequence[str | Path], *, cwd: Path, environ: Mapping[str, str], seconds: float) -> Ended:
    """Runs a command to its end, for at most so many seconds."""
    with child(argv, cwd=cwd, environ=environ) as running:
        return running.wait(seconds)


def inside(python: Path, module: str, request: Path) -> list[str]:
    """The command that runs a module of `inside/` with the environment's Python; no import can meet our modules."""
    return [str(python), "-c", STARTER.replace("REQUEST", repr(str(request))), str(INSIDE), module]


def environ_for(python: Path) -> dict[str, str]:
    """The environment variables of a run: one thread, no display, no bytecode left behind; the home folder stays."""
    dropped = ("PYTHON", "VIRTUAL_ENV", "UV_PROJECT", "MPLBACKEND", "JPY_", "COLUMNS", "LINES", "CONDA_PREFIX")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environ["PATH"] = os.pathsep.join([str(python.parent), environ.get("PATH", os.defpath)])
    return environ | {
        "MPLBACKEND": "Agg",
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
        "BROWSER": "true",
    }
