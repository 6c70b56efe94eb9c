"""JPE20 assert-as-check."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.call_edits import source_between
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.pipeline import of_data
from jupyter_prod.hazards.rule import Edit, Fix, Hit, Rule

_TESTS = frozenset({"pytest", "unittest", "nose", "testbook", "ipytest", "hypothesis"})
_ANSWERS = frozenset({"status_code", "ok", "status", "returncode"})


class AssertAsCheck(Rule):
    code = "JPE20"
    slug = "assert-as-check"
    severity = "info"
    step = 2
    title = "An assert stands guard over the data"
    what = """
    Finds `assert` as the check of data or of a response. Asserts in tests, and those on shapes and types inside
    functions, are none.
    """
    why = """
    Python started with `-O` skips every assert: the check is gone where it matters. And an `AssertionError` without a
    text tells the operator at night nothing. `raise ValueError("no key accounts")` does both.
    """
    bad = (
        """
        import pandas as pd
        accounts = pd.read_csv("accounts.csv")
        assert len(accounts) > 0  # JPE20
        """,
        """
        import requests
        answer = requests.get("https://rates.example.org", timeout=10)
        assert answer.status_code == 200, "no rates"  # JPE20
        """,
    )
    good = (
        """
        import pandas as pd
        accounts = pd.read_csv("accounts.csv")
        if accounts.empty:
            raise ValueError("no accounts")
        """,
        """
        def test_sum():
            assert sum([1, 2]) == 3
        def scale(rows, by):
            assert isinstance(by, float)
            return rows * by
        """,
    )
    fixed = """
    import pandas as pd
    accounts = pd.read_csv("accounts.csv")
    if not (len(accounts) > 0):
        raise ValueError("check failed: len(accounts) > 0")  # JPE20
    """
    fix = "unsafe"
    fix_note = "Raises a `ValueError` instead: what caught an `AssertionError` no longer does."
    conversion = "yours"
    conversion_note = """
    The statement is kept as it is; generated stages check their inputs against a schema that raises.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if any(name.split(".")[0] in _TESTS for name in facts.naming.imports.values()):
            return
        for node in facts.nodes_of(ast.Assert):
            place = facts.place(node)
            if place is None or not _guards_data(node, facts):
                continue
            text = ast.unparse(node.test)
            shown = text if len(text) <= 60 else text[:59] + "…"
            yield Hit(
                place,
                f"`assert {shown}` is gone under `-O`: raise an error that says what is wrong",
                fix=_fix(node, facts),
            )


def _guards_data(node: ast.Assert, facts: Facts) -> bool:
    within = [a for a in facts.parents(node) if isinstance(a, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]
    if any(a.name.lower().startswith(("test", "check_answer")) for a in within):
        return False
    if any(isinstance(n, ast.Attribute) and n.attr in _ANSWERS for n in ast.walk(node.test)):
        return True
    parts = [n for n in ast.walk(node.test) if isinstance(n, (ast.Name, ast.Call)) and isinstance(n, ast.expr)]
    if within:
        return any(of_data(facts.value(p)) for p in parts) and "isinstance" not in ast.unparse(node.test)
    names = [n for n in parts if isinstance(n, ast.Name)]
    return bool(names) and any(_is_made(n, facts) for n in names)


def _is_made(name: ast.Name, facts: Facts) -> bool:
    """Whether a name holds something that a call gave: rows, an answer; no literal and no function."""
    value = facts.value(name)
    if value is None or value.kind in ("module", "class", "callable", "function") or value.known():
        return False
    return of_data(value) or not isinstance(value.made, (ast.Constant, ast.List, ast.Dict, ast.Tuple, ast.Set))


def _fix(node: ast.Assert, facts: Facts) -> Fix | None:
    place, test = facts.place(node), facts.place(node.test)
    if place is None or test is None or place.row != place.end_row or '"' in (text := source_between(facts, test)):
        return None
    said = f'"check failed: {text}"'
    if node.msg is not None:
        message = facts.place(node.msg)
        said = source_between(facts, message) if message is not None else said
    line = source_between(facts, facts.line(place.cell or 1, place.row))
    if not line.startswith("assert") or "\\" in text:
        return None
    indent = " " * (place.column - 1)
    return Fix(
        "unsafe", "Raise a ValueError", (Edit(place, f"if not ({text}):\n{indent}    raise ValueError({said})"),)
    )
