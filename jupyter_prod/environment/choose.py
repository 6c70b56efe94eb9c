"""Which environment a notebook runs in: as asked, else its kernel's, else the one beside it, else the current one."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from jupyter_prod.environment.inspect import facts, facts_of_folder
from jupyter_prod.environment.nouns import Environment
from jupyter_prod.errors import UsableError

BESIDE = (".venv", "venv", "env")


def choose_environment(
    notebook_path: Path, *, python: Path | None = None, kernel: str | None = None, kernel_name: str | None = None
) -> Environment:
    """The environment of a notebook; its `why` says in words how it was chosen.

    `python` is the path of an interpreter or of an environment's folder, or a name on PATH; `kernel` is the name of an
    installed kernel; `kernel_name` is what the notebook itself names. Raises UsableError for a wrong path or kernel.
    """
    if python is not None:
        return facts(_executable(python), "as asked with --python")
    if kernel is not None:
        found = _kernel_python(kernel)
        if found is None:
            there = ", ".join(sorted({name for name, _ in _kernels()})) or "none"
            raise UsableError(f"no kernel of that name; installed: {there}", kernel, "see `jupyter kernelspec list`")
        return facts(found, f"of the kernel {kernel}, as asked")
    if kernel_name is not None:
        found = _kernel_python(kernel_name, only_absolute=True)
        if found is not None:
            return facts(found, f"of the notebook's kernel {kernel_name}")
    return _beside(notebook_path) or facts(Path(sys.executable), "the current interpreter")


def _executable(python: Path) -> Path:
    if os.sep not in str(python) and not python.exists():
        named = shutil.which(str(python))
        if named is not None:
            return Path(named)
    python = python.expanduser().absolute()  # not resolved: an environment's python is a link
    if python.is_dir():
        for below in ("bin/python", "Scripts/python.exe"):
            if (python / below).exists():
                return python / below
    return python


def _beside(notebook: Path) -> Environment | None:
    """The virtual environment in the notebook's folder, or above it up to its repository's root."""
    folder = notebook.absolute().parent
    repository = next((up for up in (folder, *folder.parents) if (up / ".git").exists()), folder)
    for up in (folder, *folder.parents):
        for name in BESIDE:
            found = facts_of_folder(up / name, f"beside the notebook, {up / name}")
            if found is not None:
                return found
        if up == repository:
            return None
    return None


def _kernel_python(name: str, *, only_absolute: bool = False) -> Path | None:
    """The interpreter of an installed kernel. Raises UsableError where the kernel is not one of Python."""
    for found, folder in _kernels():
        if found.lower() != name.lower():
            continue
        try:
            spec = json.loads((folder / "kernel.json").read_text(encoding="utf-8"))
            program, language = str(spec["argv"][0]), str(spec.get("language", "python"))
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            continue
        if language.lower() != "python":
            if only_absolute:
                return None
            raise UsableError(f"its language is {language}, not Python", name, "choose another kernel")
        if os.path.isabs(program):
            if os.path.exists(program) and os.path.basename(program).startswith("python"):
                return Path(program)
            if not only_absolute:
                raise UsableError(f"its interpreter is not there: {program}", name, "install the kernel anew")
        elif not only_absolute:
            # A kernel that came with a package names no path: it means the environment whose folder it lies in.
            python = folder.parents[3] / "bin" / "python"
            return python if python.exists() else Path(sys.executable)
    return None


def _kernels() -> Iterator[tuple[str, Path]]:
    """Name and folder of each installed kernel, in the order in which Jupyter looks for them."""
    for folder in _kernel_folders():
        try:
            names = sorted(one.name for one in os.scandir(folder) if one.is_dir())
        except OSError:
            continue
        for name in names:
            if (folder / name / "kernel.json").exists():
                yield name, folder / name


def _kernel_folders() -> list[Path]:
    home = Path.home()
    data = os.environ.get("JUPYTER_DATA_DIR")
    if data:
        user = Path(data)
    elif sys.platform == "darwin":
        user = home / "Library" / "Jupyter"
    elif os.name == "nt":
        user = Path(os.environ.get("APPDATA", home)) / "jupyter"
    else:
        user = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "jupyter"
    named = [Path(one) for one in os.environ.get("JUPYTER_PATH", "").split(os.pathsep) if one]
    shared = [Path(sys.prefix) / "share" / "jupyter", Path("/usr/local/share/jupyter"), Path("/usr/share/jupyter")]
    return [*(one / "kernels" for one in (*named, user, *shared)), home / ".ipython" / "kernels"]
