"""JPR08 environment-dependent."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy

_CHANGES_FOLDER = frozenset({"os.chdir", "os.fchdir"})
_PATH_CALLS = frozenset({"append", "insert", "extend", "remove"})
_KNOWN = frozenset(
    """HOME USER USERNAME LOGNAME PATH PWD TMPDIR TEMP TMP SHELL LANG LC_ALL TZ HOSTNAME CUDA_VISIBLE_DEVICES
        USERPROFILE APPDATA OMP_NUM_THREADS TOKENIZERS_PARALLELISM PYTHONHASHSEED PYTHONPATH VIRTUAL_ENV CONDA_PREFIX
        COLAB_GPU COLAB_TPU_ADDR KAGGLE_KERNEL_RUN_TYPE DISPLAY SLURM_JOB_ID RANK WORLD_SIZE LOCAL_RANK
        JPY_PARENT_PID CI
    """.split()
)
_DECLARED_IN = lazy(
    r"(?:\.env[\w.-]*|[\w.-]*\.env|(?:docker-)?compose[\w.-]*\.ya?ml|[\w.-]*charter[\w.-]*\.(?:ya?ml|toml|json|md))",
    re.I,
)
_INSTEAD = "for all that follows: name the folder where it is used"
_SECRET = lazy(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH", re.I)


class EnvironmentDependent(Rule):
    code = "JPR08"
    slug = "environment-dependent"
    severity = "warning"
    step = 4
    title = "The notebook depends on the place where it runs"
    what = """
    Finds changes of the working directory (`os.chdir`, `%cd`), edits of `sys.path`, and environment variables that are
    read without a default and declared nowhere: in no `.env.example`, compose file or charter beside the notebook. Keys
    and passwords are none: the environment is where they belong.
    """
    why = """
    The notebook works on the machine whose folders and variables it was written for. Anywhere else it reads other
    files, imports another module, or stops, and nothing in the repository says what it needs.
    """
    bad = (
        """
        import os
        region = os.environ["SALES_REGION"]  # JPR08
        """,
        """
        import os
        import sys
        os.chdir("../reports")  # JPR08
        sys.path.insert(0, "../lib")  # JPR08
        """,
        """
        %cd ~/project  # JPR08
        """,
    )
    good = (
        """
        import os
        region = os.environ["SALES_REGION"]
        # %% [file] .env.example
        SALES_REGION=north
        """,
        """
        import os
        import sys
        region = os.getenv("SALES_REGION", "north")
        password = os.environ["DB_PASSWORD"]
        print(os.getcwd(), sys.path)
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The project's modules import each other by name, its folders and variables are settings, and `.env.example` lists
    them.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        moved = {(m.cell, m.line) for m in facts.magics() if m.name == "cd"}
        for node, message in (*_folders(facts), *_paths(facts), *_variables(facts)):
            place = facts.place(node)
            if place is not None and (place.cell, place.row) not in moved:
                yield Hit(place, message)
        for magic in facts.magics():
            words = magic.text.lstrip("%!").split()
            if words[:1] == ["cd"] and len(words) > 1 and magic.name == "cd":
                said = f"`%cd {words[1][:40]}` changes the working directory {_INSTEAD}"
                yield Hit(facts.line(magic.cell, magic.line), said)


def _folders(facts: Facts) -> Iterator[tuple[ast.expr, str]]:
    for call in facts.calls_of(*sorted(_CHANGES_FOLDER)):
        yield call, f"`os.chdir` changes the working directory {_INSTEAD}"


def _paths(facts: Facts) -> Iterator[tuple[ast.AST, str]]:
    """Edits of `sys.path`."""
    message = "`sys.path` is edited to find a module: install it, or put it beside the notebook"
    for call in facts.methods(*sorted(_PATH_CALLS)):
        if isinstance(call.func, ast.Attribute) and _is_search_path(call.func.value, facts):
            yield call, message
    for node in facts.nodes_of(ast.Assign):
        if any(_is_search_path(t, facts) for t in node.targets):
            yield node, message
    for grown in facts.nodes_of(ast.AugAssign):
        if _is_search_path(grown.target, facts):
            yield grown, message


def _is_search_path(node: ast.expr, facts: Facts) -> bool:
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return (
            node.attr == "path"
            and isinstance(node.value, ast.Name)
            and facts.naming.imports.get(node.value.id) == "sys"
        )
    return isinstance(node, ast.Name) and facts.naming.imports.get(node.id) == "sys.path"


def _variables(facts: Facts) -> Iterator[tuple[ast.expr, str]]:
    asked: dict[str, ast.expr] = {}
    for node in facts.nodes_of(ast.Subscript):
        if isinstance(node.ctx, ast.Load) and _is_environment(node.value, facts):
            _ask(node, node.slice, asked, facts)
    for call in facts.methods("getenv", "get"):
        named = facts.qualified(call.func) in ("os.getenv", "os.environ.get") or (
            isinstance(call.func, ast.Attribute) and call.func.attr == "get" and _is_environment(call.func.value, facts)
        )
        if named and len(call.args) == 1 and not call.keywords and not isinstance(facts.parent(call), ast.BoolOp):
            _ask(call, call.args[0], asked, facts)
    if not asked:
        return
    declared = _declared(facts)
    for name, where in asked.items():
        if name not in declared:
            yield where, f"`{name}` is read from the environment, and no `.env.example` beside the notebook declares it"


def _is_environment(node: ast.expr, facts: Facts) -> bool:
    if isinstance(node, ast.Attribute):
        return (
            node.attr == "environ"
            and isinstance(node.value, ast.Name)
            and facts.naming.imports.get(node.value.id) == "os"
        )
    return isinstance(node, ast.Name) and facts.naming.imports.get(node.id) == "os.environ"


def _ask(node: ast.expr, key: ast.expr, asked: dict[str, ast.expr], facts: Facts) -> None:
    value = facts.value(key)
    name = key.value if isinstance(key, ast.Constant) else value.const if value is not None and value.known() else None
    if isinstance(name, str) and name not in _KNOWN and not _SECRET.search(name) and not _is_set(name, facts):
        asked.setdefault(name, node)


def _is_set(name: str, facts: Facts) -> bool:
    """Whether the notebook sets the variable itself."""
    for node in facts.nodes_of(ast.Subscript):
        if isinstance(node.ctx, ast.Store) and isinstance(node.slice, ast.Constant) and node.slice.value == name:
            return True
    return any(m.name == "env" and name in m.text for m in facts.magics())


def _declared(facts: Facts) -> set[str]:
    """The variables that a file beside the notebook, or above it in the project, speaks of."""
    found: set[str] = set()
    if facts.project is None:
        return found
    for folder in facts.project.folders:
        try:
            paths = [p for p in folder.iterdir() if _DECLARED_IN.fullmatch(p.name) and p.is_file()]
        except OSError:
            continue
        for path in paths:
            found.update(re.findall(r"[A-Za-z_]\w*", facts.project.read(path)))
    return found
