"""JPD18 discarded-result."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule

_OF_FRAMES = frozenset(
    """dropna drop drop_duplicates fillna rename replace reset_index set_index sort_values sort_index astype assign
        merge join append query round clip where mask melt explode interpolate ffill bfill convert_dtypes infer_objects
        reindex add_prefix add_suffix to_datetime apply map applymap
    """.split()
)
_UNMISTAKABLE = frozenset("dropna drop_duplicates fillna reset_index set_index sort_values".split())
_APPLIES = frozenset({"apply", "map", "applymap"})


class DiscardedResult(Rule):
    code = "JPD18"
    slug = "discarded-result"
    severity = "warning"
    step = 2
    title = "The result of a call is thrown away"
    what = """
    Finds calls that give a new frame or column and change nothing (`df.dropna()`, `df["a"].fillna(0)`,
    `df.sort_values("day")`) where nobody keeps what they give. The last line of a cell shows its result and is none,
    nor is a call with `inplace=True`.
    """
    why = """
    The line reads as if the rows were cleaned, and everybody who reads it believes so. They were not: missing
    values and duplicates are still there when the model is fitted.
    """
    bad = (
        """
        import pandas as pd
        receipts = pd.read_csv("receipts.csv")
        receipts.dropna(subset=["value"])  # JPD18
        total = receipts["value"].sum()
        """,
        """
        import pandas as pd
        def clean(rows):
            rows["price"].fillna(0)  # JPD18
            rows.drop_duplicates("receipt")  # JPD18
            return rows
        receipts = clean(pd.read_csv("receipts.csv"))
        """,
    )
    good = (
        """
        import pandas as pd
        receipts = pd.read_csv("receipts.csv")
        receipts = receipts.dropna(subset=["value"])
        receipts.drop(columns="note", inplace=True)
        receipts.sort_values("value")
        """,
        """
        names = {"a": "b"}
        words = []
        words.append("c")
        "a b".replace("a", "c")
        """,
    )
    conversion = "resolved"
    conversion_note = """
    A line without effect stays behind, and the project does what the notebook did: keep the result if you meant it.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        last = {id(s.node) for s in facts.program.statements if s.last}
        for call in facts.methods(*_OF_FRAMES):
            holder = facts.parent(call)
            if not isinstance(holder, ast.Expr) or id(holder) in last or not isinstance(call.func, ast.Attribute):
                continue
            name = facts.qualified(call.func)
            owner, _, method = name.rpartition(".")
            if not _is_table(owner, method, call, facts) or _changes(call):
                continue
            if method in _APPLIES and not _only_answers(call, facts):
                continue
            place = facts.place(call)
            if place is not None:
                yield Hit(
                    place,
                    f"`{ast.unparse(call.func)[:50]}` changes nothing, and its result is thrown away: assign it",
                )


def _is_table(owner: str, method: str, call: ast.Call, facts: Facts) -> bool:
    if owner in ("frame", "series"):
        return True
    assert isinstance(call.func, ast.Attribute)
    value = facts.value(call.func.value)
    if value is not None and value.kind in ("frame", "series"):
        return True
    return not owner and method in _UNMISTAKABLE and (value is None or value.kind == "unknown")


def _changes(call: ast.Call) -> bool:
    """Whether the object itself is changed: `inplace` is given, and not `False`."""
    for keyword in call.keywords:
        if keyword.arg is None:
            return True
        if keyword.arg == "inplace":
            return not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    return False


def _only_answers(call: ast.Call, facts: Facts) -> bool:
    """Whether a function that is applied has no other effect: a lambda without calls, a builtin type."""
    function = call.args[0] if call.args else None
    if isinstance(function, ast.Lambda):
        return not any(isinstance(n, (ast.Call, ast.NamedExpr)) for n in ast.walk(function.body))
    return function is not None and facts.qualified(function) in ("builtins.int", "builtins.float", "builtins.str")
