"""Runs a generated project's commands in the notebook's environment, and its service."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_prod.environment import Environment
from jupyter_prod.errors import UsableError
from jupyter_prod.plan.nouns import Obstacle, Place
from jupyter_prod.verify.child import Child, Ended, child, environ_for, inside, run_child
from jupyter_prod.verify.overlay import NEEDED, Unfitting, overlay

READY = 90
"""Seconds in which a service must be ready."""

STOP = 20
"""Seconds in which it must end after SIGTERM."""

FRAME = re.compile(r'File "[^"]*?/src/[^/"]+/(?P<file>[\w/]+)\.py", line (?P<line>\d+), in (?P<function>\w+)')


@dataclass(frozen=True)
class Project:
    """A generated project as verification runs it; `artifacts` is a folder of its own, apart from the project.

    `stages` and `inputs` are conversion.json's, `rows` is the input whose rows the service answers.
    """

    folder: Path
    package: str
    level: str
    environment: Environment
    artifacts: Path
    environ: Mapping[str, str]
    stages: tuple[Mapping[str, Any], ...] = ()
    inputs: tuple[Mapping[str, Any], ...] = ()
    rows: str = ""


@dataclass(frozen=True)
class ProjectRun:
    """What a command of the project left: its metrics, and the files by name; `failure` where it did not end well."""

    metrics: Mapping[str, Any]
    outputs: Mapping[str, Path]
    failure: Obstacle | None
    seconds: float


@contextlib.contextmanager
def open_project(folder: Path, environment: Environment) -> Iterator[Project]:
    """The project, ready to run; what its runs leave is removed at the end of the block.

    Raises Unfitting where the environment lacks what the project needs and it can't be had, UsableError where the
    folder holds no project.
    """
    try:
        conversion = json.loads((folder / "conversion.json").read_text(encoding="utf-8"))
        level = str(conversion["level"])
        needed = NEEDED[level]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UsableError(f"no project: {type(error).__name__}: {error}", str(folder / "conversion.json")) from None
    package = next(iter(sorted(p.parent.name for p in folder.glob("src/*/__main__.py"))), None)
    if package is None:
        raise UsableError("no project: no package that can be run", str(folder / "src"))
    if tuple(map(int, environment.minor.split("."))) < (3, 10):
        what, why = "the project does not run in the notebook's environment", "projects need Python 3.10 or later"
        raise Unfitting(Obstacle(Place(0, 0), what, why, "name a newer environment with --python"))
    added = overlay(environment, needed)
    with tempfile.TemporaryDirectory(prefix="jupyter-prod-", ignore_cleanup_errors=True) as name:
        artifacts = Path(name).resolve() / "artifacts"
        artifacts.mkdir()
        environ = environ_for(environment.python)
        path = [str(folder.resolve() / "src")]
        if added is not None:
            path.insert(0, str(added / "start"))
            environ["JUPYTER_PROD_OVERLAY"] = str(added / "packages")
        environ["PYTHONPATH"] = ":".join(path)
        environ[f"{package.upper()}_ARTIFACTS"] = str(artifacts)
        stages, inputs = tuple(conversion.get("stages", ())), tuple(conversion.get("inputs", ()))
        rows = _rows(folder / "src" / package / "pipeline.py")
        yield Project(folder.resolve(), package, level, environment, artifacts, environ, stages, inputs, rows)


def _rows(pipeline: Path) -> str:
    """The input that the pipeline names as its rows, read without importing it."""
    try:
        found = re.search(r"""^ROWS(?:: str)? = ["'](\w*)["']""", pipeline.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return ""
    return found[1] if found else ""


class Started:
    """A command of the project under way."""

    def __init__(self, project: Project, command: str, running: Child) -> None:
        self.project = project
        self.command = command
        self.running = running

    def finish(self, seconds: int) -> ProjectRun:
        """Waits for its end, at most so many seconds from its start, and reads what it left."""
        project, ended = self.project, self.running.wait(seconds)
        metrics: Mapping[str, Any] = {}
        failure = None
        if ended.code != 0:
            failure = _failure(project, self.command, ended, seconds)
        elif (project.artifacts / "metrics.json").exists():
            metrics = json.loads((project.artifacts / "metrics.json").read_text(encoding="utf-8")).get("metrics", {})
        outputs = {path.name: path for path in (project.artifacts / "outputs").glob("*") if path.is_file()}
        return ProjectRun(metrics, outputs, failure, round(ended.seconds, 2))


@contextlib.contextmanager
def start_project(project: Project, arguments: Sequence[str]) -> Iterator[Started]:
    """Starts `python -m <package> …`; it ends with the block at the latest."""
    command = [str(project.environment.python), "-m", project.package, *arguments]
    with child(command, cwd=project.artifacts.parent, environ=project.environ) as running:
        yield Started(project, arguments[0], running)


def run_project(project: Project, arguments: Sequence[str], *, seconds: int) -> ProjectRun:
    """Runs `python -m <package> …`; a run that fails is told with the notebook's cell where that is known."""
    with start_project(project, arguments) as started:
        return started.finish(seconds)


def run_beside(project: Project, module: str, request: Path, *, seconds: int) -> Ended:
    """Runs one of our modules in the project's place: same environment, same path."""
    command = inside(project.environment.python, module, request)
    return run_child(command, cwd=project.artifacts.parent, environ=project.environ, seconds=seconds)


def _failure(project: Project, command: str, ended: Ended, seconds: int) -> Obstacle:
    what = f"the project's `{command}` failed"
    if ended.code is None:
        return Obstacle(Place(0, 0), what, f"still running after {seconds} s", "raise --timeout")
    why = ended.last_line or f"exit code {ended.code}"
    if ended.code < 0:
        why = f"ended by signal {signal.Signals(-ended.code).name}" + (
            f": {ended.last_line}" if ended.last_line else ""
        )
    for frame in reversed(list(FRAME.finditer(ended.tail))):
        cell = _cell(project, frame["file"], int(frame["line"]), frame["function"])
        if cell:
            return Obstacle(Place(cell, 1), what, why)
    return Obstacle(Place(0, 0), what, why)


def _cell(project: Project, file: str, line: int, function: str) -> int:
    """The notebook's cell behind a line of the project: named by the comment above it, else by its function's stage."""
    with contextlib.suppress(OSError):
        lines = (project.folder / "src" / project.package / f"{file}.py").read_text(encoding="utf-8").splitlines()
        for text in reversed(lines[:line]):
            if match := re.search(r"#.*\bcell (\d+)", text):
                return int(match[1])
            if re.match(r"(?:async )?def ", text):
                break
    wanted = f"{project.package}.{file.replace('/', '.')}:{function}"
    for stage in project.stages:
        if stage.get("function") == wanted and stage.get("cells"):
            return int(stage["cells"][0])
    return 0


class NotReady(Exception):
    """The service did not come up, or did not go down; the text says why."""


class Service:
    """The project's service on a free port of this machine, as long as the `with` block lasts."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.port = 0
        self.stopped_cleanly = False
        self._stack = contextlib.ExitStack()
        self._running: Child | None = None

    def __enter__(self) -> Service:
        with contextlib.closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [str(self.project.environment.python), "-m", self.project.package, "serve"]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        self._running = self._stack.enter_context(
            child(command, cwd=self.project.artifacts.parent, environ=self.project.environ)
        )
        return self

    def wait(self) -> None:
        """Waits until it is ready. Raises NotReady where it is not within 90 s of its start."""
        assert self._running is not None
        deadline = self._running.start + READY
        while True:
            code = self._running.process.poll()
            if code is not None:
                raise NotReady(f"the service ended with {code}: {self._running.last_line()}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self._ask("/health/ready", None, 10)[0] == 200:
                    return
            if time.monotonic() > deadline:
                raise NotReady(f"the service was not ready within {READY} s: {self._running.last_line()}")
            time.sleep(0.1)

    def predict(self, rows: Sequence[Mapping[str, Any]], seconds: float = 120) -> tuple[int, Any]:
        """Status and body for raw rows; a body that is no JSON comes back as text, no answer at all as status 0."""
        try:
            return self._ask("/v1/predict", {"rows": list(rows)}, seconds)
        except (OSError, http.client.HTTPException) as error:
            return 0, f"{type(error).__name__}: {error}"

    def _ask(self, path: str, body: Any, seconds: float) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"}
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=seconds) as answer:
                status, text = answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode("utf-8", "replace")
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text[:300]

    def __exit__(self, *raised: object) -> None:
        if self._running is not None:
            with contextlib.suppress(ProcessLookupError):
                self._running.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._running.process.wait(STOP)
                self.stopped_cleanly = True
        self._stack.close()
