"""Where the files that the notebook reads lie in the project."""

from __future__ import annotations

import ast
import contextlib
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jupyter_prod.notebook import Notebook, python_source
from jupyter_prod.plan.nouns import Plan

DATA = frozenset(
    ".csv .tsv .txt .data .dat .json .jsonl .xls .xlsx .xlsm .ods .parquet .feather .pkl .pickle .h5 .hdf5 .sav .dta "
    ".sas7bdat .zip .gz .bz2 .xz .npy .npz .xml .html .db .sqlite .sqlite3 .arff .orc".split()
)
"""What a notebook's path may name to be copied: a notebook from anywhere must not carry off what is no data."""


@dataclass(frozen=True)
class Placed:
    """`settings` maps an input to its project-relative default, `files` such a path to the file it is copied from."""

    settings: Mapping[str, str]
    files: Mapping[str, Path]


def data_files(folder: Path, plan: Plan) -> Placed:
    """The plan's inputs below `data/`, each under its own file name; addresses stay addresses."""
    settings: dict[str, str] = {}
    files: dict[str, Path] = {}
    for entry in plan.inputs:
        if entry.path is None:
            continue
        if re.match(r"[a-z][a-z0-9+.-]+://", entry.path, re.IGNORECASE):
            settings[entry.name] = entry.path
            continue
        written = entry.path.replace("\\", "/")
        source = folder / written
        target = "data/" + (written.rsplit("/", 1)[-1] or "input")
        taken = files.get(target)
        count = 1
        while taken is not None and taken != source:
            count += 1
            stem, dot, suffix = target.rpartition(".")
            target = f"{stem or suffix}_{count}{dot}{suffix if stem else ''}"
            taken = files.get(target)
        settings[entry.name] = target
        if source.is_file() and source.suffix.lower() in DATA:
            files[target] = source
    return Placed(settings, files)


def named_files(notebook: Notebook, modules: Iterable[Path]) -> dict[str, Path]:
    """Data files that texts in the notebook, or in its own modules, name: a class may read what no cell shows.

    They come to lie below `data/notebook/` as they lie below the notebook's folder; what lies elsewhere is left out.
    """
    folder = notebook.path.absolute().parent
    trees = [python_source(cell).tree for cell in notebook.cells if cell.kind == "code"]
    for module in modules:
        with contextlib.suppress(OSError, ValueError, SyntaxError, RecursionError, MemoryError):
            trees.append(ast.parse(module.read_text(encoding="utf-8")))
    files: dict[str, Path] = {}
    for tree in trees:
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and 2 < len(node.value) < 300:
                path = PurePosixPath(node.value.replace("\\", "/"))
                if path.suffix.lower() in DATA and not path.is_absolute() and ".." not in path.parts:
                    with contextlib.suppress(OSError, ValueError):
                        if (folder / path).is_file():
                            files[f"data/notebook/{path}"] = folder / path
    return files


def place_input(folder: Path, source: Path, path: str) -> None:
    """Puts a project's data file where a notebook in `folder` looks for it, unless that is far outside."""
    written = path.replace("\\", "/")
    if not path or "://" in path or written.startswith("/") or re.match(r"[A-Za-z]:", written) or not source.exists():
        return
    target = folder / written
    if folder.parent.parent.resolve() in target.resolve().parents:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
