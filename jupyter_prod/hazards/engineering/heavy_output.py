"""JPE16 heavy-output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Fix, Hit, Place, Rule
from jupyter_prod.notebook import Cell

MOST = 1_000_000
"""How many characters of saved output are too many."""


class HeavyOutput(Rule):
    code = "JPE16"
    slug = "heavy-output"
    severity = "info"
    step = 2
    title = "More than a megabyte of saved output"
    what = """
    Finds cells whose saved outputs are above 1 MB, and notebooks whose outputs are so together: tables of all rows,
    pictures with every point, logs of a training.
    """
    why = """
    Every save puts the megabytes into the repository again, reviews show nothing else, and tools that read the notebook
    are slow. Data in outputs also escape whoever guards the data.
    """
    bad = (
        "for n in range(100):  # JPE16\n    print(n)\n#> " + "x" * 1_100_000,
        "print('a')\n#> " + "a" * 600_000 + "\n# %%\nprint('b')\n#> " + "b" * 600_000 + "\n#@ JPE16",
    )
    good = ("print('short')\n#> short", "for n in range(100):\n    print(n)\n#> " + "x" * 10_000)
    fixed = "for n in range(100):  # JPE16\n    print(n)"
    fix = "safe"
    fix_note = "Clears the outputs of the cell; they come back when it is run."
    conversion = "resolved"
    conversion_note = """
    Outputs don't travel to the project.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        sizes = {c.number: size for c in facts.notebook.cells if c.outputs and (size := _size(c))}
        heavy = [number for number, size in sizes.items() if size > MOST]
        for number in heavy:
            message = f"the cell's saved outputs are {sizes[number] / 1e6:.1f} MB: clear them, or show less"
            yield Hit(facts.line(number, 1), message, fix=Fix("safe", "Clear the outputs", clears=(number,)))
        whole = sum(sizes.values())
        if whole > MOST and not heavy:
            largest = sorted(sizes, key=lambda n: -sizes[n])
            clears = tuple(sorted(n for n in largest if sizes[n] > MOST // 20)) or tuple(largest[:1])
            fix = Fix("safe", "Clear the largest outputs", clears=clears)
            yield Hit(
                Place(None), f"the notebook's saved outputs are {whole / 1e6:.1f} MB: clear the large ones", fix=fix
            )


def _size(cell: Cell) -> int:
    return sum(_length(output.get(key)) for output in cell.outputs for key in ("text", "data", "traceback"))


def _length(held: Any) -> int:
    if isinstance(held, str):
        return len(held)
    if isinstance(held, (list, tuple)):
        return sum(_length(part) for part in held)
    if isinstance(held, Mapping):
        return sum(_length(part) for part in held.values())
    return 0
