"""Which notebooks changed since a revision."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from jupyter_prod.errors import UsableError


def changed_since(revision: str, files: Sequence[Path]) -> list[Path]:
    """The files that differ from a git revision, or are not in it. Raises UsableError outside git or without it."""
    roots: dict[Path, set[Path]] = {}
    found: list[Path] = []
    for file in files:
        root = _root(file.absolute())
        if root not in roots:
            roots[root] = _changed(root, revision)
        if file.absolute().resolve() in roots[root]:
            found.append(file)
    return found


def _root(file: Path) -> Path:
    for folder in file.parents:
        if (folder / ".git").exists():
            return folder.resolve()
    raise UsableError("is not in a git repository", str(file), "`--since` needs one")


def _changed(root: Path, revision: str) -> set[Path]:
    names = _git(root, "diff", "--name-only", "-z", "--end-of-options", revision, "--")
    names += _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return {root / name for name in names.split("\0") if name}


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "core.fsmonitor=false", *arguments]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, errors="replace", timeout=60)
    except FileNotFoundError:
        raise UsableError("git is not installed", do="`--since` needs it") from None
    except subprocess.TimeoutExpired:
        raise UsableError("git doesn't answer", str(root)) from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise UsableError(f"git says: {said}", str(root))
    return done.stdout
