"""What lies beside a notebook: files, declared dependencies, installed packages, its state in git, its charter."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from jupyter_prod.charter import CHARTER, Charter, read_charter
from jupyter_prod.patterns import lazy

MOST_BYTES = 1_000_000
"""Larger files are no requirements, and are not read."""

_ROOT_MARKS = (".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg")
_DECLARES = lazy(
    r"(?:requirements[\w.-]*\.(?:txt|in)|constraints[\w.-]*\.txt|pyproject\.toml|setup\.(?:py|cfg)|environment[\w.-]*\.ya?ml"
    r"|conda[\w.-]*\.ya?ml|Pipfile)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Repository:
    """A git work tree: `tracked` and `changed` hold absolute paths."""

    root: Path
    tracked: frozenset[str]
    changed: frozenset[str]


class Project:
    """The surroundings of a notebook that lies on a disk; each question is answered when it is asked first.

    Nothing here reads above the repository's root, or above the notebook's folder where there is no repository.
    """

    def __init__(self, notebook: Path) -> None:
        self.notebook = notebook.absolute()
        self.folder = self.notebook.parent

    @cached_property
    def root(self) -> Path:
        """The repository's or project's top folder; the notebook's own where nothing marks one."""
        home = Path.home()
        for folder in (self.folder, *self.folder.parents):
            if folder != self.folder and folder in (home, home.parent, Path(folder.anchor)):
                break
            if any((folder / mark).exists() for mark in _ROOT_MARKS):
                return folder
        return self.folder

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """The notebook's folder and those above it, up to the root."""
        between = [self.folder, *self.folder.parents]
        return tuple(between[: between.index(self.root) + 1])

    @cached_property
    def declarations(self) -> tuple[Path, ...]:
        """The files that may declare dependencies, nearest first: requirements, pyproject, environment, Pipfile."""
        return tuple(path for folder in self.folders for path in _listed(folder) if _DECLARES.fullmatch(path.name))

    @cached_property
    def beside(self) -> tuple[Path, ...]:
        """The entries of the notebook's folder."""
        return _listed(self.folder)

    def read(self, path: Path) -> str:
        """A text file's content; empty where it is too large or can't be read."""
        return _text(path)

    @cached_property
    def repository(self) -> Repository | None:
        """The git work tree that the notebook lies in; None without one, or without git."""
        for folder in (self.folder, *self.folder.parents):
            if (folder / ".git").exists():
                return _repository(folder)
        return None

    @cached_property
    def charter(self) -> Charter | None:
        """The charter beside the notebook, else the nearest above it up to the root."""
        return next((found for folder in self.folders if (found := _charter(folder / CHARTER)) is not None), None)

    def changed_on(self, path: Path) -> datetime.date | None:
        """When a file last changed: by its last commit, by its own time where it is not committed as it is."""
        repository = self.repository
        name = str(path.absolute())
        if repository is not None and name in repository.tracked and name not in repository.changed:
            return _committed_on(repository.root, path)
        try:
            return datetime.date.fromtimestamp(path.stat().st_mtime)
        except OSError:
            return None

    def installed(self, distribution: str) -> str | None:
        """The version of a distribution in the environment beside the notebook, else in the current one."""
        return _versions(self._site_packages).get(_normalised(distribution))

    @cached_property
    def _site_packages(self) -> str:
        for folder in self.folders:
            for name in (".venv", "venv", "env"):
                found = sorted((folder / name).glob("lib/python*/site-packages")) or [
                    p for p in [folder / name / "Lib" / "site-packages"] if p.is_dir()
                ]
                if found:
                    return str(found[0])
        active = os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX") or sys.prefix
        found = sorted(Path(active).glob("lib/python*/site-packages"))
        return str(found[0]) if found else str(Path(active) / "Lib" / "site-packages")


@cache
def _listed(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(sorted(folder.iterdir()))
    except OSError:
        return ()


@cache
def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


@cache
def _repository(root: Path) -> Repository | None:
    try:
        tracked = _git(root, "ls-files", "-z")
        changed = _git(root, "status", "--porcelain", "-z", "--untracked-files=no", "--no-renames")
    except (OSError, subprocess.SubprocessError):
        return None
    return Repository(
        root,
        frozenset(str(root / name) for name in tracked.split("\0") if name),
        frozenset(str(root / entry[3:]) for entry in changed.split("\0") if len(entry) > 3),
    )


def _git(root: Path, *arguments: str) -> str:
    # A repository's own settings may name programs to run (fsmonitor): a linter never starts them.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-optional-locks"]
    done = subprocess.run(
        [*command, *arguments], cwd=root, capture_output=True, text=True, errors="replace", timeout=20, check=True
    )
    return done.stdout


@cache
def _charter(path: Path) -> Charter | None:
    return read_charter(path)


@cache
def _committed_on(root: Path, path: Path) -> datetime.date | None:
    try:
        return datetime.date.fromtimestamp(int(_git(root, "log", "-1", "--format=%ct", "--", str(path))))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


@cache
def _versions(site_packages: str) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        names = os.listdir(site_packages)
    except OSError:
        return found
    for name in names:
        if name.endswith(".dist-info"):
            distribution, _, version = name.removesuffix(".dist-info").rpartition("-")
            found[_normalised(distribution)] = version
    return found


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def forget() -> None:
    """Forgets what was read from disks, for a process that lives on while files change."""
    for kept in (_listed, _text, _repository, _versions, _charter, _committed_on):
        kept.cache_clear()
