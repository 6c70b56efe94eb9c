"""Other data for the same notebook: a project that only repeats what it saw once gives itself away on them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEAST = 60
"""Lines that a file has at least, so that nine tenths of it still make sense."""


@dataclass(frozen=True)
class Thinned:
    """An input of which every tenth record is left out: its setting, the notebook's path to it, and the new file."""

    setting: str
    path: str
    file: Path


def thinned(inputs: tuple[Mapping[str, Any], ...], rows: str, folder: Path, into: Path) -> Thinned | None:
    """A thinned copy of the notebook's main input, written to the folder `into`; None where there is none to thin.

    The main input is the one called `rows`, else the only CSV file. Files in which a record may span lines are left
    alone, as are files that the notebook reads by an absolute path.
    """
    files = {str(one["name"]): str(one["path"]) for one in inputs if str(one.get("path", "")).lower().endswith(".csv")}
    name = rows if rows in files else next(iter(files), "") if len(files) == 1 else ""
    path = files.get(name, "").replace("\\", "/")
    if not path or os.path.isabs(path) or "://" in path:
        return None
    try:
        content = (folder / path).read_bytes()
    except OSError:
        return None
    lines = content.splitlines(keepends=True)
    if len(lines) < LEAST or b"\0" in content or any(line.count(b'"') % 2 for line in lines):
        return None
    file = into / Path(path).name
    file.write_bytes(b"".join(line for number, line in enumerate(lines) if number == 0 or number % 10 != 5))
    return Thinned(name, path, file)
