"""Applying fixes: which go together, what becomes of the cells, and that nothing is broken by them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from jupyter_prod.hazards import Edit, Fix, Parameter
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.notebook import Cell, Notebook, python_source
from jupyter_prod.notebook.rewriting import Changes, NewCell

PARAMETERS = "parameters"
"""The tag of the cell that papermill, and conversion, take parameters from."""


@dataclass
class Accepted:
    """The fixes that are done together: none touches what another touches."""

    fixes: list[Fix] = field(default_factory=list)
    edits: dict[int, list[Edit]] = field(default_factory=dict)
    imports: dict[str, int] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    clears: set[int] = field(default_factory=set)
    removes: set[int] = field(default_factory=set)

    def take(self, fix: Fix) -> bool:
        """Whether the fix goes with those that were taken before; it is taken then."""
        if any(self._collides(edit) for edit in fix.edits) or self.removes & {e.place.cell for e in fix.edits}:
            return False
        if any(self.edits.get(cell) for cell in fix.removes):
            return False
        named = {p.name: p.value for p in self.parameters.values()}
        if any(named.get(p.name, p.value) != p.value for p in fix.parameters):
            return False
        for edit in fix.edits:
            held = self.edits.setdefault(edit.place.cell or 0, [])
            if edit not in held:
                held.append(edit)
        first = min((edit.place.cell or 0 for edit in fix.edits), default=1)
        for line in fix.imports:
            self.imports[line] = min(first, self.imports.get(line, first))
        self.parameters |= {p.name: p for p in fix.parameters}
        self.clears |= set(fix.clears)
        self.removes |= set(fix.removes)
        self.fixes.append(fix)
        return True

    def _collides(self, edit: Edit) -> bool:
        mine = _range(edit)
        for other in self.edits.get(edit.place.cell or 0, ()):
            theirs = _range(other)
            if edit == other and mine[0] != mine[1]:
                continue
            if (mine[0] < theirs[1] and theirs[0] < mine[1]) or mine[0] == theirs[0] or mine == theirs:
                return True
        return False


def plan_fixes(notebook: Notebook, findings: Sequence[Finding], unsafe: bool) -> tuple[Changes, list[Finding]]:
    """What becomes of the notebook's cells, and which findings' fixes that does; the others wait for a next round.

    Fixes that touch what another touches wait. A fix that would leave a cell of Python that is none is not done.
    """
    chosen = [f for f in findings if _wanted(f.fix, unsafe)]
    while chosen:
        taken = Accepted()
        done = [f for f in chosen if f.fix is not None and taken.take(f.fix)]
        changes = _changes(notebook, taken)
        cells = {cell.number: cell for cell in notebook.cells}
        broken = {n for n, source in changes.sources.items() if _breaks(cells[n], source)}
        if not broken:
            return changes, done
        kept = [f for f in chosen if f.fix is None or not broken & {e.place.cell for e in f.fix.edits}]
        chosen = kept if len(kept) < len(chosen) else []
    return Changes(), []


def _wanted(fix: Fix | None, unsafe: bool) -> bool:
    return fix is not None and fix.file is None and (unsafe or fix.applicability == "safe")


def _changes(notebook: Notebook, taken: Accepted) -> Changes:
    cells = {cell.number: cell for cell in notebook.cells}
    sources: dict[int, str] = {}
    for number, edits in taken.edits.items():
        if number in cells and number not in taken.removes:
            sources[number] = edited_text(cells[number].source, edits)
    inserted: tuple[NewCell, ...] = ()
    if taken.parameters:
        holder = next((c for c in notebook.cells if c.kind == "code" and PARAMETERS in c.tags), None)
        lines = "\n".join(f"{p.name} = {p.value}" for p in taken.parameters.values())
        if holder is not None:
            sources[holder.number] = sources.get(holder.number, holder.source).rstrip("\n") + "\n" + lines
        else:
            inserted = (NewCell(_first_code(notebook), lines, (PARAMETERS,)),)
    for line, before in taken.imports.items():
        _add_import(notebook, sources, line, before)
    return Changes(sources, frozenset(taken.clears), frozenset(taken.removes), inserted)


def edited_text(text: str, edits: Sequence[Edit]) -> str:
    """A text with edits made, places counted as `Place` counts them."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for edit in sorted(edits, key=_range, reverse=True):
        (row, column), (end_row, end_column) = _range(edit)
        first = _offset(starts, text, row, column)
        last = max(first, _offset(starts, text, end_row, end_column))
        text = text[:first] + edit.content + text[last:]
    return text


def _offset(starts: list[int], text: str, row: int, column: int) -> int:
    if row - 1 >= len(starts) - 1:
        return len(text)
    return min(starts[row - 1] + column - 1, starts[row] - 1 if column > 1 else starts[row - 1], len(text))


def _range(edit: Edit) -> tuple[tuple[int, int], tuple[int, int]]:
    place = edit.place
    return (place.row, place.column), (place.end_row, place.end_column)


def _first_code(notebook: Notebook) -> int:
    return next((cell.number for cell in notebook.cells if cell.kind == "code"), len(notebook.cells) + 1)


def _add_import(notebook: Notebook, sources: dict[int, str], line: str, before: int) -> None:
    """Puts an import below the last one of the first cell that imports, or on top of the cell that needs it."""
    code = [cell for cell in notebook.cells if cell.kind == "code" and cell.number <= before]
    for cell in code:
        tree = python_source(cell).tree
        if tree is not None and any(isinstance(s, (ast.Import, ast.ImportFrom)) and _says(s, line) for s in tree.body):
            return
    for cell in code:
        source = sources.get(cell.number, cell.source)
        tree = python_source(_with(cell, source)).tree
        imports = [s for s in tree.body if isinstance(s, (ast.Import, ast.ImportFrom))] if tree is not None else []
        if imports:
            last = imports[-1].end_lineno or imports[-1].lineno
            lines = source.split("\n")
            if ";" not in lines[last - 1].split("#")[0]:
                sources[cell.number] = "\n".join([*lines[:last], line, *lines[last:]])
                return
    target = next((c for c in notebook.cells if c.number == before), None)
    if target is not None:
        sources[before] = line + "\n" + sources.get(before, target.source)


def _says(statement: ast.stmt, line: str) -> bool:
    """Whether an import statement already brings what an import line would."""
    wanted = ast.parse(line).body[0]
    if isinstance(wanted, ast.ImportFrom):
        names = {(a.name, a.asname) for a in wanted.names}
        return (
            isinstance(statement, ast.ImportFrom)
            and statement.module == wanted.module
            and names <= {(a.name, a.asname) for a in statement.names}
        )
    assert isinstance(wanted, ast.Import)
    return isinstance(statement, ast.Import) and {(a.name, a.asname) for a in wanted.names} <= {
        (a.name, a.asname) for a in statement.names
    }


def _with(cell: Cell, source: str) -> Cell:
    return Cell(cell.number, cell.id, cell.kind, source, cell.tags, cell.metadata)


def _breaks(cell: Cell, source: str) -> bool:
    if cell.kind != "code" or python_source(cell).error is not None:
        return False
    return python_source(_with(cell, source)).error is not None
