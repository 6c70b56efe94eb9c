"""Holding the table that training read against its contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .model import Contract


@dataclass(frozen=True)
class Violation:
    """A value that breaks the contract; `row` counts from 0, None means the whole column."""

    row: int | None
    column: str | None
    expected: str
    got: str
    reason: str = ""

    def told(self) -> dict[str, Any]:
        """The violation as a JSON object."""
        told = {"row": self.row, "column": self.column, "expected": self.expected, "got": self.got}
        return told | {"reason": self.reason} if self.reason else told

    def __str__(self) -> str:
        where = "" if self.row is None else f"row {self.row}, "
        return f"{where}{self.column}: expected {self.expected}, got {self.got}"


def check_frame(contract: Contract, frame: pd.DataFrame) -> tuple[list[Violation], list[str]]:
    """What of a training frame breaks the contract, and the columns that it doesn't know."""
    series = {str(label): frame.iloc[:, i] for i, label in enumerate(frame.columns)}
    violations = []
    for column in contract.columns:
        if column.name not in series:
            violations.append(Violation(None, column.name, column.kind, "no such column"))
            continue
        values = series[column.name]
        kind = kind_of(values)
        if kind not in _COMPATIBLE[column.kind] and not values.isna().all():
            violations.append(Violation(None, column.name, column.kind, kind))
        elif column.kind == "integer" and kind == "number" and (values.dropna() % 1 != 0).any():
            violations.append(Violation(None, column.name, column.kind, "fractions"))
        if column.not_null and values.isna().any():
            count = int(values.isna().sum())
            violations.append(Violation(None, column.name, "no missing values", f"{count} missing"))
    return violations, sorted(series.keys() - {column.name for column in contract.columns})


def kind_of(values: pd.Series) -> str:
    """The kind of a raw column, one of `model.KINDS`."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return kind_of(pd.Series(dtype.categories))
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if values.isna().all():
        return "any"
    if pd.api.types.is_integer_dtype(dtype):
        return "integer"
    if pd.api.types.is_float_dtype(dtype):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return "timestamp"
    types = {type(value) for value in values.dropna()}
    if types <= {bool, np.bool_}:
        return "boolean"
    if types <= {str}:
        numeric = pd.to_numeric(values, errors="coerce").notna().any()
        return "text or number" if numeric else "text"
    if all(issubclass(kind, (str, int, float, np.number)) for kind in types):
        return "text or number"
    return "any"


_COMPATIBLE = {
    "integer": ("integer", "number"),
    "number": ("integer", "number"),
    "boolean": ("boolean",),
    "timestamp": ("timestamp",),
    "text": ("text", "text or number"),
    "text or number": ("text", "text or number", "integer", "number"),
    "any": ("integer", "number", "boolean", "timestamp", "text", "text or number", "any"),
}
