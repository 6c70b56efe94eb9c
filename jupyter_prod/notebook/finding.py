"""From what a person names, files and folders, to the notebooks meant."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from jupyter_prod.errors import UsableError

_NOT_THEIRS = ("node_modules", "site-packages", "__pycache__")
_PROJECT_MARK, _ENVIRONMENT_MARK = "conversion.json", "pyvenv.cfg"
_TEXT_HEADER = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:# )?---\r?\n(?:.*\r?\n){0,20}?(?:# )?jupy(?:ter|text):")


def find_notebooks(
    named: Iterable[Path], left_out: Callable[[Path], bool] | None = None, gitignore: bool = False
) -> list[Path]:
    """The named files, and every notebook below the named folders, in order of path and each once.

    Below a folder, what nobody wrote there is left out: hidden folders (checkpoints among them), environments,
    converted projects. Links to folders are not followed. Text notebooks count where their header says that they are
    one. `left_out` says of files and folders below that they are not meant; with `gitignore` what git ignores isn't
    either. Raises UsableError for a folder without notebooks; a file is taken as it is, for reading to judge.
    """
    found: dict[Path, None] = {}
    for path in named:
        if not path.is_dir():
            found[path] = None
            continue
        below = sorted(_below(path, _unwanted(path, left_out, gitignore)))
        if not below:
            raise UsableError("holds no notebooks", str(path))
        found.update(dict.fromkeys(below))
    return list(found)


def _unwanted(folder: Path, left_out: Callable[[Path], bool] | None, gitignore: bool) -> Callable[[Path], bool]:
    asked = [left_out] if left_out is not None else []
    if gitignore:
        from jupyter_prod.notebook.ignoring import Ignored

        asked.append(Ignored(folder))
    return lambda path: any(ask(path) for ask in asked)


def _below(folder: Path, unwanted: Callable[[Path], bool]) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        raise UsableError(f"can't be read ({error.strerror})", str(error.filename))

    for here, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if _is_theirs(Path(here, name)) and not unwanted(Path(here, name))]
        for name in files:
            path = Path(here, name)
            meant = not name.startswith(".") and (path.suffix == ".ipynb" or _is_text_notebook(path))
            if meant and not unwanted(path):
                yield path


def _is_theirs(folder: Path) -> bool:
    if folder.name.startswith(".") or folder.name in _NOT_THEIRS:
        return False
    return not ((folder / _PROJECT_MARK).exists() or (folder / _ENVIRONMENT_MARK).exists())


def _is_text_notebook(path: Path) -> bool:
    if path.suffix not in (".py", ".md") or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return _TEXT_HEADER.match(file.read(2000)) is not None
    except OSError:
        return False
