"""JPR02 undefined-on-restart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.knowledge.star_names import star_names
from jupyter_prod.patterns import lazy
from jupyter_prod.program import Statement

_GIVEN = frozenset(
    """display get_ipython In Out exit quit spark sc sqlContext dbutils displayHTML __name__ __file__ __doc__
        __builtins__ __annotations__ __debug__ reveal_type ui mssparkutils notebookutils
    """.split()
)
"""Names that a kernel or a hosted notebook brings."""

_HISTORY = lazy(r"_+$|_i*\d*$|_+i*$|_dh$|_oh$|_ih$")
_BINDS = lazy(
    r"^\s*(?:(?:async\s+)?(?:def|class)\s+(\w+)|(?:import|from)\s+(.+)|for\s+([\w\s,()]+?)\s+in\b|with\s.+\bas\s+(\w+)|([\w\s,]+?)\s*(?::[^=]+)?=(?!=))",
    re.MULTILINE,
)


class UndefinedOnRestart(Rule):
    code = "JPR02"
    slug = "undefined-on-restart"
    severity = "error"
    step = 4
    title = "A name that no earlier cell defines"
    what = """
    Runs the cells in document order in thought and finds names that nothing has defined yet: defined only further
    down, deleted above, or in a cell that is gone. Told once a name, at its first use.
    """
    why = """
    The notebook only works in the session in which somebody ran the cells in another order. After a restart, and in
    every automated run, it stops here.
    """
    bad = (
        """
        from sklearn.tree import DecisionTreeClassifier
        tree = DecisionTreeClassifier(max_depth=best_depth)  # JPR02
        # %%
        best_depth = 7
        """,
        """
        import pandas as pd
        stock = pd.read_csv("stock.csv")
        del stock
        # %%
        stock.tail()  # JPR02
        """,
    )
    good = (
        """
        def report(rows):
            return len(rows) * factor
        # %%
        factor = 3
        report([1])
        """,
        """
        from math import *
        print(sqrt(2), display)
        """,
    )
    conversion = "yours"
    conversion_note = """
    Conversion follows the document's order, as a restart does: what is undefined there is named as an obstacle.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        hidden = _bound_out_of_sight(facts)
        later = {name for s in facts.program.statements for name in s.trace.binds}
        told: set[str] = set()
        for statement in facts.program.statements:
            for name in sorted(statement.trace.undefined - told - _GIVEN - hidden):
                if _HISTORY.match(name) or _guarded(name, statement):
                    continue
                if not _surely(name, statement, later, facts):
                    continue
                told.add(name)
                yield Hit(_place(name, statement, facts), _message(name, statement, facts))


def _message(name: str, statement: Statement, facts: Facts) -> str:
    earlier = [s for s in facts.program.statements[: statement.index] if name in s.trace.binds]
    if earlier:
        return f"`{name}` was deleted above: this cell fails after a restart"
    below = next((s for s in facts.program.statements[statement.index + 1 :] if name in s.trace.binds), None)
    if below is not None:
        return f"`{name}` is only defined further down, in cell {below.cell}: this cell fails after a restart"
    return f"`{name}` is defined nowhere: this cell fails after a restart"


def _place(name: str, statement: Statement, facts: Facts) -> Place:
    for node in ast.walk(statement.node):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            place = facts.place(node)
            if place is not None:
                return place
    place = facts.place(statement.node)
    return place if place is not None else Place(statement.cell, statement.line, 1, statement.end_line, 1)


def _guarded(name: str, statement: Statement) -> bool:
    """`try: x … except NameError`, `if "x" in globals()`: the notebook knows that the name may be missing."""
    for node in ast.walk(statement.node):
        if isinstance(node, ast.ExceptHandler) and (
            node.type is None
            or any(isinstance(n, ast.Name) and n.id in ("NameError", "Exception") for n in ast.walk(node.type))
        ):
            return True
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and node.left.value == name:
            return True
    return False


def _surely(name: str, statement: Statement, later: set[str], facts: Facts) -> bool:
    """Whether no star import and no text run as code before can have brought the name."""
    if name in later:
        return not _opaque(statement.index, facts)
    if _opaque(statement.index, facts):
        return False
    for earlier in facts.program.statements[: statement.index + 1]:
        for node in ast.walk(earlier.node):
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
                names = star_names(node.module or "") if not node.level else None
                if names is None or name in names:
                    return False
    return True


def _opaque(index: int, facts: Facts) -> bool:
    """Whether something before may bind any name: `%run`, `%store -r`, `exec`, `globals().update`."""
    cell = facts.program.statements[index].cell
    if any(
        m.name in ("run", "store", "load", "recall", "rerun", "macro", "import_notebook", "Rget") and m.cell <= cell
        for m in facts.magics()
    ):
        return True
    for earlier in facts.program.statements[: index + 1]:
        for node in ast.walk(earlier.node):
            if isinstance(node, ast.Call) and facts.qualified(node.func) in (
                "builtins.exec",
                "builtins.execfile",
                "builtins.globals",
                "builtins.locals",
                "builtins.vars",
            ):
                return True
    return False


def _bound_out_of_sight(facts: Facts) -> set[str]:
    """Names bound by cells that don't parse, and words of magics, which may bind any of them."""
    found: set[str] = set()
    for cell in facts.notebook.cells:
        code = facts.program.cells.get(cell.number)
        if code is None:
            continue
        if code.error is not None or "prod:skip" in cell.tags:
            for match in _BINDS.finditer(cell.source):
                found.update(re.findall(r"\w+", " ".join(g for g in match.groups() if g)))
        for magic in code.magics:
            if magic.disposition == "obstacle" or magic.text.startswith("%%"):
                found.update(re.findall(r"[A-Za-z_]\w*", magic.text))
    return found
