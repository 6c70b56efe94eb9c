"""Compares two files of tables that are no text: read by the environment's own pandas, held cell against cell."""

from __future__ import annotations

import importlib
import json
from typing import Any

from .matching import table

CLOSE = 1e-5

READERS = {
    ".xlsx": "read_excel",
    ".xls": "read_excel",
    ".parquet": "read_parquet",
    ".feather": "read_feather",
}


def same(one: str, other: str, suffix: str) -> bool:
    """Whether both files hold the same columns and cells; numbers to five digits."""
    read = getattr(importlib.import_module("pandas"), READERS[suffix])
    more: dict[str, Any] = {"sheet_name": None} if READERS[suffix] == "read_excel" else {}
    left, right = read(one, **more), read(other, **more)
    if not isinstance(left, dict):
        left, right = {"": left}, {"": right}
    return list(left) == list(right) and all(_same(left[name], right[name]) for name in left)


def _same(left: Any, right: Any) -> bool:
    (mine, names), (theirs, others) = table(left), table(right)
    if names != others or mine.shape != theirs.shape:
        return False
    off = abs(mine - theirs)
    return bool((off <= CLOSE * abs(mine) + 1e-9).all())


def main(path: str) -> None:
    """Answers the request file at `path`: {"pairs": [[one, other, suffix]], "out"}."""
    with open(path, encoding="utf-8") as file:
        asked = json.load(file)
    said = []
    for one, other, suffix in asked["pairs"]:
        try:
            said.append({"same": same(one, other, suffix), "why": ""})
        except Exception as error:
            said.append({"same": False, "why": f"{type(error).__name__}: {error}"[:300]})
    with open(asked["out"], "w", encoding="utf-8") as file:
        json.dump(said, file)
