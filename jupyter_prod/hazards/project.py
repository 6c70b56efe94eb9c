"""What lies beside a notebook: files, declared dependencies, installed packages, its state in git, its charter."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from jupyter_prod.charter import CHARTER, Charter, read_charter
from jupyter_prod.hazards.declarations import Declarations, declarations
from jupyter_prod.hazards.installed import forget_installed, importable, site_packages, versions
from jupyter_prod.knowledge.importing import normalised
from jupyter_prod.patterns import lazy

MOST_BYTES = 1_000_000
"""Larger files are no requirements, and are not read."""

MOST_FILES = 50
"""How many files that declare dependencies are read for one notebook."""

_ROOT_MARKS = (".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg")
_WORK_TREES = (".git", ".hg", ".svn", ".jj", ".bzr", "_darcs", ".fslckout")
_DECLARES = lazy(
    r"(?:requirements[\w.-]*\.(?:txt|in)|constraints[\w.-]*\.txt|pyproject\.toml|setup\.(?:py|cfg)|environment[\w.-]*\.ya?ml"
    r"|conda[\w.-]*\.ya?ml|Pipfile)",
    re.IGNORECASE,
)
_DECLARING_FOLDERS = frozenset("requirements reqs deps binder .binder conda env envs environment environments".split())


@dataclass(frozen=True)
class Repository:
    """A git work tree: `tracked` and `changed` hold absolute paths, `staged` those of a commit that is under way."""

    root: Path
    tracked: frozenset[str]
    changed: frozenset[str]
    staged: frozenset[str] = frozenset()


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
        return _root(self.folder)

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """The notebook's folder and those above it, up to the root."""
        between = [self.folder, *self.folder.parents]
        return tuple(between[: between.index(self.root) + 1])

    @cached_property
    def declarations(self) -> tuple[Path, ...]:
        """The files that may declare dependencies, nearest first: requirements, pyproject, environment, Pipfile."""
        return tuple(path for folder in self.folders for path in _declaring(folder))

    @cached_property
    def declared(self) -> dict[Path, Declarations]:
        """What each of these files declares, with the requirements files that they name, nearest first."""
        found: dict[Path, Declarations] = {}
        waiting = list(self.declarations)
        while waiting and len(found) < MOST_FILES:
            path = waiting.pop(0)
            if path in found:
                continue
            found[path] = _declarations(path)
            for name in (*found[path].others, *found[path].constraints):
                other = Path(os.path.normpath(path.parent / name))
                if other.is_relative_to(self.root) and other.is_file():
                    waiting.append(other)
        return found

    def local(self, dotted: str, public: bool = False) -> Path | None:
        """The file or folder of a module that lies beside the notebook or above it, up to the root.

        `public`: a distribution has the name too, so that a folder without Python in it is not meant.
        """
        top = dotted.partition(".")[0]
        for folder in self.folders:
            found = _local(folder, top, public)
            if found is not None:
                return found
        return None

    def importable(self, top: str) -> bool:
        """Whether the environment beside the notebook, else the current one, has something of that name."""
        return top in importable(self._site_packages)

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
        marked = _versioned(self.folder)
        return _repository(marked[0]) if marked is not None and marked[1] == ".git" else None

    @property
    def version_control(self) -> str:
        """What marks the work tree that the notebook lies in: `.git`, `.hg`, …; empty where nothing does."""
        marked = _versioned(self.folder)
        return marked[1] if marked is not None else ""

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
        return versions(self._site_packages).get(normalised(distribution))

    @cached_property
    def _site_packages(self) -> str:
        return site_packages(self.folders)


@cache
def _root(start: Path) -> Path:
    home = Path.home()
    for folder in (start, *start.parents):
        if folder != start and folder in (home, home.parent, Path(folder.anchor)):
            break
        if any((folder / mark).exists() for mark in _ROOT_MARKS):
            return folder
    return start


@cache
def _versioned(start: Path) -> tuple[Path, str] | None:
    """The nearest folder that version control marks as a work tree, git first, and its mark."""
    above = (start, *start.parents)
    return next(((folder, mark) for mark in _WORK_TREES for folder in above if (folder / mark).exists()), None)


@cache
def _local(folder: Path, top: str, public: bool) -> Path | None:
    for place in (folder, folder / "src", folder / "lib"):
        names = _names(place)
        if f"{top}.py" in names and _is_module(place / f"{top}.py", False):
            return place / f"{top}.py"
        if top in names and _is_module(place / top, public):
            return place / top
    return None


@cache
def _names(folder: Path) -> frozenset[str]:
    return frozenset(entry.name for entry in _listed(folder))


@cache
def _listed(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(sorted(folder.iterdir()))
    except OSError:
        return ()


@cache
def _declaring(folder: Path) -> tuple[Path, ...]:
    found = [path for path in _listed(folder) if _DECLARES.fullmatch(path.name) and path.is_file()]
    for below in _listed(folder):
        if below.name in _DECLARING_FOLDERS:
            texts = (".txt", ".in", ".yml", ".yaml") if below.name in ("requirements", "reqs", "deps") else ()
            found += [p for p in _listed(below) if _DECLARES.fullmatch(p.name) or p.suffix in texts]
    return tuple(found)


@cache
def _declarations(path: Path) -> Declarations:
    return declarations(path, _text(path))


@cache
def _is_module(path: Path, public: bool) -> bool:
    if path.suffix == ".py":
        return path.is_file()
    if not path.is_dir():
        return False
    names = [entry.name for entry in _listed(path)]
    return "__init__.py" in names or (not public and any(name.endswith(".py") for name in names))


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
    entries = [entry for entry in changed.split("\0") if len(entry) > 3]
    return Repository(
        root,
        frozenset(str(root / name) for name in tracked.split("\0") if name),
        frozenset(str(root / entry[3:]) for entry in entries),
        frozenset(str(root / entry[3:]) for entry in entries if entry[0] in "AM" and entry[1] == " "),
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


def forget() -> None:
    """Forgets what was read from disks, for a process that lives on while files change."""
    for by_folder in (_root, _versioned, _local, _names):
        by_folder.cache_clear()
    _listed.cache_clear()
    _declaring.cache_clear()
    _declarations.cache_clear()
    _is_module.cache_clear()
    forget_installed()
    for kept in (_text, _repository, _charter, _committed_on):
        kept.cache_clear()
