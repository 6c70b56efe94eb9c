"""A scratch copy of a notebook's folder, laid out so that its relative paths lead to the same files."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_prod.verify.nouns import Written

COPIED = 500_000_000
"""Bytes of the notebook's folder that are copied; its largest files beyond that are linked."""

BESIDE_ENTRIES, BESIDE_BYTES = 3000, 100_000_000
"""What is copied of the folders around the notebook's; the rest is linked."""

KEPT = 200_000_000
"""Bytes of written files that are kept for comparison."""

LEFT_OUT = {
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    "__pycache__",
    ".ipynb_checkpoints",
    ".venv",
    ".tox",
    ".nox",
    ".mypy_cache",
}

LEVELS = 2
"""Folders above the notebook's that are laid out where no repository says how far up its paths may lead."""


@dataclass(frozen=True)
class Scratch:
    """`top` is the copy's first folder and stands for `original`; `folder` is where the notebook runs."""

    top: Path
    folder: Path
    original: Path
    kept: tuple[Path, ...]

    def exchange(self, path: str, other: Path) -> None:
        """Lays another file where the notebook looks for one. Raises ValueError for a path that is not in the copy."""
        target = Path(os.path.normpath(self.folder / path))
        above = target.parent
        if not above.is_relative_to(self.top) or above.resolve() != above or not above.is_dir():
            raise ValueError(f"{path} is not in the scratch copy")
        target.unlink(missing_ok=True)
        shutil.copyfile(other, target)

    def written(self, keep: Path | None = None) -> dict[str, Written]:
        """The files that were made or changed in the copy, by path from the notebook's folder; copies go to `keep`."""
        found: dict[str, Written] = {}
        left = KEPT
        for here, folders, files in os.walk(self.top):
            folders[:] = sorted(f for f in folders if f not in LEFT_OUT)
            for name in sorted(files):
                path = Path(here, name)
                seen = path.lstat()
                if not stat.S_ISREG(seen.st_mode) or _same(seen, self.original / path.relative_to(self.top)):
                    continue
                key = Path(os.path.relpath(path, self.folder)).as_posix()
                copy = None
                if keep is not None and seen.st_size <= left:
                    left -= seen.st_size
                    copy = keep / f"{len(found)}{path.suffix}"
                    shutil.copyfile(path, copy)
                found[key] = Written(seen.st_size, _sha256(path), copy)
        return found


def _same(seen: os.stat_result, original: Path) -> bool:
    try:
        was = original.stat()
    except OSError:
        return False
    return was.st_size == seen.st_size and was.st_mtime_ns == seen.st_mtime_ns


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@contextlib.contextmanager
def scratch_copy(folder: Path) -> Iterator[Scratch]:
    """The copy, as long as the block lasts. The folder is read only; files that can't be read are not in the copy."""
    folder = folder.resolve()
    repository = next((up for up in (folder, *folder.parents) if (up / ".git").exists()), None)
    top = repository if repository is not None else folder.parents[min(LEVELS, len(folder.parents)) - 1]
    with tempfile.TemporaryDirectory(prefix="jupyter-prod-", ignore_cleanup_errors=True) as name:
        made = Path(name).resolve() / "run" / (top.name or "root")
        made.mkdir(parents=True)
        beside = _Budget(BESIDE_ENTRIES, BESIDE_BYTES)
        here, there = top, made
        for part in folder.relative_to(top).parts:
            _lay_out_beside(here, there, part, beside)
            here, there = here / part, there / part
            there.mkdir()
        _copy_tree(here, there)
        yield Scratch(made, there, top, (folder,) if repository is None else (repository,))


@dataclass
class _Budget:
    entries: int
    bytes: int


def _lay_out_beside(here: Path, there: Path, excepted: str, budget: _Budget) -> None:
    """Everything in `here` but one entry: small folders and files as copies while the budget lasts, else as links."""
    for entry in _entries(here):
        if entry.name == excepted or entry.name in LEFT_OUT:
            continue
        target = there / entry.name
        size = _small(entry, budget)
        with contextlib.suppress(OSError):
            if size is None:
                target.symlink_to(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                target.mkdir()
                _copy_tree(Path(entry.path), target)
            else:
                shutil.copy2(entry.path, target)


def _small(entry: os.DirEntry[str], budget: _Budget) -> int | None:
    """The bytes of a file or folder that the budget can pay for (it is paid then), None for every other."""
    size, waiting = 0, [entry]
    while waiting:
        one = waiting.pop()
        budget.entries -= 1
        if budget.entries < 0:
            return None
        try:
            if one.is_dir(follow_symlinks=False):
                if _is_environment(one.path):
                    return None
                waiting += _entries(Path(one.path))
            elif one.is_file(follow_symlinks=False):
                size += one.stat().st_size
            else:
                return None
        except OSError:
            return None
        if size > budget.bytes:
            return None
    budget.bytes -= size
    return size


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []


def _is_environment(path: str) -> bool:
    return os.path.exists(os.path.join(path, "pyvenv.cfg")) or os.path.exists(os.path.join(path, "conda-meta"))


def _copy_tree(here: Path, there: Path) -> None:
    """The folder with all below: small files first as copies, as far as they are copied at all; links stay links."""
    files: list[tuple[int, str, Path]] = []
    waiting = [(here, there)]
    while waiting:
        source, target = waiting.pop()
        for entry in _entries(source):
            copy = target / entry.name
            with contextlib.suppress(OSError):
                if entry.is_symlink():
                    copy.symlink_to(os.path.realpath(entry.path))
                elif entry.is_dir():
                    if entry.name not in LEFT_OUT and not _is_environment(entry.path):
                        copy.mkdir()
                        waiting.append((Path(entry.path), copy))
                elif entry.is_file():
                    files.append((entry.stat().st_size, entry.path, copy))
    left = COPIED
    for size, path, copy in sorted(files, key=lambda file: file[0]):
        left -= size
        with contextlib.suppress(OSError):
            if left >= 0:
                shutil.copy2(path, copy)
            else:
                copy.symlink_to(path)
