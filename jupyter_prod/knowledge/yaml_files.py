"""Reads YAML files of this package, and keeps what they hold in a form that loads fast."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from jupyter_prod import __version__


def read_yaml_files(paths: Sequence[Path]) -> list[Any]:
    """The content of each file, in order.

    Parsing YAML takes longer than all else that checking a notebook needs, so the result is kept in the user's cache
    folder under the files' sizes and times; a cache that can't be read or written is no fault, only slower.
    """
    try:
        kept = _cache_folder() / f"{_key(paths)}.json"
        return msgspec.json.decode(kept.read_bytes(), type=list[Any])
    except (OSError, RuntimeError, msgspec.MsgspecError):
        pass
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read = [yaml.load(path.read_text(encoding="utf-8"), Loader=loader) for path in paths]
    _keep(_key(paths), read)
    return read


def _key(paths: Sequence[Path]) -> str:
    """A name that changes with any of the files, with this version of us, and with the one of Python."""
    said = [__version__, sys.version]
    for path in paths:
        status = path.stat()
        said.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def _cache_folder() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "jupyter-prod"


def _keep(key: str, read: list[Any]) -> None:
    """Writes the cache whole or not at all, so that two runs at once don't disturb each other."""
    try:
        path = _cache_folder() / f"{key}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(read))
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except (OSError, RuntimeError, TypeError):  # no home folder, a full disk
        pass
