"""Checking many files: from what a person names to one result a file, in parallel and with a cache."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_prod.errors import UsableError
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.lint.settings import Settings, overridden, settings_for
from jupyter_prod.notebook import find_notebooks

if TYPE_CHECKING:
    from jupyter_prod.hazards import Rule
    from jupyter_prod.lint.cache import Cache
    from jupyter_prod.notebook import Notebook

FEW = 12
"""Below so many files other processes cost more than they bring."""


@dataclass(frozen=True)
class Checked:
    """A file and what was found in it; `error` where it is no notebook that can be read."""

    path: Path
    findings: tuple[Finding, ...] = ()
    error: UsableError | None = None


class Run:
    """One run over files: settings by folder (`said` overrides them), rules by settings, a cache or none."""

    def __init__(self, said: Mapping[str, Any], cache: Cache | None = None, isolated: Settings | None = None) -> None:
        self.said = dict(said)
        self.cache = cache
        self.isolated = isolated
        self._rules: dict[int, tuple[Settings, list[Rule]]] = {}
        self._settings: dict[Path, Settings] = {}

    def settings(self, path: Path) -> Settings:
        """The settings that hold for a file, with what the command line said."""
        folder = path if path.is_dir() else path.parent
        if folder not in self._settings:
            base = self.isolated if self.isolated is not None else settings_for(path)
            self._settings[folder] = overridden(base, self.said)
        return self._settings[folder]

    def rules(self, settings: Settings) -> list[Rule]:
        """The rules of these settings, own ones among them. Raises UsableError for what is no rule."""
        held = self._rules.get(id(settings))
        if held is None:
            from jupyter_prod.lint.choosing import chosen_rules
            from jupyter_prod.lint.own_rules import own_rules

            held = self._rules[id(settings)] = settings, chosen_rules(settings, own_rules(settings))
        return held[1]

    def files(self, paths: Iterable[Path]) -> list[Path]:
        """The notebooks meant by files and folders, less those that the settings exclude below folders."""
        found: dict[Path, None] = {}
        for path in paths:
            settings = self.settings(path)
            left_out = (lambda p, s=settings: _excluded(p, s)) if settings.exclude else None
            found.update(dict.fromkeys(find_notebooks([path], left_out, settings.respect_gitignore)))
        return list(found)

    def check(self, path: Path) -> Checked:
        """One file's findings, from the cache where nothing that they depend on changed."""
        from jupyter_prod.notebook.reading import read_bytes

        settings = self.settings(path)
        try:
            data = read_bytes(path)
            key = self.cache.key(path, data, settings) if self.cache is not None else ""
            if self.cache is not None:
                kept = self.cache.get(key)
                if kept is not None:
                    return Checked(path, tuple(kept))
        except UsableError as e:
            return Checked(path, error=e)
        self.rules(settings)  # what is wrong with the settings is no fault of the file
        try:
            findings = self.check_data(data, path)
            if self.cache is not None:
                self.cache.put(key, findings)
            return Checked(path, tuple(findings))
        except UsableError as e:
            return Checked(path, error=e)

    def check_data(self, data: bytes, path: Path) -> list[Finding]:
        """The findings of a notebook that these bytes are, which would lie at `path`."""
        from jupyter_prod.notebook import parse_notebook

        return self.check_notebook(parse_notebook(data, path))

    def check_notebook(self, notebook: Notebook) -> list[Finding]:
        """The findings of a notebook under the settings of its path."""
        from jupyter_prod.lint.checking import check_notebook

        settings = self.settings(notebook.path)
        return check_notebook(notebook, self.rules(settings), settings)

    def check_all(self, paths: Sequence[Path], jobs: int = 0) -> Iterator[Checked]:
        """Each file's findings, in the order of the files; `jobs` processes, as many as there are cores where 0."""
        jobs = min(jobs or _cores(), len(paths))
        if jobs <= 1 or len(paths) < FEW:
            yield from map(self.check, paths)
            return
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(self,)) as pool:
            yield from pool.map(_check, paths, chunksize=max(1, min(16, len(paths) // (jobs * 4))))


_run: Run | None = None


def _begin(run: Run) -> None:
    global _run
    _run = run


def _check(path: Path) -> Checked:
    assert _run is not None
    return _run.check(path)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _excluded(path: Path, settings: Settings) -> bool:
    try:
        inside = path.absolute().relative_to(settings.root.absolute()).as_posix()
    except ValueError:
        return False
    return any(
        fnmatch.fnmatch(inside, pattern.rstrip("/")) or fnmatch.fnmatch(path.name, pattern.rstrip("/"))
        for pattern in settings.exclude
    )
