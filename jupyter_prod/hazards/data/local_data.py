"""JPD02 local-data."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator

from jupyter_prod.hazards.commands import commands
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import path_of, path_parameter, texts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.hazards.sources import FILE, Source, is_remote, sources
from jupyter_prod.patterns import lazy
from jupyter_prod.program.events import Saved, Written

_LISTS = frozenset({"listdir", "scandir", "walk", "glob", "iglob", "rglob", "iterdir"})
_OPENS = frozenset({"open", "read_text", "read_bytes"})
_ABSOLUTE = lazy(r"/|[A-Za-z]:[\\/]|~|\\\\")
_DOWNLOADS = lazy(r"\b(?:wget|curl|gdown|aria2c|kaggle|git clone|writefile|gsutil|aws s3|unzip|tar)\b")
_MODEL = lazy(
    r"model|scaler|encoder|vectori[sz]er|tokenizer|weights|checkpoint|classifier|pipeline|\bclf\b|\bvec\b",
    re.IGNORECASE,
)
_MODEL_FILE = lazy(r"\.(?:pkl|pickle|sav|joblib|h5|hdf5|model|bin|json)$", re.IGNORECASE)
_UNPACKS = lazy(r"\b(?:git clone|unzip|tar|sync|kaggle|recursive)\b")
_FETCHES = frozenset("urlretrieve get_file download copyfileobj extractall unpack_archive savez savetxt".split())


class LocalData(Rule):
    code = "JPD02"
    slug = "local-data"
    severity = "warning"
    step = 2
    title = "Data in a file on the author's disk"
    what = """
    Finds data that are read by a relative path: from a table, a folder of pictures, a text, also where the path is
    joined, formatted or held in a variable. Each file once, at the literal that names it. Files that the notebook
    itself wrote or downloaded are none, nor is a path in the cell tagged `parameters`. Absolute paths are
    absolute-path.
    """
    why = """
    The file lies beside the notebook of one person. Nobody knows which state it has, who may change it, or when it is
    renewed; in production the folder is empty. Data come from a place that has an owner, and the path is a setting.
    """
    bad = (
        """
        import pandas as pd
        sales = pd.read_csv("sales.csv")  # JPD02
        """,
        """
        import pandas as pd
        folder = "data"
        demand = pd.read_csv(f"{folder}/demand.csv", sep=";")  # JPD02
        """,
        """
        import glob, os
        import pandas as pd
        plates = [pd.read_csv(f) for f in sorted(glob.glob(os.path.join("plates", "*.tsv")))]  # JPD02
        """,
    )
    good = (
        """
        import os
        from pathlib import Path
        import pandas as pd
        sales = pd.read_csv(Path(os.environ["SALES_DIR"]) / "sales.csv")
        """,
        """
        import pandas as pd
        sales = pd.read_sql("select day, amount from sales", connection)
        sales.to_parquet("sales.parquet")
        # %%
        again = pd.read_parquet("sales.parquet")
        """,
    )
    fix = "unsafe"
    fix_note = "Moves the path to a parameter."
    fixed = """
        # %%
        SALES_FILE = "sales.csv"
        # %%
        import pandas as pd
        sales = pd.read_csv(SALES_FILE)  # JPD02
        """
    conversion = "resolved"
    conversion_note = """
    Every input becomes a setting, and the file is copied to the project's `data/` folder for the proof. Give the
    setting an address that has an owner before the project goes live.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        reported: set[object] = set()
        candidates = [s for s in sources(facts) if _is_local(s, facts)]
        made = _made_here(facts) if candidates else {}
        for source in candidates:
            node = source.place
            place, known = facts.place(node), source.text or (source.call.lineno, facts.cell_of(source.call))
            if place is None or known in reported or place in reported or _is_made(source, made, facts):
                continue
            if not all(id(n) not in reported for n in source.literals if len(source.literals) == 1):
                continue
            reported |= {known, place, *(id(n) for n in source.literals)}
            shown = source.text or "/".join(str(n.value).strip("/") for n in source.literals)
            fix = path_parameter(facts, node) if len(source.literals) == 1 else None
            yield Hit(
                place, f"'{shown[:60]}' lies on the author's disk: read data from a place that is a parameter", fix=fix
            )


def _is_local(source: Source, facts: Facts) -> bool:
    last = source.name.rsplit(".", 1)[-1]
    text = source.text or next((str(n.value) for n in source.literals), "")
    if not source.begins or not text.strip("./ *") or "\n" in text or len(text) > 300:
        return False
    if any(is_remote(t) or _ABSOLUTE.match(t) for t in (text, *(str(n.value) for n in source.literals[:1]))):
        return False
    if last in _LISTS and isinstance(facts.parent(source.call), (ast.Expr, ast.Attribute)):
        return False
    if last in _OPENS and not FILE.search(text):
        return False
    statement = facts.statement(source.literals[0] if source.literals else source.call)
    if statement is not None and "parameters" in statement.tags:
        return False
    if last in _OPENS and _is_run(source.call, facts):
        return False
    return not (_MODEL_FILE.search(text) and (_MODEL.search(text.rsplit("/", 1)[-1]) or _predicts(source, facts)))


def _is_run(call: ast.Call, facts: Facts) -> bool:
    """Code that is read to be run, a text that is only shown or sent: no data."""
    for above in facts.parents(call):
        if isinstance(above, ast.Call) and facts.qualified(above.func) in (
            "builtins.exec",
            "builtins.compile",
            "builtins.print",
        ):
            return True
        if isinstance(above, ast.stmt):
            return False
    return False


def _predicts(source: Source, facts: Facts) -> bool:
    """Whether what is loaded answers for rows: a model, no data."""
    loads = [source.call]
    for above in facts.parents(source.call):
        if isinstance(above, ast.Call):
            loads.append(above)
        if isinstance(above, ast.With):  # with open(…) as f: model = pickle.load(f)
            loads += [n for n in ast.walk(above) if isinstance(n, ast.Call)]
        if isinstance(above, ast.stmt):
            break
    for call in facts.methods("predict", "predict_proba", "transform", "load_state_dict", "inverse_transform"):
        owner = facts.value(call.func.value) if isinstance(call.func, ast.Attribute) else None
        if owner is not None and any(owner.made is load for load in loads):
            return True
    return False


_At = tuple[int, int]
"""A cell and a line in it."""


def _made_here(facts: Facts) -> dict[str, _At]:
    """The paths, names of files and folders that the notebook writes or downloads, and where it first does."""
    found: dict[str, _At] = {}

    def note(paths: set[str], at: _At) -> None:
        for path in paths:
            if path.strip("./"):
                found.setdefault(posixpath.normpath(path), at)
                found[posixpath.normpath(path)] = min(found[posixpath.normpath(path)], at)

    for event in facts.program.record.events:
        if isinstance(event, (Written, Saved)):
            note(_known(path_of(event.node), facts), _at(event.node, facts))
    for call in facts.calls:
        last = facts.qualified(call.func).rsplit(".", 1)[-1]
        if last == "open" and _writes(call):
            note(_known(path_of(call), facts), _at(call, facts))
        elif last in _FETCHES or last.startswith(("to_", "write_", "save")):
            for argument in [*call.args, *(k.value for k in call.keywords)]:
                note(_known(argument, facts), _at(call, facts))
    for line in commands(facts):
        if _DOWNLOADS.search(line.text):
            words = [w for w in re.split(r"[\s'\"=]+", line.text)[1:] if w.strip("./")]
            files = [w for w in words if FILE.search(w.split("?")[0]) or _UNPACKS.search(line.text)]
            names = {w.split("?")[0].rstrip("/").rsplit("/", 1)[-1].removesuffix(".git") for w in files}
            note(names | {n.removesuffix(".zip") for n in names}, (line.cell, line.row))
    return found


def _at(node: ast.expr, facts: Facts) -> _At:
    return (facts.cell_of(node) or 0, node.lineno)


def _writes(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
    return any(isinstance(m, ast.Constant) and isinstance(m.value, str) and set(m.value) & set("wax") for m in modes)


def _known(node: ast.expr | None, facts: Facts) -> set[str]:
    value = facts.value(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    return {t for t in texts(value) if len(t) < 300} if value is not None and not value.axis else set()


def _is_made(source: Source, made: dict[str, _At], facts: Facts) -> bool:
    text = source.text or next((str(n.value) for n in source.literals), "")
    parts = posixpath.normpath(text).split("/")
    names = {parts[-1], *("/".join(parts[:n]) for n in range(1, len(parts) + 1))}
    at = _at(source.call, facts)
    return any(made.get(name, at) < at for name in names)
