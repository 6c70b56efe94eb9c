"""JPE11 hardcoded-device."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy

_DEVICE = lazy(r"(?:cuda|mps|xpu)(?::\d+)?|/?(?:device:)?(?:gpu|GPU):\d+")
_ASKS = frozenset(
    """is_available device_count is_gpu_available list_physical_devices list_logical_devices get_device_name
        is_built_with_cuda device_available
    """.split()
)
_HARMLESS = frozenset(
    """print startswith endswith split replace in_ get getenv add_argument info debug warning autocast GradScaler
        get_logger append isinstance len str Event Stream
    """.split()
)
_LIBRARIES = frozenset(
    """torch torchvision transformers tensorflow keras sentence_transformers diffusers accelerate timm fastai jax cupy
        pytorch_lightning lightning
    """.split()
)


class HardcodedDevice(Rule):
    code = "JPE11"
    slug = "hardcoded-device"
    severity = "warning"
    step = 2
    title = "Code that runs only where this graphics card is"
    what = """
    Finds `.cuda()`, `"cuda"`, `"cuda:0"` and `/GPU:0` that are not chosen by a question
    (`"cuda" if torch.cuda.is_available() else "cpu"`) or guarded by one.
    """
    why = """
    Serving and test machines often have no GPU, or another number of them: the code stops at the first tensor. A model
    whose device is a setting can be tested anywhere and moved to cheaper machines.
    """
    bad = (
        """
        import torch
        net = torch.nn.Linear(4, 2).cuda()  # JPE11
        rows = torch.zeros(8, 4).to("cuda:0")  # JPE11
        """,
        """
        import torch
        device = torch.device("cuda")  # JPE11
        net = torch.nn.Linear(4, 2).to(device)
        """,
        """
        import tensorflow as tf
        with tf.device("/GPU:0"):  # JPE11
            total = tf.reduce_sum([1.0, 2.0])
        """,
    )
    good = (
        """
        import torch
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        net = torch.nn.Linear(4, 2).to(device)
        """,
        """
        import torch
        use_gpu = torch.cuda.is_available()
        net = torch.nn.Linear(4, 2)
        if use_gpu:
            net = net.cuda()
        print("cuda")
        """,
        """
        import os
        import torch
        device = os.environ.get("DEVICE", "cuda")
        net = torch.nn.Linear(4, 2).to(device)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The device is kept as it is written. Choose it once, by a setting or by what is there, and hand it on.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if not _LIBRARIES & {name.split(".")[0] for name in facts.naming.imports.values()}:
            return
        for call in facts.methods("cuda"):
            place = facts.place(call)
            if place is not None and isinstance(call.func, ast.Attribute) and not _is_guarded(call, facts):
                yield Hit(
                    place, f"`{_shown(call)}` needs a CUDA card: move it with `.to(device)`, the device chosen once"
                )
        for literal in facts.nodes_of(ast.Constant):
            if isinstance(literal.value, str) and len(literal.value) < 20 and _DEVICE.fullmatch(literal.value):
                place = facts.place(literal)
                if place is not None and _is_chosen(literal, facts) and not _is_guarded(literal, facts):
                    yield Hit(
                        place, f"{literal.value!r} is there on some machines only: choose the device by what there is"
                    )


def _shown(call: ast.Call) -> str:
    text = ast.unparse(call)
    return text if len(text) <= 60 else f"….cuda{text[text.rfind('(') :]}"


def _is_chosen(literal: ast.Constant, facts: Facts) -> bool:
    """Whether the literal is where a device is named: an argument, a default, an assignment; not compared or said."""
    above = facts.parent(literal)
    if isinstance(above, ast.keyword):
        if above.arg in ("help", "choices", "default", "device_type"):
            return False
        above = facts.parent(above)
        return isinstance(above, ast.Call) and _last(above, facts) not in _HARMLESS
    if isinstance(above, ast.Call):
        return _last(above, facts) not in _HARMLESS
    if isinstance(above, (ast.Assign, ast.AnnAssign)):
        return above.value is literal and _reaches_call(above, facts)
    return isinstance(above, ast.arguments)


def _reaches_call(assigned: ast.Assign | ast.AnnAssign, facts: Facts) -> bool:
    """Whether a name that holds the device is handed to a call."""
    targets = assigned.targets if isinstance(assigned, ast.Assign) else [assigned.target]
    names = {t.id if isinstance(t, ast.Name) else t.attr for t in targets if isinstance(t, (ast.Name, ast.Attribute))}
    loads: list[ast.Name | ast.Attribute] = [*facts.nodes_of(ast.Name), *facts.nodes_of(ast.Attribute)]
    for node in loads:
        held = node.id if isinstance(node, ast.Name) else node.attr
        if held in names and isinstance(node.ctx, ast.Load):
            above = facts.parent(node)
            above = facts.parent(above) if isinstance(above, ast.keyword) else above
            if isinstance(above, ast.Call) and above.func is not node and _last(above, facts) not in _HARMLESS:
                return True
    return False


def _last(call: ast.Call, facts: Facts) -> str:
    return facts.qualified(call.func).rsplit(".", 1)[-1]


def _is_guarded(node: ast.AST, facts: Facts) -> bool:
    """Whether a question decides that this is reached: for a card, or one that can't be read."""
    inner = node
    for above in facts.parents(node):
        if isinstance(above, (ast.If, ast.IfExp, ast.While)) and inner is not above.test and _asks(above.test, facts):
            return True
        if isinstance(above, ast.BoolOp) and inner is not above.values[0] and _asks(above.values[0], facts):
            return True
        if isinstance(above, ast.Try) and inner in above.body:
            return True
        inner = above
    return False


def _asks(test: ast.expr, facts: Facts) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and _last(node, facts) in _ASKS:
            return True
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
            value = facts.value(node)
            if value is None or not value.known():
                return True  # a flag that somebody sets
    return False
