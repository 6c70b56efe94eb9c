"""The folder that a run works in, as the notebook did in its own, and what it leaves there."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

WRITE_FOLDERS: tuple[str, ...] = ({% for folder in cookiecutter._project.write_folders %}{{ folder }}, {% endfor %})
"""Folders, seen from the notebook's, that it writes into."""


@contextlib.contextmanager
def working_folder(outputs: Path, reads: Iterable[str] = ()) -> Iterator[Path]:
    """A new folder to work in; what is written there, or above it, becomes what is in `outputs`.

    `reads` are relative paths that are looked for from there: the folder lies deep enough for them.
    A file keeps its own name whatever the folder it was written into; of two with one name the
    later wins.
    """
    outputs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".run-", dir=outputs.parent) as top:
        depth = max((PurePosixPath(path).parts.count("..") for path in (*WRITE_FOLDERS, *reads)), default=0)
        folder = Path(top, *["notebook"] * depth)
        for path in (folder, *(folder / name for name in WRITE_FOLDERS)):
            path.mkdir(parents=True, exist_ok=True)
        yield folder
        shutil.rmtree(outputs, ignore_errors=True)
        outputs.mkdir()
        written = [path for path in Path(top).rglob("*") if path.is_file()]
        for path in sorted(written, key=lambda path: path.stat().st_mtime):
            path.replace(outputs / path.name)
