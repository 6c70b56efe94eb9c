"""JPR11 orphaned-state."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.counts import counted
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule

_MOST = 3
"""How many gaps are told, the widest first."""


class OrphanedState(Rule):
    code = "JPR11"
    slug = "orphaned-state"
    severity = "info"
    step = 4
    title = "Something was run that is no longer there"
    what = """
    Reads the saved execution counts and finds runs that no cell has: the cell was deleted, or edited and run again.
    The cell behind the gap is named; of many gaps the widest three.
    """
    why = """
    What the lost runs did is still in the saved results, and in no cell. After a restart they may come out otherwise.
    """
    bad = (
        """
        # %% In [1]
        rate = 0.2
        # %% In [5]  # JPR11
        print(rate)
        """,
        """
        # %% In [21]  # JPR11
        rate = 0.2
        # %% In [22]
        print(rate)
        """,
    )
    good = (
        """
        # %% In [1]
        rate = 0.2
        # %% In [2]
        print(rate)
        """,
        """
        # %% In [2]
        rate = 0.2
        # %% In [1]
        print(3)
        # %% In [3]
        print(rate)
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Verification runs the notebook anew, from its first cell on, and compares with that.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        cells = sorted(counted(facts), key=lambda pair: pair[1])
        gaps: list[tuple[int, int, int]] = []
        before = 0
        for cell, count in cells:
            if count - before > 1:
                gaps.append((count - before - 1, cell.number, count))
            before = max(before, count)
        for lost, number, count in sorted(gaps, key=lambda g: (-g[0], g[1]))[:_MOST]:
            runs = "one run" if lost == 1 else f"{lost} runs"
            message = f"{runs} before [{count}] left no cell: restart the kernel and run all"
            yield Hit(facts.line(number, 1), message)
