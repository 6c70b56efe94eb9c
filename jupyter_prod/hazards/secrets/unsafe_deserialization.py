"""JPS04 unsafe-deserialization."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule

_PICKLES = (
    "pickle.load",
    "pickle.loads",
    "pickle.Unpickler",
    "_pickle.load",
    "_pickle.loads",
    "cPickle.load",
    "cPickle.loads",
    "pickle5.load",
    "six.moves.cPickle.load",
    "dill.load",
    "dill.loads",
    "cloudpickle.load",
    "cloudpickle.loads",
    "joblib.load",
    "sklearn.externals.joblib.load",
    "pandas.read_pickle",
    "pandas.io.pickle.read_pickle",
    "jsonpickle.decode",
    "jsonpickle.loads",
    "marshal.load",
    "marshal.loads",
    "shelve.open",
    "compress_pickle.load",
)
_YAML = ("yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.unsafe_load_all", "yaml.full_load")
_SAFE_LOADERS = frozenset({"SafeLoader", "CSafeLoader", "BaseLoader", "CBaseLoader"})
_SWITCHES = {
    "allow_dangerous_deserialization": True,
    "allow_pickle": True,
    "safe_mode": False,
    "weights_only": False,
}


class UnsafeDeserialization(Rule):
    code = "JPS04"
    slug = "unsafe-deserialization"
    severity = "warning"
    step = 2
    title = "A file that can run code when it is loaded"
    what = """
    Finds `pickle.load`, `joblib.load`, `read_pickle` and their relatives, `torch.load` without `weights_only=True`,
    `np.load(allow_pickle=True)`, `yaml.load` without a safe loader, and switches such as
    `allow_dangerous_deserialization`.
    """
    why = """
    Unpickling runs what the file says, with the rights of the service. Whoever can change the file, or the bucket
    it lies in, owns the machine. Pickles also break with the next version of the library that made them.
    """
    bad = (
        """
        import pickle
        with open("claim_history.pkl", "rb") as f:
            history = pickle.load(f)  # JPS04
        """,
        """
        import torch
        state = torch.load("net.pt", map_location="cpu")  # JPS04
        """,
        """
        import numpy as np
        import yaml
        cases = np.load("cases.npy", allow_pickle=True)  # JPS04
        conf = yaml.load(open("report.yml"), Loader=yaml.Loader)  # JPS04
        """,
    )
    good = (
        """
        import pandas as pd
        history = pd.read_parquet("claim_history.parquet")
        """,
        """
        import torch
        state = torch.load("net.pt", weights_only=True)
        """,
        """
        import copy, pickle
        import numpy as np
        import yaml
        cases = np.load("cases.npy")
        conf = yaml.load(open("report.yml"), Loader=yaml.SafeLoader)
        twin = pickle.loads(pickle.dumps(conf))
        """,
    )
    conversion = "yours"
    conversion_note = """
    The project's own model is stored with its hash and only loaded where that is right; a file of other origin is read
    as the notebook reads it: keep rows as Parquet, weights as safetensors, settings with `yaml.safe_load`.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for call, name in _loads(facts):
            place = facts.place(call)
            if place is not None:
                yield Hit(place, f"`{name}` runs code that the file brings: {_instead(name)}")


def _loads(facts: Facts) -> Iterator[tuple[ast.Call, str]]:
    found: dict[int, tuple[ast.Call, str]] = {}
    for call in facts.calls_of(*_PICKLES):
        if not _was_dumped(call, facts):
            found[id(call)] = (call, ast.unparse(call.func))
    for call in facts.calls_of("torch.load"):
        if not any(k.arg in ("weights_only", None) for k in call.keywords):
            found[id(call)] = (call, "torch.load")
    for call in facts.calls_of(*_YAML):
        loader = next((k.value for k in call.keywords if k.arg == "Loader"), call.args[1] if call.args[1:] else None)
        last = facts.qualified(loader).rsplit(".", 1)[-1] if loader is not None else ""
        if last not in _SAFE_LOADERS:
            found[id(call)] = (call, ast.unparse(call.func))
    for keyword in facts.nodes_of(ast.keyword):
        wanted = _SWITCHES.get(keyword.arg or "")
        above = facts.parent(keyword)
        if wanted is None or not isinstance(above, ast.Call) or not _is(keyword.value, wanted, facts):
            continue
        last = facts.qualified(above.func).rsplit(".", 1)[-1]
        if not last.startswith(("save", "dump", "to_")):
            found.setdefault(id(above), (above, f"{last}({keyword.arg}={wanted})"))
    yield from found.values()


def _is(node: ast.expr, wanted: bool, facts: Facts) -> bool:
    value = facts.value(node)
    held = (
        node.value if isinstance(node, ast.Constant) else value.const if value is not None and value.known() else None
    )
    return held is wanted


def _was_dumped(call: ast.Call, facts: Facts) -> bool:
    """A copy by way of a text: `pickle.loads(pickle.dumps(x))`."""
    first = call.args[0] if call.args else None
    value = facts.value(first)
    made = first if isinstance(first, ast.Call) else value.made if value is not None else None
    return isinstance(made, ast.Call) and facts.qualified(made.func).endswith(".dumps")


def _instead(name: str) -> str:
    if name == "torch.load":
        return "say `weights_only=True`"
    if "yaml" in name:
        return "use `yaml.safe_load`"
    if "allow_pickle" in name:
        return "save arrays of numbers, which need no pickle"
    return "keep data in a format that holds only data, and check where the file comes from"
