"""The folder that the pipeline runs in, as the notebook ran in its own, and what it leaves there."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

WRITE_FOLDERS: tuple[str, ...] = ({% for folder in cookiecutter._project.write_folders %}{{ folder }}, {% endfor %})
"""Folders, seen from the notebook's, that it writes into."""


@contextlib.contextmanager
def working_folder(outputs: Path) -> Iterator[None]:
    """Runs its body in a new working folder; the files left there become the content of `outputs`.

    A file keeps its own name, whatever the folder it was written into; of two with one name the later wins.
    """
    outputs.parent.mkdir(parents=True, exist_ok=True)
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix=".run-", dir=outputs.parent) as top:
        folder = Path(top)
        for _ in range(max((Path(f).parts.count("..") for f in WRITE_FOLDERS), default=0)):
            folder /= "notebook"
        folder.mkdir(parents=True, exist_ok=True)
        for name in WRITE_FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
        shutil.rmtree(outputs, ignore_errors=True)
        outputs.mkdir()
        written = [path for path in Path(top).rglob("*") if path.is_file()]
        for path in sorted(written, key=lambda path: path.stat().st_mtime):
            path.replace(outputs / path.name)


def plant_seed(seed: int) -> None:
    """Seeds the global generators of Python, numpy and, where the pipeline loads them, torch and TensorFlow."""
    random.seed(seed)
    np.random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
    if "tensorflow" in sys.modules:
        sys.modules["tensorflow"].random.set_seed(seed)
