"""The rows of a request: held against the contract, then made the frame that training saw."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .checks import Violation
from .model import Column, Contract

_LONGEST = 80


def check_rows(contract: Contract, rows: Sequence[Any], target: str | None) -> list[Violation]:
    """What of a request's rows breaks the contract; a row maps column names to JSON values."""
    violations = []
    columns = [column for column in contract.columns if column.name != target]
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            violations.append(Violation(number, None, "an object with columns", _told(row)))
            continue
        for column in columns:
            if column.name not in row:
                if column.request != "optional":
                    violations.append(Violation(number, column.name, column.kind, "no such column"))
            elif row[column.name] is None:
                if column.request == "required" or column.not_null:
                    violations.append(Violation(number, column.name, column.kind, "null"))
            elif not _fits(column, row[column.name]):
                got = _told(row[column.name])
                violations.append(Violation(number, column.name, column.kind, got))
    return violations


def rows_to_frame(
    contract: Contract, rows: Sequence[Mapping[str, Any]], reference: pd.DataFrame
) -> pd.DataFrame:
    """Rows that keep the contract as a frame with the labels, order and dtypes of `reference`.

    What a row lacks is missing in the frame, in the form in which `read_csv` would give it.
    """
    kinds = {column.name: column.kind for column in contract.columns}
    series = []
    for label, dtype in zip(reference.columns, reference.dtypes, strict=True):
        name = str(label)
        values = [row.get(name) for row in rows]
        if kinds.get(name) == "text or number" and _is_text(reference[label]):
            values = [None if value is None else str(value) for value in values]
        series.append(_cast(values, dtype, kinds.get(name, "any")))
    frame = pd.concat(series, axis=1) if series else pd.DataFrame(index=range(len(rows)))
    frame.columns = reference.columns
    return frame


def _is_text(column: pd.Series) -> bool:
    """Whether numbers stood in a column as text, as in a CSV file wherever it has other text."""
    return all(isinstance(value, str) for value in column.dropna())


def with_column(frame: pd.DataFrame, position: int, values: pd.Series) -> pd.DataFrame:
    """A copy of the frame with other values, of whatever dtype, in one column."""
    changed = frame.copy()
    changed.columns = pd.RangeIndex(len(frame.columns))
    changed[position] = values
    changed.columns = frame.columns
    return changed


def _cast(values: list[Any], dtype: Any, kind: str) -> pd.Series:
    """JSON values as a column of a dtype; gaps turn integers to floats and booleans to objects."""
    gaps = any(value is None for value in values)
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical(values, dtype=dtype))
    if pd.api.types.is_datetime64_any_dtype(dtype):
        utc = getattr(dtype, "tz", None) is not None
        return pd.Series(pd.to_datetime(values, utc=utc)).astype(dtype)
    if pd.api.types.is_timedelta64_dtype(dtype):
        return pd.Series(pd.to_timedelta(values)).astype(dtype)
    if pd.api.types.is_extension_array_dtype(dtype):
        return pd.Series([pd.NA if value is None else value for value in values], dtype=dtype)
    if dtype.kind in "iuf" and kind != "any":
        if gaps and dtype.kind != "f":
            dtype = np.dtype("float64")
        return pd.Series([np.nan if value is None else value for value in values], dtype=dtype)
    if dtype.kind == "b" and not gaps:
        return pd.Series(values, dtype=dtype)
    return pd.Series([np.nan if value is None else value for value in values], dtype=object)


def _fits(column: Column, value: Any) -> bool:
    """Whether a JSON value is of the column's kind: a bool is no number, 109.0 is an integer."""
    if column.kind == "any":
        return True
    if column.kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, str):
        if column.kind == "timestamp":
            return not pd.isna(pd.to_datetime(value, errors="coerce"))
        return column.kind in ("text", "text or number")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if column.kind == "integer":
        return _whole(column.dtype, value)
    return column.kind in ("number", "text or number") and abs(value) < 1e308


def _whole(dtype: str, value: float) -> bool:
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        return False
    name = dtype.lower()  # Int64 is pandas' nullable int64
    bounds: Any = np.iinfo(name if name.startswith(("int", "uint")) else "int64")
    return int(bounds.min) <= value <= int(bounds.max)


def _told(value: Any) -> str:
    """A value for a message: short, and whatever its type."""
    text = repr(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
