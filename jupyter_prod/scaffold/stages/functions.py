"""The notebook's own functions and classes: they travel with what they use, and are given what they read."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from jupyter_prod.plan.layout import DEFINITIONS, Layout, NoService
from jupyter_prod.program import Program, Statement
from jupyter_prod.scaffold.stages.marks import Marks
from jupyter_prod.scaffold.stages.names import free_names, imported_names
from jupyter_prod.scaffold.stages.rewrite import Rewriter


class Functions:
    """The definitions of a project, rewritten so that they stand in a module of their own."""

    def __init__(
        self,
        program: Program,
        rewriter: Rewriter,
        marks: Marks,
        layout: Layout,
        on_way: Iterable[int],
        hoisted: Mapping[str, Statement],
    ) -> None:
        self.program, self.rewriter, self.marks = program, rewriter, marks
        self.definitions = [
            program.statements[i] for i in layout.modules if isinstance(program.statements[i].node, DEFINITIONS)
        ]
        self.names = [s.node.name for s in self.definitions if isinstance(s.node, DEFINITIONS)]
        for name in self.names:
            if self.names.count(name) > 1:
                raise NoService(
                    next(s.index for s in self.definitions if getattr(s.node, "name", "") == name),
                    f"{name} is defined more than once",
                    "give each definition its own name",
                )
        self.on_way: set[int] = set()
        for index in on_way:
            self._follow(program.statements[index].node)
        self.modes = {id(s.node): ("features" if id(s.node) in self.on_way else "plain") for s in self.definitions}
        self.hoisted = hoisted
        self._extras()

    def _follow(self, node: ast.AST) -> None:
        """Finds the functions that rows pass at serving: not those that only filter rows at training."""
        if (
            isinstance(node, ast.stmt)
            and not hasattr(node, "body")
            and (self.rewriter.filters(node) or self.rewriter.foreign(node))
        ):
            return
        note = self.program.note(node)
        if note is not None and note.select == "call" and note.base is not None:
            self._follow(note.base)
            return
        if (
            isinstance(node, ast.Name)
            and note is not None
            and note.value.kind == "function"
            and note.value.node is not None
        ):
            definition = note.value.node
            if id(definition) not in self.on_way:
                self.on_way.add(id(definition))
                for child in ast.iter_child_nodes(definition):
                    self._follow(child)
        for child in ast.iter_child_nodes(node):
            self._follow(child)

    def _extras(self) -> None:
        """What each function must be given: `learned`, `metrics`, and the notebook's names that it reads."""
        known = set(self.names) | {n for n in self.hoisted if not self._scalar(self.hoisted[n])}
        imports = {n for s in self.program.statements for n in imported_names(s.node)}
        wants: dict[int, list[str]] = {}
        for statement in self.definitions:
            reads = self.program.record.note_globals(statement.node) | self._inner_globals(statement.node)
            stores = {n for g in ast.walk(statement.node) if isinstance(g, ast.Global) for n in g.names}
            if stores:
                raise NoService(
                    statement.index,
                    f"{getattr(statement.node, 'name', '')} changes the notebook's {', '.join(sorted(stores))}",
                    "return the values instead",
                )
            given = sorted(
                n for n in reads if n not in known and n not in imports and n != getattr(statement.node, "name", "")
            )
            wants[id(statement.node)] = given
        by_name = {getattr(s.node, "name", ""): s for s in self.definitions}
        changed = True
        while changed:
            changed = False
            self.rewriter.extra = {k: v for k, v in wants.items() if v}
            for statement in self.definitions:
                text = self._text(statement)
                free = free_names(text)
                more: list[str] = [
                    n for n in ("learned", "metrics") if n in free and n not in wants[id(statement.node)]
                ]
                for name, other in by_name.items():
                    if name in free and other is not statement:
                        more += [n for n in wants[id(other.node)] if n not in wants[id(statement.node)]]
                if more and isinstance(statement.node, ast.ClassDef):
                    raise NoService(
                        statement.index,
                        f"the class {statement.node.name} reads values of the notebook ({', '.join(more)})",
                        "hand them to its constructor",
                    )
                if more:
                    wants[id(statement.node)] = list(
                        dict.fromkeys(
                            [*(n for n in ("learned", "metrics") if n in more), *wants[id(statement.node)], *more]
                        )
                    )
                    changed = True
        self.rewriter.extra = {k: v for k, v in wants.items() if v}
        for statement in self.definitions:
            if isinstance(statement.node, ast.ClassDef) and wants[id(statement.node)]:
                raise NoService(
                    statement.index,
                    f"the class {statement.node.name} reads the notebook's {', '.join(wants[id(statement.node)])}",
                    "hand them to its constructor",
                )

    def _scalar(self, statement: Statement) -> bool:
        assert isinstance(statement.node, ast.Assign)
        return isinstance(ast.literal_eval(statement.node.value), (int, float, str, bool))

    def _inner_globals(self, node: ast.AST) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for part in ast.walk(node):
            if isinstance(part, (ast.FunctionDef, ast.Lambda)) and part is not node:
                found |= self.program.record.note_globals(part)
        return found

    def _text(self, statement: Statement) -> str:
        marked = self.modes[id(statement.node)] == "plain"
        before, self.rewriter.after = self.rewriter.after, self.marks.mark if marked else None
        try:
            text = self.rewriter.statement(statement, self.modes[id(statement.node)])
        finally:
            self.rewriter.after = before
        extra = self.rewriter.extra.get(id(statement.node), [])
        if extra and isinstance(statement.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            head, rest = (
                text.split("(", 1) if not statement.node.decorator_list else _split_after_def(text, statement.node.name)
            )
            none_given = rest.lstrip().startswith(")")
            text = f"{head}({', '.join(extra)}{'' if none_given else ', '}{rest}"
        return text

    def texts(self) -> list[tuple[Statement, str]]:
        """Each definition with its text."""
        return [(s, self._text(s)) for s in self.definitions]


def _split_after_def(text: str, name: str) -> tuple[str, str]:
    place = text.index(f"def {name}") + len(f"def {name}")
    place = text.index("(", place)
    return text[:place], text[place + 1 :]
