"""JPS14 secret-printed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.hazards.secret_text import is_strong, says_secret
from jupyter_prod.hazards.typed_secrets import typed_secrets
from jupyter_prod.program.values import Value

_LOGS = frozenset("debug info warning warn error critical exception log".split())
_SHOWS = frozenset(
    {
        "builtins.print",
        "builtins.display",
        "IPython.display.display",
        "pprint.pprint",
        "pprint.pp",
        "sys.stdout.write",
        "sys.stderr.write",
        "rich.print",
        "icecream.ic",
    }
)
_ASKED = frozenset(
    {
        "getpass.getpass",
        "keyring.get_password",
        "google.colab.userdata.get",
        "dbutils.secrets.get",
        "mssparkutils.credentials.getSecret",
    }
)
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop"})
_CARRIES = frozenset(
    """str repr dict list tuple format join strip lstrip rstrip copy dumps get items values encode decode pformat
        update setdefault f
    """.split()
)


class SecretPrinted(Rule):
    code = "JPS14"
    slug = "secret-printed"
    severity = "error"
    step = 2
    title = "A secret reaches the screen or a log"
    what = """
    Follows secrets (from the environment, `getpass`, a secret store, a literal) to `print`, a logger, `display` or
    a cell's result, also inside a dictionary or a formatted text. Its length, its presence, a hash or a few of its
    characters tell nothing and are none.
    """
    why = """
    In a notebook the key is then saved with the output. In production the same line writes it into the log, which
    many people and systems read and keep for years.
    """
    bad = (
        """
        import os
        key = os.environ["REVIEWS_API_KEY"]
        key  # JPS14
        """,
        """
        import getpass
        password = getpass.getpass()
        settings = {"user": "bi", "password": password}
        print(settings)  # JPS14
        """,
    )
    good = (
        """
        import logging
        import os
        key = os.environ["REVIEWS_API_KEY"]
        logging.info("key given: %s, %d characters", bool(key), len(key))
        """,
        """
        counts = {"a": 1}
        for key in counts:
            print(key)
        """,
    )
    conversion = "yours"
    conversion_note = """
    Statements that only show things stay behind; a line inside a function that travels with it is named in the
    report.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        literals = {id(s.node) for s in typed_secrets(facts) if s.node is not None}
        for node, shown in _shown(facts):
            if any(_is_secret(expression, facts, literals) for expression in shown):
                place = facts.place(node)
                if place is not None:
                    yield Hit(
                        place, "a secret is shown here, and saved or logged with it: show only whether it is there"
                    )


def _shown(facts: Facts) -> Iterator[tuple[ast.expr, list[ast.expr]]]:
    """(where, what) for all that is printed, logged or a cell's result."""
    for call in facts.calls:
        name = facts.qualified(call.func)
        owner, _, last = name.rpartition(".")
        logs = (
            last in _LOGS
            and isinstance(call.func, ast.Attribute)
            and (owner.startswith("logging") or "log" in ast.unparse(call.func.value).lower())
        )
        if name in _SHOWS or logs:
            yield call, [*call.args, *(k.value for k in call.keywords)]
    for statement in facts.program.statements:
        if statement.last and isinstance(statement.node, ast.Expr) and not statement.text.rstrip().endswith(";"):
            yield statement.node.value, [statement.node.value]


def _is_secret(expression: ast.expr, facts: Facts, literals: set[int]) -> bool:
    if any(_names_secret(node, facts) for node in _carried(expression, facts)):
        return True
    for node in _carried(expression, facts):
        value = facts.value(node)
        if value is not None and _holds(value, facts, literals):
            return True
    return False


def _carried(expression: ast.expr, facts: Facts) -> Iterator[ast.expr]:
    """The parts of an expression whose text is part of what is shown."""
    yield expression
    inner: list[ast.expr] = []
    if isinstance(expression, ast.JoinedStr):
        inner = [v.value for v in expression.values if isinstance(v, ast.FormattedValue)]
    elif isinstance(expression, ast.BinOp) and isinstance(expression.op, (ast.Add, ast.Mod)):
        inner = [expression.left, expression.right]
    elif isinstance(expression, (ast.Tuple, ast.List)):
        inner = expression.elts
    elif isinstance(expression, ast.Dict):
        inner = expression.values
    elif isinstance(expression, ast.Call) and _last(expression) in _CARRIES:
        inner = [*expression.args, *(k.value for k in expression.keywords)]
        if isinstance(expression.func, ast.Attribute):
            inner.append(expression.func.value)
    for part in inner:
        yield from _carried(part, facts)


def _names_secret(node: ast.expr, facts: Facts) -> bool:
    """An expression that is a secret by its own words: `os.environ["API_KEY"]`, `getpass()`, `headers["X-Api-Key"]`."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        key = node.slice.value
        if _is_environment(node.value, facts):
            return says_secret(key)
        owner = facts.value(node.value)
        rows = owner is not None and owner.kind in ("frame", "series", "row", "groupby", "array")
        return not rows and is_strong(key)
    if isinstance(node, ast.Attribute):
        return is_strong(node.attr) and not isinstance(facts.parent(node), ast.Call)
    if isinstance(node, ast.Call):
        name = facts.qualified(node.func)
        if name in _ASKED or (_last(node) in ("get_secret_value", "get_secret", "render_as_string") and _reveals(node)):
            return True
        first = node.args[0] if node.args else None
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            return False
        return says_secret(first.value) if name in _ENVIRONMENT else _last(node) == "get" and is_strong(first.value)
    return False


def _reveals(node: ast.Call) -> bool:
    if _last(node) != "render_as_string":
        return True
    return any(
        k.arg == "hide_password" and isinstance(k.value, ast.Constant) and k.value.value is False for k in node.keywords
    )


def _is_environment(node: ast.expr, facts: Facts) -> bool:
    return facts.qualified(node) in ("os.environ", "environ")


def _holds(value: Value, facts: Facts, literals: set[int]) -> bool:
    """Whether a value carries the text of a secret."""
    if value.origin:
        return False

    def breaks(step: Value) -> bool:
        return not _passes(step, facts)

    for step in facts.flow.back(value, stop=breaks):
        made = step.value.made
        if id(made) in literals and isinstance(made, ast.Constant):
            return True
        if isinstance(made, ast.expr) and _names_secret(made, facts):
            return True
        if isinstance(made, ast.Attribute) and made.attr == "headers" and step.value.parent is not None:
            stored = [s.value for s in step.value.parent.sources if s.key is not None]
            if any(_holds(held, facts, literals) for held in stored):
                return True
    return False


def _passes(value: Value, facts: Facts) -> bool:
    """Whether the text of what a value was made from is part of its own."""
    made = value.made
    if made is None or isinstance(
        made,
        (
            ast.Name,
            ast.JoinedStr,
            ast.FormattedValue,
            ast.Dict,
            ast.List,
            ast.Tuple,
            ast.IfExp,
            ast.BoolOp,
            ast.Starred,
            ast.NamedExpr,
        ),
    ):
        return True
    if isinstance(made, ast.BinOp):
        return isinstance(made.op, (ast.Add, ast.Mod))
    if isinstance(made, ast.Attribute):
        return made.attr in ("headers", "auth", "params", "cookies", "__dict__", "environ")
    if isinstance(made, ast.Call):
        return _last(made) in _CARRIES
    return False


def _last(call: ast.Call) -> str:
    return (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )
