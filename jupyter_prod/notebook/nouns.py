"""The nouns of reading: a notebook, its cells, and a cell's Python."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Kind = Literal["code", "markdown", "raw"]
Disposition = Literal["dropped", "dependency", "kept", "obstacle"]


@dataclass(frozen=True)
class Cell:
    """One cell as saved: `number` counts from 1 over all cells of the notebook, whatever their kind.

    `source` has `\\n` line ends; `outputs` have the shape of nbformat 4, also where the file is older.
    """

    number: int
    id: str | None
    kind: Kind
    source: str
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    outputs: tuple[Mapping[str, Any], ...] = ()
    execution_count: int | None = None


@dataclass(frozen=True)
class Notebook:
    """A notebook as read: `sha256` is the file's, `language` the kernel's in lower case (`python`, `r`, `julia`)."""

    path: Path
    sha256: str
    cells: tuple[Cell, ...]
    metadata: Mapping[str, Any]
    nbformat: tuple[int, int]
    language: str
    kernel: str | None


@dataclass(frozen=True)
class Magic:
    """An IPython command in a cell, and what conversion does with it.

    `name` is the magic's name (`matplotlib`, `%time` as `time`), `!` for a shell line, `?` for a help line, `/` for an
    auto-call. `dropped` has no effect on results; `dependency` says what to install (`packages`: requirements as pip
    reads them, `-r FILE` for a file of them); `kept` left Python in its place; `obstacle` may change results and has
    no Python form.
    """

    cell: int
    line: int
    name: str
    text: str
    disposition: Disposition
    why: str
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class SyntaxProblem:
    """Why a cell is not Python: `line` and `column` count from 1 in the cell as written."""

    line: int
    column: int
    message: str


@dataclass(frozen=True)
class PythonCell:
    """A code cell as Python, with as many lines as the cell has.

    Columns are the cell's own, save on the lines in `shifts`, where that many characters were cut off the left
    (`%time x = f()` is `x = f()` here). `tree` is the parsed source, None where `error` says why there is none; its
    `col_offset`s count UTF-8 bytes, as everywhere in `ast`.
    """

    cell: int
    source: str
    magics: tuple[Magic, ...] = ()
    error: SyntaxProblem | None = None
    shifts: Mapping[int, int] = field(default_factory=dict)
    tree: ast.Module | None = field(default=None, compare=False, repr=False)
