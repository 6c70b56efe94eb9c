"""The lines that a notebook gives to a shell or to IPython."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_prod.hazards.facts import Facts

_SHELLS = frozenset({"bash", "sh", "script", "zsh", "cmd", "powershell", "system", "sx", "!"})


@dataclass(frozen=True)
class Command:
    """A line as written: a magic, a shell line, or a line of a cell that is a shell script."""

    cell: int
    row: int
    text: str


def commands(facts: Facts) -> list[Command]:
    """The magics and shell lines of all cells, in order."""
    kept = facts.kept.get("commands")
    if isinstance(kept, list):
        return kept
    found: list[Command] = []
    scripts: set[int] = set()
    for magic in facts.magics():
        found += [Command(magic.cell, row, line) for row, line in enumerate(magic.text.split("\n"), magic.line)]
        if magic.text.startswith("%%") and magic.name in _SHELLS:
            scripts.add(magic.cell)
    for cell in facts.notebook.cells if scripts else ():
        if cell.number in scripts:
            found += [Command(cell.number, row, line) for row, line in enumerate(cell.source.split("\n"), 1) if row > 1]
    facts.kept["commands"] = found
    return found
