"""Running the notebook as it stands: in a folder of its own, with inputs and parameters from outside."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbclient
import nbformat

from .edits import with_assignment, with_text, without_installs
from .errors import Unusable
from .files import sha256
from .settings import INPUTS, ROOT, Settings
from .workspace import working_folder

NOTEBOOK = ROOT / "notebook" / {{ cookiecutter._project.notebook_literal }}

DATA = ROOT / "data" / "notebook"
"""Files that the notebook names without reading them in a way that makes them an input."""

READ_AS: Mapping[str, str] = {
{%- for it in cookiecutter._project.inputs %}
    "{{ it.name }}": {{ it.read_as }},
{%- endfor %}
}
"""Where the notebook looks for each input, as its text has it."""

CELLS: Mapping[str, int] = {
{%- for it in cookiecutter._project.parameters %}
    "{{ it.name }}": {{ it.cell }},
{%- endfor %}
}
"""The cell that assigns each parameter, counted from 1."""


def run_notebook(settings: Settings, artifacts: Path) -> None:
    """Runs a working copy of the notebook into artifacts/run.ipynb; its files end up in artifacts/outputs.

    The inputs lie where the notebook looks for them, as copies: it can't overwrite them. Raises Unusable where one is
    not there, and nbclient's CellExecutionError where a cell fails; run.ipynb then shows it.
    """
    placed = {name: path for name, path in READ_AS.items() if _is_placed(path, getattr(settings, name))}
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    _adapt(notebook, settings, placed)
    with working_folder(artifacts / "outputs", placed.values()) as folder, _own_jupyter():
        copies = _place(settings, placed, folder)
        client = nbclient.NotebookClient(
            notebook,
            timeout=None,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            store_widget_state=False,
        )
        try:
            client.execute()
        finally:
            nbformat.write(notebook, artifacts / "run.ipynb")
            for path, digest in copies.items():
                if path.is_file() and sha256(path) == digest:
                    path.unlink()  # what was only read is no output


def lineage(settings: Settings) -> dict[str, dict[str, str | None]]:
    """The hash of each input's file."""
    paths = {name: Path(getattr(settings, name)) for name in INPUTS}
    return {name: {"sha256": sha256(path) if path.exists() else None} for name, path in paths.items()}


def _is_placed(read_as: str, value: str) -> bool:
    """Whether an input can be laid where the notebook looks for it; else the notebook's text names its address."""
    return "://" not in value and not re.match(r"[A-Za-z]:|[/~]|\w+://", read_as) and "\\" not in read_as


def _adapt(notebook: Any, settings: Settings, placed: Mapping[str, str]) -> None:
    """Clears outputs and puts parameters, and addresses of inputs, into the working copy."""
    standard = Settings()
    changed = [name for name in CELLS if getattr(settings, name) != getattr(standard, name)]
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        source = without_installs(cell.source)
        for name in changed:
            if CELLS[name] == number:
                source = with_assignment(source, name, getattr(settings, name))
        for name in READ_AS.keys() - placed.keys():
            source = with_text(source, READ_AS[name], getattr(settings, name))
        cell.source = source


def _place(settings: Settings, placed: Mapping[str, str], folder: Path) -> dict[Path, str]:
    """Copies the inputs, and what lies beside the notebook, into the working folder; each copy's hash."""
    sources = {folder / path: Path(getattr(settings, name)) for name, path in placed.items()}
    for beside in (NOTEBOOK.parent, DATA):
        files = [path for path in beside.rglob("*") if path.is_file() and path != NOTEBOOK]
        found = {folder / path.relative_to(beside): path for path in files}
        sources = found | sources
    copies: dict[Path, str] = {}
    for target, source in sources.items():
        if not source.exists():
            raise Unusable(f"{source} is not there; --set NAME=PATH names another")
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
            copies |= {path: sha256(path) for path in target.rglob("*") if path.is_file()}
        else:
            shutil.copyfile(source, target)
            copies[target] = sha256(target)
    return copies


@contextlib.contextmanager
def _own_jupyter() -> Iterator[None]:
    """Lets the kernel be this environment's, whatever kernels and profiles the user has."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"JUPYTER_DATA_DIR": folder, "IPYTHONDIR": folder, "JUPYTER_PREFER_ENV_PATH": "1"}
        before = {name: os.environ.get(name) for name in own}
        os.environ.update(own)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name)
                else:
                    os.environ[name] = value
