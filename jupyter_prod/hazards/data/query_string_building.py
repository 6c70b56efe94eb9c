"""JPD12 query-string-building."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy

_SQL = lazy(
    r"\bselect\b.+\bfrom\b|\binsert\s+into\b|\bupdate\s+\S+\s+set\b|\bdelete\s+from\b|\bmerge\s+into\b|\bdrop\s+table\b|\bcreate\s+table\b"
    r"|\bwhere\b.+(?:=|\blike\b|\bin\b)",
    re.IGNORECASE | re.DOTALL,
)
_RUNNERS = frozenset(
    """execute executemany executescript read_sql read_sql_query sql query fetch fetchall fetchrow fetchval text
        run_query exec_driver_sql read_gbq raw from_query read_database
    """.split()
)
_BUILDERS = ("format", "format_map", "replace", "substitute", "safe_substitute")


class QueryStringBuilding(Rule):
    code = "JPD12"
    slug = "query-string-building"
    severity = "error"
    step = 2
    title = "A query assembled from text and values"
    what = """
    Finds SQL that is put together by an f-string, `%`, `+` or `.format` from values and then run. Text that only
    looks like SQL and is never run is left alone, as are queries whose only inserted parts are table or column
    names held in constants in capitals: those can't be bound.
    """
    why = """
    A value with a quote in it breaks the query; a value that somebody chose runs what they wrote into it. Bound
    parameters are quoted by the driver, and let the database reuse its plan.
    """
    bad = (
        """
        import pandas as pd
        from sqlalchemy import create_engine
        engine = create_engine("sqlite:///sales.db")
        region = "north"
        sales = pd.read_sql(f"select * from sales where region = '{region}'", engine)  # JPD12
        """,
        """
        import sqlite3
        def discounts(group):
            query = "select article from discounts where customer_group = '%s'" % group  # JPD12
            return sqlite3.connect("shop.db").execute(query).fetchall()
        discounts("KA")
        """,
    )
    good = (
        """
        import pandas as pd
        from sqlalchemy import create_engine, text
        engine = create_engine("sqlite:///sales.db")
        query = text("select * from sales where region = :region")
        sales = pd.read_sql(query, engine, params={"region": "north"})
        """,
        """
        month = "2024-05"
        print(f"select the month to update from the list: {month}")
        """,
    )
    conversion = "yours"
    conversion_note = """
    The query is kept as it is; bind the values (`:name` and `params=`) in the generated `sources.py`.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        built = {id(n): n for n in facts.nodes if isinstance(n, ast.expr) and _is_built(n, facts)}
        reported: set[int] = set()
        for call in facts.calls if built else ():
            if facts.qualified(call.func).rsplit(".", 1)[-1] not in _RUNNERS:
                continue
            for node in _queries(call, facts, built):
                place = facts.place(node)
                if id(node) not in reported and place is not None:
                    reported.add(id(node))
                    yield Hit(place, "the query is assembled from text and values: bind them as parameters")


def _queries(call: ast.Call, facts: Facts, built: dict[int, ast.expr]) -> Iterator[ast.expr]:
    """The assembled texts in the queries that a call runs."""
    for argument in [*call.args, *(k.value for k in call.keywords)]:
        value = facts.value(argument)
        if value is None:
            if id(argument) in built and _SQL.search(_literal(argument)):
                yield argument
            yield from _written(argument, call, facts, built)
        elif not value.axis:
            steps = list(facts.flow.back(value, stop=lambda v: bool(v.axis)))
            text = " ".join(
                s.value.const
                for s in steps
                if isinstance(s.value.made, ast.Constant) and isinstance(s.value.const, str)
            )
            if _SQL.search(text):
                yield from dict.fromkeys(built[id(s.value.made)] for s in steps if id(s.value.made) in built)


def _written(argument: ast.expr, call: ast.Call, facts: Facts, built: dict[int, ast.expr]) -> Iterator[ast.expr]:
    """In a function that nobody calls: what its own lines assign to the name that is run."""
    if not isinstance(argument, ast.Name):
        return
    inside = next((a for a in facts.parents(call) if isinstance(a, (ast.FunctionDef, ast.AsyncFunctionDef))), None)
    for node in ast.walk(inside) if inside is not None else ():
        if (
            isinstance(node, ast.Assign)
            and id(node.value) in built
            and _SQL.search(_literal(node.value))
            and any(isinstance(t, ast.Name) and t.id == argument.id for t in node.targets)
        ):
            yield built[id(node.value)]


def _is_built(node: ast.expr, facts: Facts) -> bool:
    """Whether an expression puts values into a text; the outermost one of several."""
    above = facts.parent(node)
    if isinstance(above, (ast.BinOp, ast.FormattedValue, ast.JoinedStr)) or (
        isinstance(above, ast.Attribute) and above.attr in _BUILDERS
    ):
        return False
    if isinstance(node, ast.Call) and _composes(node, facts):
        return False
    parts = _parts(node)
    if parts is None or not any(isinstance(p, ast.Constant) and isinstance(p.value, str) for p in parts):
        return False
    return any(
        not isinstance(p, ast.Constant) and not _is_name_of_table(p, facts) and not _is_placeholders(p, facts)
        for p in parts
    )


def _composes(call: ast.Call, facts: Facts) -> bool:
    """`sql.SQL("…").format(sql.Identifier(name))`: the driver quotes what is put in."""
    text = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(text, ast.Call) and facts.qualified(text.func).endswith(".sql.SQL")


def _literal(node: ast.expr) -> str:
    """The literal text in an expression."""
    return " ".join(n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def _is_placeholders(node: ast.expr, facts: Facts) -> bool:
    """Question marks joined, one for each bound value: `", ".join("?" for _ in ids)`."""
    made: ast.AST | None = node
    if isinstance(node, ast.Name):
        value = facts.value(node)
        made = value.made if value is not None else None
    if not isinstance(made, ast.expr) or isinstance(made, ast.Name):
        return False
    literals = [n.value for n in ast.walk(made) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return (
        bool(literals)
        and all(re.fullmatch(r"[?,%s:()\s]*", text) for text in literals)
        and any("?" in text or "%s" in text for text in literals)
    )


def _parts(node: ast.expr) -> list[ast.expr] | None:
    """The parts that a text is made of; None where the expression makes no text."""
    if isinstance(node, ast.JoinedStr):
        return [v.value if isinstance(v, ast.FormattedValue) else v for v in node.values]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        found: list[ast.expr] = []
        for side in (node.left, node.right):
            inner = _parts(side)
            found += [side] if inner is None else inner
        return found
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        inner = _parts(node.left) or [node.left]
        right = node.right
        return [
            *inner,
            *(right.elts if isinstance(right, ast.Tuple) else right.values if isinstance(right, ast.Dict) else [right]),
        ]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _BUILDERS:
        text = node.func.value
        if isinstance(text, ast.Call) and text.args:  # Template("…").substitute(…)
            text = text.args[0]
        inner = _parts(text) or [text]
        return [*inner, *node.args, *(k.value for k in node.keywords)]
    return None


def _is_name_of_table(node: ast.expr, facts: Facts) -> bool:
    """A constant in capitals that holds an identifier: the name of a schema, table or column."""
    if not isinstance(node, ast.Name) or not node.id.isupper():
        return False
    value = facts.value(node)
    held = value.const if value is not None else None
    return isinstance(held, str) and re.fullmatch(r"[A-Za-z_][\w.$\"]*", held) is not None
