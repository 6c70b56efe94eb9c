"""JPE07 swallowed-error."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Place, Rule

_BROAD = frozenset({"builtins.Exception", "builtins.BaseException", "builtins.StandardError", "builtins.Warning"})


class SwallowedError(Rule):
    code = "JPE07"
    slug = "swallowed-error"
    severity = "warning"
    step = 2
    title = "An error or warning that nobody will hear of"
    what = """
    Finds bare `except:` that doesn't raise again, `except Exception:` that only passes or continues, and warnings that
    are switched off as a whole (`warnings.filterwarnings("ignore")`, `np.seterr(all="ignore")`). One kind of warning,
    named by category or message, is none; nor is a narrow `except FileNotFoundError`.
    """
    why = """
    The pipeline goes on with what is left and reports success. Half the rows may be missing for weeks. Warnings are
    where a library says that the next release will behave otherwise, or that a fit didn't converge.
    """
    bad = (
        """
        import pandas as pd
        try:
            history = pd.read_csv("history.csv")
        except:  # JPE07
            history = pd.DataFrame()
        """,
        """
        import warnings
        warnings.filterwarnings("ignore")  # JPE07
        """,
        """
        rows = []
        for line in open("log.txt"):
            try:
                rows.append(float(line))
            except Exception:  # JPE07
                continue
        """,
        """
        import numpy as np
        np.seterr(all="ignore")  # JPE07
        """,
    )
    good = (
        """
        import logging
        import pandas as pd
        log = logging.getLogger("sales")
        try:
            history = pd.read_csv("history.csv")
        except FileNotFoundError:
            log.warning("no history yet")
            history = pd.DataFrame()
        """,
        """
        import warnings
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="seaborn")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import oldlib
        """,
        """
        import os
        try:
            os.remove("stale.lock")
        except OSError:
            pass
        try:
            result = 1 / 3
        except:
            print("failed")
            raise
        """,
    )
    conversion = "yours"
    conversion_note = """
    The statement is kept as it is. Name the errors that may happen, log them, and let the others stop the run.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for handler in facts.nodes_of(ast.ExceptHandler):
            said = _swallows(handler, facts)
            place = facts.place(handler)
            if said and place is not None:
                yield Hit(Place(place.cell, place.row, place.column, place.row, place.column + 6), said)
        for call in facts.calls_of(
            "warnings.filterwarnings", "warnings.simplefilter", "numpy.seterr", "contextlib.suppress"
        ):
            said, place = _silences(call, facts), facts.place(call)
            if said and place is not None:
                yield Hit(place, said)
        for assigned in facts.nodes_of(ast.Assign):
            target = assigned.targets[0]
            if isinstance(target, ast.Attribute) and target.attr == "warn" and _is_warnings(target.value, facts):
                place = facts.place(assigned)
                if place is not None:
                    yield Hit(place, "`warnings.warn` is replaced: no warning is heard any more; silence one category")


def _is_warnings(owner: ast.expr, facts: Facts) -> bool:
    return isinstance(owner, ast.Name) and facts.naming.imports.get(owner.id) == "warnings"


def _swallows(handler: ast.ExceptHandler, facts: Facts) -> str:
    if any(isinstance(n, ast.Raise) for s in handler.body for n in ast.walk(s)):
        return ""
    if handler.type is None:
        if _ends_program(handler, facts):
            return ""
        return "bare `except:` takes any error, also the stop of the run, and goes on: name the errors that are meant"
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    broad = next((k for k in kinds if facts.qualified(k) in _BROAD), None)
    if broad is not None and all(_does_nothing(s) for s in handler.body):
        return f"`except {ast.unparse(broad)}:` passes over any error in silence: name the errors, and log them"
    return ""


def _ends_program(handler: ast.ExceptHandler, facts: Facts) -> bool:
    """Whether a handler stops the run, or hands the error on to somebody who is told of all of it."""
    for call in (n for s in handler.body for n in ast.walk(s) if isinstance(n, ast.Call)):
        name = facts.qualified(call.func)
        if name in ("sys.exit", "os._exit", "builtins.exit", "builtins.quit") or name.endswith(".exception"):
            return True
    return False


def _does_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Pass, ast.Continue)) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _silences(call: ast.Call, facts: Facts) -> str:
    name = facts.qualified(call.func)
    given = {k.arg: k.value for k in call.keywords}
    if name == "contextlib.suppress":
        broad = [a for a in call.args if facts.qualified(a) in _BROAD]
        return f"`suppress({ast.unparse(broad[0])})` passes over any error in silence: name the errors" if broad else ""
    if name == "numpy.seterr":
        every = given.get("all", call.args[0] if call.args else None)
        silent = isinstance(every, ast.Constant) and every.value == "ignore"
        return (
            "divisions by zero and overflows are passed over in silence: ignore them where they are meant"
            if silent
            else ""
        )
    action = given.get("action", call.args[0] if call.args else None)
    if not isinstance(action, ast.Constant) or action.value != "ignore" or len(call.args) > 1:
        return ""
    if any(arg in given for arg in ("message", "module", "lineno", None)) or _narrow(given.get("category"), facts):
        return ""
    if any(_catches(above, facts) for above in facts.parents(call)):
        return ""
    return "all warnings are silenced: ignore the one category or message that is known to be harmless"


def _narrow(category: ast.expr | None, facts: Facts) -> bool:
    return category is not None and facts.qualified(category) != "builtins.Warning"


def _catches(node: ast.AST, facts: Facts) -> bool:
    return isinstance(node, (ast.With, ast.AsyncWith)) and any(
        isinstance(i.context_expr, ast.Call) and facts.qualified(i.context_expr.func) == "warnings.catch_warnings"
        for i in node.items
    )
