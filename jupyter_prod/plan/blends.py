"""Answers that are made of several models' predictions: no one of these models is the notebook's final one."""

from __future__ import annotations

from collections.abc import Collection

from jupyter_prod.program import Program
from jupyter_prod.program.events import Fit, Metric, Predict
from jupyter_prod.program.values import Value


def blended_at(program: Program, final: Value) -> int | None:
    """The statement that judges predictions of `final` mixed with another model's; None where none does.

    A table or list that merely holds predictions side by side is no blend; an average, a vote or a weighted sum is one.
    """
    models = [f.estimator for f in program.of(Fit) if f.y is not None]
    told = {id(p.value): p.estimator for p in program.of(Predict) if any(p.estimator is m for m in models)}
    for metric in program.of(Metric):
        for value in metric.values:
            found = _asked(value, told)
            if len(found) > 1 and any(one is final or final in one.alike for one in found):
                return metric.statement
    return None


def _asked(value: Value, told: dict[int, Value]) -> list[Value]:
    """The models whose predictions went into a value."""
    found: list[Value] = []
    seen: set[tuple[int, object]] = set()
    waiting: list[tuple[Value, object]] = [(value, None)]
    while waiting:
        at, column = waiting.pop()
        if (id(at), _hashable(column)) in seen:
            continue
        seen.add((id(at), _hashable(column)))
        if id(at) in told:
            if not any(told[id(at)] is one for one in found):
                found.append(told[id(at)])
            continue
        if at.kind in ("dict", "estimator", "function"):
            continue  # what a table of models holds are alternatives
        wanted = at.column if at.kind == "series" else column
        for source in at.sources:
            other = source.value
            if other.kind in ("list", "tuple") and _is_element(at, other):
                continue
            if at.kind == "frame" and column is not None and source.key is not None and source.key != column:
                continue
            waiting.append((other, wanted if other.kind == "frame" else None))
    return found


def _is_element(value: Value, holder: Value) -> bool:
    """Whether a value is one of those that a list holds, not made of all of them."""
    held: Collection[Value] = [*holder.items, *([holder.element] if holder.element is not None else [])]
    return any(value is one or value in one.alike for one in held)


def _hashable(key: object) -> object:
    return key if isinstance(key, (str, int, type(None))) else id(key)
