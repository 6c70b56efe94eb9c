"""JPD15 overwrites-source."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import opened, path_of, texts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Read, Written


class OverwritesSource(Rule):
    code = "JPD15"
    slug = "overwrites-source"
    severity = "error"
    step = 2
    title = "The file that was read is written back"
    what = """
    Finds a file that is read and later written under the same path. Reading back what the notebook itself wrote
    before is none, nor is a cache that is written only where it could not be read.
    """
    why = """
    The second run starts from the first one's result. A run that fails half-way leaves a source that nobody can
    restore, and no result can be traced to its input.
    """
    bad = (
        """
        import pandas as pd
        history = pd.read_csv("history.csv")
        history["total"] = history["price"] * history["count"]
        history.to_csv("history.csv", index=False)  # JPD15
        """,
        """
        import json
        path = "state.json"
        state = json.load(open(path))
        state["runs"] = state["runs"] + 1
        with open(path, "w") as f:  # JPD15
            json.dump(state, f)
        """,
    )
    good = (
        """
        import pandas as pd
        history = pd.read_csv("history.csv")
        history.to_csv("history_with_totals.csv", index=False)
        """,
        """
        import os
        import pandas as pd
        if os.path.exists("cache.csv"):
            rows = pd.read_csv("cache.csv")
        else:
            rows = pd.read_csv("raw.csv").drop_duplicates()
            rows.to_csv("cache.csv", index=False)
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The project reads its inputs from settings and writes every file to `artifacts/outputs/`: no source is touched.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        read: list[tuple[ast.AST, set[object]]] = []
        written: set[object] = set()
        for kind, node, path in _file_events(facts):
            names = _names(path, facts)
            if kind == "read":
                if not names & written:
                    read.append((node, names))
                continue
            sources = [source for source, known in read if known & names]
            if sources and not all(_alternatives(source, node, facts) for source in sources):
                place = facts.place(node)
                if place is not None:
                    yield Hit(
                        place,
                        f"{_shown(path, facts)} was read above and is overwritten here: write to another file",
                    )
                read = [(source, known) for source, known in read if not known & names]
            written |= names


def _file_events(facts: Facts) -> Iterator[tuple[str, ast.Call, ast.expr]]:
    """(read or written, the call to point at, its path), in the order in which they happen."""
    found: dict[tuple[str, int], tuple[int, str, ast.Call, ast.expr]] = {}
    for event in facts.program.record.events:
        if isinstance(event, (Read, Written)):
            file = next((o for o in (opened(facts, a) for a in _objects(event.node)) if o is not None), None)
            path = path_of(event.node)
            if file is None and path is not None:
                kind = "read" if isinstance(event, Read) else "written"
                found.setdefault((kind, id(event.node)), (facts.flow.at(event), kind, event.node, path))
    for call in facts.calls_of("builtins.open", "io.open"):
        mode, value, path = _mode(call), facts.value(call), path_of(call)
        if value is not None and path is not None and "a" not in mode and "+" not in mode:
            kind = "written" if "w" in mode or "x" in mode else "read"
            found[kind, id(call)] = (value.tick, kind, call, path)
    for call in facts.methods("read_text", "read_bytes", "write_text", "write_bytes"):
        value = facts.value(call)
        if value is not None and isinstance(call.func, ast.Attribute):
            kind = "read" if call.func.attr.startswith("read") else "written"
            found[kind, id(call)] = (value.tick, kind, call, call.func.value)
    for _, kind, call, path in sorted(found.values(), key=lambda entry: entry[0]):
        yield kind, call, path


def _objects(call: ast.Call) -> list[ast.expr]:
    """Where a call may hold its file object: an argument, or what its method belongs to."""
    owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
    return [*call.args[:2], *(k.value for k in call.keywords), *owner]


def _mode(call: ast.Call) -> str:
    modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
    return next((m.value for m in modes if isinstance(m, ast.Constant) and isinstance(m.value, str)), "r")


def _names(path: ast.expr, facts: Facts) -> set[object]:
    """What identifies a path: its constant text, and the object itself where a name holds it."""
    value = facts.value(path)
    if value is None:
        return (
            {posixpath.normpath(path.value)}
            if isinstance(path, ast.Constant) and isinstance(path.value, str)
            else set()
        )
    names: set[object] = {posixpath.normpath(t.replace("\\", "/")) for t in texts(value)}
    if isinstance(path, ast.Name) and value.kind not in ("file", "frame"):
        names.add(id(value))
    elif not names:  # the same expression of the same names
        held = [facts.value(n) for n in ast.walk(path) if isinstance(n, ast.Name)]
        names.add((ast.dump(path), *(id(v) for v in held)))
    return names


def _alternatives(first: ast.AST, second: ast.AST, facts: Facts) -> bool:
    """Whether only one of the two runs: they stand in different branches of the same `if` or `try`."""
    branches = {id(above): inner for inner, above in _chain(first, facts)}
    for inner, above in _chain(second, facts):
        if id(above) in branches:
            if isinstance(above, ast.Try):
                return _branch(above, branches[id(above)]) != _branch(above, inner) and "finalbody" not in (
                    _branch(above, inner),
                    _branch(above, branches[id(above)]),
                )
            if isinstance(above, (ast.If, ast.IfExp)):
                return _branch(above, branches[id(above)]) != _branch(above, inner)
            return False
    return False


def _chain(node: ast.AST, facts: Facts) -> Iterator[tuple[ast.AST, ast.AST]]:
    inner = node
    for above in facts.parents(node):
        yield inner, above
        inner = above


def _branch(node: ast.AST, inner: ast.AST) -> str:
    for name, held in ast.iter_fields(node):
        if held is inner or (isinstance(held, list) and any(h is inner for h in held)):
            return name
    return ""


def _shown(path: ast.expr, facts: Facts) -> str:
    value = facts.value(path)
    known = texts(value) if value is not None else set()
    return repr(min(known)) if known else f"`{ast.unparse(path)[:60]}`"
