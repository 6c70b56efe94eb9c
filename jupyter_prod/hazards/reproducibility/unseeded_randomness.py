"""JPR04 unseeded-randomness."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.call_edits import added_keyword
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Edit, Fix, Hit, Rule
from jupyter_prod.knowledge import knowledge
from jupyter_prod.knowledge.drawing import Draw, randomness


class UnseededRandomness(Rule):
    code = "JPR04"
    slug = "unseeded-randomness"
    severity = "warning"
    step = 4
    title = "A random step without a seed"
    what = """
    Finds splits, samples, estimators, layers and random numbers that are drawn without a seed of their own, where
    the generator they draw from was not seeded before either: NumPy's for pandas and scikit-learn, `random`'s,
    PyTorch's, TensorFlow's. Estimators that draw nothing with their parameters are none, nor is a sample that is
    only looked at.
    """
    why = """
    The numbers can't be reproduced: a second run gives another model and another score, and nobody can tell a
    change for the better from luck.
    """
    bad = (
        """
        from sklearn.model_selection import train_test_split as tts
        train, test = tts([1, 2, 3, 4])  # JPR04
        """,
        """
        from sklearn.ensemble import RandomForestRegressor
        forest = RandomForestRegressor(n_estimators=300)  # JPR04
        """,
        """
        import numpy as np
        import torch
        np.random.seed(1)
        order = torch.randperm(10)  # JPR04
        """,
        """
        import random
        rows = list(range(10))
        random.shuffle(rows)  # JPR04
        """,
    )
    good = (
        """
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import KFold, train_test_split
        options = {"random_state": 5}
        train, test = train_test_split([1, 2, 3, 4], **options)
        forest = RandomForestRegressor(random_state=5)
        folds = KFold(5)
        """,
        """
        import numpy as np
        import pandas as pd
        np.random.seed(5)
        rows = pd.read_csv("rows.csv").sample(frac=0.3)
        """,
        """
        from sklearn.linear_model import LogisticRegression
        model = LogisticRegression(C=2)
        """,
    )
    fixed = """
        from sklearn.model_selection import train_test_split as tts
        train, test = tts([1, 2, 3, 4], random_state=0)  # JPR04
        """
    fix = "unsafe"
    fix_note = "Adds `random_state=0`, or the call's own seed, where it takes one: the numbers change once, then stay."
    conversion = "resolved"
    conversion_note = """
    Seeds become settings. Where the notebook has none, verification plants the same seed in the notebook and in the
    project, and says so.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        seeded = _seeded(facts)
        for call in facts.calls:
            draw = _draw(call, facts)
            if draw is None or _has_seed(call, draw, facts) or _only_looked_at(call, facts):
                continue
            statement = facts.statement(call)
            when = statement.index if statement is not None else 0
            if draw.generator and seeded.get(draw.generator, 1 << 60) <= when:
                continue
            place = facts.place(call)
            if place is not None:
                message = f"`{_called(call)}` {draw.what} without a seed: two runs give different numbers"
                yield Hit(place, message, fix=_fix(call, draw, facts))


def _seeded(facts: Facts) -> dict[str, int]:
    """Each generator that is seeded → the first statement that does it, also by calling a function that does."""
    found: dict[str, int] = {}
    inside: dict[int, tuple[str, ...]] = {}
    for call in facts.calls:
        generators = randomness().seeds.get(facts.qualified(call.func))
        if not generators or _is_none(call):
            continue
        function = next(
            (a for a in facts.parents(call) if isinstance(a, (ast.FunctionDef, ast.AsyncFunctionDef))), None
        )
        if function is not None:
            inside[id(function)] = inside.get(id(function), ()) + generators
            continue
        statement = facts.statement(call)
        for generator in generators:
            found[generator] = min(found.get(generator, 1 << 60), statement.index if statement is not None else 0)
    for statement in facts.program.statements:
        for function_id, generators in inside.items():
            if function_id in statement.trace.calls:
                for generator in generators:
                    found[generator] = min(found.get(generator, 1 << 60), statement.index)
    return found


def _is_none(call: ast.Call) -> bool:
    given = [*call.args, *(k.value for k in call.keywords)]
    return not given or (isinstance(given[0], ast.Constant) and given[0].value is None)


def _draw(call: ast.Call, facts: Facts) -> Draw | None:
    """How a call draws; None where it doesn't."""
    name = facts.qualified(call.func)
    found = randomness().draw(name)
    if found is not None:
        return found
    known = knowledge().function(name)
    if known is not None and known["rows"] == "draws":
        return Draw("random" if name.startswith("random.") else "numpy", seeds=())
    generator = randomness().layer(name)
    if generator is not None:
        return Draw(generator, "starts from random weights", ()) if _is_first_layer(call, facts) else None
    return _of_unknown(call, name) if isinstance(call.func, ast.Attribute) else None


def _of_unknown(call: ast.Call, name: str) -> Draw | None:
    """Methods of what the program model doesn't know, where name and keywords leave no doubt."""
    keywords = {k.arg for k in call.keywords}
    if name.endswith(".train_test_split"):
        return Draw("numpy", "splits at random", ("seed", "random_state"), quiet=("shuffle", (False,)))
    if name == ".sample" and keywords & {"frac", "n"} and not keywords & {"seed", "random_state"}:
        return Draw("numpy", "samples rows")
    return None


def _is_first_layer(call: ast.Call, facts: Facts) -> bool:
    """One finding a network: the first layer of its class, function or `Sequential`, else of its cell."""
    parents = list(facts.parents(call))
    inside = (a for a in parents if isinstance(a, (ast.ClassDef, ast.FunctionDef)) or _is_sequence(a, facts))
    container = next(inside, parents[-1])
    layers = (
        n for n in _in_order(container) if isinstance(n, ast.Call) and randomness().layer(facts.qualified(n.func))
    )
    return next(layers, None) is call


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def _is_sequence(node: ast.AST, facts: Facts) -> bool:
    return isinstance(node, ast.Call) and facts.qualified(node.func).endswith("Sequential")


def _has_seed(call: ast.Call, draw: Draw, facts: Facts) -> bool:
    """Whether a call has a seed of its own, or draws nothing with its parameters."""
    given = _given(call, facts)
    if given is None:
        return True  # **options of which nothing is known
    for name in draw.seeds:
        if name in given:
            value = given[name]
            if not (isinstance(value, ast.Constant) and value.value is None):
                return True
    if draw.place is not None and draw.place < len(call.args):
        return True
    if draw.quiet is None:
        return False
    parameter, values = draw.quiet
    return _is_quiet(given[parameter], values, facts) if parameter in given else draw.rarely


def _is_quiet(node: ast.expr, values: tuple[object, ...], facts: Facts) -> bool:
    """Whether a parameter has a value with which nothing is drawn; an unknown value is taken for one."""
    if isinstance(node, ast.Constant):
        return node.value in values
    value = facts.value(node)
    return value is None or not value.known() or value.const in values


def _given(call: ast.Call, facts: Facts) -> dict[str, ast.expr] | None:
    """The keywords of a call, also those that a known dictionary brings; None where an unknown one may bring any."""
    found: dict[str, ast.expr] = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            found[keyword.arg] = keyword.value
            continue
        if isinstance(keyword.value, ast.Dict):
            found.update(
                {
                    str(k.value): v
                    for k, v in zip(keyword.value.keys, keyword.value.values, strict=True)
                    if isinstance(k, ast.Constant)
                }
            )
            continue
        value = facts.value(keyword.value)
        if value is None or value.kind != "dict" or not value.keys:
            return None
        found.update({k: keyword.value for k in value.keys if isinstance(k, str)})
    return found


def _only_looked_at(call: ast.Call, facts: Facts) -> bool:
    """A draw for a picture, or a sample of rows that is bound to nothing: somebody looks at a few rows."""
    for above in facts.parents(call):
        value = facts.value(above) if isinstance(above, ast.Call) else None
        if value is not None and value.kind == "figure":
            return True
    if not facts.qualified(call.func).endswith(".sample"):
        return False
    inner: ast.AST = call
    for above in facts.parents(call):
        if isinstance(above, ast.Expr):
            return True
        if (
            isinstance(above, ast.Call)
            and inner is not above.func
            and facts.qualified(above.func) not in ("builtins.print", "builtins.display", "IPython.display.display")
        ):
            return False
        if not isinstance(above, (ast.Attribute, ast.Call, ast.Subscript)):
            return False
        inner = above
    return False


def _fix(call: ast.Call, draw: Draw, facts: Facts) -> Fix | None:
    """A seed of the call's own, where it surely takes one by that name."""
    if not draw.seeds or draw.seeds[0] not in ("random_state", "seed") or facts.qualified(call.func).startswith("."):
        return None
    seed = draw.seeds[0]
    if any(k.arg is None for k in call.keywords):
        return None  # **options: the seed may be among them
    given = next((k.value for k in call.keywords if k.arg == seed), None)
    if given is not None:
        place = facts.place(given)
        edit = Edit(place, "0") if place is not None and isinstance(given, ast.Constant) else None
    else:
        edit = added_keyword(facts, call, f"{seed}=0")
    return Fix("unsafe", f"Add `{seed}=0`", edits=(edit,)) if edit is not None else None


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).split("\n")[0][-50:]
