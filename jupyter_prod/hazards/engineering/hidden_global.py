"""JPE06 hidden-global."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import assignments
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.patterns import lazy
from jupyter_prod.program.values import Value

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "display", "get_ipython", "In", "Out", "exit", "quit"}
_CONSTANT = lazy(r"_?[A-Z][A-Z0-9_]*")
_CLIENT = lazy(
    r"(?:.*Client|(?:Async)?(?:Azure)?OpenAI|(?:Async)?Anthropic\w*|Groq|Mistral|Session|getLogger|get_logger|Lock|RLock|Console|Pinecone|\w*Embeddings?|Chat[A-Z]\w+|SparkSession)"
)
_CLIENT_CALLS = frozenset(
    """boto3.client boto3.resource logging.getLogger structlog.get_logger re.compile torch.device
        numpy.random.default_rng threading.Lock getOrCreate SparkContext.getOrCreate argparse.ArgumentParser
        TypeVar typing.TypeVar         collections.namedtuple namedtuple tracer
        contextvars.ContextVar functools.partial numpy.vectorize
    """.split()
)
_OWN_KINDS = frozenset({"module", "class", "callable", "function"})


@dataclass
class _Names:
    """Which names a function loads, and which are its own."""

    loads: dict[str, ast.Name] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)


class HiddenGlobal(Rule):
    code = "JPE06"
    slug = "hidden-global"
    severity = "warning"
    step = 2
    title = "A function that works on the notebook's variables"
    what = """
    Finds functions that read a variable of the notebook that is no parameter (a frame, a model, a list, a connection),
    or write one with `global`. Constants in capitals, imports, loggers, classes, other functions and clients are none.
    """
    why = """
    The function gives another answer when a cell above was run again or in another order, and none at all when it is
    moved to a module: the name isn't there. It can't be tested with other data either.
    """
    bad = (
        """
        import pandas as pd
        stops = pd.read_csv("stops.csv")
        # %%
        def distance(row):  # JPE06
            return stops.loc[row["stop"], "km"]
        """,
        """
        late = 0
        def count(delay):  # JPE06
            global late
            if delay > 30:
                late += 1
        """,
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        model = Ridge().fit([[1.0]], [2.0])
        # %%
        def forecast(rows):  # JPE06
            return model.predict(rows)
        """,
    )
    good = (
        """
        import pandas as pd
        stops = pd.read_csv("stops.csv")
        def distance(row, stops):
            return stops.loc[row["stop"], "km"]
        km = distance({"stop": 1}, stops)
        """,
        """
        import logging
        log = logging.getLogger("eta")
        EARTH_KM = 6371.0
        def to_km(degrees):
            log.info("%s degrees", degrees)
            return degrees * EARTH_KM / 57.3
        """,
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        def helper(x):
            return x + 1
        def ask(text):
            total = helper(1)
            return client.responses.create(model="gpt-4.1-2025-04-14", input=text)
        """,
    )
    conversion = "resolved"
    conversion_note = """
    A function travels with the names it reads; where one is bound again after the definition, it is handed over as an
    argument. In the notebook, make it a parameter.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        variables = _variables(facts)
        if not variables:
            return
        functions: list[_Function] = [*facts.nodes_of(ast.FunctionDef), *facts.nodes_of(ast.AsyncFunctionDef)]
        for function in functions:
            if any(isinstance(a, (*_FUNCTIONS, ast.Lambda)) for a in facts.parents(function)):
                continue  # told with the function around it
            names = _names(function)
            writes = sorted(names.declared & (names.own | set(names.loads)))
            reads = [n for n in names.loads if n in variables and n not in names.own and n not in names.declared]
            held = [n for n in reads if _is_hazard(n, variables, facts)]
            place = facts.place(function)
            if place is None or not (writes or held):
                continue
            line = facts.line(place.cell or 1, place.row)
            head = Place(place.cell, place.row, place.column, place.row, max(line.end_column, place.column + 1))
            verb = f"writes {_listed(writes)}" if writes else f"reads {_listed(held)}"
            yield Hit(head, f"`{function.name}` {verb} of the notebook: hand it over as an argument{_back(writes)}")


def _back(writes: list[str]) -> str:
    return " and return the new value" if writes else ""


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{n}`" for n in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _variables(facts: Facts) -> frozenset[str]:
    """Names that top-level statements assign: no import, function, class, or variable of a loop in a function."""
    kept = facts.kept.get("notebook_variables")
    if isinstance(kept, frozenset):
        return kept
    found: set[str] = set()
    for statement in facts.program.statements:
        found |= statement.trace.binds
    other = set(facts.naming.imports) | {n.name for n in facts.nodes_of(ast.FunctionDef)}
    other |= {n.name for n in facts.nodes_of(ast.AsyncFunctionDef)} | {n.name for n in facts.nodes_of(ast.ClassDef)}
    answer = frozenset(found - other - _BUILTINS)
    facts.kept["notebook_variables"] = answer
    return answer


def _is_hazard(name: str, variables: frozenset[str], facts: Facts) -> bool:
    if _CONSTANT.fullmatch(name) or name.startswith("__") or name == "_":
        return False
    value = facts.program.names.get(name)
    if value is None:
        return True
    if value.kind in _OWN_KINDS or value.kind == "figure" or _is_class_or_function(value):
        return False
    made = [m for m in [value.made, *assignments(facts).get(name, ())] if isinstance(m, ast.Call)]
    return not any(_is_client(m, facts) for m in made)


def _is_class_or_function(value: Value) -> bool:
    return any(v.kind in _OWN_KINDS for v in value.alike) or isinstance(value.made, ast.Lambda)


def _is_client(call: ast.Call, facts: Facts) -> bool:
    name = facts.qualified(call.func)
    last = name.rsplit(".", 1)[-1]
    return name in _CLIENT_CALLS or last in _CLIENT_CALLS or _CLIENT.fullmatch(last) is not None


def _names(function: _Function) -> _Names:
    """Loads and own names of a function and the functions in it, taken together."""
    found = _Names()
    waiting: list[ast.AST] = [*function.body]
    _own_arguments(function.args, found)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                found.loads.setdefault(node.id, node)
            else:
                found.own.add(node.id)
            continue
        if isinstance(node, ast.Global):
            found.declared.update(node.names)
        elif isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            _own_arguments(node.args, found)
            if not isinstance(node, ast.Lambda):
                found.own.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found.own.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.own |= {(a.asname or a.name).split(".")[0] for a in node.names}
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            found.own.add(node.name)
        waiting += ast.iter_child_nodes(node)
    return found


def _own_arguments(arguments: ast.arguments, found: _Names) -> None:
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    found.own |= {a.arg for a in given if a is not None}
