"""Rewrites the notebook's statements for the project: learned values named, row filters at training only.

Modes: `features` code runs at training and in the service alike; `serve` code in the service only; `record` code at
training only, where it records what `serve` code will ask for; `plain` code is the notebook's, as it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from jupyter_prod.program import Program, Statement
from jupyter_prod.program.events import Fit, Note
from jupyter_prod.program.values import Value
from jupyter_prod.scaffold.stages.source import Edit, Source

WRAPPED = frozenset(
    {"scalar", "series", "frame", "array", "list", "dict", "text", "unknown", "columns", "tuple", "shape", "row"}
)
METHODS = {"fit_transform", "fit_predict", "fit"}
FUNCTIONS = {"scale", "zscore", "add_constant", "boxcox"}
CALLS = {"get_dummies", "cut", "qcut", "factorize", "categorical"}


class Rewriter:
    """Rewrites statements of one notebook; learned names are given once and kept over all modes."""

    def __init__(self, program: Program, rows: str, inputs: dict[int, str], quiet: bool = True) -> None:
        self.program = program
        self.rows = rows
        self.inputs = inputs
        self.sources: dict[int, Source] = {}
        self.learned_names: dict[int, str] = {}
        self.taken: set[str] = set()
        self.extra: dict[int, list[str]] = {}
        self.renamed: dict[int, str] = {}
        self.mode = "plain"
        self.source = Source("")
        self.loops: list[set[str]] = []
        self.bound_here: set[str] = set()
        self.target_name = ""
        self.after: Callable[[ast.stmt, str], str] | None = None
        self.replaced: dict[int, str] = {}
        self.quiet = quiet

    # ------------------------------------------------------------ statements

    def statement(self, statement: Statement, mode: str) -> str:
        """The text of a top-level statement in that mode; "" where nothing of it is left."""
        self.mode = mode
        self.source = self.source_of(statement.cell)
        self.loops = []
        inner = ast.walk(statement.node) if hasattr(statement.node, "body") else ()
        self.bound_here = {n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        return self.block_text(statement.node)

    def source_of(self, cell: int) -> Source:
        """The text of a cell, with places."""
        if cell not in self.sources:
            self.sources[cell] = Source(self.program.sources[cell])
        return self.sources[cell]

    def block_text(self, node: ast.stmt) -> str:
        """The text of a statement with what is in it rewritten."""
        if isinstance(node, (ast.For, ast.AsyncFor)):
            self.loops.append(_targets(node.target))
        try:
            own = self.simple(node) if not hasattr(node, "body") else None
            if own is not None:
                return own
            if isinstance(node, ast.If) and self.mode in ("features", "serve") and self.foreign(node):
                return self.at_training(node, self.source.segment(node))
            edits = self.edits_in(node)
            return self.source.segment(node, edits)
        finally:
            if isinstance(node, (ast.For, ast.AsyncFor)):
                self.loops.pop()

    def at_training(self, node: ast.stmt, text: str) -> str:
        """A statement that acts at training only: guarded in code for both, absent in the service's own."""
        if self.mode == "serve":
            return "pass" if self.source.indentation(node) else ""
        indent = self.source.indentation(node)
        return f"if learned.training:\n{indent}    {text}"

    def simple(self, node: ast.stmt) -> str | None:
        """The text of a simple statement where it needs more than edits in its expressions."""
        if self.mode in ("features", "serve"):
            if self.foreign(node) or self.filters(node):
                text = self.source.segment(node, self.input_edits(node))
                return self.at_training(node, text)
            if isinstance(node, ast.Assign):
                parted = self.parted(node)
                if parted is not None:
                    return parted
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self.target_name = node.targets[0].id
        try:
            inplace = self.inplace(node)
            text = inplace if inplace is not None else self.source.segment(node, self.edits_in(node))
        finally:
            self.target_name = ""
        if self.after is not None:
            text = self.after(node, text)
        return text

    def input_edits(self, node: ast.AST) -> list[Edit]:
        """Edits of a guarded statement: inputs by their parameter's name, and what calls of own functions need more."""
        found = []
        for child in ast.walk(node):
            if isinstance(child, ast.Call) and id(child) in self.inputs:
                found.append(Edit(self.source.start(child), self.source.end(child), self.inputs[id(child)]))
        return found

    def inplace(self, node: ast.stmt) -> str | None:
        """`df.drop_something(…, inplace=True)` that learns: as an assignment of what it learned."""
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call) or self.mode == "plain":
            return None
        note = self.program.note(node.value)
        if note is None:
            return None
        if note.learn == "fit" and isinstance(node.value.func, ast.Attribute) and self.mode in ("features", "record"):
            receiver = node.value.func.value
            if isinstance(receiver, ast.Name) and self.row_fit(note):
                return f"{receiver.id} = {self.replace(node.value)}"
        if note.learn == "columns" and note.inplace and note.base is not None:
            base = self.text(note.base)
            call = re.sub(r",?\s*inplace\s*=\s*True", "", self.source.segment(node.value))
            return f'{base} = learned.columns("{self.name(node.value, "columns")}", {base}, lambda: {call})'
        return None

    def foreign(self, node: ast.stmt) -> bool:
        """Whether a statement works on rows of other inputs only: at serving they aren't there."""
        axes: set[str] = set()
        bound: list[Value] = []
        if isinstance(node, ast.Assign):
            for target in node.targets:
                base = target
                while isinstance(base, (ast.Subscript, ast.Attribute)):
                    base = base.value
                note = self.program.note(base)
                if base is not target and note is not None:
                    bound.append(note.value)
            note = self.program.note(node.value)
            if note is not None and not bound:
                bound.append(note.value)
        elif (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
        ):
            note = self.program.note(node.value.func.value)
            if note is not None and note.value.kind in ("frame", "series", "array"):
                bound.append(note.value)
        for value in bound:
            axes |= value.axis
        return bool(axes) and self.rows not in axes

    def filters(self, node: ast.stmt) -> bool:
        """Whether a statement does nothing but leave rows out or reorder them, under the same name."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            note = self.program.note(node.value)
            return note is not None and note.inplace and note.select == "call"
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            value: ast.expr | None = node.value
            while value is not None:
                note = self.program.note(value)
                if isinstance(value, ast.Name):
                    return value is not node.value and value.id == node.targets[0].id
                if note is None:
                    return False
                if note.select in ("call", "subscript", "subscript_loc"):
                    value = _base_of(value, note)
                elif _keeps(value):
                    value = value.func.value  # type: ignore[attr-defined]
                else:
                    return False
        return False

    def parted(self, node: ast.Assign) -> str | None:
        """A split or a resampling, for the service: each part is the whole."""
        note = self.program.note(node.value)
        if note is None or note.select not in ("split", "pair") or not isinstance(node.value, ast.Call):
            return None
        targets = node.targets[0]
        if not isinstance(targets, (ast.Tuple, ast.List)):
            return None
        wholes = node.value.args
        step = 2 if note.select == "split" else 1
        parts = [(t, i // step) for i, t in enumerate(targets.elts) if i // step < len(wholes) and self.wanted(t)]
        lines = []
        for place, (target, which) in enumerate(parts):  # the parts of one whole are objects of their own
            shared = any(which == other for _, other in parts[place + 1 :])
            lines.append(f"{self.source.segment(target)} = {self.text(wholes[which])}{'.copy()' if shared else ''}")
        serve = "\n".join(lines)
        if self.mode == "serve":
            return serve
        indent = self.source.indentation(node)
        inner = f"\n{indent}    ".join(lines)
        return f"if learned.training:\n{indent}    {self.source.segment(node)}\n{indent}else:\n{indent}    {inner}"

    wanted_names: frozenset[str] | None = None

    def wanted(self, target: ast.expr) -> bool:
        """Whether the service needs this part."""
        return self.wanted_names is None or not isinstance(target, ast.Name) or target.id in self.wanted_names

    # ------------------------------------------------------------ expressions

    def text(self, node: ast.expr) -> str:
        """The text of an expression, rewritten."""
        new = self.replace(node)
        return new if new is not None else self.source.segment(node, self.edits_in(node))

    def edits_in(self, node: ast.AST) -> list[Edit]:
        """The edits within a node, outermost first and never inside one another."""
        found: list[Edit] = []
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.JoinedStr):
                continue  # its inner places are not told truly before Python 3.12
            if isinstance(child, ast.stmt):
                if self.quiet and self.only_shows(child):
                    found.append(self._removal(node, child))
                    continue
                new = self.block_text(child)
                if new != self.source.segment(child):
                    found.append(Edit(self.source.start(child), self.source.end(child), new or "pass"))
                continue
            if isinstance(child, ast.expr) and not (isinstance(child, ast.Tuple) and isinstance(node, ast.Subscript)):
                replaced = self.replace(child)
                if replaced is not None:
                    found.append(Edit(self.source.start(child), self.source.end(child), replaced))
                    continue
            if isinstance(child, ast.Lambda) and False:
                continue
            found += self.edits_in(child)
        return found

    def only_shows(self, node: ast.stmt) -> bool:
        """Whether a statement within a loop, a branch or a function does nothing but print or draw."""
        if isinstance(node, ast.Expr):
            if self.after is not None and self.after(node, "") not in ("",):
                return False  # it tells a metric
            if isinstance(node.value, ast.Constant):
                return False
            if (
                isinstance(node.value, ast.Call)
                and isinstance(node.value.func, ast.Name)
                and node.value.func.id in ("print", "display")
            ):
                return True
            note = self.program.note(node.value)
            return note is not None and note.value.kind == "figure"
        if isinstance(node, (ast.For, ast.If, ast.With, ast.While)):
            inner = [*node.body, *getattr(node, "orelse", [])]
            return all(isinstance(s, ast.Pass) or self.only_shows(s) for s in inner)
        return False

    def _removal(self, block: ast.AST, node: ast.stmt) -> Edit:
        """Takes a statement out of its block, with its line where it stands alone on it."""
        start, end = self.source.start(node), self.source.end(node)
        blocks = [getattr(block, name, []) for name in ("body", "orelse", "finalbody")]
        own = next((b for b in blocks if node in b), [])
        if all(self.only_shows(s) or isinstance(s, ast.Pass) for s in own):
            return Edit(start, end, "pass" if own and node is own[0] else "")
        text = self.source.text
        before = text.rfind("\n", 0, start)
        after = text.find("\n", end)
        after = min(len(text) if after < 0 else after, self.source.end(block))
        if (
            before > self.source.start(block)
            and not text[before:start].strip()
            and not text[end:after].split("#")[0].strip(" ;\t")
        ):
            return Edit(before, max(after, end), "")
        return Edit(start, end, "pass")

    def replace(self, node: ast.expr) -> str | None:
        """The new text of an expression, or None where only its parts may change."""
        if id(node) in self.replaced:
            return self.replaced[id(node)]
        if id(node) in self.inputs:
            return self.inputs[id(node)]
        note = self.program.note(node)
        if note is None:
            return None
        if self.mode != "plain":
            if self.is_statistic(node, note):
                return self.statistic(node)
            new = self.learns(node, note)
            if new is not None:
                return new
        if self.mode in ("features", "serve"):
            new = self.selects(node, note) or self.looks_up(node, note) or self.only_rows(node, note)
            if new is not None:
                return new
        return self.own_call(node)

    def is_statistic(self, node: ast.expr, note: Note) -> bool:
        """Whether an expression is learned from rows that it touches itself."""
        value = note.value
        if (
            not value.learned
            or value.kind not in WRAPPED
            or isinstance(node, (ast.Name, ast.Constant, ast.Starred, ast.Slice, ast.Tuple))
            or note.live
            or any(item.axis for item in value.items)
        ):
            return False
        if (
            value.metric
            or value.prediction is not None
            or note.inplace
            or note.learn in METHODS
            or note.select == "folds"
        ):
            return False
        return self.touches(node)

    def touches(self, node: ast.AST) -> bool:
        """Whether rows occur in the expression, outside of its lambdas' parameters."""
        for part in ast.walk(node):
            if isinstance(part, (ast.Name, ast.Attribute, ast.Subscript)):
                note = self.program.note(part)
                if (
                    note is not None
                    and note.value.axis
                    and note.value.kind
                    in ("frame", "series", "array", "list", "unknown", "index", "accessor", "groupby")
                ):
                    return True
        return False

    def statistic(self, node: ast.expr) -> str:
        """`learned("age_median", lambda: df["Age"].median())`."""
        name = self.name(node, "")
        if self.group is not None and any(isinstance(n, ast.Name) and n.id == self.group[0] for n in ast.walk(node)):
            return f'learned.by({self.group[0]}.name, "{name}", lambda: {self.as_written(node)})'
        if self.mode == "serve" and not self.loops:
            return f'learned["{name}"]'
        plain = self.as_written(node)
        quote = "f" if "{" in name else ""
        return f'learned({quote}"{name}", lambda: {plain})'

    def as_written(self, node: ast.expr) -> str:
        """An expression with only those edits that own functions' calls and inputs need."""
        mode, self.mode = self.mode, "plain"
        try:
            return self.text(node)
        finally:
            self.mode = mode

    def row_fit(self, note: Note) -> bool:
        """Whether a fit learns from rows of the data."""
        base = self.program.note(note.base) if note.base is not None else None
        return base is not None and bool(base.value.axis)

    def learns(self, node: ast.expr, note: Note) -> str | None:
        """A call whose result has the same rows but depends on all of them."""
        if note.learn == "by_column" and note.how in FUNCTIONS:
            return f"lambda values: learned.{note.how}({self.quoted(node, note.how)}, {self.as_written(node)}, values)"
        if note.learn == "by_column" and isinstance(node, ast.Attribute) and not note.how:
            return (
                f"lambda values: learned.{node.attr}({self.quoted(node, node.attr)}, {self.text(node.value)}, values)"
            )
        if note.learn == "labels" and isinstance(node, ast.Attribute) and self.mode in ("features", "serve"):
            estimator = self.text(node.value)
            fit = next((f for f in reversed(self.program.of(Fit)) if f.estimator is note.value.prediction), None)
            if fit is None or fit.x_node is None or fit.inside:
                return None
            placed = f"{estimator}.predict({ast.unparse(fit.x_node)})"
            whole = f"{estimator}.{node.attr}"
            return placed if self.mode == "serve" else f"({whole} if learned.training else {placed})"
        if not note.learn or not isinstance(node, ast.Call):
            return None
        how = note.learn
        if how in METHODS and isinstance(node.func, ast.Attribute):
            if not self.row_fit(note) and how == "fit":
                return None
            name = self.name(node, "")
            quoted = f'f"{name}"' if "{" in name else f'"{name}"'
            arguments = self.argument_texts(node)
            if self.mode == "serve" and not (how == "fit_transform" and self.made_here(node.func.value)):
                if how == "fit":
                    return f"learned[{quoted}]"
                known = f"learned[{quoted}]" if not self.loops else f"learned({quoted}, lambda: None)"
                if how == "fit_predict":
                    return f"{known}.predict({arguments[0]})"
                return f"learned.transform({known}, {arguments[0]})"
            receiver = self.text(node.func.value)
            return f"learned.{how}({', '.join([quoted, receiver, *arguments])})"
        if how in CALLS:
            quoted = self.quoted(node, how)
            if isinstance(node.func, ast.Attribute) and not self.is_module(node.func.value):
                return f"learned.{how}({', '.join([quoted, self.text(node.func.value), *self.argument_texts(node)])})"
            return f"learned.{how}({', '.join([quoted, *self.argument_texts(node)])})"
        if how in ("categories", "rank", "str_dummies") and isinstance(node.func, ast.Attribute):
            base = (
                node.func.value.value
                if how == "str_dummies" and isinstance(node.func.value, ast.Attribute)
                else node.func.value
            )
            return f"learned.{how}({', '.join([self.quoted(node, how), self.text(base), *self.argument_texts(node)])})"
        if how == "merge" and isinstance(node.func, ast.Attribute):
            rows = [] if self.is_module(node.func.value) else [self.text(node.func.value)]
            return f"learned.merge({', '.join([*rows, *self.argument_texts(node)])})"
        if how == "group" and isinstance(node.func, ast.Attribute):
            grouped = self.by_group(node, node.func)
            if grouped is not None:
                return grouped
            method = f'"{node.func.attr}"'
            given = [self.quoted(node, how), self.text(node.func.value), method, *self.argument_texts(node)]
            return f"learned.group({', '.join(given)})"
        if how in FUNCTIONS:
            given = [self.quoted(node, how), self.source.segment(node.func), *self.argument_texts(node)]
            return f"learned.{how}({', '.join(given)})"
        if how == "columns" and note.base is not None:
            base_text = self.text(note.base)
            return f"learned.columns({self.quoted(node, 'columns')}, {base_text}, lambda: {self.as_written(node)})"
        return None

    def by_group(self, node: ast.Call, method: ast.Attribute) -> str | None:
        """`groups.transform(lambda x: …x.mean()…)`: what the lambda learns is learned of each group, by its name."""
        groups = self.program.note(method.value)
        function = node.args[0] if len(node.args) == 1 and not node.keywords else None
        if (
            not isinstance(function, ast.Lambda)
            or len(function.args.args) != 1
            or groups is None
            or groups.value.column is None
        ):
            return None
        before, self.group = self.group, (function.args.args[0].arg, str(groups.value.column))
        try:
            body = self.text(function.body)
        finally:
            self.group = before
        if "learned.by(" not in body:
            return None
        return f"{self.text(method.value)}.{method.attr}(lambda {function.args.args[0].arg}: {body})"

    group: tuple[str, str] | None = None

    def made_here(self, receiver: ast.expr) -> bool:
        """Whether an estimator is made anew in each round of the loop that fits it."""
        return isinstance(receiver, ast.Name) and receiver.id in self.bound_here

    def quoted(self, node: ast.expr, suffix: str) -> str:
        """The learned name as a literal."""
        name = self.name(node, suffix)
        return f'f"{name}"' if "{" in name else f'"{name}"'

    def is_module(self, node: ast.expr) -> bool:
        """Whether an expression is a module, so that what follows is a function of it."""
        note = self.program.note(node)
        return note is not None and note.value.kind in ("module", "class")

    def argument_texts(self, node: ast.Call) -> list[str]:
        """The texts of a call's arguments, rewritten."""
        texts = []
        for argument in node.args:
            texts.append(
                ("*" + self.text(argument.value)) if isinstance(argument, ast.Starred) else self.text(argument)
            )
        for keyword in node.keywords:
            texts.append(
                f"{keyword.arg}={self.text(keyword.value)}" if keyword.arg else f"**{self.text(keyword.value)}"
            )
        return texts

    def selects(self, node: ast.expr, note: Note) -> str | None:
        """Rows left out or reordered: at training only."""
        if note.select == "folds":  # each part of a fold is the whole: one pass
            return (
                "[(None, None)]"
                if self.mode == "serve"
                else f"({self.as_written(node)} if learned.training else [(None, None)])"
            )
        if not note.select or note.inplace or not note.value.axis or self.rows not in note.value.axis:
            return None
        if note.select in ("call", "subscript", "subscript_loc"):
            base = _base_of(node, note)
            if base is None:
                return None
            before, self.unfiltered = self.unfiltered, True
            try:
                whole = self.text(base)
            finally:
                self.unfiltered = before
        elif note.select == "stack" and isinstance(note.base, (ast.List, ast.Tuple)):
            before, self.unfiltered = self.unfiltered, True
            try:
                whole = self.text(note.base.elts[0])
            finally:
                self.unfiltered = before
        elif note.select == "loc" and isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            columns = ", ".join(self.text(c) for c in node.slice.elts[1:])
            whole = f"{self.text(node.value)}[:, {columns}]"
        else:
            return None
        if self.mode == "serve" or self.unfiltered:
            return whole
        if note.value.kind == "frame" and re.fullmatch(r"\w+", whole):
            whole += ".copy()"  # what follows may change it, as it may the filter's result
        return f"({self.selected(node, note)} if learned.training else {whole})"

    unfiltered = False

    def selected(self, node: ast.expr, note: Note) -> str:
        """A selection as written, of rows on whose way everything is recorded that the service will ask for."""
        base = _base_of(node, note)
        if base is None or isinstance(base, ast.Name):
            return self.as_written(node)
        mode, self.mode = self.mode, "record"
        try:
            self.replaced[id(base)] = self.text(base)
        finally:
            self.mode = mode
        try:
            return self.as_written(node)
        finally:
            del self.replaced[id(base)]

    def looks_up(self, node: ast.expr, note: Note) -> str | None:
        """A table of another input, asked for by the rows: it is learned whole."""
        value = note.value
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and value.kind in ("frame", "series")
            and value.axis
            and self.rows not in value.axis
        ):
            name = self.name(node, "table")
            return f'learned("{name}", lambda: {node.id})'
        return None

    def only_rows(self, node: ast.expr, note: Note) -> str | None:
        """A list of frames of several inputs: at serving only that of the rows is there."""
        if not isinstance(node, (ast.List, ast.Tuple)) or not isinstance(node.ctx, ast.Load):
            return None
        notes = [self.program.note(e) for e in node.elts]
        frames = [n is not None and n.value.kind == "frame" and bool(n.value.axis) for n in notes]
        if not any(frames):
            return None
        ours = [
            e
            for e, n, f in zip(node.elts, notes, frames, strict=True)
            if not f or (n is not None and self.rows in n.value.axis)
        ]
        if len(ours) == len(node.elts):
            return None
        left, right = ("[", "]") if isinstance(node, ast.List) else ("(", ",)")
        some = left + ", ".join(self.text(e) for e in ours) + right
        return some if self.mode == "serve" else f"({self.source.segment(node)} if learned.training else {some})"

    # ------------------------------------------------------------ the notebook's own functions

    def own_call(self, node: ast.expr) -> str | None:
        """A call, or a mention, of an own function that needs more than the notebook's call gives it."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            extra = self.extra_of(node.func)
            if extra:
                return f"{self.called(node.func)}({', '.join([*extra, *self.argument_texts(node)])})"
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            extra = self.extra_of(node)
            if extra:
                return f"partial({', '.join([self.called(node), *extra])})"
            return self.called(node) if self.called(node) != node.id else None
        return None

    def called(self, node: ast.Name) -> str:
        """The name of the version of a definition that a name means here."""
        note = self.program.note(node)
        if note is None or note.value.kind not in ("function", "class"):
            return node.id
        return self.renamed.get(id(note.value.node), node.id)

    def extra_of(self, node: ast.Name) -> list[str]:
        """What a function of the notebook is given before its own arguments."""
        note = self.program.note(node)
        if note is None or note.value.node is None or note.value.kind not in ("function", "class"):
            return []
        if node.id != getattr(note.value.node, "name", ""):
            return []  # another name of it: what it was bound to was given its share there
        return self.extra.get(id(note.value.node), [])

    # ------------------------------------------------------------ names of learned values

    def name(self, node: ast.expr, suffix: str) -> str:
        """The name of a learned value: by column and statistic, the same each time it is asked for."""
        if id(node) in self.learned_names:
            return self.learned_names[id(node)]
        fitted = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS
        parts = (
            [self.target_name]
            if self.target_name and not suffix and not fitted
            else [*self._words(node, bool(suffix)), suffix]
        )
        if self.group is not None:
            parts = [re.sub(r"\W+", "_", self.group[1], flags=re.ASCII).lower(), *self._words(node, False)]
        base = "_".join(p for p in parts if p) or "value"
        base = base[:60].strip("_")
        for variable in self._loop_variables(node):
            base += "_{" + variable + "}"
        name, count = base, 1
        while name in self.taken:
            count += 1
            name = f"{base}_{count}"
        self.taken.add(name)
        self.learned_names[id(node)] = name
        return name

    def _words(self, node: ast.expr, columns_only: bool) -> list[str]:
        """The words that describe an expression: its columns, then the last method."""
        words: list[str] = []
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and len(part.value) < 30:
                words.append(part.value)
            elif isinstance(part, ast.Attribute) and self.program.note(part) is not None:
                value = self.program.notes[id(part)].value
                if value.kind == "series" and value.column == part.attr:
                    words.append(part.attr)
        if columns_only:
            words = words[:2]
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                words = [*words[:1], _last_name(node.func.value)]
            else:
                words = [*words[:2], _last_name(node.func)]
        else:
            methods = [_last_name(c.func) for c in ast.walk(node) if isinstance(c, ast.Call)]
            words = words[:2] + methods[:1]
        plain = [re.sub(r"\W+", "_", w, flags=re.ASCII).strip("_").lower() for w in words]
        return list(dict.fromkeys(w for w in plain if w))[:3]

    def _loop_variables(self, node: ast.expr) -> list[str]:
        """The loop variables of text that the expression mentions."""
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        found = []
        for targets in self.loops:
            for target in sorted(targets & names):
                note = next(
                    (self.program.note(n) for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == target), None
                )
                if note is not None and note.value.kind in ("text", "scalar", "unknown"):
                    found.append(target)
        return found


def _base_of(node: ast.expr, note: Note) -> ast.expr | None:
    """The expression whose rows a selection takes."""
    if note.select == "subscript_loc" and isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        return node.value.value
    return note.base


def _keeps(node: ast.expr) -> bool:
    """`.copy()`, `.reset_index(drop=True)`: around a row filter, these are part of it."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr == "copy":
        return True
    return node.func.attr == "reset_index" and any(
        k.arg == "drop" and isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords
    )


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    return node.id if isinstance(node, ast.Name) else ""


def _targets(node: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
