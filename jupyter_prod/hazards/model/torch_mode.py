"""JPM12 torch-mode."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.networks import depends_on_mode, maker, methods_within, surroundings, uses_torch
from jupyter_prod.hazards.rule import Hit, Rule

_ANSWERS = frozenset(
    """argmax softmax sigmoid max topk round numpy item log_softmax cpu tolist sum eq ge gt accuracy_score
        post_process decode
    """.split()
)
_NO_GRAD = frozenset({"no_grad", "inference_mode", "set_grad_enabled"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MOST_STATEMENTS = 12


class TorchMode(Rule):
    code = "JPM12"
    slug = "torch-mode"
    severity = "warning"
    step = 4
    title = "A network is trained or asked in the wrong mode"
    what = """
    Finds PyTorch training loops that never set the gradients back to zero, and answers taken from a network without
    `eval()` where it has dropout or batch norm, or without `torch.no_grad()`.
    """
    why = """
    Without `zero_grad` each step goes along the sum of all gradients so far. Without `eval()` dropout and batch norm
    answer at random, or by the other rows of the batch: the same row gets two predictions. Without `no_grad` a service
    keeps the graph of each request in memory.
    """
    bad = (
        """
        import torch
        from torch import nn
        net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Linear(8, 2))
        optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
        loss_of = nn.CrossEntropyLoss()
        for x, y in batches:
            loss = loss_of(net(x), y)
            loss.backward()  # JPM12
            optimiser.step()
        """,
        """
        import torch
        from torch import nn
        net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Linear(8, 2))
        with torch.no_grad():
            guess = net(torch.ones(3, 4)).argmax(1)  # JPM12
        """,
        """
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        tokens = AutoTokenizer.from_pretrained("some/model")
        judge = AutoModelForSequenceClassification.from_pretrained("some/model")
        logits = judge(**tokens("fine", return_tensors="pt")).logits  # JPM12
        print(logits.argmax(1))
        """,
    )
    good = (
        """
        import torch
        from torch import nn
        net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Linear(8, 2))
        optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
        loss_of = nn.CrossEntropyLoss()
        for x, y in batches:
            optimiser.zero_grad()
            loss = loss_of(net(x), y)
            loss.backward()
            optimiser.step()
        net.eval()
        with torch.no_grad():
            guess = net(torch.ones(3, 4)).argmax(1)
        """,
        """
        import torch
        from torch import nn
        net = nn.Linear(4, 2)
        print(net(torch.ones(3, 4)).shape)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The default reproduces the notebook's numbers. What is missing in the loop has to be mended in the notebook.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if not uses_torch(facts):
            return
        for node, message in (*_without_zero(facts), *_wrong_mode(facts)):
            place = facts.place(node)
            if place is not None:
                yield Hit(place, message)


# ---------------------------------------------------------------- training


def _without_zero(facts: Facts) -> Iterator[tuple[ast.expr, str]]:
    told: set[int] = set()
    for call in facts.methods("backward"):
        loop = _outer_loop(call, facts)
        if loop is None or id(loop) in told or not any(_is_step(c) for c in methods_within(loop, "step")):
            continue
        told.add(id(loop))
        if not _zeroes(loop, facts, 0):
            yield call, "no `zero_grad()` in the loop: each step adds the gradients of all steps before it"


def _outer_loop(node: ast.AST, facts: Facts) -> ast.AST | None:
    """The outermost loop around a node within its function."""
    found: ast.AST | None = None
    for above in facts.parents(node):
        if isinstance(above, (ast.For, ast.While)):
            found = above
        elif isinstance(above, (*_FUNCTIONS, ast.ClassDef)):
            break
    return found


def _is_step(call: ast.Call) -> bool:
    """`optimiser.step()`, not `env.step(action)`."""
    return not call.args or ast.unparse(call.args[0]).endswith("closure")


def _zeroes(node: ast.AST, facts: Facts, depth: int) -> bool:
    """Whether gradients are set back below a node, or in a function of the notebook that it calls."""
    called: set[str] = set()
    for inner in ast.walk(node):
        if (
            isinstance(inner, ast.Attribute)
            and inner.attr in ("zero_grad", "zero_", "grad")
            and (inner.attr != "grad" or isinstance(inner.ctx, ast.Store))
        ):
            return True
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            called.add(inner.func.id)
    if depth > 2:
        return False
    own = (f for f in facts.nodes_of(ast.FunctionDef) if f.name in called)
    return any(_zeroes(f, facts, depth + 1) for f in own)


# ---------------------------------------------------------------- answers


def _wrong_mode(facts: Facts) -> Iterator[tuple[ast.expr, str]]:
    told: set[tuple[int, str]] = set()
    for call in facts.calls:
        if not isinstance(call.func, ast.Name) or not (call.args or call.keywords):
            continue
        made = maker(call.func, facts)
        around = surroundings(call, facts)
        name = call.func.id
        where = id(around) if isinstance(around, _FUNCTIONS) else facts.cell_of(call) or 0
        if made is None or (where, name) in told or _trains(call, around, facts) or not _is_asked(call, facts):
            continue
        lacks_eval = depends_on_mode(made, facts) and not _evaluated(call, around, facts)
        lacks_no_grad = not _without_gradients(call, facts, 0)
        if not lacks_eval and not lacks_no_grad:
            continue
        told.add((where, name))
        missing = "`eval()`" if lacks_eval else "`torch.no_grad()`"
        if lacks_eval and lacks_no_grad:
            missing = "`eval()` and `torch.no_grad()`"
        why = "dropout and batch norm still train" if lacks_eval else "the graph of each call is kept"
        yield call, f"`{name}` is asked without {missing}: {why}"


def _trains(call: ast.Call, around: ast.AST, facts: Facts) -> bool:
    """Whether a loss is made of the answer: `backward` stands near by, in its function or in its cell."""
    if any(methods_within(around, "backward")):
        return True
    if isinstance(around, _FUNCTIONS):
        return any(isinstance(n, ast.Return) for n in ast.walk(around)) and _returned(call, around, facts)
    root = facts.parent(around)
    return root is not None and any(methods_within(root, "backward"))


def _returned(call: ast.Call, around: ast.AST, facts: Facts) -> bool:
    """Whether a function hands the loss on: who calls it may train."""
    return any(
        isinstance(n, ast.Return) and n.value is not None and "loss" in ast.unparse(n.value) for n in ast.walk(around)
    )


def _is_asked(call: ast.Call, facts: Facts) -> bool:
    """Whether an answer is taken from the output: a class, a probability, a number."""
    statement: ast.AST | None = None
    for above in facts.parents(call):
        if isinstance(above, ast.Attribute) and above.attr in _ANSWERS:
            return True
        if isinstance(above, ast.Call) and facts.qualified(above.func).rsplit(".", 1)[-1] in _ANSWERS:
            return True
        if isinstance(above, ast.stmt):
            statement = above
            break
    if not isinstance(statement, ast.Assign):
        return False
    names = {n.id for t in statement.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    root = facts.parent(statement)
    following: list[ast.stmt] = []
    for part in ("body", "orelse", "finalbody"):
        body = getattr(root, part, None)
        if isinstance(body, list) and statement in body:
            following = body[body.index(statement) + 1 :][:_MOST_STATEMENTS]
    return any(_takes_answer(n, names, facts) for s in following for n in ast.walk(s) if isinstance(n, ast.Call))


def _takes_answer(call: ast.Call, names: set[str], facts: Facts) -> bool:
    last = facts.qualified(call.func).rsplit(".", 1)[-1] or (
        call.func.attr if isinstance(call.func, ast.Attribute) else ""
    )
    return last in _ANSWERS and bool(names & {n.id for n in ast.walk(call) if isinstance(n, ast.Name)})


def _evaluated(call: ast.Call, around: ast.AST, facts: Facts) -> bool:
    """Whether `eval()` was called before: in the same function, or above, with no `train()` since."""
    here = (facts.cell_of(call) or 0, call.lineno)
    last_eval, last_train = (-1, -1), (-1, -1)
    for switch in facts.methods("eval", "train"):
        if switch.args and not isinstance(switch.args[0], ast.Constant):
            continue
        assert isinstance(switch.func, ast.Attribute)
        within = any(p is around for p in facts.parents(switch))
        inside_function = isinstance(surroundings(switch, facts), _FUNCTIONS)
        when = (facts.cell_of(switch) or 0, switch.lineno)
        on = switch.func.attr == "eval" or (
            bool(switch.args) and isinstance(switch.args[0], ast.Constant) and switch.args[0].value is False
        )
        if isinstance(around, _FUNCTIONS):
            if on:
                return True
        elif when <= here and (within or not inside_function or on):
            if on:
                last_eval = max(last_eval, when)
            else:
                last_train = max(last_train, when)
    return last_eval > (-1, -1) and last_eval >= last_train


def _without_gradients(call: ast.AST, facts: Facts, depth: int) -> bool:
    for above in facts.parents(call):
        if isinstance(above, (ast.With, ast.AsyncWith)) and any(_is_no_grad(i.context_expr) for i in above.items):
            return True
        if isinstance(above, _FUNCTIONS):
            if any(_is_no_grad(d) for d in above.decorator_list):
                return True
            callers = [c for c in facts.methods(above.name) if c is not call][:5]
            return depth < 2 and any(_without_gradients(c, facts, depth + 1) for c in callers)
    return any(
        c.args and isinstance(c.args[0], ast.Constant) and c.args[0].value is False
        for c in facts.methods("set_grad_enabled")
    )


def _is_no_grad(node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else node
    return (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")) in _NO_GRAD
