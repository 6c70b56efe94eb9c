"""Plan to stage modules: the notebook's statements in functions of their own, and `pipeline.py` that composes them."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from jupyter_prod.plan.layout import Layout
from jupyter_prod.plan.nouns import Parameter, Place
from jupyter_prod.program import Program, Statement
from jupyter_prod.scaffold.stages.functions import Functions
from jupyter_prod.scaffold.stages.inputs import Sources
from jupyter_prod.scaffold.stages.marks import Marks
from jupyter_prod.scaffold.stages.names import BUILTINS, STAGES, bound_names, free_names, global_names, import_lines
from jupyter_prod.scaffold.stages.rewrite import Rewriter
from jupyter_prod.scaffold.stages.source import shifted


@dataclass(frozen=True)
class Code:
    """A stage function's body and the names it takes and gives."""

    body: str
    takes: tuple[str, ...]
    binds: tuple[str, ...]
    cells: tuple[int, ...]


class Writer:
    """Writes the modules of one project of level service or batch."""

    def __init__(self, program: Program, layout: Layout, sources: Sources) -> None:
        self.program, self.layout, self.sources = program, layout, sources
        self.rewriter = Rewriter(program, layout.rows, sources.parameters())
        self.marks = Marks(program, self.rewriter, layout.choice, "metrics.record", "contest")
        self.imports = import_lines([s.node for s in program.statements], program.local_modules)
        self.stars = [
            n.module
            for s in program.statements
            for n in ast.walk(s.node)
            if isinstance(n, ast.ImportFrom) and n.module and any(a.name == "*" for a in n.names)
        ]
        self.hoisted = self._hoisted()
        self.tuned: dict[str, Parameter] = {}
        on_way = [*layout.features, *layout.serving]
        self.functions = Functions(program, self.rewriter, self.marks, layout, on_way, self.hoisted)

    # ------------------------------------------------------------ constants

    def _hoisted(self) -> dict[str, Statement]:
        """Names that hold one literal all the time: scalars become settings, the rest constants."""
        bound: dict[str, list[Statement]] = {}
        mutated: set[int] = set()
        for statement in self.program.statements:
            mutated |= statement.trace.mutates
            for name in statement.trace.binds:
                bound.setdefault(name, []).append(statement)
        found = {}
        for name, statements in bound.items():
            node = statements[0].node
            if len(statements) != 1 or statements[0].index not in self.layout.all() or not isinstance(node, ast.Assign):
                continue
            if (
                len(node.targets) != 1
                or not isinstance(node.targets[0], ast.Name)
                or name.startswith("_")
                or name in self.imports
                or name in STAGES
            ):
                continue
            value = statements[0].trace.bound.get(name)
            try:
                ast.literal_eval(node.value)
            except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                continue
            if value is not None and id(value) not in mutated:
                found[name] = statements[0]
        return found

    def parameters(self) -> dict[str, Statement]:
        """The hoisted scalars: settings of the project."""
        return {n: s for n, s in self.hoisted.items() if isinstance(self.literal(s), (int, float, str, bool))}

    def settings(self) -> list[Parameter]:
        """All parameters: the project's settings beside the inputs."""
        told = [Parameter(n, self.literal(s), Place(s.cell, s.line)) for n, s in self.parameters().items()]
        return told + list(self.tuned.values())

    def constants(self) -> dict[str, Statement]:
        """The hoisted tables and lists."""
        return {n: s for n, s in self.hoisted.items() if n not in self.parameters()}

    def literal(self, statement: Statement) -> object:
        """The value of a hoisted constant."""
        assert isinstance(statement.node, ast.Assign)
        value: object = ast.literal_eval(statement.node.value)
        return value

    # ------------------------------------------------------------ bodies

    def code(
        self,
        indices: Iterable[int],
        mode_of: Mapping[int, str],
        marked: bool,
        after: Mapping[int, list[str]] | None = None,
        guarded: Container[int] = (),
    ) -> Code:
        """The body of a stage function from statements in order; those that are `guarded` run at training only."""
        pieces: list[str] = []
        cells: list[int] = []
        hoisted = {s.index for s in self.hoisted.values()}
        skipped = self.sources.whole_statements()
        open_guard = False
        for index in indices:
            statement = self.program.statements[index]
            if index in hoisted or index in skipped:
                continue
            marking = marked or index in guarded
            self.rewriter.after = self.marks.mark if marking else None
            text = self.rewriter.statement(statement, "plain" if index in guarded else mode_of.get(index, "plain"))
            extra = [*(self.marks.containers(index) if marking else []), *((after or {}).get(index, []))]
            text = "\n".join([t for t in (text, *extra) if t])
            if not text or text == "pass":
                continue
            if index in guarded:
                text = shifted(text, "    ") if open_guard else "if learned.training:\n" + shifted(text, "    ")
                open_guard = True
                pieces.append(text)
                cells.append(statement.cell)
                continue
            open_guard = False
            if statement.comment and statement.cell not in cells[-1:]:
                pieces.append("")
            pieces.append("\n".join(t for t in (_plain_comment(statement.comment), text) if t))
            cells.append(statement.cell)
        self.rewriter.after = None
        body = "\n".join(pieces)
        return Code(
            body,
            tuple(n for n in free_names(body) if not self.at_module(n)),
            tuple(bound_names(body)),
            tuple(dict.fromkeys(cells)),
        )

    def at_module(self, name: str) -> bool:
        """Whether a name is found at the top of a module rather than handed over."""
        return (
            name in self.imports
            or name == "partial"
            or name in self.functions.names
            or name in self.constants()
            or name in self.star_names(name)
        )

    def star_names(self, name: str) -> tuple[str, ...]:
        """`(name,)` where only a star import can have brought it."""
        bound = any(name in s.trace.binds for s in self.program.statements)
        return (
            (name,)
            if self.stars and not bound and name not in OWN and name not in self.sources.names() and name not in HOMES
            else ()
        )

    # ------------------------------------------------------------ modules

    def module(self, docstring: str, functions: str, own: Iterable[str] = ()) -> str:
        """A module's text: docstring, the imports that its code needs, its code."""
        lines: list[str] = []
        here = set(bound_names(functions)) | set(own)
        for name in [n for n in _names_used(functions) if n not in here]:
            if name == "features_of":
                lines.append("from .features import features as features_of")
            elif name in HOMES and not self.is_bound(name):
                lines.append(f"from .{HOMES[name]} import {name}")
            elif name == "Any" and name not in self.imports:
                lines.append("from typing import Any")
            elif name in self.functions.names:
                lines.append(f"from .functions import {name}")
            elif name in self.constants():
                lines.append(f"from .constants import {name}")
            elif name == "partial" and "partial" not in self.imports:
                lines.append("from functools import partial")
            elif name in self.imports:
                lines.append(self.imports[name])
            elif name not in BUILTINS and self.star_names(name):
                lines.append(self._from_star(name))
        switches = dict.fromkeys(line for line in self.imports.values() if ".experimental import" in line)
        if any(line.startswith("from sklearn.") for line in lines):
            lines = [f"{line}  # noqa: F401 - switches on what is imported below" for line in switches] + lines
        return (
            f'"""{docstring}"""\n\nfrom __future__ import annotations\n\n'
            + "\n".join(dict.fromkeys(lines))
            + "\n"
            + functions
        )

    def is_bound(self, name: str) -> bool:
        """Whether the notebook itself binds a name."""
        return name in self.imports or any(name in s.trace.binds for s in self.program.statements)

    def _from_star(self, name: str) -> str:
        for module in reversed(self.stars):
            if module in self.program.local_modules:
                return f"from .{module} import {name}"
        return f"from {self.stars[-1]} import {name}"


def _plain_comment(text: str) -> str:
    """The comment lines of a statement that speak to a reader: code that was commented out stays in the notebook."""
    kept = []
    for line in text.split("\n"):
        words = line.strip().lstrip("#").strip()
        if not words or words[0] in "%!":
            continue
        if len(words.split()) == 1 or any(mark in words for mark in ("=", "(", "[")):
            try:
                ast.parse(words)
                continue
            except (SyntaxError, ValueError):
                pass
        kept.append("# " + words)
    return "\n".join(kept)


def _names_used(text: str) -> list[str]:
    """The names that a module's code reads from the module, signatures included; not its functions' own."""
    typed = [
        n.id
        for function in ast.walk(ast.parse(text))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for a in [
            *(a.annotation for a in (*function.args.args, *function.args.kwonlyargs) if a.annotation is not None),
            *([function.returns] if function.returns is not None else []),
        ]
        for n in ast.walk(a)
        if isinstance(n, ast.Name)
    ]
    return list(dict.fromkeys([*typed, *global_names(text)]))


TYPES = {"settings": "Settings", "learned": "Learned", "metrics": "Metrics", "contest": "Contest"}
"""What the fixed modules hand to the stages; everything else is whatever the notebook makes of it."""

OWN = frozenset(
    {
        "learned",
        "metrics",
        "contest",
        "rows",
        "model",
        "settings",
        "partial",
        "model_rows",
        "inputs",
        "sources",
        "train",
        "Any",
        "some",
        "read",
        "name",
    }
)
"""Names that the generated code itself binds."""

HOMES = {
    "Learned": "learned",
    "Metrics": "results",
    "Answer": "results",
    "Contest": "contest",
    "dataset_of": "learned",
    "frame_of": "learned",
    "as_answer": "answering",
    "words_of_classes": "answering",
    "features_of": "features",
    "Settings": "settings",
    "Run": "results",
}
"""Names of the generated package and the modules that hold them."""


def signature(names: Iterable[str]) -> str:
    """The parameters with their types."""
    return ", ".join(f"{n}: {TYPES.get(n, 'Any')}" for n in names)


def function(head: str, docstring: str, body: str, returns: str = "") -> str:
    """A function's text."""
    lines = [head, shifted(f'"""{docstring}"""', "    ")]
    if body.strip():
        lines.append(shifted(body, "    "))
    if returns:
        lines.append(f"    return {returns}")
    return "\n\n\n" + "\n".join(lines) + "\n"
