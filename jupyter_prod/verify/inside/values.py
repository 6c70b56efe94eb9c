"""Values of a notebook as JSON values: what a metric may be, and what a cell of a table is."""

from __future__ import annotations

import math
from typing import Any

LONGEST = 1000
"""More items than this in a list are no metric."""

WIDEST = 2000
"""More cells than this in a table are no metric."""


class NotPlain(TypeError):
    """A value that has no form as numbers."""


def scalar(value: Any) -> Any:
    """A JSON scalar for a scalar of Python, numpy or pandas; missing and NaN become None, what is foreign its text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if hasattr(value, "isoformat"):
        return None if value != value else value.isoformat()
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()
        if isinstance(value, (bool, str)):
            return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return None if value != value else float(value)
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if type(value).__name__ in ("Decimal", "Fraction"):
        return scalar(float(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def metric(value: Any) -> Any:
    """The JSON value of something that a notebook reports as a number.

    A number stays one, a list or array of at most 1000 numbers a list, a dictionary a dictionary, a Series a dictionary by
    label, a DataFrame one dictionary a numeric column. Raises NotPlain for everything else.
    """
    if isinstance(value, str) or value is None:
        raise NotPlain(type(value).__name__)
    kind = type(value).__module__.partition(".")[0]
    if hasattr(value, "numpy") and callable(value.numpy) and kind in ("torch", "tensorflow", "keras"):
        value = value.detach().cpu().numpy() if hasattr(value, "detach") else value.numpy()
    if kind == "pandas" and hasattr(value, "columns"):
        numeric = value.select_dtypes("number")
        if numeric.size == 0 or numeric.size > WIDEST:
            raise NotPlain(f"a table of {numeric.size} numbers")
        return {str(column): metric(numeric.iloc[:, i]) for i, column in enumerate(numeric.columns)}
    if kind == "pandas" and hasattr(value, "items") and hasattr(value, "dtype"):
        if len(value) > LONGEST:
            raise NotPlain(f"a series of {len(value)}")
        return _named({str(label): one for label, one in value.items()})
    if isinstance(value, dict):
        if len(value) > LONGEST:
            raise NotPlain(f"a dictionary of {len(value)}")
        return _named({str(label): one for label, one in value.items()})
    if hasattr(value, "tolist") and getattr(value, "shape", ()) != ():
        if getattr(value, "size", LONGEST + 1) > LONGEST:
            raise NotPlain(f"an array of {value.size}")
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        if not 0 < len(value) <= LONGEST:
            raise NotPlain(f"a list of {len(value)}")
        return [metric(one) for one in value]
    if (
        isinstance(value, (bool, int, float))
        or hasattr(value, "item")
        or type(value).__name__ in ("Decimal", "Fraction")
    ):
        plain = scalar(value)
        if plain is None or isinstance(plain, (bool, int, float)) or plain in ("Infinity", "-Infinity"):
            return plain
    raise NotPlain(type(value).__name__)


def _named(pairs: dict[str, Any]) -> dict[str, Any]:
    """Those of the named values that are numbers; text beside numbers (a model's name in a row) says nothing to compare."""
    kept = {}
    for label, one in pairs.items():
        try:
            kept[label] = metric(one)
        except NotPlain:
            continue
    if not kept:
        raise NotPlain("no numbers")
    return kept


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
        count, key = 1, name
        while key in self.said:
            if self.said[key] == plain:
                return []
            count += 1
            key = f"{name} ({count})"
        self.said[key] = plain
        return [(key, plain)]
