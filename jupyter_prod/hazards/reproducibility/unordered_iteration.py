"""JPR07 unordered-iteration."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.loops import inside
from jupyter_prod.hazards.rule import Edit, Fix, Hit, Place, Rule
from jupyter_prod.program.events import Fit

_LISTINGS = frozenset({"os.listdir", "os.scandir", "glob.glob", "glob.iglob"})
_PATH_METHODS = frozenset({"glob", "rglob", "iterdir"})
_ORDERLESS = frozenset(
    """sorted len set frozenset sum max min any all bool Counter isdisjoint issubset issuperset update union
        intersection difference remove discard print display natsorted
    """.split()
)
_WRAPPERS = frozenset({"list", "tuple", "enumerate", "iter", "tqdm", "reversed", "zip", "map", "filter", "array"})
_ORDERED = frozenset({"append", "extend", "insert", "write", "writerow", "scatter", "plot", "bar", "concat", "hist"})
_SET_METHODS = frozenset({"union", "intersection", "difference", "symmetric_difference"})
_LOOPS = (ast.For, ast.comprehension)
_MOST_USES = 200


class UnorderedIteration(Rule):
    code = "JPR07"
    slug = "unordered-iteration"
    severity = "warning"
    step = 4
    title = "An order that nothing promises"
    what = """
    Finds lists of files (`os.listdir`, `glob`, `scandir`, `iterdir`) and sets whose order goes into rows, features,
    labels or a picture, without `sorted`. Counting, searching, moving and deleting are none.
    """
    why = """
    Files come in the order of the disk, and texts in a set in another order in each process. On the next machine, or
    in the next run, the rows stand otherwise, the split is another, and class 0 is another class.
    """
    bad = (
        """
        import glob
        import pandas as pd
        months = pd.concat([pd.read_csv(f) for f in glob.glob("sales/*.csv")])  # JPR07
        """,
        """
        import os
        from PIL import Image
        pictures = []
        for name in os.listdir("leaves"):  # JPR07
            pictures.append(Image.open(os.path.join("leaves", name)))
        """,
        """
        words = "the cat and the dog".split()
        number = {word: n for n, word in enumerate(set(words))}  # JPR07
        """,
    )
    good = (
        """
        import glob
        import pandas as pd
        months = pd.concat([pd.read_csv(f) for f in sorted(glob.glob("sales/*.csv"))])
        """,
        """
        import os
        names = os.listdir("leaves")
        print(len(names), "a.jpg" in names)
        for name in os.listdir("old"):
            os.remove(os.path.join("old", name))
        """,
        """
        words = "the cat and the dog".split()
        number = {word: n for n, word in enumerate(sorted(set(words)))}
        """,
    )
    fixed = """
        import glob
        import pandas as pd
        months = pd.concat([pd.read_csv(f) for f in sorted(glob.glob("sales/*.csv"))])  # JPR07
        """
    fix = "safe"
    fix_note = "Puts `sorted(…)` around the list of files, or around a set of literal texts or numbers."
    conversion = "yours"
    conversion_note = """
    Conversion keeps the notebook's order; where verification finds that two runs differ, it says so.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for node, what in (*_listings(facts), *_sets(facts)):
            place = facts.place(node)
            if place is None or not _order_matters(node, facts, set_like=what == "set"):
                continue
            source = "a set" if what == "set" else f"`{what}`"
            message = f"the order of {source} is another on each machine or run, and goes into the result: use `sorted`"
            yield Hit(place, message, fix=_fix(node, what, place))


def _fix(node: ast.expr, what: str, place: Place) -> Fix | None:
    if what == "set" and not _is_plain_set(node):
        return None
    by_name = ", key=lambda entry: entry.name" if what == "os.scandir" else ""
    start = Place(place.cell, place.row, place.column, place.row, place.column)
    end = Place(place.cell, place.end_row, place.end_column, place.end_row, place.end_column)
    return Fix("safe", "Sort it", edits=(Edit(start, "sorted("), Edit(end, f"{by_name})")))


def _is_plain_set(node: ast.expr) -> bool:
    if not isinstance(node, ast.Set):
        return False
    kinds = {type(e.value) if isinstance(e, ast.Constant) else None for e in node.elts}
    return kinds in ({str}, {int})


def _listings(facts: Facts) -> Iterator[tuple[ast.expr, str]]:
    for name in sorted(_LISTINGS):
        for call in facts.calls_of(name):
            yield call, name
    for call in facts.methods(*sorted(_PATH_METHODS)):
        if facts.qualified(call.func).startswith("pathlib."):
            yield call, ast.unparse(call.func)[-40:]


def _sets(facts: Facts) -> Iterator[tuple[ast.expr, str]]:
    """Sets that are gone through, or put into something that has an order."""
    found: list[ast.expr] = [*facts.calls_of("builtins.set", "builtins.frozenset")]
    found += [*facts.nodes_of(ast.Set), *facts.nodes_of(ast.SetComp)]
    for node in found:
        top = _whole_set(node, facts)
        if top is node or (isinstance(top, ast.BinOp) and _first_set(top) is node):
            yield top, "set"


def _whole_set(node: ast.expr, facts: Facts) -> ast.expr:
    """The set that a set is a part of: `set(a) - set(b)`."""
    above = facts.parent(node)
    while isinstance(above, ast.BinOp) and isinstance(above.op, (ast.Sub, ast.BitAnd, ast.BitOr, ast.BitXor)):
        node, above = above, facts.parent(above)
    return node


def _first_set(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.BinOp):
        node = node.left
    return node


def _order_matters(node: ast.expr, facts: Facts, set_like: bool, depth: int = 0) -> bool:
    """Whether what is done with a list of files or a set depends on its order."""
    above = facts.parent(node)
    if isinstance(above, ast.keyword):
        above = facts.parent(above)
    if isinstance(above, (ast.For, ast.AsyncFor)) and above.iter is node:
        return _body_is_ordered(above, facts)
    if isinstance(above, ast.comprehension):
        return _comprehension(above, facts, set_like, depth)
    if isinstance(above, ast.Assign) and len(above.targets) == 1 and isinstance(above.targets[0], ast.Name):
        return depth < 4 and _name_matters(above.targets[0], facts, set_like, depth)
    if isinstance(above, ast.Call):
        return _call_matters(node, above, facts, set_like, depth)
    if isinstance(above, ast.Attribute):
        call = facts.parent(above)
        if set_like and above.attr in _SET_METHODS and isinstance(call, ast.Call):
            return _order_matters(call, facts, set_like, depth + 1) if depth < 4 else False
        return False
    if isinstance(above, ast.Subscript) and above.slice is node:
        return not set_like and id(facts.value(above)) in _learned_from(facts)
    if isinstance(above, ast.Subscript) and above.value is node:
        return not set_like and not _is_only_told(above, facts)
    if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Add) and not set_like:
        return depth < 4 and _order_matters(above, facts, set_like, depth + 1)
    return False


def _learned_from(facts: Facts) -> frozenset[int]:
    """The values that a model's features are made of."""
    kept = facts.kept.get("learned_from")
    if not isinstance(kept, frozenset):
        fits = facts.program.of(Fit)[:20]
        kept = frozenset(id(s.value) for f in fits if f.x is not None for s in islice(facts.flow.back(f.x), 500))
        facts.kept["learned_from"] = kept
    return kept


def _call_matters(node: ast.expr, call: ast.Call, facts: Facts, set_like: bool, depth: int) -> bool:
    if node is call.func or depth > 4:
        return False
    name = facts.qualified(call.func)
    last = call.func.attr if isinstance(call.func, ast.Attribute) else name.rsplit(".", 1)[-1]
    if last in _ORDERLESS:
        return False
    if last in _WRAPPERS:
        above = facts.parent(call)
        if isinstance(above, ast.keyword) or (set_like and name not in ("builtins.list", "builtins.tuple")):
            if last == "array" or (last in ("enumerate", "zip") and isinstance(above, (*_LOOPS, ast.Call))):
                return True
            return isinstance(above, _LOOPS) and _order_matters(call, facts, True, depth + 1)
        return _order_matters(call, facts, False, depth + 1)
    if last == "join" and set_like:
        return not _is_only_told(call, facts)
    return last in (
        "shuffle",
        "train_test_split",
        "concat",
        "choice",
        "sample",
        "array",
        "DataFrame",
        "Series",
        "extend",
        "cycle",
    )


def _is_only_told(node: ast.AST, facts: Facts) -> bool:
    for above in facts.parents(node):
        if isinstance(above, ast.Call) and facts.qualified(above.func).rsplit(".", 1)[-1] in (
            "print",
            "info",
            "display",
        ):
            return True
        if isinstance(above, (ast.Raise, ast.Assert)):
            return True
        if isinstance(above, ast.stmt):
            return isinstance(above, ast.Expr)
    return False


def _comprehension(made: ast.comprehension, facts: Facts, set_like: bool, depth: int) -> bool:
    whole = facts.parent(made)
    if isinstance(whole, ast.SetComp) or depth > 4:
        return False
    if isinstance(whole, ast.DictComp):
        return isinstance(made.iter, ast.Call) and "enumerate" in ast.unparse(made.iter.func)
    if not isinstance(whole, (ast.ListComp, ast.GeneratorExp)):
        return False
    above = facts.parent(whole)
    if isinstance(above, ast.Call) and isinstance(whole, ast.GeneratorExp):
        last = above.func.attr if isinstance(above.func, ast.Attribute) else getattr(above.func, "id", "")
        return last not in _ORDERLESS | {"dict", "next"} and not _is_only_told(whole, facts)
    return _order_matters(whole, facts, False, depth + 1) or (
        isinstance(above, ast.Call) and _given_on(whole, above, facts)
    )


def _given_on(node: ast.expr, call: ast.Call, facts: Facts) -> bool:
    last = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return node is not call.func and last in (
        "concat",
        "array",
        "stack",
        "vstack",
        "hstack",
        "concatenate",
        "merge",
        "cat",
    )


def _name_matters(target: ast.Name, facts: Facts, set_like: bool, depth: int) -> bool:
    """Whether any use of the name depends on the order; none does where it is sorted at all."""
    uses = [n for n in facts.nodes_of(ast.Name) if n.id == target.id and isinstance(n.ctx, ast.Load)][:_MOST_USES]
    for use in uses:
        above = facts.parent(use)
        if isinstance(above, ast.Attribute) and above.attr == "sort":
            return False
        if isinstance(above, ast.Call) and use is not above.func:
            last = facts.qualified(above.func).rsplit(".", 1)[-1]
            if last in ("sorted", "natsorted", "shuffle"):
                return last == "shuffle"
    return any(_order_matters(use, facts, set_like, depth + 1) for use in uses)


def _body_is_ordered(loop: ast.For | ast.AsyncFor, facts: Facts) -> bool:
    """Whether the passes of a loop leave something that has their order: a list, a picture, a first hit."""
    for node in inside(loop.body):
        if isinstance(node, ast.Call):
            last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if last in _ORDERED and not _is_of(node, loop):
                return True
        elif isinstance(node, (ast.Yield, ast.YieldFrom)) or (
            isinstance(node, ast.AugAssign) and isinstance(node.value, (ast.List, ast.ListComp))
        ):
            return True
    return False


def _is_of(call: ast.Call, loop: ast.For | ast.AsyncFor) -> bool:
    """`groups[name].append(…)`: each pass writes to its own."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    names = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
    return isinstance(owner, ast.Subscript) and bool(
        names & {n.id for n in ast.walk(owner.slice) if isinstance(n, ast.Name)}
    )
