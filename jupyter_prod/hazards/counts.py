"""Which code cells were run, in which order: by their saved execution counts."""

from __future__ import annotations

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.notebook import Cell
from jupyter_prod.patterns import lazy

_NO_CODE = lazy(r"\s*(?:#[^\n]*)?")


def code_cells(facts: Facts) -> list[Cell]:
    """The code cells that hold code, in document order."""
    return [c for c in facts.notebook.cells if c.kind == "code" and not _is_empty(c.source)]


def counted(facts: Facts) -> list[tuple[Cell, int]]:
    """The cells that were run, with their counts, in document order.

    Kernels count from 1: a 0 is written by tools that don't know the count (Colab, when it saves an opened notebook).
    """
    return [
        (c, c.execution_count) for c in code_cells(facts) if c.execution_count is not None and c.execution_count > 0
    ]


def _is_empty(source: str) -> bool:
    return all(_NO_CODE.fullmatch(line) for line in source.split("\n"))
