"""What the program model knows of a value: its kind, whether its first axis is rows of data, and what it is made of.

A `Value` stands for an object of the running notebook. Two names that hold one object hold one `Value` (identity is
aliasing); a change of the object is written into it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()
"""No constant is known."""

ROWISH = frozenset({"frame", "series", "array", "row", "scalar", "list", "unknown", "index", "accessor", "rowiter"})
JUDGING = frozenset({"mean", "nanmean", "sum", "average", "median", "max", "count_nonzero"})
"""Aggregates that make a number which judges out of what a model predicted: mean((y - predicted) ** 2)."""

STRUCTURE = frozenset(
    {"columns", "module", "callable", "function", "class", "estimator", "bound", "figure", "selector"}
)


class Source(NamedTuple):
    """What a value was made from, or what was written into it: since when (a running number), and under which key."""

    value: Value
    tick: int
    key: Any = None


@dataclass(eq=False, slots=True)
class Value:
    """One object.

    kind      frame series array index row scalar text list tuple dict columns shape groupby accessor indexer rowiter
              columniter estimator function class module callable bound bunch figure none unknown
    type      the qualified name of its class, function or module
    axis      the inputs whose rows its first axis is; empty where it isn't made of rows
    origin    the inputs that it depends on at all
    sources   what it was made from and what was written into it, in order: see `Source`
    leading   the first columns, where the rest isn't known
    made      the expression that made it, first evaluated at `tick`
    chosen    what chose its rows: an index, a split and its part, the text of a slice
    through   the estimator that transformed it
    """

    kind: str = "unknown"
    type: str = ""
    axis: frozenset[str] = frozenset()
    origin: frozenset[str] = frozenset()
    selected: bool = False
    part: str = ""
    items: list[Value] = field(default_factory=list)
    keys: list[Any] = field(default_factory=list)
    element: Value | None = None
    const: Any = MISSING
    column: Any = None
    columns: tuple[Any, ...] | None = None
    leading: tuple[Any, ...] = ()
    parent: Value | None = None
    alike: tuple[Value, ...] = ()
    content: object = field(default_factory=object)
    node: ast.AST | None = None
    closure: Any = None
    prediction: Value | None = None
    metric: bool = False
    better: str = ""
    splits: bool = False
    fitted: list[int] = field(default_factory=list)
    created: int = -1
    writers: list[int] = field(default_factory=list)
    name: str = ""
    sources: list[Source] = field(default_factory=list)
    made: ast.AST | None = None
    tick: int = -1
    chosen: object = None
    through: Value | None = None

    @property
    def rows(self) -> bool:
        """Whether the first axis (or, for a row or a scalar, the value itself) belongs to rows of data."""
        return bool(self.axis)

    @property
    def learned(self) -> bool:
        """Whether it depends on rows without being rows: a statistic."""
        return bool(self.origin) and not self.axis

    def known(self) -> bool:
        """Whether a constant is known for it."""
        return self.const is not MISSING


def lineage(value: Value, seen: set[int] | None = None) -> list[Value]:
    """The value, what it is a view of, what it may be, and what it holds."""
    if seen is None and value.parent is None and not value.alike and not value.items and value.element is None:
        return [value]  # most are, and this is asked for each name that is read
    seen = set() if seen is None else seen
    if id(value) in seen:
        return []
    seen.add(id(value))
    found = [value]
    for other in ([value.parent] if value.parent else []) + list(value.alike) + value.items:
        found += lineage(other, seen)
    if value.element is not None:
        found += lineage(value.element, seen)
    return found


def owners(value: Value, seen: set[int] | None = None) -> list[Value]:
    """The objects that change when this one is changed in place: itself, what it is a view of, what it may be."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return []
    seen.add(id(value))
    found = [value]
    for other in ([value.parent] if value.parent else []) + list(value.alike):
        found += owners(other, seen)
    return found


def join(first: Value, second: Value) -> Value:
    """What a name holds after two branches."""
    if first is second:
        return first
    if first.kind == "none" and not first.writers:
        return second
    if second.kind == "none" and not second.writers:
        return first
    kind = first.kind if first.kind == second.kind else (first.kind if second.kind == "unknown" else second.kind)
    const = first.const if first.known() and second.known() and _equal(first.const, second.const) else MISSING
    return Value(
        kind=kind,
        type=first.type or second.type,
        axis=first.axis | second.axis,
        origin=first.origin | second.origin,
        selected=first.selected or second.selected,
        part=first.part if first.part == second.part else "",
        alike=(first, second),
        const=const,
        column=first.column if first.column == second.column else None,
        columns=first.columns if first.columns == second.columns else None,
        content=first.content if first.content is second.content else object(),
        prediction=first.prediction or second.prediction,
        metric=first.metric or second.metric,
        better=first.better or second.better,
        node=first.node or second.node,
        closure=first.closure or second.closure,
        items=first.items if len(first.items) == len(second.items) else [],
        element=first.element or second.element,
    )


def _equal(a: Any, b: Any) -> bool:
    try:
        return type(a) is type(b) and bool(a == b)
    except Exception:
        return False
