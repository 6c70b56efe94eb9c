"""Where values come from: walks back along their sources, column by column where columns are known."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from jupyter_prod.program import Program
from jupyter_prod.program.events import Event
from jupyter_prod.program.values import Value

MOST_STEPS = 20_000
"""How many steps one walk may take."""

MOST_IN_ALL = 600_000
"""How many steps all walks of one notebook may take: a bound, of some seconds, for notebooks built to be slow."""

NOW = 1 << 60
_TABLES = frozenset(
    {"frame", "series", "array", "list", "index", "indexer", "accessor", "rowiter", "row", "unknown", "groupby"}
)


@dataclass(frozen=True)
class Wanted:
    """Which columns of a frame a walk follows: all but the dropped where `names` is None."""

    names: frozenset[str] | None = None
    dropped: frozenset[str] = frozenset()

    def __contains__(self, column: object) -> bool:
        if not isinstance(column, str):
            return True
        return column not in self.dropped and (self.names is None or column in self.names)

    def only(self, columns: frozenset[str]) -> Wanted:
        """These columns, as far as they were wanted."""
        return Wanted(columns - self.dropped if self.names is None else columns & self.names)

    def without(self, columns: frozenset[str]) -> Wanted:
        """All but these."""
        return Wanted(None if self.names is None else self.names - columns, self.dropped | columns)

    @property
    def none(self) -> bool:
        """Whether nothing is left to follow."""
        return self.names is not None and not self.names


ALL = Wanted()


class Step(NamedTuple):
    """A value on the way back, as it was at `tick`, and the columns of it that are followed."""

    value: Value
    tick: int
    wanted: Wanted = ALL


class Flow:
    """Answers where values come from, at a time in the running number of `Value.sources`."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._left = MOST_IN_ALL

    def at(self, event: Event) -> int:
        """When an event happened."""
        return self.program.at(event)

    def back(
        self, value: Value, tick: int = NOW, wanted: Wanted = ALL, stop: Callable[[Value], bool] | None = None
    ) -> Iterator[Step]:
        """Everything that a value was made from, itself first: also what was written into it before `tick`.

        What `stop` says yes to is told, but not followed.
        """
        waiting = [Step(value, tick, wanted)]
        seen: dict[tuple[int, Wanted | None], int] = {}
        left = min(MOST_STEPS, self._left)
        while waiting and left:
            left -= 1
            self._left -= 1
            step = waiting.pop()
            key = (id(step.value), None if step.wanted is ALL else step.wanted)
            if seen.get(key, -1) >= step.tick:
                continue
            seen[key] = step.tick
            yield step
            if stop is None or not stop(step.value):
                waiting += self._sources(step)

    def _sources(self, step: Step) -> Iterator[Step]:
        value, wanted = step.value, step.wanted
        for other in value.alike:
            yield Step(other, step.tick, wanted)
        if value.kind in ("tuple", "list", "dict", "instance", "bunch"):
            for item in (*value.items, *([value.element] if value.element is not None else ())):
                yield Step(item, step.tick, ALL)
        for source in reversed(value.sources):
            if source.tick > step.tick or wanted.none:
                continue
            if source.key is not None and value.kind in ("frame", "indexer"):
                if source.key not in wanted:
                    continue
                yield Step(source.value, source.tick, ALL)
                if isinstance(source.key, str) and wanted.names is not None:
                    wanted = Wanted(wanted.names - {source.key})  # older values of this column are gone
            else:
                yield Step(source.value, source.tick, self._columns_of_source(value, source.value, wanted))

    def _columns_of_source(self, value: Value, source: Value, wanted: Wanted) -> Wanted:
        """Which columns of a source are meant by the wanted columns of what was made from it."""
        if source.kind not in ("frame", "indexer", "bound", "unknown", "tuple"):
            return ALL
        if value.kind == "bound":
            return wanted
        if value.kind == "series":
            if isinstance(value.column, str) and isinstance(value.made, (ast.Subscript, ast.Attribute)):
                return Wanted(frozenset({value.column}))
            return wanted
        made = value.made
        if (
            isinstance(made, ast.Subscript)
            and value.columns is not None
            and all(isinstance(c, str) for c in value.columns)
            and (not value.selected or value.parent is None)
        ):
            return wanted.only(frozenset(value.columns))
        if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute):
            if made.func.attr == "drop":
                return wanted.without(self.dropped(made))
            if made.func.attr == "rename":
                return self._renamed(made, wanted)
        if isinstance(made, ast.Call) and _name(made.func) == "get_dummies" and wanted.names is not None:
            return Wanted(frozenset(p for n in wanted.names for p in _prefixes(n)))
        if value.kind in _TABLES and source.kind in ("frame", "indexer", "unknown", "tuple"):
            return wanted
        return ALL

    def dropped(self, call: ast.Call) -> frozenset[str]:
        """The columns that a call of `drop` leaves out, as far as they are constants."""
        named = [k.value for k in call.keywords if k.arg in ("columns", "labels")] or call.args[:1]
        found: set[str] = set()
        for node in named:
            note = self.program.note(node)
            const = note.value.const if note is not None and note.value.known() else None
            found.update(c for c in (const if isinstance(const, list) else [const]) if isinstance(c, str))
        return frozenset(found)

    def taken_away(self, value: Value, tick: int) -> set[str]:
        """The columns that `del`, `pop` or an in-place `drop` took out of a frame before `tick`."""
        found: set[str] = set()
        by_tick: dict[int, list[Value]] = {}
        for source in value.sources:
            if source.tick <= tick:
                by_tick.setdefault(source.tick, []).append(source.value)
                if source.value.kind == "none" and isinstance(source.key, str):
                    found.add(source.key)
        for parts in by_tick.values():
            if any(p.kind == "bound" and p.type in ("drop", "pop") for p in parts):
                for part in parts:
                    held = part.const if isinstance(part.const, list) else [part.const]
                    found.update(c for c in held if isinstance(c, str))
        return found

    def _renamed(self, call: ast.Call, wanted: Wanted) -> Wanted:
        if wanted.names is None:
            return wanted
        named = next((k.value for k in call.keywords if k.arg == "columns"), None)
        note = self.program.note(named) if named is not None else None
        if note is None or not isinstance(note.value.const, dict):
            return ALL
        before = {new: old for old, new in note.value.const.items() if isinstance(old, str)}
        return Wanted(frozenset(before.get(n, n) for n in wanted.names))

    def rows(self, value: Value, tick: int = NOW) -> frozenset[object]:
        """What chose the rows of a value, out of all rows of its inputs: a token for each choice on the way."""
        chosen: set[object] = set()
        waiting = [(value, tick)]
        seen: set[int] = set()
        while waiting and len(seen) < MOST_STEPS:
            now, when = waiting.pop()
            if id(now) in seen:
                continue
            seen.add(id(now))
            if now.chosen is not None:
                chosen.add(now.chosen if isinstance(now.chosen, (str, tuple)) else id(now.chosen))
            waiting += [(a, when) for a in now.alike]
            waiting += [
                (s.value, s.tick)
                for s in now.sources
                if s.tick <= when and s.key is None and (s.value.kind in _TABLES or s.value.kind in ("bound", "tuple"))
            ]
        return frozenset(chosen)

    def apart(self, rows: Value, tick: int, fitted: Value, fitted_tick: int) -> bool:
        """Whether `rows` are others than the fitted ones: parted from the same inputs, or of another input."""
        if rows.axis and fitted.axis and not rows.axis & fitted.axis:
            return True
        mine, theirs = self.rows(rows, tick), self.rows(fitted, fitted_tick)
        return bool(mine - theirs) and bool(theirs - mine)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _prefixes(name: str) -> set[str]:
    """A dummy column and what it may have come from: `store_format_city` → `store_format`, `store`."""
    parts = name.split("_")
    return {"_".join(parts[:n]) for n in range(1, len(parts) + 1)}
