"""JPE05 long-cell."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule

MOST = 60
"""How many lines of code a cell may have."""


class LongCell(Rule):
    code = "JPE05"
    slug = "long-cell"
    severity = "info"
    step = 2
    title = "A cell of more than 60 lines"
    what = """
    Finds code cells with more than 60 lines of code; empty lines and comments don't count.
    """
    why = """
    A long cell does several things at once: none can be run, tested or replaced alone, and a difference in review
    shows the whole cell. Long literals belong in a file.
    """
    bad = (
        "limits = {  # JPE05\n" + "".join(f'    "P{n:03d}": {n},\n' for n in range(64)) + "}\n",
        "total = 0  # JPE05\n" + "".join(f"total += {n}\n" for n in range(61)),
    )
    good = (
        "total = 0\n" + "".join(f"total += {n}\n" for n in range(50)),
        "total = 0\n" + "".join(f"# step {n}\n\ntotal += {n}\n" for n in range(40)),
    )
    conversion = "resolved"
    conversion_note = """
    Statements, not cells, are what conversion sorts into stages.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for number, cell in facts.program.cells.items():
            if cell.source.count("\n") < MOST or any(
                m.text.startswith("%%") and m.disposition != "kept" for m in cell.magics
            ):
                continue
            lines = [line.strip() for line in cell.source.split("\n")]
            code = sum(bool(line) and not line.startswith("#") for line in lines)
            if code > MOST:
                first = next(row for row, line in enumerate(lines, 1) if line)
                yield Hit(
                    facts.line(number, first), f"the cell has {code} lines of code: part it where a new step begins"
                )
