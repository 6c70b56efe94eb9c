"""What ends a loop: a test, a count of attempts, a deadline, or nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from jupyter_prod.hazards.facts import Facts

Loop = ast.While | ast.For | ast.AsyncFor
_CLOCKS = frozenset(
    """time.time time.monotonic time.perf_counter datetime.datetime.now datetime.datetime.utcnow pandas.Timestamp.now
        time.process_time timeit.default_timer
    """.split()
)
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def inside(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes below these, save the bodies of functions that are only defined there."""
    waiting = [*nodes]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _INNER):
            waiting += ast.iter_child_nodes(node)


def calls_in(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    """The calls below these nodes."""
    return (n for n in inside(nodes) if isinstance(n, ast.Call))


def is_endless(loop: ast.While) -> bool:
    """Whether the test is always true: `True`, `1`."""
    return isinstance(loop.test, ast.Constant) and bool(loop.test.value)


def ends(loop: Loop) -> bool:
    """Whether anything leaves the loop from inside: a break of its own, a return, a raise, a yield, an exit."""
    waiting: list[tuple[ast.AST, bool]] = [(s, True) for s in loop.body]
    while waiting:
        node, own = waiting.pop()
        if isinstance(node, _INNER):
            continue
        if isinstance(node, ast.Break) and own:
            return True
        if isinstance(node, (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("sys.exit", "exit", "quit", "os._exit", "next"):
            return True
        own = own and not isinstance(node, (ast.For, ast.While, ast.AsyncFor))
        waiting += [(child, own) for child in ast.iter_child_nodes(node)]
    return False


def bounds(loop: Loop, facts: Facts) -> bool:
    """Whether attempts are counted or a deadline is looked at: in the test, or where the loop is left."""
    counted = _counted(loop)
    tests: list[ast.expr] = [loop.test] if isinstance(loop, ast.While) else []
    body = list(inside(loop.body))
    for node in body:
        if isinstance(node, ast.If) and any(
            isinstance(n, (ast.Break, ast.Return, ast.Raise)) for n in inside([*node.body, *node.orelse])
        ):
            tests.append(node.test)
    if any(_looks_at_bound(test, counted, facts) for test in tests):
        return True
    if not ends(loop) and isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant):
        return False
    # What counts on is progress, not waiting: page += 1 goes into the next request.
    loads = {n.id for n in body if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return bool(counted & loads)


def _counted(loop: Loop) -> set[str]:
    """Names that grow or shrink in each pass: `n += 1`, `n = n + 1`, `rest.pop()`."""
    found: set[str] = set()
    for node in inside(loop.body):
        if (
            isinstance(node, ast.AugAssign)
            and isinstance(node.op, (ast.Add, ast.Sub))
            and isinstance(node.target, ast.Name)
        ):
            if not isinstance(node.value, (ast.List, ast.JoinedStr)):
                found.add(node.target.id)
        elif (
            isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.targets[0], ast.Name)
        ):
            name = node.targets[0].id
            sides = (node.value.left, node.value.right)
            if any(isinstance(s, ast.Name) and s.id == name for s in sides):
                found.add(name)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("pop", "popleft", "get_nowait")
            and isinstance(node.func.value, ast.Name)
        ):
            found.add(node.func.value.id)
    return found


def _looks_at_bound(test: ast.expr, counted: set[str], facts: Facts) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Name) and node.id in counted:
            return True
        if isinstance(node, ast.Call) and facts.qualified(node.func) in _CLOCKS:
            return True
        if isinstance(node, ast.Name):
            value = facts.value(node)
            made = value.made if value is not None else None
            if made is not None and any(
                isinstance(n, ast.Call) and facts.qualified(n.func) in _CLOCKS for n in ast.walk(made)
            ):
                return True
    return False
