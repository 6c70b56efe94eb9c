"""Marks the numbers that judge: each is recorded under the notebook's words, where the notebook shows or names it."""

from __future__ import annotations

import ast
import re

from jupyter_prod.plan.choose import Candidate, Choice
from jupyter_prod.plan.layout import is_metric
from jupyter_prod.program import Program
from jupyter_prod.program.events import Metric
from jupyter_prod.scaffold.stages.rewrite import Rewriter

CONTAINERS = ("list", "dict", "frame", "series", "array")


class Marks:
    """Adds recording calls to statements: `recorder("name", value)`, and `contest` entries where models compete."""

    def __init__(
        self, program: Program, rewriter: Rewriter, choice: Choice | None, recorder: str, contest: str
    ) -> None:
        self.program, self.rewriter, self.recorder, self.contest = program, rewriter, recorder, contest
        self.entries: dict[int, tuple[Candidate, Metric]] = {}
        self.shown: set[int] = {id(s.node) for s in program.statements if s.last}
        self.used = False
        if choice is not None:
            for candidate in choice.contest:
                metric = choice.entry(candidate)
                if metric is not None:
                    self.entries.setdefault(id(metric.node), (candidate, metric))
        self.said: set[tuple[str, int]] = set()
        self.labels: dict[object, str] = {}
        self.cell = 0
        self._name_all()

    def _name_all(self) -> None:
        """Names every number once, in document order: wherever a statement goes, its number keeps its name."""
        mode, self.rewriter.mode = self.rewriter.mode, "plain"
        for statement in self.program.statements:
            if not any(is_metric(self.program, n) for n in ast.walk(statement.node) if isinstance(n, ast.expr)):
                continue
            self.rewriter.source, self.cell = self.rewriter.source_of(statement.cell), statement.cell
            for node in ast.walk(statement.node):
                if isinstance(node, ast.stmt) and not hasattr(node, "body"):
                    self.mark(node, "")
            self.containers(statement.index)
        self.rewriter.mode, self.used = mode, False

    def label(self, site: object, words: str) -> str:
        """The name of a number: its words, with its cell where an earlier number has the same words."""
        if site not in self.labels:
            taken = set(self.labels.values())
            name = words if words not in taken else f"{words} (cell {self.cell})"
            count = 1
            while name in taken:
                count += 1
                name = f"{words} (cell {self.cell}, {count})"
            self.labels[site] = name
        return self.labels[site]

    def mark(self, node: ast.stmt, text: str) -> str:
        """The statement's text with what it tells recorded."""
        indent = self.rewriter.source.indentation(node)
        lines = []
        if isinstance(node, ast.Expr):
            said = self._printed(node.value)
            if said is not None:
                text = f"\n{indent}".join(said)
            elif id(node) in self.shown and self.is_said(node.value):
                text = ""
            elif id(node) in self.shown and is_metric(self.program, node.value):
                text = self._record(_label(node.value), node.value)
        elif isinstance(node, ast.Assign) and is_metric(self.program, node.value):
            for target in node.targets:
                elements = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
                for name in elements:
                    if isinstance(name, ast.Name) and name.id != "_":
                        self.used = True
                        lines.append(f'{self.recorder}("{self.label(id(name), name.id)}", {name.id})')
                        self._said(name)
        lines += self._entries(node)
        return "\n".join([text, *(indent + line for line in lines)]) if lines else text

    def containers(self, index: int) -> list[str]:
        """Recording calls for the tables and lists of metrics that a compound statement has filled."""
        statement = self.program.statements[index]
        if isinstance(statement.node, ast.Assign) or not (
            hasattr(statement.node, "body") or isinstance(statement.node, ast.Expr)
        ):
            return []
        found = []
        for name, value in statement.trace.held.items():
            if value.metric and value.kind in CONTAINERS and id(value) in statement.trace.mutates and not value.axis:
                found.append(f'{self.recorder}("{self.label((index, name), name)}", {name})')
        for name, value in statement.trace.bound.items():
            if value.metric and hasattr(statement.node, "body") and value.kind in CONTAINERS:
                found.append(f'{self.recorder}("{self.label((index, name), name)}", {name})')
        if found:
            self.used = True
        return list(dict.fromkeys(found))

    def _said(self, name: ast.Name) -> None:
        for statement in self.program.statements:
            if statement.cell == self.cell or self.cell == 0:
                value = statement.trace.bound.get(name.id)
                if value is not None:
                    self.said.add((name.id, id(value)))

    def is_said(self, node: ast.expr) -> bool:
        """Whether a name is shown that was recorded where it got its value."""
        note = self.program.note(node)
        return isinstance(node, ast.Name) and note is not None and (node.id, id(note.value)) in self.said

    def _record(self, label: str, node: ast.expr, text: str | None = None) -> str:
        self.used = True
        text = text if text is not None else self.rewriter.text(node)
        note = self.program.note(node)
        if (
            note is not None
            and note.value.type == "classification_report"
            and isinstance(node, ast.Call)
            and "output_dict" not in text
        ):
            text = text.rstrip().removesuffix(")").rstrip().rstrip(",") + ", output_dict=True)"
        return f"{self.recorder}({_literal(self.label(id(node), label))}, {text})"

    def _printed(self, call: ast.expr) -> list[str] | None:
        """The recording calls that stand for a `print`, or None where it prints no metric."""
        if (
            not isinstance(call, ast.Call)
            or not isinstance(call.func, ast.Name)
            or call.func.id not in ("print", "display")
        ):
            return None
        said: list[str] = []
        words = ""
        if len(call.args) == 1 and self.is_said(call.args[0]):
            return said
        for argument in call.args:
            words = self._argument(argument, words, said)
        return said or None  # other words of a print are no number

    def _argument(self, node: ast.expr, words: str, said: list[str]) -> str:
        """Records what an argument of `print` tells; returns the words that lead to the next one."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            lead = words
            for part in node.values:
                if isinstance(part, ast.Constant):
                    lead = str(part.value)
                elif isinstance(part, ast.FormattedValue) and is_metric(self.program, part.value):
                    said.append(self._record(_words(lead) or _label(part.value), part.value, ast.unparse(part.value)))
            return ""
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, (ast.Mod, ast.Add))
            and not is_metric_alone(self.program, node)
        ):
            lead = self._argument(node.left, words, said)
            right = node.right
            for part in right.elts if isinstance(right, ast.Tuple) else [right]:
                lead = self._argument(part, lead, said)
            return lead
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            lead = str(node.func.value.value) if isinstance(node.func.value, ast.Constant) else words
            pieces = re.split(r"\{[^{}]*\}", lead)
            values = [*node.args, *(k.value for k in node.keywords)]
            for place, part in enumerate(values):
                if is_metric(self.program, part):
                    said.append(
                        self._record(_words(pieces[place] if place < len(pieces) else lead) or _label(part), part)
                    )
            return ""
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "str"
            and len(node.args) == 1
        ):
            return self._argument(node.args[0], words, said)
        if is_metric(self.program, node):
            said.append(self._record(_words(words) or _label(node), node))
            return ""
        return words

    def _entries(self, node: ast.stmt) -> list[str]:
        """The line that enters a model in the contest, where this statement judges it."""
        if not self.entries or hasattr(node, "body"):
            return []
        found = []
        for part in ast.walk(node):
            entry = self.entries.get(id(part))
            if entry is None or not isinstance(part, ast.expr):
                continue
            candidate, metric = entry
            receiver = candidate.fit.node.func.value if isinstance(candidate.fit.node.func, ast.Attribute) else None
            looped = candidate.looped and isinstance(receiver, ast.Name)
            model = receiver.id if looped and isinstance(receiver, ast.Name) else candidate.name
            score = self.rewriter.text(part)
            if isinstance(node, ast.Assign) and node.value is part and isinstance(node.targets[0], ast.Name):
                score = node.targets[0].id
            label = f"type({model}).__name__" if candidate.looped else _literal(self._title(candidate, metric))
            found.append(f"{self.contest}.enter({label}, {model}, {score})")
        return found

    def _title(self, candidate: Candidate, metric: Metric) -> str:
        short = candidate.estimator.type.rsplit(".", 1)[-1]
        return short if candidate.name in ("model", "clf", "classifier", "regressor", "reg") else candidate.name


def is_metric_alone(program: Program, node: ast.BinOp) -> bool:
    """Whether a sum is a number of its own (`a + b`) rather than words with a number."""

    def text(part: ast.expr) -> bool:
        note = program.note(part)
        return isinstance(part, ast.JoinedStr) or (note is not None and note.value.kind == "text")

    return not (text(node.left) or text(node.right)) and is_metric(program, node)


def _words(text: str) -> str:
    """The words of a printed text as a metric's name: its last line, without the punctuation around it."""
    lines = [line for line in re.split(r"[\n\r]", text) if re.search(r"\w", line)]
    found = re.sub(r"%[-+ #0-9.*]*[a-zA-Z%]|\{[^{}]*\}", "", lines[-1] if lines else "")
    return re.sub(r"\s+", " ", found).strip(" \t:=-–>*#.,;|%()[]")[:80]


def _label(node: ast.expr) -> str:
    """A name for a metric that has no words: its variable, else its function."""
    if isinstance(node, ast.Name):
        return node.id
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            function = part.func
            name = (
                function.attr
                if isinstance(function, ast.Attribute)
                else function.id
                if isinstance(function, ast.Name)
                else ""
            )
            if name not in ("round", "float", "int", "str", "mean", "format", ""):
                owner = (
                    function.value.id + " "
                    if isinstance(function, ast.Attribute)
                    and isinstance(function.value, ast.Name)
                    and name in ("score", "evaluate")
                    else ""
                )
                return owner + name
    return ast.unparse(node)[:60]


def _literal(text: str) -> str:
    """A Python string in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
