"""The secrets that a notebook's cells hold, found once for all rules that ask."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.literals import capitals, holder, written_at
from jupyter_prod.hazards.rule import Edit, Fix, Place
from jupyter_prod.hazards.secret_text import (
    HINTS,
    LONGEST,
    Secret,
    addresses,
    formatted,
    in_command,
    in_connection,
    in_query,
    is_secret_value,
    says_secret,
    written,
)
from jupyter_prod.notebook import Cell
from jupyter_prod.patterns import lazy


@dataclass(frozen=True)
class TypedSecret:
    """A secret in a cell's source; `node` is its literal where it is one; `address`: it is part of an address.

    `name` says under which name it is held, where that name says secret.
    """

    place: Place
    what: str
    value: str
    node: ast.Constant | None = None
    address: bool = False
    name: str = ""


_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get"})


def typed_secrets(facts: Facts) -> list[TypedSecret]:
    """The secrets in the sources of all cells, once each line and kind."""
    kept = facts.kept.get("typed_secrets")
    if isinstance(kept, list):
        return kept
    found: dict[tuple[object, ...], TypedSecret] = {}
    for secret in _all(facts):
        found.setdefault((secret.place.cell, secret.place.row, secret.address), secret)
    facts.kept["typed_secrets"] = answer = list(found.values())
    return answer


def _may_hold(source: str) -> bool:
    """Whether a cell can hold a secret at all: a quick look that spares most cells the slow ones."""
    lower = source.lower()
    return (
        ("@" in source and "://" in source)
        or any(word in lower for word in _WORDS)
        or any(hint in source for _, hint, _ in HINTS)
        or ("pat" in lower and _PAT.search(lower) is not None)
    )


_WORDS = ("pass", "pwd", "secret", "token", "key", "credential", "auth", "login", " -u", " -p", "--user", "pw")
_PAT = lazy(r"(?<![a-z])pat(?![a-z])")


def _all(facts: Facts) -> Iterator[TypedSecret]:
    likely = {c.number for c in facts.notebook.cells if _may_hold(c.source)}
    if not likely:
        return
    for node in facts.nodes_of(ast.Constant):
        if isinstance(node.value, (str, bytes)) and 4 <= len(node.value) <= LONGEST and facts.cell_of(node) in likely:
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            yield from _in_literal(node, text, facts)
    for sum_ in facts.nodes_of(ast.BinOp):
        if isinstance(sum_.op, ast.Add) and facts.cell_of(sum_) in likely:
            yield from _in_sum(sum_, facts)
    parsed = {n for n, c in facts.program.cells.items() if c.tree is not None and c.error is None}
    for cell in facts.notebook.cells:
        if cell.number not in likely:
            continue
        if cell.number not in parsed:
            yield from _in_text(cell, range(1, cell.source.count("\n") + 2))
        else:
            rows = {m.line for m in facts.program.cells[cell.number].magics}
            magic_cell = any(
                m.text.startswith("%%") and m.disposition != "kept" for m in facts.program.cells[cell.number].magics
            )
            commented = [n for n, line in enumerate(cell.source.split("\n"), 1) if "#" in line]
            yield from _in_text(cell, range(1, cell.source.count("\n") + 2) if magic_cell else sorted(rows), bare=True)
            yield from _in_comments(cell, commented)


def _in_literal(node: ast.Constant, text: str, facts: Facts) -> Iterator[TypedSecret]:
    place = facts.place(node)
    if place is None:
        return
    for secret, address in _in_line(text, quoted=True):
        yield TypedSecret(place, secret.what, secret.value, node, address)
        return
    for name in _names(node, facts):
        if says_secret(name) and is_secret_value(name, text):
            yield TypedSecret(place, f"the value of {name}", text, node, name=name)
            return
    if "\n" in text:  # a configuration file as one text
        for secret in written(text, bare=True):
            yield TypedSecret(place, secret.what, secret.value, node)
            return


def _in_line(text: str, quoted: bool = False) -> Iterator[tuple[Secret, bool]]:
    """(secret, whether it is part of an address) by what a text looks like; `quoted`: it is a literal's own."""
    for secret in (*addresses(text), *(in_connection(text) if quoted else ())):
        yield secret, True
    for secret in (*formatted(text), *in_query(text)):
        yield secret, False


def _in_sum(node: ast.BinOp, facts: Facts) -> Iterator[TypedSecret]:
    """An address that is put together from literals."""
    if isinstance(facts.parent(node), ast.BinOp):
        return
    parts = [n for n in ast.walk(node) if not isinstance(n, (ast.BinOp, ast.operator, ast.expr_context))]
    if not all(isinstance(p, ast.Constant) and isinstance(p.value, str) for p in parts):
        return
    value, place = facts.value(node), facts.place(node)
    if (
        value is not None
        and isinstance(value.const, str)
        and place is not None
        and not any(list(addresses(str(p.value))) for p in parts if isinstance(p, ast.Constant))
    ):
        for secret in addresses(value.const):
            yield TypedSecret(place, secret.what, secret.value, None, True)


def _names(node: ast.Constant, facts: Facts) -> Iterator[str]:
    """The names under which a literal is held: variable, attribute, key, keyword, environment variable, default."""
    held: ast.AST = node
    above = facts.parent(node)
    while isinstance(above, (ast.BoolOp, ast.IfExp)):  # os.environ.get("API_KEY") or "…"
        for other in ast.walk(above):
            if isinstance(other, ast.Call) and len(other.args) == 1 and facts.qualified(other.func) in _ENVIRONMENT:
                yield from (a.value for a in other.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
        held, above = above, facts.parent(above)
    if isinstance(above, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
        for target in above.targets if isinstance(above, ast.Assign) else [above.target]:
            yield from _target_names(target)
    elif isinstance(above, ast.keyword) and above.arg:
        call = facts.parent(above)
        logs_in = isinstance(call, ast.Call) and facts.qualified(call.func).rsplit(".", 1)[-1] in (
            "login",
            "init",
            "Client",
            "configure",
            "connect",
        )
        yield "api_key" if above.arg == "key" and logs_in else above.arg
    elif isinstance(above, ast.Dict):
        yield from (
            k.value
            for k, v in zip(above.keys, above.values, strict=True)
            if v is held and isinstance(k, ast.Constant) and isinstance(k.value, str)
        )
    elif isinstance(above, ast.Compare) and len(above.comparators) == 1:
        yield from _target_names(above.left if above.comparators[0] is node else above.comparators[0])
    elif isinstance(above, ast.Tuple):
        yield from _tuple_names(above, node, facts)
    elif isinstance(above, ast.arguments):
        yield from _default_names(above, node)
    elif isinstance(above, ast.Call):
        yield from _argument_names(above, node, facts)


def _target_names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Attribute):
        yield target.attr
    elif (
        isinstance(target, ast.Subscript)
        and isinstance(target.slice, ast.Constant)
        and isinstance(target.slice.value, str)
    ):
        yield target.slice.value


def _tuple_names(pair: ast.Tuple, node: ast.Constant, facts: Facts) -> Iterator[str]:
    """`auth=("user", "password")`, `user, password = "u", "p"`."""
    above = facts.parent(pair)
    place = pair.elts.index(node)
    if isinstance(above, ast.keyword) and above.arg in ("auth", "basic_auth", "http_auth", "proxy_auth") and place == 1:
        yield "password"
    elif isinstance(above, ast.Assign) and len(above.targets) == 1 and isinstance(above.targets[0], ast.Tuple):
        targets = above.targets[0].elts
        if len(targets) == len(pair.elts):
            yield from _target_names(targets[place])


def _default_names(arguments: ast.arguments, node: ast.Constant) -> Iterator[str]:
    named = [*arguments.posonlyargs, *arguments.args]
    yield from (a.arg for a, d in zip(reversed(named), reversed(arguments.defaults), strict=False) if d is node)
    yield from (a.arg for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is node)


def _argument_names(call: ast.Call, node: ast.Constant, facts: Facts) -> Iterator[str]:
    """`os.getenv("API_KEY", "…")`, `headers.update(…)`, `smtp.login("user", "password")`."""
    if node not in call.args:
        return
    place = call.args.index(node)
    last = facts.qualified(call.func).rsplit(".", 1)[-1]
    first = call.args[0]
    if (
        place == 1
        and last in ("getenv", "get", "setdefault", "putenv", "setenv", "set_env", "set")
        and isinstance(first, ast.Constant)
        and isinstance(first.value, str)
    ):
        yield first.value
    elif place == 1 and last in ("login", "HTTPBasicAuth", "HTTPDigestAuth", "BasicAuth", "AWS4Auth"):
        yield "password"
    elif place == 0 and last in ("SecretStr", "set_api_key", "set_token"):
        yield "secret_key"


def _in_text(cell: Cell, rows: Iterable[int], bare: bool = False) -> Iterator[TypedSecret]:
    lines = cell.source.split("\n")
    for row in rows:
        line = lines[row - 1]
        if len(line) <= LONGEST:
            commands = in_command(line) if bare else ()
            named = written(line, bare or cell.kind != "code")
            found = [*_in_line(line), *((s, False) for s in (*commands, *named))]
            for secret, address in found[:1]:
                yield TypedSecret(_span(cell, row, 0, secret), secret.what, secret.value, None, address)


def _in_comments(cell: Cell, rows: Iterable[int]) -> Iterator[TypedSecret]:
    """In comments, and in what was commented out."""
    lines = cell.source.split("\n")
    for row in rows:
        line = lines[row - 1]
        start = line.find("#")
        if len(line) > LONGEST or line[:start].count('"') % 2 or line[:start].count("'") % 2:
            continue
        found = [*_in_line(line[start:]), *((s, False) for s in written(line[start:], bare=True))]
        for secret, address in found[:1]:
            yield TypedSecret(_span(cell, row, start, secret), secret.what, secret.value, None, address)


def _span(cell: Cell, row: int, offset: int, secret: Secret) -> Place:
    return Place(cell.number, row, offset + secret.start + 1, row, offset + secret.end + 1)


def from_environment(secret: TypedSecret, facts: Facts) -> Fix | None:
    """The fix that reads a secret from the environment; None where its literal is more than the secret."""
    node = secret.node
    if node is None or not isinstance(node.value, str) or _is_environment(node, facts):
        return None
    whole = node.value == secret.value or (secret.address and not re.search(r"[\s{}%]", node.value))
    place = written_at(facts, node) if whole else None
    if place is None or isinstance(facts.parent(node), (ast.BinOp, ast.Attribute, ast.Compare)):
        return None
    name = _variable(secret, node, facts)
    return Fix(
        "unsafe",
        f"Read it from the environment variable {name}",
        edits=(Edit(place, f'os.environ["{name}"]'),),
        imports=("import os",),
    )


def _is_environment(node: ast.Constant, facts: Facts) -> bool:
    """Whether a literal is put into the environment, or is the default of what is read from there."""
    for above in facts.parents(node):
        if isinstance(above, ast.Assign):
            targets = [t.value for t in above.targets if isinstance(t, ast.Subscript)]
            return any(facts.qualified(t) == "os.environ" for t in targets)
        if isinstance(above, ast.BoolOp):
            return True
        if isinstance(above, ast.Call):
            return "environ" in facts.qualified(above.func) or facts.qualified(above.func) in ("os.getenv", "os.putenv")
        if isinstance(above, ast.stmt):
            return False
    return False


_GENERIC = frozenset(
    "PASSWORD PASSWD PWD PW TOKEN API_KEY APIKEY SECRET SECRET_KEY AUTH_TOKEN ACCESS_TOKEN KEY".split()
)


def _variable(secret: TypedSecret, node: ast.Constant, facts: Facts) -> str:
    """What the environment variable is called; the same name never stands for two secrets."""
    held = capitals(holder(facts, node)) or capitals(secret.name)
    call = next((a for a in facts.parents(node) if isinstance(a, (ast.Call, ast.stmt))), None)
    library = facts.qualified(call.func).split(".")[0] if isinstance(call, ast.Call) else ""
    if secret.address and (not held or isinstance(facts.parent(node), ast.keyword)):
        scheme = capitals(re.split(r"[+:]", str(node.value))[0]) if "://" in str(node.value) else ""
        held = f"{scheme}_URL" if scheme else "CONNECTION_STRING"
    elif held in _GENERIC and library and library != "builtins":
        held = f"{capitals(library)}_{held}"
    named = facts.kept.setdefault("environment_names", {})
    assert isinstance(named, dict)
    name, number = held or "SECRET", 2
    while named.setdefault(name, secret.value) != secret.value:
        name, number = f"{held or 'SECRET'}_{number}", number + 1
    return name
