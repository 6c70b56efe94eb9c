"""Values of a notebook as JSON values: what a metric may be, and what a cell of a table is.

The rules for metrics are those of `results.py` in generated projects, so that both sides say the same numbers.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

DURATIONS = ("fit_time", "score_time")
"""Keys of what cross-validation measures with a clock: no number of the model's."""

MOST_NUMBERS = 2000
"""More numbers than this in one value are no metric."""


class NotPlain(TypeError):
    """A value that holds no numbers, or too many."""


def scalar(value: Any) -> Any:
    """A JSON scalar for a scalar of Python, numpy or pandas; missing and NaN become None, what is foreign its text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()
        if isinstance(value, (bool, str)):
            return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return None if math.isnan(value) else float(value)
    if type(value).__name__ in ("Decimal", "Fraction"):
        return scalar(float(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def metric(value: Any) -> Any:
    """The numbers of a value in its own nesting, as a JSON value; what is not finite is None.

    Raises NotPlain where it holds none, or more than 2000 cells.
    """
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if hasattr(value, "numpy") and not (numpy and isinstance(value, numpy.ndarray)):
        value = (value.detach().cpu() if hasattr(value, "detach") else value).numpy()
    if isinstance(value, bool) or (numpy and isinstance(value, numpy.bool_)):
        return bool(value)
    if isinstance(value, int) or (numpy and isinstance(value, numpy.integer)):
        return int(value)
    if isinstance(value, float) or (numpy and isinstance(value, numpy.floating)):
        return float(value) if math.isfinite(value) else None
    if pandas and isinstance(value, pandas.DataFrame):
        if not value.columns.is_unique or value.size > MOST_NUMBERS:
            raise NotPlain(f"a table of {value.size} cells")
        value = {column: value[column] for column in value.columns}
    elif pandas and isinstance(value, pandas.Series):
        if value.size > MOST_NUMBERS:
            raise NotPlain(f"a series of {value.size}")
        value = value.to_dict() if value.index.is_unique else value.tolist()
    elif numpy and isinstance(value, numpy.ndarray):
        if value.size > MOST_NUMBERS:
            raise NotPlain(f"an array of {value.size}")
        return metric(value.tolist())
    if isinstance(value, dict) and len(value) <= MOST_NUMBERS:
        named = {}
        for key, entry in value.items():
            if str(key).endswith(DURATIONS):
                continue
            try:
                named[str(key)] = metric(entry)
            except NotPlain:  # a text beside the numbers, as a model's name in a row of scores
                continue
        if named:
            return named
    elif isinstance(value, (list, tuple)) and len(value) <= MOST_NUMBERS:
        listed = []
        for entry in value:
            try:
                listed.append(metric(entry))
            except NotPlain:
                continue
        if listed:
            return listed
    raise NotPlain(type(value).__name__)


class Record:
    """Named numbers in the order in which they were said; a name said again with another value is counted."""

    def __init__(self) -> None:
        self.said: dict[str, Any] = {}

    def add(self, name: str, value: Any) -> list[tuple[str, Any]]:
        """Keeps the value; answers the pairs that are new (none where it was said before or is no number)."""
        try:
            plain = metric(value)
        except NotPlain:
            return []
        count, key, text = 1, name, json.dumps(plain)
        while key in self.said:
            if json.dumps(self.said[key]) == text:
                return []
            count += 1
            key = f"{name} ({count})"
        self.said[key] = plain
        return [(key, plain)]
