"""What a repository's .gitignore files leave out."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


class Ignored:
    """Answers for paths below a folder, by the .gitignore files from the repository's root down to each path."""

    def __init__(self, folder: Path) -> None:
        absolute = folder.absolute()
        above = (absolute, *absolute.parents)
        self._root = next((path for path in above if (path / ".git").exists()), absolute)

    def __call__(self, path: Path) -> bool:
        """Whether git would ignore this file or folder; folders above are taken as not ignored."""
        absolute = path.absolute()
        verdict = False
        for folder in reversed(absolute.parents):
            if folder != self._root and self._root not in folder.parents:
                continue
            spec = _spec(folder)
            if spec is not None:
                inside = absolute.relative_to(folder).as_posix() + ("/" if absolute.is_dir() else "")
                found = spec.check_file(inside).include
                verdict = verdict if found is None else found
        return verdict


@cache
def _spec(folder: Path) -> Any:
    file = folder / ".gitignore"
    if not file.is_file():
        return None
    from pathspec import GitIgnoreSpec  # few runs meet such a file

    try:
        return GitIgnoreSpec.from_lines(file.read_text(encoding="utf-8", errors="replace").splitlines())
    except (OSError, ValueError):
        return None
