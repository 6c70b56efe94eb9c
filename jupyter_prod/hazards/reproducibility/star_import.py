"""JPR12 star-import."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule


class StarImport(Rule):
    code = "JPR12"
    slug = "star-import"
    severity = "info"
    step = 4
    title = "All names of a module are imported"
    what = """
    Finds `from … import *`.
    """
    why = """
    Nobody can tell where a name comes from, and the next version of the module may bring one that hides another: a
    function of the notebook, or Python's own `sum`. The code then does something else and says nothing.
    """
    bad = (
        """
        from numpy import *  # JPR12
        print(sqrt(2))
        """,
        """
        from os.path import join
        from tkinter.ttk import *  # JPR12
        """,
    )
    good = (
        """
        from numpy import sqrt
        import numpy as np
        print(sqrt(2) * np.pi)
        """,
        """
        numbers = [1, 2]
        print(*numbers)
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The project's modules import by name what they use.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for node in facts.nodes_of(ast.ImportFrom):
            if any(alias.name == "*" for alias in node.names):
                place = facts.place(node)
                if place is not None:
                    module = "." * node.level + (node.module or "")
                    yield Hit(place, f"`from {module} import *` brings names that nobody sees: import what is used")
