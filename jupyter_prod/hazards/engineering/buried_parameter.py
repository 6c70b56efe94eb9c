"""JPE10 buried-parameter."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.naming import last_name
from jupyter_prod.hazards.pipeline import is_parameter
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.knowledge import knowledge
from jupyter_prod.patterns import lazy
from jupyter_prod.program.values import Value

_NOT_TUNED = lazy(
    r"(?:random_state|random_seed|seed|n_jobs|verbose|verbosity|nthread|num_threads|thread_count|copy|n_splits|cv)"
)
_PLAIN = (0, 1, -1, 2, 100)


class BuriedParameter(Rule):
    code = "JPE10"
    slug = "buried-parameter"
    severity = "info"
    step = 4
    title = "A setting typed into the middle of the code"
    what = """
    Finds hyper-parameters typed into the constructor of a model, and thresholds typed into comparisons of data. Seeds,
    numbers of jobs, 0 and 1 are none; nor is what stands in a `parameters` cell or has a name of its own.
    """
    why = """
    Whoever tunes the model or moves the threshold must find it in the code first, and change code to do it. Settings in
    one place can be reviewed, searched, recorded with each run and differ between test and production.
    """
    bad = (
        """
        from sklearn.ensemble import RandomForestRegressor
        model = RandomForestRegressor(n_estimators=300, min_samples_leaf=5, random_state=1)  # JPE10
        model.fit([[1.0], [2.0]], [1.0, 2.0])
        """,
        """
        import pandas as pd
        pack = pd.read_csv("pack.csv")
        pack["late"] = pack["gap"] < -0.05  # JPE10
        """,
    )
    good = (
        """
        from sklearn.ensemble import RandomForestRegressor
        trees = 300
        model = RandomForestRegressor(n_estimators=trees, random_state=1, n_jobs=-1)
        model.fit([[1.0], [2.0]], [1.0, 2.0])
        """,
        """
        import pandas as pd
        pack = pd.read_csv("pack.csv")
        pack = pack[pack["amount"] > 0]
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Hyper-parameters and thresholds that conversion recognises become settings with the notebook's values as defaults.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for call in facts.calls:
            last = last_name(call)
            if not call.keywords or not last:
                continue
            typed = [k.arg for k in call.keywords if k.arg and _is_typed(k.value) and not _NOT_TUNED.fullmatch(k.arg)]
            if not typed or not _makes_model(call, facts) or is_parameter(call, facts):
                continue
            place = facts.place(call)
            if place is not None:
                yield Hit(
                    place,
                    f"`{', '.join(typed[:3])}` of `{ast.unparse(call.func)}`: typed in, name them in one place",
                )
        for compare in facts.nodes_of(ast.Compare):
            literal = _threshold(compare, facts)
            place = facts.place(literal) if literal is not None else None
            if literal is not None and place is not None and not is_parameter(compare, facts):
                yield Hit(
                    place,
                    f"the threshold {ast.unparse(literal)} is typed into the comparison: give it a name in one place",
                )


def _is_typed(node: ast.expr) -> bool:
    node = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _makes_model(call: ast.Call, facts: Facts) -> bool:
    name = facts.qualified(call.func)
    known = knowledge().klass(name)
    return known is not None and known.get("role") in ("predictor", "clusterer", "transformer")


def _threshold(compare: ast.Compare, facts: Facts) -> ast.expr | None:
    """A literal that rows are compared with, and that isn't a plain number, by a statement of the notebook itself."""
    if len(compare.ops) != 1 or not isinstance(compare.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
        return None
    for literal, other in ((compare.comparators[0], compare.left), (compare.left, compare.comparators[0])):
        if _is_typed(literal):
            number = ast.literal_eval(literal)
            if number not in _PLAIN and _is_column(facts.value(other)):
                return literal
    return None


def _is_column(value: Value | None) -> bool:
    if value is None:
        return False
    return (
        value.kind in ("series", "array")
        or isinstance(value.column, str)
        or (bool(value.axis) and value.kind == "scalar")
    )
