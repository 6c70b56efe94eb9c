"""The notebook's own functions and classes: they travel with what they use, and are given what they read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping

from jupyter_prod.plan.layout import DEFINITIONS, Layout, NoService
from jupyter_prod.plan.paths import names_in
from jupyter_prod.program import Program, Statement
from jupyter_prod.scaffold.stages.marks import Marks
from jupyter_prod.scaffold.stages.names import STAGES, free_names, imported_names
from jupyter_prod.scaffold.stages.rewrite import Rewriter
from jupyter_prod.scaffold.stages.source import Edit, Source, apply, shifted


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
        self.new_names = self._versions()
        self.names = list(self.new_names.values())
        rewriter.renamed = {
            id(s.node): self.new_names[id(s.node)]
            for s in self.definitions
            if self.new_names[id(s.node)] != getattr(s.node, "name", "")
        }
        self.on_way: set[int] = set()
        for index in on_way:
            self._follow(program.statements[index].node)
        self.modes = {id(s.node): ("features" if id(s.node) in self.on_way else "plain") for s in self.definitions}
        self.hoisted = hoisted
        self._extras()

    def _versions(self) -> dict[int, str]:
        """{definition: its name}: what is defined again under a name is its second version."""
        found: dict[int, str] = {}
        for statement in self.definitions:
            assert isinstance(statement.node, DEFINITIONS)
            base = name = statement.node.name
            count = 1
            while (
                name in STAGES
                or name in found.values()
                or (name != base and any(name in s.trace.binds for s in self.program.statements))
            ):
                count += 1
                name = f"{base}_{count}"
            found[id(statement.node)] = name
        return found

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
            and note.value.kind in ("function", "class")
            and note.value.node is not None
            and not _estimates(note.value.node)
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
        own = {getattr(s.node, "name", "") for s in self.definitions}
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
                n
                for n in reads
                if n not in known and n not in imports and n not in own and n != getattr(statement.node, "name", "")
            )
            wants[id(statement.node)] = given
        by_name = {self.new_names[id(s.node)]: s for s in self.definitions}
        changed = True
        while changed:
            changed = False
            self.rewriter.extra = {k: v for k, v in wants.items() if v}
            for statement in self.definitions:
                text = self._text(statement)
                free = free_names(text)
                read = [self.rewriter.inputs[id(n)] for n in ast.walk(statement.node) if id(n) in self.rewriter.inputs]
                more: list[str] = [
                    n for n in ("learned", "metrics", *read) if n in free and n not in wants[id(statement.node)]
                ]
                for name, other in by_name.items():
                    if name in free and other is not statement:
                        more += [n for n in wants[id(other.node)] if n not in wants[id(statement.node)]]
                if [n for n in more if n != "learned"] and isinstance(statement.node, ast.ClassDef):
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
            if isinstance(statement.node, ast.ClassDef) and wants[id(statement.node)] not in ([], ["learned"]):
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
        early = self._early(statement)
        self.rewriter.replaced.update(dict.fromkeys(early, "None"))
        try:
            text = self.rewriter.statement(statement, self.modes[id(statement.node)])
        finally:
            self.rewriter.after = before
            for default in early:
                del self.rewriter.replaced[default]
        if early:
            text = _first(text, "\n".join(early.values()))
        name = getattr(statement.node, "name", "")
        if self.new_names[id(statement.node)] != name:
            text = re.sub(rf"\b(def|class)(\s+){name}\b", rf"\1\2{self.new_names[id(statement.node)]}", text, count=1)
        extra = self.rewriter.extra.get(id(statement.node), [])
        if extra and isinstance(statement.node, ast.ClassDef):
            return self._given(statement, text)
        if extra and isinstance(statement.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            head, rest = (
                text.split("(", 1)
                if not statement.node.decorator_list
                else _split_after_def(text, self.new_names[id(statement.node)])
            )
            none_given = rest.lstrip().startswith(")")
            text = f"{head}({', '.join(extra)}{'' if none_given else ', '}{rest}"
        return text

    def _early(self, statement: Statement) -> dict[int, str]:
        """{a parameter's default that reads values of the notebook: the line that asks for it in the body}."""
        node = statement.node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return {}
        arguments = node.args
        placed = [*arguments.posonlyargs, *arguments.args]
        pairs = list(zip(placed[len(placed) - len(arguments.defaults) :], arguments.defaults, strict=True))
        pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
        found = {}
        for argument, default in pairs:
            names = [n for n in names_in(default) if any(n in s.trace.binds for s in self.program.statements)]
            names = [n for n in names if n not in self.names and n not in self.hoisted]
            if not names:
                continue
            for name in names:
                if sum(name in s.trace.binds for s in self.program.statements) > 1:
                    raise NoService(
                        statement.index,
                        f"the default of {argument.arg} in {node.name} is what {name} was when it was defined",
                        f"hand {argument.arg} over in the call",
                    )
            found[id(default)] = f"if {argument.arg} is None:\n    {argument.arg} = {ast.unparse(default)}"
        return found

    def _given(self, statement: Statement, text: str) -> str:
        """A class whose methods learn from rows: its constructor is given the record."""
        tree = ast.parse(text).body[0]
        assert isinstance(tree, ast.ClassDef)
        source = Source(text)
        edits = []
        methods = {m.name: m for m in tree.body if isinstance(m, ast.FunctionDef)}
        for name, method in methods.items():
            inner = source.segment(method)
            if method.decorator_list or not method.args.args:
                if "learned" in free_names(inner):
                    raise NoService(statement.index, f"{tree.name}.{name} learns from rows, but belongs to no instance")
                continue
            itself = method.args.args[0].arg
            if name == "__init__":
                place = source.end(method.args.args[0])
                edits.append(Edit(place, place, ", learned"))
                edits.append(_line(source, method, f"{itself}.learned = learned"))
            elif "learned" in free_names(inner):
                edits.append(_line(source, method, f"learned = {itself}.learned"))
        if "__init__" not in methods:
            if tree.bases:
                raise NoService(
                    statement.index, f"the class {tree.name} learns from rows in a constructor of its bases"
                )
            place = source.start(tree.body[0])
            indent = source.indentation(tree.body[0])
            made = f"def __init__(self, learned):\n{indent}    self.learned = learned\n\n{indent}"
            edits.append(Edit(place, place, made))
        return apply(text, edits)

    def texts(self) -> list[tuple[Statement, str]]:
        """Each definition with its text."""
        return [(s, self._text(s)) for s in self.definitions]


def _estimates(node: ast.AST) -> bool:
    """Whether a class is an estimator of its own: what it learns, it keeps itself."""
    return isinstance(node, ast.ClassDef) and any(isinstance(m, ast.FunctionDef) and m.name == "fit" for m in node.body)


def _line(source: Source, function: ast.FunctionDef, line: str) -> Edit:
    """The edit that puts lines before a function's first statement, behind its docstring."""
    first = (
        function.body[1]
        if ast.get_docstring(function, clean=False) is not None and function.body[1:]
        else function.body[0]
    )
    place = source.start(first)
    if first.lineno == function.lineno:
        return Edit(place, place, f"{line}; ")
    indent = source.indentation(first)
    return Edit(place, place, shifted(line, indent).lstrip() + f"\n{indent}")


def _first(text: str, lines: str) -> str:
    """A function's text with these lines at the start of its body."""
    tree = ast.parse(text).body[0]
    assert isinstance(tree, ast.FunctionDef)
    source = Source(text)
    if tree.body[0].lineno == tree.lineno:
        lines = "; ".join(
            re.sub(r"if (\w+) is None:\n +\1 = (.*)", r"\1 = \2 if \1 is None else \1", one)
            for one in re.split(r"\n(?=\S)", lines)
        )
    return apply(text, [_line(source, tree, lines)])


def _split_after_def(text: str, name: str) -> tuple[str, str]:
    place = text.index(f"def {name}") + len(f"def {name}")
    place = text.index("(", place)
    return text[:place], text[place + 1 :]
