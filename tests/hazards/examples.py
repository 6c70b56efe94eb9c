"""Makes notebooks of the examples that rules carry."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from jupyter_prod.notebook import Cell, Notebook


def notebook_of(example: str, path: Path = Path("example.ipynb")) -> Notebook:
    """The notebook that an example in percent format describes; lines with `#>` are a cell's saved output."""
    cells: list[Cell] = []
    kind, lines, output = "code", [], []  # type: str, list[str], list[str]

    def close() -> None:
        if any(line.strip() for line in lines):
            saved: tuple[dict[str, Any], ...] = ()
            if output:
                saved = ({"output_type": "stream", "name": "stdout", "text": "\n".join(output)},)
            number = len(cells) + 1
            cells.append(Cell(number, f"c{number}", kind, "\n".join(lines).strip("\n"), outputs=saved))  # type: ignore[arg-type]
        lines.clear()
        output.clear()

    for line in textwrap.dedent(example).strip("\n").split("\n"):
        if line.startswith("# %%"):
            close()
            kind = "markdown" if "[markdown]" in line else "code"
        elif line.startswith("#> "):
            output.append(line[3:])
        else:
            lines.append(line)
    close()
    return Notebook(path, "", tuple(cells), {}, (4, 5), "python", "python3")


def marked(example: str, code: str) -> set[tuple[int, int]]:
    """(cell, row) of the lines that an example says are found; an output's stands on its cell's first line."""
    found: set[tuple[int, int]] = set()
    cell, row = 1, 0
    started = False
    for line in textwrap.dedent(example).strip("\n").split("\n"):
        if line.startswith("# %%"):
            if started:
                cell += 1
            row = 0
            continue
        if line.startswith("#> "):
            if line.rstrip().endswith(f"# {code}"):
                found.add((cell, 1))
            continue
        started = True
        row += 1
        if line.rstrip().endswith(f"# {code}"):
            found.add((cell, row))
    return found
