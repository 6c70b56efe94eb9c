"""JPD16 chained-assignment."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.literals import span_of
from jupyter_prod.hazards.rule import Edit, Fix, Hit, Place, Rule
from jupyter_prod.program.values import Value

_INDEXERS = frozenset({"loc", "iloc", "at", "iat"})
_NO_COLUMNS = frozenset(
    "loc iloc at iat ix values index columns dtypes shape attrs flags str dt cat T plot style".split()
)


class ChainedAssignment(Rule):
    code = "JPD16"
    slug = "chained-assignment"
    severity = "warning"
    step = 2
    title = "An assignment that may hit a copy"
    what = """
    Finds values assigned through two selections in a row (`df[mask]["a"] = 0`, `df["a"][mask] = 0`, `df.a[mask] = 0`),
    and columns added to a selection of rows that was never copied while the whole frame is still used.
    """
    why = """
    Whether the frame changes depends on the version of pandas and on how the rows lie in memory: today a warning, with
    pandas 3 never. The model then learns from the values that you meant to correct.
    """
    bad = (
        """
        import pandas as pd
        receipts = pd.read_csv("receipts.csv")
        receipts[receipts["value"] < 0]["value"] = 0  # JPD16
        """,
        """
        import pandas as pd
        weekly = pd.read_csv("weekly.csv")
        weekly["qty"][weekly["qty"] < 0] = 0  # JPD16
        weekly.price[3] = 9.95  # JPD16
        """,
        """
        import pandas as pd
        staff = pd.read_csv("staff.csv")
        young = staff[staff["age"] < 30]
        young["group"] = "young"  # JPD16
        print(len(young) / len(staff))
        """,
    )
    good = (
        """
        import pandas as pd
        receipts = pd.read_csv("receipts.csv")
        receipts.loc[receipts["value"] < 0, "value"] = 0
        """,
        """
        import pandas as pd
        staff = pd.read_csv("staff.csv")
        young = staff[staff["age"] < 30].copy()
        young["group"] = "young"
        print(len(young) / len(staff))
        """,
        """
        import pandas as pd
        frames = {"a": pd.read_csv("a.csv")}
        frames["a"]["total"] = frames["a"]["price"] * 2
        """,
    )
    fix = "unsafe"
    fix_note = "Assigns with one `loc`."
    fixed = """
        import pandas as pd
        receipts = pd.read_csv("receipts.csv")
        receipts.loc[receipts["value"] < 0, "value"] = 0  # JPD16
        """
    conversion = "yours"
    conversion_note = """
    The line is kept as it is and the project pins the pandas version of the pilot, so that the numbers agree.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        reported: set[int] = set()
        for target in facts.nodes_of(ast.Subscript):
            place = facts.place(target) if isinstance(target.ctx, ast.Store) else None
            if place is None:
                continue
            if _chained(target, facts) is not None:
                yield Hit(place, _said(target), fix=_with_loc(target, facts))
                continue
            rows = _selection(target, facts)
            if rows is not None and id(rows) not in reported:
                reported.add(id(rows))
                yield Hit(
                    place, f"`{_text(target.value)}` may be a copy or a view of other rows: take it with `.copy()`"
                )
        for attribute in facts.nodes_of(ast.Attribute):
            if isinstance(attribute.ctx, ast.Store) and _is_mask(attribute.value, facts):
                value, place = facts.value(attribute.value), facts.place(attribute)
                if value is not None and value.kind == "frame" and place is not None:
                    yield Hit(place, _said(attribute))


def _said(target: ast.expr) -> str:
    return f"`{_text(target)}` may change a copy only: assign with one `loc`"


def _chained(target: ast.Subscript, facts: Facts) -> Value | None:
    """The frame of which a selection of a selection is assigned to; None where the assignment is one step."""
    inner: ast.expr = target.value
    if (
        isinstance(inner, ast.Attribute)
        and inner.attr in _INDEXERS
        and isinstance(inner.value, (ast.Subscript, ast.Attribute))
    ):
        inner = inner.value  # df["a"].loc[mask] = 0
        if not _is_column(inner, facts):
            return None
    if isinstance(inner, ast.Attribute):
        return _frame(inner.value, facts) if _is_column(inner, facts) else None
    if not isinstance(inner, ast.Subscript):
        return None
    base = inner.value
    if isinstance(base, ast.Attribute) and base.attr in _INDEXERS:
        base = base.value
    held = facts.value(inner)
    frame = _frame(base, facts)
    return frame if held is not None and held.kind in ("frame", "series", "row") else None


def _is_column(node: ast.expr, facts: Facts) -> bool:
    if isinstance(node, ast.Attribute) and node.attr in _NO_COLUMNS:
        return False
    value = facts.value(node)
    owner = node.value if isinstance(node, (ast.Subscript, ast.Attribute)) else None
    return (
        value is not None
        and value.kind == "series"
        and isinstance(value.column, str)
        and owner is not None
        and _frame(owner, facts) is not None
    )


def _frame(node: ast.expr, facts: Facts) -> Value | None:
    value = facts.value(node)
    return value if value is not None and value.kind == "frame" and value.type != "dict" else None


def _is_mask(node: ast.expr, facts: Facts) -> bool:
    """Rows that a condition chose: `df[df["a"] > 1]`."""
    if not isinstance(node, ast.Subscript):
        return False
    chosen = node.slice
    if isinstance(chosen, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
        return True
    if isinstance(chosen, ast.BinOp) and isinstance(chosen.op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
        return True
    value = facts.value(chosen)
    made = value.made if value is not None else None
    if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute):
        return made.func.attr in (
            "isin",
            "isna",
            "isnull",
            "notna",
            "notnull",
            "between",
            "contains",
            "startswith",
            "duplicated",
        )
    return isinstance(made, (ast.Compare, ast.BoolOp))


def _selection(target: ast.Subscript, facts: Facts) -> Value | None:
    """Rows chosen by a condition out of a frame that is read again later, to which a column is assigned."""
    if not isinstance(target.value, ast.Name):
        return None
    rows = facts.value(target.value)
    made = rows.made if rows is not None else None
    if (
        rows is None
        or rows.kind != "frame"
        or not isinstance(made, ast.Subscript)
        or not isinstance(made.value, ast.Name)
    ):
        return None
    if not _is_mask(made, facts) or made.value.id == target.value.id:
        return None
    whole, here = facts.value(made.value), facts.statement(target)
    if whole is None or here is None or whole.kind != "frame":
        return None
    for statement in facts.program.statements[here.index + 1 :]:
        if statement.trace.held.get(made.value.id) is whole:
            return rows
    return None


def _with_loc(target: ast.Subscript, facts: Facts) -> Fix | None:
    """`df["a"][mask] = 0` → `df.loc[mask, "a"] = 0`, where one is a column's name and the other a condition."""
    inner = target.value
    whole = facts.place(target)
    if whole is None or not isinstance(inner, (ast.Subscript, ast.Attribute)):
        return None
    base = span_of(facts, inner.value)
    if isinstance(inner, ast.Attribute):
        first: str | None = f'"{inner.attr}"'
        column = True
    else:
        first, column = span_of(facts, inner.slice), _is_text(inner.slice)
    second = span_of(facts, target.slice)
    if not base or not first or not second or not isinstance(inner.value, ast.Name):
        return None
    if column and not _is_text(target.slice) and not isinstance(target.slice, (ast.Slice, ast.Tuple, ast.List)):
        rows, name = second, first
    elif not column and _is_text(target.slice) and isinstance(inner, ast.Subscript) and _is_mask(inner, facts):
        rows, name = first, second
    else:
        return None
    place = Place(whole.cell, whole.row, whole.column, whole.end_row, whole.end_column)
    return Fix("unsafe", "Assign with one `loc`", edits=(Edit(place, f"{base}.loc[{rows}, {name}]"),))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else text[:59] + "…"
