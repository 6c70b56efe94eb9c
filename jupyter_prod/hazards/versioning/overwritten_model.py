"""JPV04 overwritten-model."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import opened, path_of, texts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Saved
from jupyter_prod.program.values import Value

_SAVING = {
    "joblib.dump": 1,
    "sklearn.externals.joblib.dump": 1,
    "pickle.dump": 1,
    "cloudpickle.dump": 1,
    "dill.dump": 1,
    "skops.io.dump": 1,
    "torch.save": 1,
    "keras.models.save_model": 1,
    "tensorflow.keras.models.save_model": 1,
    "tensorflow.saved_model.save": 1,
    "onnx.save": 1,
    "mlflow.sklearn.save_model": 1,
    "mlflow.pytorch.save_model": 1,
    "xgboost.XGBModel.save_model": 0,
}
"""Calls that save a model → where their path stands."""

_CALLBACKS = ("tensorflow.keras.callbacks.ModelCheckpoint", "keras.callbacks.ModelCheckpoint")
_ENDINGS = (
    ".h5",
    ".keras",
    ".hdf5",
    ".pt",
    ".pth",
    ".pkl",
    ".joblib",
    ".model",
    ".bin",
    ".onnx",
    ".cbm",
    ".safetensors",
)
_PICKLES = frozenset({"pickle.dumps", "cloudpickle.dumps", "dill.dumps"})
_METHODS = frozenset({"save_model", "save_weights", "save_pretrained", "save_checkpoint", "to_disk"})
_BUILDS = frozenset(
    """Path PurePath PosixPath join joinpath format str replace with_suffix with_name strip lower upper expanduser
    abspath getcwd cwd home resolve open absolute fspath dict""".split()
)
"""Calls that only put a path together; any other brings something from outside: a clock, a setting, a run's name."""

_NO_MODELS = frozenset(
    {
        "frame",
        "series",
        "array",
        "text",
        "list",
        "tuple",
        "columns",
        "scalar",
        "figure",
        "index",
        "none",
        "row",
        "file",
        "shape",
    }
)


class OverwrittenModel(Rule):
    code = "JPV04"
    slug = "overwritten-model"
    severity = "warning"
    step = 4
    title = "A model saved under a fixed name"
    what = """
    Finds models that are saved under a name that is the same in every run. A name with a version, a run id, a date
    or anything else from outside is none, nor is a model that goes to a registry.
    """
    why = """
    Each run replaces the model before it: nobody can say which one made yesterday's predictions, and there is
    nothing to roll back to.
    """
    bad = (
        """
        import joblib
        from sklearn.linear_model import LogisticRegression
        model = LogisticRegression()
        joblib.dump(model, "model.pkl")  # JPV04
        """,
        """
        import pickle
        from sklearn.tree import DecisionTreeClassifier
        tree = DecisionTreeClassifier()
        with open("tree.pkl", "wb") as f:
            pickle.dump(tree, f)  # JPV04
        """,
        """
        from lightgbm import LGBMRegressor
        booster = LGBMRegressor()
        booster.booster_.save_model("booster.txt")  # JPV04
        """,
    )
    good = (
        """
        import os
        import joblib
        from sklearn.linear_model import LogisticRegression
        model = LogisticRegression()
        joblib.dump(model, f"model-{os.environ['RUN_ID']}.joblib")
        """,
        """
        import pickle
        columns = ["age", "fare"]
        with open("columns.pkl", "wb") as f:
            pickle.dump(columns, f)
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Training registers each model as a version of its own, with its hash and the data it was made from; aliases say
    which one serves.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        told: set[int] = set()
        for call, path in _saves(facts):
            place = facts.place(call)
            if id(call) in told or place is None:
                continue
            told.add(id(call))
            names = _fixed(path, facts)
            if names:
                yield Hit(place, f"every run replaces {min(names)!r}: give each model a version of its own")


def _saves(facts: Facts) -> Iterator[tuple[ast.Call, ast.expr]]:
    """(call, path) of what saves a model."""
    for event in facts.program.of(Saved):
        position = _SAVING.get(facts.qualified(event.node.func), 0 if isinstance(event.node.func, ast.Attribute) else 1)
        path = _path(event.node, position)
        if path is not None and _is_model(event.what, event.what_node):
            yield event.node, path
    for name, position in _SAVING.items():
        for call in facts.calls_of(name):
            path = _path(call, position)
            what = facts.value(call.args[0]) if call.args else None
            if path is not None and (what is None or _is_model(what, call.args[0])) and call.args:
                yield call, path
    for call in facts.calls_of(*_CALLBACKS):
        path = path_of(call)
        if path is not None and not any("{" in text for text in _texts(path, facts)):
            yield call, path
    for call in facts.methods("save"):
        path = call.args[0] if call.args and isinstance(call.func, ast.Attribute) else None
        if path is not None and any(text.endswith(_ENDINGS) for text in _texts(path, facts)):
            yield call, path
    for call in facts.methods("write", "write_bytes"):
        held = facts.value(call.args[0]) if call.args else None
        if (
            held is not None
            and isinstance(held.made, ast.Call)
            and facts.qualified(held.made.func) in _PICKLES
            and isinstance(call.func, ast.Attribute)
        ):
            what = facts.value(held.made.args[0]) if held.made.args else None
            if what is not None and _is_model(what, held.made.args[0]):
                yield call, call.func.value
    for call in facts.methods(*_METHODS):
        if isinstance(call.func, ast.Attribute) and facts.qualified(call.func) not in _SAVING:
            path = path_of(call)
            if path is not None:
                yield call, path


def _texts(path: ast.expr, facts: Facts) -> set[str]:
    value = facts.value(path)
    return (
        texts(value)
        if value is not None
        else {path.value}
        if isinstance(path, ast.Constant) and isinstance(path.value, str)
        else set()
    )


def _path(call: ast.Call, position: int) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg in ("filename", "file", "f", "path", "fname", "filepath"):
            return keyword.value
    return call.args[position] if position < len(call.args) else None


def _is_model(what: Value, node: ast.expr) -> bool:
    if what.kind in _NO_MODELS and not _is_state(node):
        return False
    if what.kind == "dict":
        return any(i.kind == "estimator" for i in what.items) or any(_is_state(n) for n in ast.walk(node))
    return True


def _is_state(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("state_dict", "get_weights")
    )


def _fixed(path: ast.expr, facts: Facts) -> set[str]:
    """The name under which each run saves; empty where something from outside is in it."""
    file = opened(facts, path)
    node = path_of(file) if file is not None else path
    if node is None:
        return set()
    value = facts.value(node)
    if value is None:
        return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
    if _varies(value, facts):
        return set()
    known = texts(value)
    if known:
        return known
    literals = [
        s.value.const
        for s in facts.flow.back(value)
        if isinstance(s.value.made, ast.Constant) and isinstance(s.value.const, str) and s.value.const.strip()
    ]
    return {literals[0]} if literals and _only_literals(value, facts) else set()


def _varies(value: Value, facts: Facts) -> bool:
    """Whether a path depends on a clock, the environment, a setting, a parameter, rows or a score."""
    for step in facts.flow.back(value):
        made = step.value.made
        if step.value.origin or step.value.metric or (step.value.kind == "module" and step.value.type == "os.environ"):
            return True
        if isinstance(made, ast.Call) and facts.qualified(made.func).rsplit(".", 1)[-1] not in _BUILDS:
            return True
        if isinstance(made, (ast.Attribute, ast.Subscript)) and "environ" in ast.unparse(made):
            return True
        statement = facts.statement(made) if made is not None else None
        if statement is not None and "parameters" in statement.tags:
            return True
    return False


def _only_literals(value: Value, facts: Facts) -> bool:
    """Whether a path is made of literals alone: no argument of a function that nobody calls, nothing unknown."""
    for step in facts.flow.back(value):
        if step.value.made is None and not step.value.sources and not step.value.alike and step.value.kind == "unknown":
            return False
    return True
