"""Which columns rows have, and from which raw columns each is made, row by row."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from jupyter_prod.hazards.flow import NOW, Flow
from jupyter_prod.program.values import Value

_OTHER_ROWS = frozenset(
    "shift diff pct_change rolling ewm expanding cumsum cumprod cummax cummin resample rank".split()
)
_KEEP_COLUMNS = frozenset(
    """copy dropna drop_duplicates sort_values sort_index sample head tail reset_index set_index fillna astype replace
        query train_test_split assign round
    """.split()
)
_FRAMES = frozenset({"frame", "indexer", "array", "unknown", "bound", "tuple"})


@dataclass(frozen=True)
class Origin:
    """What a column is made of: raw columns, each marked where other rows than its own enter; `node` defines it.

    `elementwise` is false where a statistic, another row or something unknown takes part.
    """

    roots: frozenset[tuple[str, str]] = frozenset()
    elementwise: bool = True
    node: ast.AST | None = None


@dataclass
class Listed:
    """The columns of rows, as far as they are known by name; `whole` says that there may be more."""

    names: list[str] = field(default_factory=list)
    whole: bool = False


class Columns:
    """Answers for one notebook."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def of(self, rows: Value, tick: int = NOW) -> Listed:
        """The columns of these rows: by the list that chose them, else what is known to be in them."""
        names, dropped, whole = self._walk(rows, tick)
        return Listed([n for n in dict.fromkeys(names) if n not in dropped], whole)

    def _walk(self, rows: Value, tick: int) -> tuple[list[str], set[str], bool]:
        names: list[str] = []
        dropped: set[str] = set()
        now, when = rows, tick
        for _ in range(200):
            if now.kind == "series":
                return ([now.column] if isinstance(now.column, str) else []) + names, dropped, False
            stored = [s for s in now.sources if s.tick <= when and isinstance(s.key, str)]
            names += [s.key for s in stored]
            if (
                isinstance(now.made, ast.Subscript)
                and now.columns
                and all(isinstance(c, str) for c in now.columns)
                and now.kind == "frame"
                and not _reads(now)
            ):
                return [str(c) for c in now.columns] + names, dropped, False
            call = now.made if isinstance(now.made, ast.Call) else None
            if call is not None and isinstance(call.func, ast.Attribute) and call.func.attr == "drop":
                dropped |= self.flow.dropped(call)
            if call is not None and _last(call) in (
                "get_dummies",
                "rename",
                "merge",
                "join",
                "concat",
                "pivot_table",
                "melt",
                "DataFrame",
                "groupby",
                "assign",
            ):
                if now.columns:
                    names = [str(c) for c in now.columns] + names
                return names, dropped, True
            following = next(
                (
                    (s.value, s.tick)
                    for s in now.sources
                    if s.tick <= when and s.key is None and s.value.axis and s.value.kind in _FRAMES
                ),
                None,
            )
            if following is None:
                if now.columns and now.kind == "frame":
                    names = [str(c) for c in now.columns] + names
                return names, dropped, True
            now, when = following
        return names, dropped, True

    def made(self, rows: Value, column: str, tick: int = NOW, depth: int = 0) -> Origin:
        """What a column of these rows is made of."""
        now, when = rows, tick
        for _ in range(200):
            if now.kind == "series" and now.column == column and not now.sources:
                break
            stored = [
                s
                for s in now.sources
                if s.tick <= when and s.key == column and now.kind in ("frame", "indexer", "unknown")
            ]
            if stored:
                latest = stored[-1]
                if isinstance(latest.value.made, ast.Attribute | ast.Name) and latest.value.kind == "bound":
                    return Origin(frozenset({(column, "changed")}), False)
                origin = self.origin(latest.value, latest.tick, depth + 1)
                return Origin(origin.roots, origin.elementwise, latest.value.made)
            following = next(
                (
                    (s.value, s.tick)
                    for s in now.sources
                    if s.tick <= when and s.key is None and s.value.axis and s.value.kind in {*_FRAMES, "series"}
                ),
                None,
            )
            if following is None:
                break
            now, when = following
        return Origin(frozenset({(column, "")}))

    def surely(self, rows: Value, column: str, frame: Value, tick: int = NOW) -> bool:
        """Whether a column of a frame is still among these rows: no list names it, and nothing on the way drops it."""
        now, when = rows, tick
        for _ in range(200):
            if column in self.flow.taken_away(now, when):
                return False
            if now is frame:
                return True
            if now.kind == "series":
                return False
            call = now.made if isinstance(now.made, ast.Call) else None
            if isinstance(now.made, ast.Subscript) and not (
                now.selected and now.chosen is not None and now.parent is None
            ):
                return False  # a list or a range of columns
            if call is not None and isinstance(call.func, ast.Attribute) and call.func.attr == "drop":
                dropped = self.flow.dropped(call)
                if column in dropped or not dropped:
                    return False
            elif call is not None and _last(call) not in _KEEP_COLUMNS:
                return False
            following = next(
                (
                    (s.value, s.tick)
                    for s in now.sources
                    if s.tick <= when and s.key is None and s.value.axis and s.value.kind in _FRAMES
                ),
                None,
            )
            if following is None:
                return False
            now, when = following
        return False

    def entry(self, rows: Value, column: str, tick: int = NOW) -> ast.AST | None:
        """Where a column comes among these rows: the list that names it, else the value that is stored under it."""
        now, when = rows, tick
        last: ast.AST | None = None
        for _ in range(200):
            stored = [
                s
                for s in now.sources
                if s.tick <= when and s.key == column and now.kind in ("frame", "indexer", "unknown")
            ]
            if stored:
                return stored[-1].value.made
            if isinstance(now.made, ast.Subscript) and now.kind == "frame" and now.columns and column in now.columns:
                return now.made
            if isinstance(now.made, ast.Call) and _last(now.made) == "drop":
                last = last or now.made
            following = next(
                (
                    (s.value, s.tick)
                    for s in now.sources
                    if s.tick <= when and s.key is None and s.value.axis and s.value.kind in _FRAMES
                ),
                None,
            )
            if following is None:
                break
            now, when = following
        return last

    def origin(self, value: Value, tick: int = NOW, depth: int = 0) -> Origin:
        """What a series is made of, row by row."""
        if depth > 40:
            return Origin(elementwise=False)
        if value.learned or value.kind == "groupby":
            return Origin(elementwise=False)
        if value.alike:
            return self._joined([self.origin(a, tick, depth + 1) for a in value.alike])
        made = value.made
        if (
            value.kind == "series"
            and isinstance(value.column, str)
            and value.parent is not None
            and _takes_column(made)
        ):
            return self.made(value.parent, value.column, min(tick, value.tick) if value.tick >= 0 else tick, depth + 1)
        sources = [s for s in value.sources if s.tick <= tick and (s.value.axis or s.value.learned)]
        taken = next((s for s in sources if s.value.kind == "frame"), None)
        if taken is not None and value.kind == "series":
            if isinstance(value.column, str) and isinstance(made, ast.Call) and _last(made) in ("pop", "get"):
                return self.made(taken.value, value.column, taken.tick, depth + 1)
            return Origin(elementwise=False)  # made of a whole frame: of which columns is not known
        if not sources:
            return Origin(elementwise=not value.axis)
        found = self._joined([self.origin(s.value, s.tick, depth + 1) for s in sources])
        if isinstance(made, ast.Call) and _last(made) in _OTHER_ROWS:
            return Origin(frozenset((name, "other rows") for name, _ in found.roots), found.elementwise)
        return found

    def _joined(self, origins: list[Origin]) -> Origin:
        return Origin(frozenset().union(*(o.roots for o in origins)), all(o.elementwise for o in origins))


def _takes_column(made: ast.AST | None) -> bool:
    return isinstance(made, (ast.Subscript, ast.Attribute))


def _reads(value: Value) -> bool:
    return not value.sources


def _last(call: ast.Call) -> str:
    return (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )
