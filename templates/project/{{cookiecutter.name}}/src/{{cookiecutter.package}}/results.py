"""What a run of the pipeline tells, and what the model answers, as plain values."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from .learned import Learned

Value = TypeVar("Value")
_MOST_NUMBERS = 2000
_ABSENT = object()
_DURATIONS = ("fit_time", "score_time")  # how long a machine took is no number of the model's


class Metrics:
    """The numbers that the notebook computes, under its own words."""

    def __init__(self) -> None:
        self._said: dict[str, Any] = {}

    def record(self, name: str, value: Value) -> Value:
        """Keeps the numbers in `value` and returns it unchanged.

        Said twice with another value, a name gets a count; text and large arrays are no metrics.
        """
        numbers = _numbers(value)
        if numbers is not _ABSENT:
            text, key, count = json.dumps(numbers), name, 1
            while key in self._said and json.dumps(self._said[key]) != text:
                count += 1
                key = f"{name} ({count})"
            self._said[key] = numbers
        return value

    def as_json(self) -> dict[str, Any]:
        """The metrics as nested JSON values; what is not a finite number is null."""
        return dict(self._said)


@dataclass
class Run:
    """One run of the pipeline; `inputs` are what the notebook read, by the setting's name."""

    metrics: Metrics
    inputs: dict[str, Any] = field(default_factory=dict)
    model: Any = None
    learned: Learned | None = None
    outputs: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """One prediction a row, in row order, and each class's probability where the model has them."""

    predictions: list[Any]
    probabilities: list[dict[str, float]] | None = None


def plain(value: Any) -> Any:
    """The JSON value of a value of Python, numpy or pandas.

    Missing and infinite ones become None, dates ISO 8601, what JSON has no form for becomes text.
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(entry) for entry in value]
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, np.timedelta64):
        value = pd.Timedelta(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


def _numbers(value: Any) -> Any:
    """The numbers of a value in its own nesting; _ABSENT where it holds none, or too many."""
    if hasattr(value, "numpy") and not isinstance(value, np.ndarray):
        value = value.numpy()  # a tensor
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, pd.DataFrame) and value.columns.is_unique and value.size <= _MOST_NUMBERS:
        return _numbers({column: value[column] for column in value.columns})
    if isinstance(value, pd.Series) and value.size <= _MOST_NUMBERS:
        return _numbers(value.to_dict() if value.index.is_unique else value.tolist())
    if isinstance(value, np.ndarray) and value.size <= _MOST_NUMBERS:
        return _numbers(value.tolist())
    if isinstance(value, Mapping) and len(value) <= _MOST_NUMBERS:
        named = {str(key): _numbers(entry) for key, entry in value.items() if not str(key).endswith(_DURATIONS)}
        return {key: entry for key, entry in named.items() if entry is not _ABSENT} or _ABSENT
    if isinstance(value, (list, tuple)) and len(value) <= _MOST_NUMBERS:
        listed = [_numbers(entry) for entry in value]
        return [entry for entry in listed if entry is not _ABSENT] or _ABSENT
    return _ABSENT
