"""JPD08 inline-data."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule

MOST_VALUES = 20
"""More values than this are data."""

_Literal = ast.List | ast.Tuple | ast.Dict | ast.Set
_TABLES = frozenset(
    "DataFrame Series array asarray tensor from_dict from_records Dataset constant createDataFrame".split()
)


class InlineData(Rule):
    code = "JPD08"
    slug = "inline-data"
    severity = "info"
    step = 2
    title = "Data typed into the notebook"
    what = """
    Finds lists, tuples and dictionaries of more than 20 typed values, and tables typed as a text, that later lines use.
    Lists of names alone (columns, labels, words) are none unless a table is made of them.
    """
    why = """
    Nobody can say where the numbers come from or when they change, and a change of data is a change of code. Keep them
    in a file or a table that has an owner.
    """
    bad = (
        """
        limits = [2.8, 7.1, 11.2, 1.4, 2.8, 4.5, 2.3, 4.5, 7.1, 3.5, 7.1,  # JPD08
                  11.0, 1.8, 4.5, 11.2, 2.8, 7.1, 18.0, 1.1, 2.2, 4.4, 8.8]
        mean = sum(limits) / len(limits)
        """,
        """
        import pandas as pd
        rows = pd.DataFrame({  # JPD08
            "day": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            "sold": [4, 6, 2, 9, 7, 1, 3, 8, 5, 6, 4],
        })
        print(rows["sold"].sum())
        """,
    )
    good = (
        """
        import pandas as pd
        columns = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t",
                   "u", "v"]
        rows = pd.read_csv("rows.csv", names=columns)
        """,
        """
        grid = {"depth": [2, 4, 6], "rate": [0.1, 0.01], "leaves": [31, 63]}
        rows = [[0] * 30 for _ in range(30)]
        print(grid, rows)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The values travel with the code that uses them; move them to a file, which then becomes an input like any other.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for kind in (ast.List, ast.Tuple, ast.Dict, ast.Set):
            for node in facts.nodes_of(kind):
                if _inside_another(node, facts):
                    continue
                numbers, texts = _leaves(node)
                if numbers + texts <= MOST_VALUES or not (numbers > MOST_VALUES or _is_table(node, facts)):
                    continue
                place = facts.place(node)
                if place is not None and _is_used(node, facts):
                    yield Hit(
                        place, f"{numbers + texts} values are typed in here: keep them in a file that has an owner"
                    )
        for call in facts.methods("StringIO"):
            value = facts.value(call.args[0]) if call.args else None
            text = value.const if value is not None else None
            made = value.made if value is not None else None
            place = facts.place(made) if made is not None else None
            if isinstance(text, str) and text.strip().count("\n") > MOST_VALUES and place is not None:
                yield Hit(
                    place,
                    f"a table of {text.strip().count(chr(10)) + 1} lines is typed in here: keep it in a file",
                )


def _inside_another(node: ast.AST, facts: Facts) -> bool:
    above = facts.parent(node)
    return isinstance(above, (ast.List, ast.Tuple, ast.Dict, ast.Set))


def _leaves(node: ast.expr) -> tuple[int, int]:
    """How many numbers and how many texts a literal holds; a dictionary's keys count as no values."""
    numbers = texts = 0
    waiting: list[ast.expr] = [node]
    while waiting:
        now = waiting.pop()
        if isinstance(now, ast.UnaryOp):
            now = now.operand
        if isinstance(now, (ast.List, ast.Tuple, ast.Set)):
            waiting += now.elts
        elif isinstance(now, ast.Dict):
            waiting += now.values
        elif isinstance(now, ast.Constant):
            if isinstance(now.value, (int, float)) and not isinstance(now.value, bool):
                numbers += 1
            elif isinstance(now.value, str):
                texts += 1
        elif isinstance(now, ast.Call) and len(now.args) == 1 and isinstance(now.args[0], (ast.List, ast.Tuple)):
            waiting += now.args
    return numbers, texts


def _is_table(node: ast.expr, facts: Facts) -> bool:
    """Whether a table is made of a literal, or texts stand for texts."""
    above = facts.parent(node)
    if isinstance(above, ast.Call) and facts.qualified(above.func).rsplit(".", 1)[-1] in _TABLES:
        return True
    if isinstance(node, ast.Dict):
        return all(isinstance(v, ast.Constant) for v in node.values)
    return isinstance(node, (ast.List, ast.Tuple)) and all(
        isinstance(e, (ast.List, ast.Tuple, ast.Dict)) for e in node.elts
    )


def _is_used(node: ast.expr, facts: Facts) -> bool:
    above = facts.parent(node)
    statement = facts.statement(node)
    if not isinstance(above, (ast.Assign, ast.AnnAssign)) or statement is None:
        return not isinstance(above, ast.Expr)
    names = {
        t.id for t in (above.targets if isinstance(above, ast.Assign) else [above.target]) if isinstance(t, ast.Name)
    }
    if not names or node not in (above.value,):
        return True
    later = facts.program.statements[statement.index + 1 :]
    return any(names & s.trace.reads for s in later)
