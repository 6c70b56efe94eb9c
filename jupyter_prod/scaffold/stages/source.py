"""A cell's text, and edits of it by syntax tree: what isn't edited stays as it was written."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """Replaces the characters from `start` to `end` of a text."""

    start: int
    end: int
    text: str


class Source:
    """A text with the places of its syntax tree's nodes in characters (the tree counts columns in UTF-8 bytes)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def _place(self, line: int, column: int) -> int:
        text = self.lines[line - 1]
        if not text.isascii():
            column = len(text.encode("utf-8")[:column].decode("utf-8", errors="replace"))
        return self._starts[line - 1] + column

    def start(self, node: ast.AST) -> int:
        """Where a node starts; a definition with its decorators."""
        first = node
        decorators = getattr(node, "decorator_list", None)
        if decorators:
            first = decorators[0]
            return self._place(first.lineno, first.col_offset) - 1
        return self._place(first.lineno, first.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Where a node ends."""
        return self._place(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def segment(self, node: ast.AST, edits: Iterable[Edit] = ()) -> str:
        """The node's text with edits applied; edits outside of it are an error, overlapping ones too."""
        start, end = self.start(node), self.end(node)
        return apply(self.text[start:end], [Edit(e.start - start, e.end - start, e.text) for e in edits])

    def indentation(self, node: ast.AST) -> str:
        """The white space before a statement."""
        line = self.lines[node.lineno - 1]  # type: ignore[attr-defined]
        return line[: len(line) - len(line.lstrip())]


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they must not overlap."""
    ordered = sorted(edits, key=lambda e: (e.start, e.end))
    parts, at = [], 0
    for edit in ordered:
        if edit.start < at:
            raise ValueError("edits overlap")
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join(parts) + text[at:]


def shifted(text: str, by: str) -> str:
    """A statement's text, indented; lines within a string that spans lines stay where they are."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return "\n".join(by + line if line.strip() else line for line in text.split("\n"))
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno and node.end_lineno > node.lineno:
            inside.update(range(node.lineno + 1, node.end_lineno + 1))
    lines = text.split("\n")
    return "\n".join(
        by + line if line.strip() and number not in inside else line for number, line in enumerate(lines, 1)
    )
