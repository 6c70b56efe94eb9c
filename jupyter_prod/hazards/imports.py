"""What a notebook imports, and where each of it comes from."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.installs import installs
from jupyter_prod.hazards.project import Project
from jupyter_prod.hazards.rule import Place
from jupyter_prod.knowledge.importing import imports, normalised
from jupyter_prod.patterns import lazy

_FAILURES = frozenset(
    "ImportError ModuleNotFoundError Exception BaseException AttributeError NameError OSError".split()
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_MODULE_FILE = lazy(r"([A-Za-z_]\w*)\.py\b")
_COMMON = frozenset(
    """utils util helpers helper tools tool common internal private shared core libs library project custom local
    functions config model models data features feature pipeline analysis scripts process preprocess preprocessing
    """.split()
)
"""Words that say nothing about where a module comes from."""

_FAMILIES = frozenset(
    """pandas sklearn torch keras tensorflow langchain llama haystack weaviate dash django flask jupyter jupyterlab
    google azure pyspark dask mkdocs streamlit plotly pytest spacy nltk numpy scipy matplotlib mpl geopandas xarray
    ray mlflow
    optuna huggingface transformers openai anthropic pinecone chroma qdrant milvus gradio fastapi sqlalchemy airflow
    prefect dagster snowflake databricks opentelemetry pytorch lightning jax flax gym qiskit networkx""".split()
)
"""Names under which many publish extensions: not all can be known."""

_BRINGS = lazy(r"\b(?:git\s+clone|unzip|tar\s+-?x|gdown|svn|7z)\b")


@dataclass(frozen=True, eq=False)
class Imported:
    """One module of an import statement: `sure` where it is imported whenever the notebook runs."""

    dotted: str
    node: ast.Import | ast.ImportFrom
    place: Place
    sure: bool

    @property
    def top(self) -> str:
        """`google` of `google.cloud.storage`."""
        return self.dotted.partition(".")[0]


def imported(facts: Facts) -> list[Imported]:
    """The modules that a notebook imports by name, in document order."""
    kept = facts.kept.get("imported")
    if isinstance(kept, list):
        return kept
    found: list[Imported] = []
    for one in facts.nodes_of(ast.Import):
        sure = is_sure(facts, one)
        for alias in one.names:
            place = facts.place(alias if len(one.names) > 1 else one)
            if place is not None:
                found.append(Imported(alias.name, one, place, sure))
    for one_from in facts.nodes_of(ast.ImportFrom):
        place = facts.place(one_from)
        if place is not None and one_from.module and not one_from.level:
            for dotted in _dotted(one_from):
                found.append(Imported(dotted, one_from, place, is_sure(facts, one_from)))
    found.sort(key=lambda i: (i.place.cell or 0, i.place.row, i.place.column))
    facts.kept["imported"] = found
    return found


def _dotted(node: ast.ImportFrom) -> list[str]:
    """`from google.cloud import storage` imports google.cloud.storage: a namespace alone says too little."""
    module = node.module or ""
    if module in ("google", "google.cloud", "azure", "snowflake", "databricks"):
        return [f"{module}.{alias.name}" for alias in node.names]
    return [module]


def is_sure(facts: Facts, node: ast.AST) -> bool:
    """Whether a statement runs when the notebook does: not under a condition, nor where its failure is foreseen."""
    for above in facts.parents(node):
        if isinstance(above, ast.If) or is_caught(above):
            return False
        if isinstance(above, (ast.With, ast.AsyncWith)) and any(_suppresses(item) for item in above.items):
            return False
        if isinstance(above, _FUNCTIONS):
            name = getattr(above, "name", "")
            if not name or not any(True for _ in facts.methods(name)):
                return False
    return True


def is_caught(node: ast.AST) -> bool:
    """Whether a statement foresees that an import or an attribute is missing."""
    return isinstance(node, ast.Try) and any(
        handler.type is None
        or any(isinstance(n, (ast.Name, ast.Attribute)) and _last(n) in _FAILURES for n in ast.walk(handler.type))
        for handler in node.handlers
    )


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def _suppresses(item: ast.withitem) -> bool:
    call = item.context_expr
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, (ast.Name, ast.Attribute))
        and _last(call.func) == "suppress"
    )


def third_party(facts: Facts) -> Iterator[Imported]:
    """Each distribution's first import: neither standard, nor the platform's, nor a local or unknown module."""
    project = facts.project
    known = imports()
    told: set[str] = set()
    for one in imported(facts):
        key = one.dotted if one.top in ("google", "azure") else one.top
        if key in told or not one.sure or known.is_standard(one.top) or known.is_given(one.dotted):
            continue
        told.add(key)
        if is_local(facts, one) or not (known.is_public(one.top) or (project and project.importable(one.top))):
            continue
        yield one


def is_local(facts: Facts, one: Imported) -> bool:
    """Whether a module lies beside the notebook, or is written by it."""
    project = facts.project
    if project is not None and project.local(one.dotted, imports().is_public(one.top)) is not None:
        return True
    return one.top in _made(facts) or (project is not None and _on_path(facts, project, one.top))


def _made(facts: Facts) -> frozenset[str]:
    """Modules that cells write, fetch or copy."""
    kept = facts.kept.get("modules made")
    if isinstance(kept, frozenset):
        return kept
    found: set[str] = set()
    for magic in facts.magics():
        if magic.name in ("writefile", "file", "!", "bash", "sh", "save", "cp", "sx", "system"):
            first = magic.text if not magic.text.startswith("%%") else _source(facts, magic.cell)
            if ".py" in first:
                found.update(_MODULE_FILE.findall(first))
    for call in (*facts.methods("open"), *facts.methods("urlretrieve"), *facts.methods("write_text")):
        found.update(_MODULE_FILE.findall(ast.unparse(call)) if call.args else ())
    made = frozenset(found)
    facts.kept["modules made"] = made
    return made


def _source(facts: Facts, cell: int) -> str:
    return next((c.source for c in facts.notebook.cells if c.number == cell), "")


def _on_path(facts: Facts, project: Project, top: str) -> bool:
    """Whether a folder that the notebook puts on `sys.path` has the module; yes where the folder is not known."""
    for folder in _path_entries(facts):
        if folder is None:
            return True
        place = Path(os.path.normpath(project.folder / folder))
        if (place / f"{top}.py").is_file() or (place / top).is_dir():
            return True
    return False


def _path_entries(facts: Facts) -> list[str | None]:
    kept = facts.kept.get("path entries")
    if isinstance(kept, list):
        return kept
    found: list[str | None] = []
    for call in (*facts.methods("append"), *facts.methods("insert"), *facts.methods("extend")):
        if not isinstance(call.func, ast.Attribute) or not _is_path(facts, call.func.value) or not call.args:
            continue
        value = facts.value(call.args[-1])
        const = value.const if value is not None and value.known() else None
        if const is None and isinstance(call.args[-1], ast.Constant):
            const = call.args[-1].value
        found.append(const if isinstance(const, str) else None)
    targets = [t for assigned in facts.nodes_of(ast.Assign) for t in assigned.targets]
    targets += [added.target for added in facts.nodes_of(ast.AugAssign)]
    if any(isinstance(t, (ast.Attribute, ast.Subscript)) and _is_path(facts, t) for t in targets):
        found.append(None)
    if any(facts.calls_of("site.addsitedir", "os.chdir", "nbimporter.install", "importlib.reload")):
        found.append(None)
    facts.kept["path entries"] = found
    return found


def _is_path(facts: Facts, node: ast.expr) -> bool:
    inner = node.value if isinstance(node, ast.Subscript) else node
    return isinstance(inner, ast.Attribute) and inner.attr == "path" and facts.qualified(inner) == "sys.path"


def is_unknown(facts: Facts, one: Imported) -> bool:
    """Whether nothing is known that brings a module: no index, no file, no declaration, nothing installed."""
    project = facts.project
    known = imports()
    if project is None or known.is_standard(one.top) or known.is_given(one.dotted) or known.is_public(one.top):
        return False
    if is_local(facts, one) or project.importable(one.top) or brings_unseen(facts):
        return False
    name = normalised(one.top)
    named = {r.name for i in installs(facts) for r in i.requirements}
    named |= {d.name for file in project.declared.values() for d in file.requirements}
    named |= {file.own for file in project.declared.values()}
    if any(name == n or name in (n.removeprefix("py"), n.removeprefix("python-")) for n in named if n):
        return False
    words = {w for w in name.split("-") if len(w) > 4 and w not in _COMMON}
    if any(words & set(n.split("-")) for n in named):
        return False  # one part of a family: weaviate_agents of weaviate-client[agents]
    head, _, rest = one.top.partition("_")
    return not (rest and head in _FAMILIES and not set(rest.split("_")) & _COMMON)


def brings_unseen(facts: Facts) -> bool:
    """Whether the notebook fetches code that may hold modules: a clone, an archive, a package from an address."""
    kept = facts.kept.get("brings unseen")
    if isinstance(kept, bool):
        return kept
    found = any(i.unseen for i in installs(facts))
    for magic in () if found else facts.magics():
        text = magic.text if not magic.text.startswith("%%") else _source(facts, magic.cell)
        found = found or _BRINGS.search(text) is not None or magic.name in ("run", "cd")
    facts.kept["brings unseen"] = found
    return found
