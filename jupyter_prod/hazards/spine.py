"""What an expression does to a name or a column that it is put back under, step by step."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Op:
    """One step: a method of what came before it, a function of it, an attribute, an index, an operator."""

    kind: str
    name: str
    node: ast.expr
    side: ast.expr | None = None


def path_text(node: ast.expr) -> str:
    """A name, or what hangs on one: `df["a"]` and `df.a` are `df.a`; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = path_text(node.value)
        return f"{base}.{node.attr}" if base else ""
    if isinstance(node, ast.Subscript):
        base = path_text(node.value)
        if not base:
            return ""
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return f"{base}.{key.value}"
        return f"{base}[{ast.unparse(key)}]"
    return ""


def root(node: ast.expr) -> str:
    """The name that a path hangs on."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def reads(node: ast.AST | None, path: str) -> bool:
    """Whether an expression reads a path, or the whole that it is a part of."""
    if node is None:
        return False
    for inner in ast.walk(node):
        if isinstance(inner, (ast.Name, ast.Attribute, ast.Subscript)) and path_text(inner) == path:
            return True
    return False


def names_in(node: ast.AST | None) -> set[str]:
    """The names that an expression reads."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} if node is not None else set()


def paths_in(node: ast.AST) -> Iterator[str]:
    """The longest paths that an expression reads; a method's name is none of its owner's parts."""
    waiting: list[ast.AST] = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            waiting += [inner.func.value, *inner.args, *(k.value for k in inner.keywords)]
            continue
        text = path_text(inner) if isinstance(inner, (ast.Name, ast.Attribute, ast.Subscript)) else ""
        if text:
            yield text
            if isinstance(inner, ast.Subscript):
                waiting.append(inner.slice)
            continue
        waiting += ast.iter_child_nodes(inner)


def spine(node: ast.expr, path: str) -> list[Op] | None:
    """The steps from a path to the whole expression, the last one first; None where it isn't made of the path alone.

    Where several parts read the path, the first operand is followed.
    """
    ops: list[Op] = []
    for _ in range(60):
        if path_text(node) == path:
            return ops
        step = _step(node, path)
        if step is None:
            return None
        op, node = step
        ops.append(op)
    return None


def _step(node: ast.expr, path: str) -> tuple[Op, ast.expr] | None:
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and reads(node.func.value, path):
            return Op("method", node.func.attr, node), node.func.value
        return _argument(node, path)
    if isinstance(node, ast.Attribute) and reads(node.value, path):
        return Op("attribute", node.attr, node), node.value
    if isinstance(node, ast.Subscript):
        if reads(node.value, path):
            return Op("index", "", node, node.slice), node.value
        if ast.unparse(node.value).endswith((".c_", ".r_")) and reads(node.slice, path):
            held = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return Op("stack", "", node), next(e for e in held if reads(e, path))
        return None
    if isinstance(node, ast.BinOp):
        for operand, other in ((node.left, node.right), (node.right, node.left)):
            if reads(operand, path):
                return Op("operator", type(node.op).__name__, node, other), operand
        return None
    if isinstance(node, ast.UnaryOp):
        return Op("operator", type(node.op).__name__, node), node.operand
    if isinstance(node, (ast.Compare, ast.IfExp)):
        first = node.left if isinstance(node, ast.Compare) else node.test
        return (Op("test", "", node), first) if reads(first, path) else None
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)) and len(node.generators) == 1:
        made = node.generators[0]
        return (Op("each", "", node), made.iter) if reads(made.iter, path) else None
    if isinstance(node, ast.List) and len(node.elts) == 1 and reads(node.elts[0], path):
        return Op("wrap", "", node), node.elts[0]
    return None


def _argument(call: ast.Call, path: str) -> tuple[Op, ast.expr] | None:
    for argument in [*call.args, *(k.value for k in call.keywords)]:
        if not reads(argument, path):
            continue
        if isinstance(argument, (ast.List, ast.Tuple)):
            held = next((e for e in argument.elts if reads(e, path)), None)
            if held is None:
                return None
            return Op("function", "", call, argument), held
        return Op("function", "", call), argument
    return None


def statements_of(
    body: list[ast.stmt], above: tuple[ast.stmt, ...] = ()
) -> Iterator[tuple[ast.stmt, tuple[ast.stmt, ...]]]:
    """The statements of a body in order, with the blocks that hold each; not those of functions and classes."""
    for statement in body:
        yield statement, above
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for part in ("body", "orelse", "finalbody"):
            inner = getattr(statement, part, None)
            if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
                yield from statements_of(inner, (*above, statement))
        for handler in getattr(statement, "handlers", ()):
            yield from statements_of(handler.body, (*above, statement))
