"""Finds the rows of one table among those of another by their content.

Both become tables of floats: text by a checksum, missing by a number of its own. Numbers are equal within a billionth
of their size or of their column's.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Sequence
from typing import Any

from .values import scalar

np: Any = importlib.import_module("numpy")

MISSING, INFINITE = -987654.3217, 876543.2109
CLOSE = 1e-9


def text_code(text: str) -> float:
    """A number for a text: different ones for different texts, but for a few in a billion."""
    return -0.5 - zlib.crc32(text.encode("utf-8", "surrogatepass"))


def cell(value: Any) -> float:
    """The number that stands for a JSON scalar."""
    if value is None:
        return MISSING
    if isinstance(value, str):
        if value in ("Infinity", "-Infinity"):
            return INFINITE if value[0] == "I" else -INFINITE
        return text_code(value)
    return float(value)


def table_of_json(rows: Sequence[Sequence[Any]]) -> Any:
    """The float table of rows of JSON scalars."""
    width = max((len(row) for row in rows), default=0)
    return np.array([[cell(value) for value in row] for row in rows], dtype=float).reshape(len(rows), width)


def table(rows: Any) -> tuple[Any, list[str] | None]:
    """The float table of a model's input, and its column names where it has them."""
    if hasattr(rows, "iloc"):
        if not hasattr(rows, "columns"):
            rows = rows.to_frame()
        names = [str(label) for label in rows.columns]
        columns = [_column(rows.iloc[:, i]) for i in range(rows.shape[1])]
        return (np.column_stack(columns) if columns else np.zeros((len(rows), 0))), names
    if hasattr(rows, "toarray"):
        return rows.tocsr().astype(float), None
    if hasattr(rows, "numpy") and callable(rows.numpy):
        rows = rows.numpy()
    if isinstance(rows, (list, tuple)):
        listed = [list(row) if isinstance(row, (list, tuple)) else [row] for row in rows]
        return table_of_json([[scalar(value) for value in row] for row in listed]), None
    rows = np.asarray(rows)
    rows = rows.reshape(len(rows), -1)
    if rows.dtype.kind in "biuf":
        return _finite(rows.astype(float)), None
    return table_of_json([[scalar(value) for value in row] for row in rows.tolist()]), None


def _column(series: Any) -> Any:
    kind = getattr(series.dtype, "kind", "O")
    if kind in "biuf" and isinstance(series.dtype, np.dtype):
        return _finite(series.to_numpy().astype(float))
    return np.array([cell(scalar(value)) for value in series.tolist()], dtype=float)


def _finite(numbers: Any) -> Any:
    return np.nan_to_num(numbers, nan=MISSING, posinf=INFINITE, neginf=-INFINITE)


class Finder:
    """Rows to look for; `found[i]` becomes the label of a row with the content of row i, None until then."""

    def __init__(self, wanted: Any) -> None:
        self.wanted = wanted
        self.found: list[int | None] = [None] * len(wanted)
        self.weights = np.random.RandomState(0).uniform(0.5, 1.5, wanted.shape[1])
        self.scale = np.abs(wanted).max(axis=0, initial=0.0) if len(wanted) else np.zeros(wanted.shape[1])

    def missing(self) -> list[int]:
        """The rows that are not found yet."""
        return [i for i, label in enumerate(self.found) if label is None]

    def look(self, rows: Any, labels: Sequence[int], preferred: Sequence[int | None]) -> None:
        """Looks for what is missing among `rows`; of several equal ones takes the preferred label, else the first."""
        if rows.shape[1] != self.wanted.shape[1] or rows.shape[0] == 0:
            return
        keys = np.asarray(rows @ self.weights).ravel()
        order = np.argsort(keys, kind="stable")
        sorted_keys = keys[order]
        room = float(np.sum(self.weights * self.scale)) * CLOSE * 4 + 1e-9
        for i in self.missing():
            key = float(self.wanted[i] @ self.weights)
            first, last = np.searchsorted(sorted_keys, [key - room, key + room])
            candidates = np.sort(order[first:last])
            equal = [int(at) for at in candidates[self._equal(i, rows[candidates])]] if len(candidates) else []
            if equal:
                liked = [labels[at] for at in equal if labels[at] == preferred[i]]
                self.found[i] = liked[0] if liked else labels[equal[0]]

    def _equal(self, i: int, rows: Any) -> Any:
        return (~self.differing(i, rows)).all(axis=1)

    def differing(self, i: int, rows: Any, close: float = CLOSE) -> Any:
        """For each cell of rows whether it differs from that of the wanted row."""
        rows = rows.toarray() if hasattr(rows, "toarray") else rows
        wanted = self.wanted[i]
        limit = close * np.maximum(np.maximum(np.abs(rows), np.abs(wanted)), self.scale * 0.1) + 1e-12
        return np.abs(rows - wanted) > limit

    def nearest(self, i: int, rows: Any, most: int = 5000) -> list[int]:
        """The columns in which the most similar row differs."""
        if rows.shape[1] != self.wanted.shape[1] or rows.shape[0] == 0:
            return []
        differing = self.differing(i, rows[:most])
        best = int(differing.sum(axis=1).argmin())
        return [int(j) for j in np.flatnonzero(differing[best])]
