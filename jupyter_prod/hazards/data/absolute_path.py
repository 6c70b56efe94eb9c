"""JPD01 absolute-path."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import path_arguments, path_parameter, touches_files
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy
from jupyter_prod.program.values import Value


class AbsolutePath(Rule):
    code = "JPD01"
    slug = "absolute-path"
    severity = "error"
    step = 2
    title = "A path that only one computer has"
    what = r"""
    Finds literal absolute or personal paths (`/home/…`, `/Users/…`, `C:\…`, `~`, a mounted drive, `/kaggle/input`,
    `dbfs:/`) that a file is read from or written to, also where the path is joined, formatted, held in a variable
    or in a dictionary first. The finding stands at the literal, once however often it is used. Routes of a web
    service, regular expressions and texts that no file is opened with are no paths.
    """
    why = """
    The service runs on another machine, as another user, in a container with an empty home folder. The path does
    not exist there, and at night nobody is at hand to mount the drive. Which file is meant belongs to the
    configuration, where operations can see and change it.
    """
    bad = (
        """
        import pandas as pd
        sales = pd.read_csv("/home/maria/pilot/sales.csv")  # JPD01
        """,
        """
        import os
        import pandas as pd
        base = "/content/drive/MyDrive/taxi"  # JPD01
        # %%
        zones = pd.read_csv(base + "/zones.csv")
        trips = pd.read_csv(os.path.join(base, "trips.csv"))
        """,
        """
        import joblib
        files = {"model": "C:\\\\Users\\\\jo\\\\model.pkl"}  # JPD01
        model = joblib.load(files["model"])
        """,
    )
    good = (
        """
        import os
        from pathlib import Path
        import pandas as pd
        folder = Path(os.environ["SALES_DIR"])
        sales = pd.read_csv(folder / "sales.csv")
        """,
        """
        receipt_page = "/home/receipts"
        print("see", receipt_page)
        """,
        """
        import pandas as pd
        folder = "data"
        demand = pd.read_csv(f"{folder}/demand.csv")
        """,
    )
    fix = "unsafe"
    fix_note = "Moves the path to a parameter."
    fixed = """
        # %%
        SALES_FILE = "/home/maria/pilot/sales.csv"
        # %%
        import pandas as pd
        sales = pd.read_csv(SALES_FILE)  # JPD01
        """
    conversion = "resolved"
    conversion_note = """
    Every path becomes a setting with the notebook's value as its default; the file itself is copied to the
    project's `data/` folder, so that the default is relative.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        suspects: _Suspects = {
            id(n): (n, str(n.value)) for n in facts.nodes if isinstance(n, ast.Constant) and _is_absolute(n, facts)
        }
        suspects.update({id(c): (c, "~") for c in facts.calls_of("pathlib.Path.home") if not _is_parameter(c, facts)})
        reported: set[int] = set()
        if not suspects:
            return
        for call in facts.calls:
            name = facts.qualified(call.func)
            known = touches_files(name)
            if not known and _only_speaks(name):
                continue
            for literal, text in _literals(call, facts, suspects):
                if id(literal) in reported or not (known or _is_personal(text)):
                    continue
                place = facts.place(literal)
                if place is not None:
                    reported.add(id(literal))
                    said = f"{_shown(text)} exists on one computer only: make the path a parameter"
                    yield Hit(place, said, fix=path_parameter(facts, literal))


def _literals(call: ast.Call, facts: Facts, suspects: _Suspects) -> Iterator[tuple[ast.expr, str]]:
    """The suspicious literals from which a call's arguments were made."""
    for argument in path_arguments(call):
        value = facts.value(argument)
        if value is None:
            yield from _written(argument, facts, suspects)
            continue
        if value.axis or value.kind in ("frame", "estimator", "figure"):
            continue  # rows, and what was made from rows, are no path
        yield from _behind(value, facts, suspects)


def _behind(value: Value, facts: Facts, suspects: _Suspects) -> Iterator[tuple[ast.expr, str]]:
    for step in facts.flow.back(value, stop=lambda v: bool(v.axis or v.origin)):
        suspect = suspects.get(id(step.value.made))
        if suspect is not None:
            yield suspect


def _written(argument: ast.expr, facts: Facts, suspects: _Suspects) -> Iterator[tuple[ast.expr, str]]:
    """In code that no statement runs: literals in the argument, and those behind the notebook's own names in it."""
    for node in ast.walk(argument):
        if id(node) in suspects:
            yield suspects[id(node)]
        elif isinstance(node, ast.Name) and node.id in facts.program.names:
            value = facts.program.names[node.id]
            if value.kind in ("text", "unknown", "dict") and not value.axis:
                yield from _behind(value, facts, suspects)
        elif isinstance(node, ast.Name):
            yield from _defaults(node, facts, suspects)


def _defaults(name: ast.Name, facts: Facts, suspects: _Suspects) -> Iterator[tuple[ast.expr, str]]:
    """The default of the parameter that a name is, in a function that nobody calls."""
    function = next((a for a in facts.parents(name) if isinstance(a, (ast.FunctionDef, ast.AsyncFunctionDef))), None)
    if function is not None:
        named = [*function.args.posonlyargs, *function.args.args]
        pairs = [*zip(reversed(named), reversed(function.args.defaults), strict=False)]
        pairs += [
            (a, d) for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d is not None
        ]
        yield from (suspects[id(d)] for a, d in pairs if a.arg == name.id and id(d) in suspects)


_Suspects = dict[int, tuple[ast.expr, str]]
"""Expressions that are absolute paths, by identity, and the path."""

_PERSONAL = lazy(
    r"""^(?:/home/[^/]+ | /Users/[^/]+ | /root(?:/|$) | /content(?:/|$) | /kaggle(?:/|$) | /mnt/[^/]
      | /media/[^/] | /Volumes/[^/] | /dbfs/ | /databricks/ | /gpfs/ | /scratch/ | /lustre/ | /nfs/
      | [A-Za-z]:[\\/](?![/\\]\S+\.\w+/) | \\\\[^\\/]+[\\/]
      | ~(?:[\\/]|$|[a-z_][\w.-]*[\\/]) | dbfs:/ | file:/)""",
    re.VERBOSE,
)
_ROOTED = lazy(r"^/(?!/)[\w.@ -]+(?:/[^\s?#<>|]*)*$")
_EVERYWHERE = lazy(r"^/(?:tmp|dev|proc|sys|var/tmp|etc)(?:/|$)")
_NO_PATH = lazy(r"[\n^$|]|\\[dwsbDWSB](?![\w])|[\[({][^\])}]*[\])}][*+?]|\(\?")


_SPEAKS = frozenset(
    """print info debug warning error display match search fullmatch sub findall startswith endswith contains route
        mount get post put delete append add split strip lstrip rstrip compile
    """.split()
)


def _is_personal(text: str) -> bool:
    return _PERSONAL.match(text) is not None and _NO_PATH.search(text) is None


def _is_absolute(node: ast.Constant, facts: Facts) -> bool:
    text = node.value
    if not isinstance(text, str) or len(text) > 500:
        return False
    absolute = _is_personal(text) or (
        _ROOTED.match(text) is not None and _EVERYWHERE.match(text) is None and _NO_PATH.search(text) is None
    )
    return absolute and _begins(node, facts) and not _is_parameter(node, facts)


def _begins(node: ast.Constant, facts: Facts) -> bool:
    """Whether the text is where a path begins: not what is put after a folder (`base + "/zones.csv"`)."""
    inner: ast.AST = node
    for above in facts.parents(node):
        if isinstance(above, ast.BinOp) and isinstance(above.op, (ast.Add, ast.Div)) and above.right is inner:
            return False
        if isinstance(above, ast.JoinedStr) and above.values and above.values[0] is not inner:
            return False
        if isinstance(above, ast.Call) and _last(above, facts) in ("join", "Path", "PurePath", "joinpath"):
            return inner not in above.args[1:] and _last(above, facts) != "joinpath"
        if (
            isinstance(above, (ast.List, ast.Tuple))
            and above.elts[0] is not inner
            and _last(facts.parent(above), facts) == "join"
        ):
            return False
        if not isinstance(above, (ast.BinOp, ast.JoinedStr)):
            return True
        inner = above
    return True


def _last(node: ast.AST | None, facts: Facts) -> str:
    return facts.qualified(node.func).rsplit(".", 1)[-1] if isinstance(node, ast.Call) else ""


def _is_parameter(node: ast.AST, facts: Facts) -> bool:
    statement = facts.statement(node)
    return statement is not None and "parameters" in statement.tags


def _only_speaks(name: str) -> bool:
    """Whether a call shows or searches a text, and opens nothing."""
    return (
        name.startswith(("re.", "logging.", "builtins.len", "builtins.isinstance"))
        or name.rsplit(".", 1)[-1] in _SPEAKS
    )


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
