"""What rules ask about a notebook: its cells, the calls in them by qualified name, and places."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import Any, TypeVar

from jupyter_prod.hazards.flow import Flow
from jupyter_prod.hazards.naming import Naming
from jupyter_prod.hazards.project import Project
from jupyter_prod.hazards.rule import Place
from jupyter_prod.notebook import Magic, Notebook, PythonCell
from jupyter_prod.program import Program, Statement
from jupyter_prod.program.values import Value

Node = TypeVar("Node", bound=ast.AST)

_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}
_NEVER_NODES = frozenset(
    "ctx op ops id attr name names_ arg kind value_ type_comment lineno asname module level".split()
)


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a class of nodes that may hold nodes which rules ask about."""
    found = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _NEVER_NODES)
    return found


class Facts:
    """One notebook as rules see it: one walk over its syntax trees, then only look-ups.

    What several rules ask is found once and held in `kept`.
    """

    def __init__(self, notebook: Notebook, program: Program) -> None:
        self.notebook = notebook
        self.program = program
        self.flow = Flow(program)
        self.kept: dict[str, object] = {}
        self.nodes: list[ast.AST] = []
        self.calls: list[ast.Call] = []
        self._by_type: dict[type[ast.AST], list[ast.AST]] = {}
        self._parent: dict[int, ast.AST] = {}
        self._cell: dict[int, int] = {}
        self._walk()
        self.naming = Naming(program, self.nodes)
        self._by_name: dict[str, list[ast.Call]] = {}
        self._by_method: dict[str, list[ast.Call]] = {}
        for call in self.calls:
            name = self.naming.qualified(call.func)
            self._by_name.setdefault(name, []).append(call)
            self._by_method.setdefault(name.rsplit(".", 1)[-1], []).append(call)

    def _walk(self) -> None:
        nodes, calls, by_type, parents, cells = self.nodes, self.calls, self._by_type, self._parent, self._cell
        for number, cell in self.program.cells.items():
            if cell.tree is None:
                continue
            waiting: list[ast.AST] = [cell.tree]
            while waiting:
                node = waiting.pop()
                key = id(node)
                cells[key] = number
                nodes.append(node)
                kind = type(node)
                held = by_type.get(kind)
                if held is None:
                    by_type[kind] = [node]
                else:
                    held.append(node)
                if kind is ast.Call:
                    calls.append(node)  # type: ignore[arg-type]
                children: list[ast.AST] = []
                for name in _FIELDS.get(kind) or _fields(kind):
                    value = getattr(node, name, None)
                    if isinstance(value, ast.AST):
                        children.append(value)
                    elif isinstance(value, list):
                        children += [item for item in value if isinstance(item, ast.AST)]
                for child in children:
                    parents[id(child)] = node
                children.reverse()
                waiting += children

    def nodes_of(self, kind: type[Node]) -> list[Node]:
        """The syntax nodes of exactly this class, in document order: cheaper than a walk over all."""
        return self._by_type.get(kind, [])  # type: ignore[return-value]

    @cached_property
    def project(self) -> Project | None:
        """What lies beside the notebook; None where it is not on a disk."""
        return Project(self.notebook.path) if self.notebook.path.is_file() else None

    # ------------------------------------------------------------ calls

    def calls_of(self, *names: str) -> Iterator[ast.Call]:
        """The calls of functions or classes with these qualified names, in document order for each name."""
        for name in names:
            yield from self._by_name.get(name, ())

    def methods(self, *names: str) -> Iterator[ast.Call]:
        """The calls whose function's last name is one of these, whoever owns it."""
        for name in names:
            yield from self._by_method.get(name, ())

    def qualified(self, node: ast.expr) -> str:
        """The qualified name that an expression stands for; its own text's last part where it is unknown."""
        return self.naming.qualified(node)

    def value(self, node: ast.AST | None) -> Value | None:
        """What the program model knows of an expression; None where it was never evaluated."""
        note = self.program.note(node) if node is not None else None
        return note.value if note is not None else None

    # ------------------------------------------------------------ positions

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The syntax node that holds this one."""
        return self._parent.get(id(node))

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes that hold this one, from the inside out."""
        above = self._parent.get(id(node))
        while above is not None:
            yield above
            above = self._parent.get(id(above))

    def cell_of(self, node: ast.AST) -> int | None:
        """The number of the cell that a node stands in; None for a module beside the notebook."""
        return self._cell.get(id(node))

    def place(self, node: ast.AST) -> Place | None:
        """Where a node stands, in the cell as written; None where it isn't of this notebook."""
        number = self._cell.get(id(node))
        row = getattr(node, "lineno", None)
        if number is None or row is None:
            return None
        cell = self.program.cells[number]
        end_row = getattr(node, "end_lineno", None) or row
        return Place(
            number,
            row,
            self._column(cell, row, getattr(node, "col_offset", 0)),
            end_row,
            self._column(cell, end_row, getattr(node, "end_col_offset", None) or 0),
        )

    def line(self, cell: int, row: int) -> Place:
        """A line of a cell as written, without what it is indented by."""
        lines = next((c.source.split("\n") for c in self.notebook.cells if c.number == cell), [])
        text = lines[row - 1] if row <= len(lines) else ""
        return Place(cell, row, len(text) - len(text.lstrip()) + 1, row, len(text.rstrip()) + 1)

    def _column(self, cell: PythonCell, row: int, offset: int) -> int:
        """`ast` counts bytes in the Python source; a place counts characters in the cell as written."""
        lines = self._lines.setdefault(cell.cell, cell.source.split("\n"))
        line = lines[row - 1] if row <= len(lines) else ""
        characters = offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))
        return characters + 1 + cell.shifts.get(row, 0)

    @cached_property
    def _lines(self) -> dict[int, list[str]]:
        return {}

    @cached_property
    def _statement_of(self) -> dict[int, Statement]:
        return {id(s.node): s for s in self.program.statements}

    def statement(self, node: ast.AST) -> Statement | None:
        """The top-level statement that holds a node."""
        found = self._statement_of.get(id(node))
        for above in self.parents(node):
            found = found or self._statement_of.get(id(above))
        return found

    def tree(self, cell: PythonCell) -> Any:
        """The root of a cell's ast-grep tree, which exists also where the cell is no Python."""
        if cell.cell not in self._trees:
            from ast_grep_py import SgRoot

            self._trees[cell.cell] = SgRoot(cell.source, "python").root()
        return self._trees[cell.cell]

    @cached_property
    def _trees(self) -> dict[int, Any]:
        return {}

    def magics(self) -> Iterator[Magic]:
        """The IPython commands of all cells, in order."""
        for cell in self.program.cells.values():
            yield from cell.magics
