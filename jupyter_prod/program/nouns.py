"""The nouns of the program model."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TypeVar

from jupyter_prod.notebook import PythonCell
from jupyter_prod.program.events import Event, Note
from jupyter_prod.program.record import Record, Trace
from jupyter_prod.program.values import Value

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, eq=False)
class Statement:
    """One top-level statement of the notebook.

    `cell` counts from 1 over all cells, `line` and `end_line` from 1 in the cell; `text` is its source as written, with
    the comment lines that stand directly above it in `comment`. `last`: it closes its cell (its value is shown).
    """

    index: int
    cell: int
    line: int
    end_line: int
    node: ast.stmt
    text: str
    comment: str
    last: bool
    trace: Trace
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Program:
    """What the cells mean together."""

    statements: tuple[Statement, ...]
    record: Record
    notes: dict[int, Note]
    names: dict[str, Value]
    sources: dict[int, str] = field(default_factory=dict)
    cells: dict[int, PythonCell] = field(default_factory=dict)
    local_modules: tuple[str, ...] = ()

    def of(self, kind: type[E]) -> list[E]:
        """The events of one kind, in order."""
        return [e for e in self.record.events if isinstance(e, kind)]

    def at(self, event: Event) -> int:
        """When an event happened, in the running number of `Value.sources`."""
        return self.record.at[id(event)]

    def note(self, node: ast.AST) -> Note | None:
        """What is known of an expression."""
        return self.notes.get(id(node))
