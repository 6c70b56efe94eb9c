"""Small edits to a cell's source that leave every other character as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any


def with_assignment(source: str, name: str, value: Any) -> str:
    """The source with another value in each top-level `name = …`."""
    tree = _parsed(source)
    values = [
        node.value
        for node in (tree.body if tree else [])
        if isinstance(node, ast.Assign)
        and [ast.unparse(target) for target in node.targets] == [name]
    ]
    return _replaced(source, [(node, repr(value)) for node in values])


def with_text(source: str, text: str, other: str) -> str:
    """The source with another text in each string that is exactly `text`."""
    tree = _parsed(source)
    found = [node for node in (_strings(tree) if tree else ()) if node.value == text]
    return _replaced(source, [(node, repr(other)) for node in found])


def without_installs(source: str) -> str:
    """The source with `%pip install` and the like as comments: the project's environment is made beforehand."""
    return re.sub(
        r"(?m)^([ \t]*)([!%]\s*(?:pip3?|conda|mamba|python3? -m pip)\s.*)$", r"\1pass  # \2", source
    )


def _parsed(source: str) -> ast.Module | None:
    """The cell's tree, magics and shell lines passed over; None where it is no Python."""
    try:
        return ast.parse(re.sub(r"(?m)^([ \t]*)[%!?].*$", r"\1pass", source))
    except (SyntaxError, ValueError):
        return None


def _strings(node: ast.AST) -> Iterator[ast.Constant]:
    """String constants, but for the parts of f-strings, which have no place of their own."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child
        elif not isinstance(child, ast.JoinedStr):
            yield from _strings(child)


def _replaced(source: str, edits: list[tuple[ast.expr, str]]) -> str:
    lines = source.encode().splitlines(keepends=True)
    for node, text in sorted(
        edits, key=lambda edit: (edit[0].lineno, edit[0].col_offset), reverse=True
    ):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        head, tail = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        lines[first : last + 1] = [head + text.encode() + tail]
    return b"".join(lines).decode()
