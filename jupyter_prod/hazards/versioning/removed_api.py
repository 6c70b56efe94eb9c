"""JPV10 removed-api."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.imports import is_caught
from jupyter_prod.hazards.pins import held_below, numbers
from jupyter_prod.hazards.removed_fixes import attribute_fix, from_fix, import_fix, keyword_fix, value_fix
from jupyter_prod.hazards.rule import Fix, Hit, Place, Rule, Severity
from jupyter_prod.knowledge.removed import PYTHON, Removal, removed
from jupyter_prod.patterns import lazy

_SUPPORTED = (3, 12)
"""A module that went with this Python or later is still there in one that is supported."""

_KINDS = frozenset({"frame", "series", "index", "groupby", "array"})
_PANDAS = frozenset({"pandas", "geopandas", "seaborn", "sklearn", "statsmodels", "yfinance", "pandas_datareader"})
_OTHER_TABLES = frozenset(
    """polars pyspark dask cudf modin vaex databricks koalas datatable ibis duckdb snowflake cupy torch jax tensorflow
    xarray""".split()
)
"""Libraries whose tables and arrays have methods of the same names: there, the maker must be known."""

_FREQUENCY = lazy(r"(\d*)([A-Za-z]+)((?:-[A-Z]{3})?)")


class RemovedApi(Rule):
    code = "JPV10"
    slug = "removed-api"
    severity = "error"
    step = 2
    title = "A function that current releases no longer have"
    what = """
    Finds imports, attributes, methods and keywords that current releases of a library, or of Python, have
    taken away: aliases of numpy, methods of pandas, modules of scikit-learn, TensorFlow 1, the first OpenAI
    client and others, about a thousand in all. Methods are matched by what their owner is. Where a pin keeps
    the library below that release, it is told as info; what is tried and may fail is none.
    """
    why = """
    The notebook runs on its author's old environment only. In a fresh image it fails at that line, and the pin that
    would help keeps years of security fixes out.
    """
    bad = (
        """
        import numpy as np
        import pandas as pd
        prices = np.array([1, 2], dtype=np.float)  # JPV10
        spread = np.product(prices)  # JPV10
        """,
        """
        import pandas as pd
        from sklearn.datasets import load_boston  # JPV10
        from sklearn.externals import joblib  # JPV10
        rows = pd.read_csv("rows.csv")
        rows = rows.append({"a": 1}, ignore_index=True)  # JPV10
        first = rows.ix[0]  # JPV10
        """,
        """
        import openai
        import matplotlib.pyplot as plt
        from sklearn.preprocessing import OneHotEncoder
        plt.style.use("seaborn-whitegrid")  # JPV10
        encoder = OneHotEncoder(sparse=False)  # JPV10
        answer = openai.ChatCompletion.create(model="gpt-4", messages=[])  # JPV10
        """,
        """
        import tensorflow as tf
        x = tf.placeholder(tf.float32, [None, 3])  # JPV10
        with tf.Session() as session:  # JPV10
            session.run(x)
        """,
    )
    good = (
        """
        import numpy as np
        import pandas as pd
        prices = np.array([1, 2], dtype=np.float64)
        names = []
        names.append("a")
        rows = pd.concat([pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]})])
        flags = np.zeros(3, dtype=np.bool_)
        """,
        """
        try:
            from collections.abc import Mapping
        except ImportError:
            from collections import Mapping
        import tensorflow.compat.v1 as tf
        session = tf.Session()
        """,
        """
        import pandas as pd
        rows = pd.read_csv("rows.csv")
        rows = rows.append({"a": 1}, ignore_index=True)
        # %% [file] requirements.txt
        pandas==1.5.3
        """,
    )
    fixed = """
    import numpy as np
    import pandas as pd
    prices = np.array([1, 2], dtype=float)  # JPV10
    spread = np.prod(prices)  # JPV10
    """
    fix = "safe"
    fix_note = "Puts the replacement in where it does exactly the same; the rest needs a thought."
    conversion = "yours"
    conversion_note = """
    The project is pinned to the notebook's own versions, so that it does what the notebook did; the report names what
    keeps them from being raised.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        reported: set[str] = set()
        yield from _imports(facts, reported)
        yield from _attributes(facts, reported)
        yield from _keywords(facts)
        yield from _values(facts)


def _imports(facts: Facts, reported: set[str]) -> Iterator[Hit]:
    """Import statements; the names that they bind are kept in `reported`."""
    known = removed()
    for node in facts.nodes_of(ast.Import):
        for alias in node.names:
            module = known.module(alias.name)
            place = facts.place(alias)
            if module is not None and place is not None and not _foreseen(facts, node):
                reported.add((alias.asname or alias.name).partition(".")[0] if alias.asname else alias.name)
                yield _hit(facts, place, alias.name, module[1], import_fix(facts, node, alias, *module))
    for node_from in facts.nodes_of(ast.ImportFrom):
        place = facts.place(node_from)
        if place is None or not node_from.module or node_from.level or _foreseen(facts, node_from):
            continue
        gone = [(a, r) for a in node_from.names if (r := _of_alias(node_from.module, a)) is not None]
        for alias, _ in gone:
            reported.add(alias.asname or alias.name)
        if gone:
            alias, removal = gone[0]
            name = node_from.module if alias.name == "*" else f"{node_from.module}.{alias.name}"
            yield _hit(facts, place, name, removal, from_fix(facts, node_from, dict(gone)))


def _of_alias(module: str, alias: ast.alias) -> Removal | None:
    known = removed()
    full = module if alias.name == "*" else f"{module}.{alias.name}"
    found = known.name(full) or known.leaving(full) or known.name(module)
    if found is not None:
        return found
    of_module = known.module(full)
    return of_module[1] if of_module is not None else None


def _attributes(facts: Facts, reported: set[str]) -> Iterator[Hit]:
    known = removed()
    told: set[str] = set()
    tops = {name.partition(".")[0] for name in facts.naming.imports.values()}
    for node in facts.nodes_of(ast.Attribute):
        if not isinstance(node.ctx, ast.Load) or (
            node.attr not in known.last_names and node.attr not in known.anywhere
        ):
            continue
        name = facts.qualified(node)
        removal = known.name(name) or known.leaving(name) if name and _is_meant(facts, node, name) else None
        if removal is None and not name.startswith("."):
            module = known.module(name)
            removal = module[1] if module is not None and module[0] == name else None
        if removal is None:
            removal = _anywhere(facts, node, name, tops)
        place = facts.place(node)
        if removal is None or place is None or _foreseen(facts, node) or _is_reported(node, reported):
            continue
        if name.partition(".")[0] in known.once:
            if name in told:
                continue
            told.add(name)
        yield _hit(facts, place, ast.unparse(node), removal, attribute_fix(facts, node, removal))


def _is_meant(facts: Facts, node: ast.expr, name: str) -> bool:
    """Whether a table is one of pandas, an array one of numpy: other libraries have methods of the same names."""
    kind = name.partition(".")[0]
    if kind not in _KINDS or not isinstance(node, ast.Attribute):
        return True
    value = facts.value(node.value)
    made_by = value.type.partition(".")[0] if value is not None else ""
    tops = {imported.partition(".")[0] for imported in facts.naming.imports.values()}
    if made_by:
        return made_by in _PANDAS or (kind == "array" and made_by == "numpy")
    return bool(tops & {"pandas", "numpy"}) and not tops & _OTHER_TABLES


def _anywhere(facts: Facts, node: ast.Attribute, name: str, tops: set[str]) -> Removal | None:
    """A method that is gone whoever its owner is, in the way in which it is used here."""
    found = removed().anywhere.get(node.attr)
    if found is None or not (name.startswith(".") or not name) or (found.of and not tops & set(found.of)):
        return None
    parent = facts.parent(node)
    if found.subscript:
        return found.removal if isinstance(parent, ast.Subscript) and parent.value is node else None
    if not isinstance(parent, ast.Call) or parent.func is not node:
        return None
    if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
        return None
    if found.keyword and not any(k.arg == found.keyword for k in parent.keywords):
        return None
    return found.removal if not _is_own(facts, node.attr) else None


def _is_own(facts: Facts, method: str) -> bool:
    """Whether a class or a function of the notebook has the name itself."""
    return any(f.name == method for f in facts.nodes_of(ast.FunctionDef))


def _is_reported(node: ast.Attribute, reported: set[str]) -> bool:
    """Whether the import that an attribute comes from was told already."""
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        if ast.unparse(inner.value) in reported:
            return True
        inner = inner.value
    return isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in reported


def _keywords(facts: Facts) -> Iterator[Hit]:
    known = removed()
    for name, gone in known.keywords.items():
        for call in (c for c in facts.calls_of(name) if _is_meant(facts, c.func, name)):
            for keyword in call.keywords:
                place = facts.place(keyword)
                if keyword.arg is not None and keyword.arg in gone and place is not None and not _foreseen(facts, call):
                    removal = known.told(gone[keyword.arg], name)
                    said = f"{keyword.arg}= of {ast.unparse(call.func)[-40:]}"
                    yield _hit(facts, place, said, removal, keyword_fix(facts, keyword, removal))


def _values(facts: Facts) -> Iterator[Hit]:
    known = removed()
    for name, places in known.values.items():
        for call in (c for c in facts.calls_of(name) if _is_meant(facts, c.func, name)):
            for where, gone in places.items():
                node = _argument(call, where)
                value = facts.value(node) if node is not None else None
                const = node.value if isinstance(node, ast.Constant) else value.const if value is not None else None
                if node is None or not isinstance(const, str):
                    continue
                key, instead = _looked_up(const, gone)
                place = facts.place(node)
                if key is not None and place is not None and not _foreseen(facts, call):
                    removal = known.told(key, name)
                    new = instead.replace("{}", removal.instead)
                    said = f"{const!r} in {ast.unparse(call.func)[-40:]}"
                    yield _hit(facts, place, said, removal, value_fix(facts, node, removal, new), new)


def _looked_up(const: str, gone: Mapping[str, str]) -> tuple[str | None, str]:
    """What is told of a value, and how the replacement is put in: `15T` is 15 of `T`."""
    if const in gone:
        return gone[const], "{}"
    found = _FREQUENCY.fullmatch(const) if "BM" in gone else None
    if found is not None and found[2] in gone:
        return gone[found[2]], f"{found[1]}{{}}{found[3]}"
    return None, ""


def _argument(call: ast.Call, where: str) -> ast.expr | None:
    if where.isdigit():
        return call.args[int(where)] if len(call.args) > int(where) else None
    return next((k.value for k in call.keywords if k.arg == where), None)


def _foreseen(facts: Facts, node: ast.AST) -> bool:
    return any(is_caught(above) for above in facts.parents(node))


def _hit(facts: Facts, place: Place, name: str, removal: Removal, fix: Fix | None, instead: str = "") -> Hit:
    name = " ".join(name.split())
    shown = name if len(name) <= 60 else "…" + name[-59:]
    use = instead or removal.instead
    advice = f"use {use}" if not use.startswith("nothing") else use.replace("nothing", "leave it out", 1).rstrip(";")
    severity: Severity | None = None
    if removal.leaving:
        return Hit(
            place, f"`{shown}` is on its way out, gone with {removal.library} {removal.version}: {advice}", "info"
        )
    said = f"`{shown}` is gone since {removal.library} {removal.version}: {advice}"
    if removal.library == PYTHON:
        severity = "warning" if numbers(removal.version) >= _SUPPORTED else None
    elif held_below(facts, removal.library, removal.version):
        severity, said = "info", f"{said}; a pin holds an older release for now"
    return Hit(place, said, severity, fix)
