"""The inputs of the project: names, settings, and one function each that reads."""

from __future__ import annotations

import ast
import contextlib
import keyword
import re

from jupyter_prod.plan.layout import NoService
from jupyter_prod.plan.nouns import Input, Place
from jupyter_prod.program import Program
from jupyter_prod.program.events import Read
from jupyter_prod.scaffold.stages.names import BUILTINS, free_names, imported_names

TAKEN = BUILTINS | {"rows", "model"}


class Sources:
    """What the used statements read."""

    def __init__(self, program: Program, used: set[int]) -> None:
        self.program = program
        self.reads = [r for r in program.of(Read) if r.statement in used]
        self.imported = {n for s in program.statements for n in imported_names(s.node)}
        self.by_input: dict[str, str] = {}
        self.settings: dict[str, str] = {}
        for read in self.reads:
            if not self._at_top(read):
                raise NoService(
                    read.statement,
                    "a file is read inside a function or a loop, not by a call of its own",
                    "read the file at the top level of a cell: name = pandas.read_csv(path)",
                )
            self.by_input[read.name] = self._name(read)

    def _at_top(self, read: Read) -> bool:
        if any(n is read.node for n in ast.walk(self.program.statements[read.statement].node)):
            return not read.nested
        return sum(r.node is read.node for r in self.reads) == 1 and self._straight(read.node)

    def _straight(self, node: ast.AST) -> bool:
        """Whether a call stands in a function of the notebook where each call of that passes it once."""
        for statement in self.program.statements:
            for function in ast.walk(statement.node):
                if isinstance(function, ast.FunctionDef) and any(n is node for n in ast.walk(function)):
                    return not any(
                        isinstance(block, (ast.If, ast.For, ast.While, ast.Try, ast.FunctionDef, ast.Lambda))
                        and any(n is node for n in ast.walk(block))
                        for block in ast.walk(function)
                        if block is not function
                    )
        return False

    def _name(self, read: Read) -> str:
        node = self.program.statements[read.statement].node
        stem = re.sub(
            r"\W+",
            "_",
            (read.path or read.qualified.rsplit(".", 1)[-1]).replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0],
            flags=re.ASCII,
        )
        name = stem.strip("_").lower() or "data"
        if isinstance(node, ast.Assign) and node.value is read.node and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        if name[0].isdigit():
            name = "data_" + name
        if name in self.imported and read.path is None:
            name = "data"
        base, count = name, 1
        while name in TAKEN or name in self.imported or keyword.iskeyword(name) or name in self.by_input.values():
            count += 1
            name = f"{base}_{count}"
        return name

    def names(self) -> list[str]:
        """The inputs' names, in the order in which they are read."""
        return list(self.by_input.values())

    def parameters(self) -> dict[int, str]:
        """{id of a reading call: the parameter that stands for it}."""
        return {id(r.node): self.by_input[r.name] for r in self.reads}

    def whole_statements(self) -> set[int]:
        """Statements that do nothing but read into the parameter's own name."""
        found = set()
        for read in self.reads:
            node = self.program.statements[read.statement].node
            if (
                isinstance(node, ast.Assign)
                and node.value is read.node
                and len(node.targets) == 1
                and isinstance(node.targets[0], ast.Name)
            ) and node.targets[0].id == self.by_input[read.name]:
                found.add(read.statement)
        return found

    def nouns(self) -> tuple[Input, ...]:
        """The inputs as the plan tells them."""
        found = []
        for read in self.reads:
            statement = self.program.statements[read.statement]
            found.append(Input(self.by_input[read.name], read.path, Place(statement.cell, statement.line), read.format))
        return tuple(found)

    def setting_of(self, read: Read) -> str:
        """The setting that holds a read's path: one for all reads of one file."""
        for other in self.reads:
            if other.path == read.path and read.path is not None:
                return self.by_input[other.name]
        return self.by_input[read.name]

    def functions(self) -> list[tuple[str, str, str]]:
        """(name, docstring, expression) of each reading function."""
        found = []
        for read in self.reads:
            statement = self.program.statements[read.statement]
            name = self.by_input[read.name]
            node = read.call or read.node
            if read.path is None:
                if read.format not in ("dataset",):
                    raise NoService(
                        read.statement,
                        "the path that is read can't be known from the notebook's text",
                        "name the file by a literal",
                    )
                told = ast.unparse(self._with_constants(read, ast.parse(ast.unparse(node), mode="eval").body))
                found.append((name, f"What `{read.qualified}` gives (cell {statement.cell}).", told))
                continue
            call = ast.parse(ast.unparse(node), mode="eval").body
            assert isinstance(call, ast.Call)
            path = ast.parse(f"settings.{self.setting_of(read)}", mode="eval").body
            if call.args:
                call.args[0] = path
            else:
                for keyword_argument in call.keywords:
                    if keyword_argument.arg in ("filepath_or_buffer", "io", "path", "path_or_buf", "fname"):
                        keyword_argument.value = path
                        break
            call = self._with_constants(read, call)
            found.append(
                (name, f"The rows of {read.path.replace(chr(92), '/')} (cell {statement.cell}).", ast.unparse(call))
            )
        return found

    def _with_constants(self, read: Read, call: ast.expr) -> ast.expr:
        """The call with the notebook's constants in place of their names: its function stands by itself.

        Raises NoService where an argument is no constant.
        """
        known: dict[str, ast.expr] = {}
        for node in ast.walk(read.node):
            note = self.program.note(node)
            if isinstance(node, ast.Name) and note is not None and note.value.known():
                with contextlib.suppress(SyntaxError, ValueError):
                    known[node.id] = ast.parse(repr(note.value.const), mode="eval").body

        class Constants(ast.NodeTransformer):
            def visit_Name(self, node: ast.Name) -> ast.expr:
                return known.get(node.id, node)

        given: ast.expr = Constants().visit(call)
        for name in free_names(ast.unparse(given)):
            if name != "settings" and name not in self.imported and not self._defined(name):
                raise NoService(
                    read.statement, f"what is read depends on {name}, which the notebook computes before", ""
                )
        return given

    def _defined(self, name: str) -> bool:
        """Whether a name is a function of the notebook, or comes by a star import."""
        value = self.program.names.get(name)
        return value is None or value.kind in ("function", "class", "callable", "module")
