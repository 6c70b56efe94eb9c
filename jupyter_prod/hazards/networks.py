"""PyTorch modules of a notebook: which names hold one, and where they are called, trained and judged."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts

_SAME = frozenset("to cuda cpu half float double train eval requires_grad_ apply bfloat16 share_memory".split())
_BASES = frozenset({"torch.nn.Module", "torch.nn.Sequential", "torch.nn.modules.module.Module"})
_MAKERS = frozenset(
    {"torch.nn.Sequential", "torch.hub.load", "timm.create_model", "torch.nn.DataParallel", "torch.compile"}
)
_NO_MODELS = ("Tokenizer", "Processor", "Config", "Extractor", "Pipeline", "Scheduler", "TF", "Flax")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LAYERS = ("Dropout", "BatchNorm", "Transformer", "MultiheadAttention", "dropout")


def uses_torch(facts: Facts) -> bool:
    """Whether the notebook imports PyTorch or a library on top of it."""
    return any(
        m.split(".")[0] in ("torch", "torchvision", "transformers", "timm") for m in facts.naming.imports.values()
    )


def module_classes(facts: Facts) -> dict[str, ast.ClassDef]:
    """The notebook's own network classes, by name."""
    kept = facts.kept.get("module_classes")
    if isinstance(kept, dict):
        return kept
    found: dict[str, ast.ClassDef] = {}
    for node in sorted(facts.nodes_of(ast.ClassDef), key=lambda c: (facts.cell_of(c) or 0, c.lineno)):
        bases = {facts.qualified(b) for b in node.bases}
        if bases & _BASES or any(isinstance(b, ast.Name) and b.id in found for b in node.bases):
            found[node.name] = node
    facts.kept["module_classes"] = found
    return found


def maker(node: ast.expr, facts: Facts) -> ast.Call | None:
    """The call that made the network which an expression holds; None where it holds none for sure."""
    value = facts.value(node)
    if value is None or value.alike:
        return None
    made = value.made
    for _ in range(10):
        if not isinstance(made, ast.Call):
            return None
        if isinstance(made.func, ast.Attribute) and made.func.attr in _SAME:
            held = facts.value(made.func.value)
            made = made.func.value if isinstance(made.func.value, ast.Call) else held.made if held is not None else None
            continue
        return made if _makes(made, facts) else None
    return None


def _makes(call: ast.Call, facts: Facts) -> bool:
    if isinstance(call.func, ast.Name) and call.func.id in module_classes(facts):
        return True
    name = facts.qualified(call.func)
    if name in _MAKERS:
        return True
    if name.startswith("torchvision.models."):
        return name.rsplit(".", 1)[-1].islower() and "Weights" not in name
    return is_pretrained(call, facts)


def is_pretrained(call: ast.Call, facts: Facts) -> bool:
    """Whether a call loads a network by name in the mode for answering, as `from_pretrained` does."""
    name = facts.qualified(call.func)
    if not name.endswith(".from_pretrained") or not name.startswith("transformers."):
        return False
    owner = name.rsplit(".", 2)[-2]
    return not any(word in owner for word in _NO_MODELS)


def depends_on_mode(call: ast.Call, facts: Facts) -> bool:
    """Whether a network may answer otherwise in training mode: dropout, batch norm, or layers that aren't seen."""
    if is_pretrained(call, facts):
        return False
    own = module_classes(facts).get(call.func.id) if isinstance(call.func, ast.Name) else None
    if own is not None:
        return _has_mode(own, facts, 0)
    if facts.qualified(call.func) == "torch.nn.Sequential":
        return _has_mode(call, facts, 0)
    return True


def _has_mode(node: ast.AST, facts: Facts, depth: int) -> bool:
    own = module_classes(facts)
    for inner in ast.walk(node):
        name = inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else ""
        if name.startswith(_LAYERS) or (isinstance(inner, ast.keyword) and inner.arg == "dropout"):
            return True
        if name in own and own[name] is not node and depth < 3 and _has_mode(own[name], facts, depth + 1):
            return True
        if isinstance(inner, ast.Call) and facts.qualified(inner.func).startswith(
            ("torchvision.models.", "torch.hub.", "timm.")
        ):
            return True
    return False


def surroundings(node: ast.AST, facts: Facts) -> ast.AST:
    """The function that a node stands in, else its top-level statement."""
    last: ast.AST = node
    for above in facts.parents(node):
        if isinstance(above, _FUNCTIONS):
            return above
        if isinstance(above, ast.Module):
            return last
        last = above
    return last


def methods_within(node: ast.AST, *names: str) -> Iterator[ast.Call]:
    """The calls of methods with these names below a node."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in names:
            yield inner
