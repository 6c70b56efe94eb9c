"""The stage modules of a project of level service."""

from __future__ import annotations

import ast
from dataclasses import replace

from jupyter_prod.plan.layout import Layout
from jupyter_prod.plan.nouns import Stage
from jupyter_prod.plan.paths import row_path
from jupyter_prod.program import Program
from jupyter_prod.program.events import Read
from jupyter_prod.scaffold.stages.inputs import Sources
from jupyter_prod.scaffold.stages.names import free_names
from jupyter_prod.scaffold.stages.tunable import tunable
from jupyter_prod.scaffold.stages.write import Code, Writer, function, signature


class ServiceWriter(Writer):
    """Writes features.py, training.py, evaluation.py, serving.py, pipeline.py and what they need."""

    def __init__(self, program: Program, layout: Layout, sources: Sources, target: object) -> None:
        super().__init__(program, layout, sources)
        self.target = target
        self.rows_name = sources.by_input[layout.rows]
        self.kept: list[str] = []
        bound = {n for s in program.statements for n in (*s.trace.binds, *s.trace.reads)}
        found, names = tunable(program, layout, bound | set(self.sources.names()))
        self.tuned = {p.name: p for p in found}
        self.rewriter.replaced.update(names)

    # ------------------------------------------------------------ the stages' code

    def modules(self) -> tuple[dict[str, str], tuple[Stage, ...]]:
        """({path below the package: text}, the stages)."""
        layout = self.layout
        features = self.code(layout.features, dict.fromkeys(layout.features, "features"), False, guarded=layout.moved)
        serve_x = self.chain(layout.serving, layout.x_statement, layout.x_node)
        serve_y = self._target_chain()
        self.kept = [
            n
            for n in dict.fromkeys([*serve_x.takes, *serve_y.takes])
            if n not in features.binds and n != "learned" and n not in self.parameters() and n not in features.takes
        ]
        answer = self._answer()
        training_modes = self._training_modes()
        keeps = self._keeps([*layout.training, *layout.features])
        training = self.code(layout.training, training_modes, True, keeps)
        made = [line for index in layout.features for line in keeps.get(index, [])]
        training = self._with_lines(made, training)
        evaluation = self.code(layout.evaluation, {}, True)
        later = dict.fromkeys([*training.takes, *evaluation.takes, *serve_x.takes, *serve_y.takes])
        given = [
            n
            for n in dict.fromkeys([*features.binds, *(n for n in features.takes if n in self.sources.names())])
            if n in later and features.body.strip()
        ]
        texts = {
            "features.py": self._features(features, given),
            "serving.py": self._serving(features, given, serve_x, serve_y, answer),
            "training.py": self._training(training, evaluation),
            "evaluation.py": self._evaluation(evaluation),
            "sources.py": self._sources(),
            "pipeline.py": self._pipeline(features, given, training, evaluation),
        }
        if not features.body.strip():
            del texts["features.py"]
        definitions = self.functions.texts()
        if definitions:
            texts["functions.py"] = self.module(
                "The notebook's own functions.",
                "\n" + "\n\n\n".join("\n".join(t for t in (s.comment, text) if t) for s, text in definitions) + "\n",
            )
        if self.constants():
            texts["constants.py"] = (
                '"""The notebook\'s constants."""\n\nfrom __future__ import annotations\n\n'
                + "\n".join(self.rewriter.source_of(s.cell).segment(s.node) for s in self.constants().values())
                + "\n"
            )
        if not evaluation.body.strip():
            del texts["evaluation.py"]
        stages = [
            Stage(f"sources:{n}", (self.program.statements[r.statement].cell,))
            for n, r in zip(self.sources.names(), self.sources.reads, strict=False)
        ]
        for name, code in (
            ("features:features", features),
            ("serving:model_input", serve_x),
            ("training:train", training),
            ("evaluation:evaluate", evaluation),
        ):
            if code.cells:
                stages.append(Stage(name, code.cells))
        return texts, tuple(stages)

    def chain(self, indices: list[int], statement: int, node: ast.expr | None) -> Code:
        """The way of rows after the cut, as the service does it; it ends with the expression's value."""
        assert node is not None
        wanted: set[str] = set(free_names(ast.unparse(node)))
        for index in indices:
            wanted |= set(self.program.statements[index].trace.held)
        self.rewriter.wanted_names = frozenset(wanted)
        inner = [i for i in indices if i < statement or self._binds_before(i, statement, node)]
        code = self.code([i for i in inner if i != statement], dict.fromkeys(indices, "serve"), False)
        self.rewriter.wanted_names = None
        self.rewriter.mode, self.rewriter.source = (
            "serve",
            self.rewriter.source_of(self.program.statements[statement].cell),
        )
        final = self.rewriter.text(node)
        self.rewriter.mode = "plain"
        if node is self.layout.x_node:
            final += without_target(self.layout)
        body = "\n".join(t for t in (code.body, f"return {final}") if t)
        return Code(body, tuple(n for n in free_names(body) if not self.at_module(n)), (), code.cells)

    def _binds_before(self, index: int, statement: int, node: ast.expr) -> bool:
        return index < statement

    def _target_chain(self) -> Code:
        layout = self.layout
        if layout.y_node is None or layout.choice is None:
            return Code("", (), (), ())
        fit = layout.y_statement
        path = sorted(i for i in row_path(self.program, fit, layout.y_node) if i >= layout.cut and i < fit)
        return self.chain(path, fit, layout.y_node)

    def _training_modes(self) -> dict[int, str]:
        """Statements of the way record what they learn where the service will ask for it."""
        modes: dict[int, str] = {}
        for index in self.layout.serving:
            modes[index] = "record"
        fit = self.layout.choice.final.fit if self.layout.choice is not None else None
        if fit is not None and self.layout.y_node is not None:
            for index in row_path(self.program, self.layout.y_statement, self.layout.y_node):
                if self.layout.cut <= index < self.layout.y_statement:
                    modes[index] = "record"
        modes.pop(fit.statement if fit is not None else -1, None)
        return modes

    def _keeps(self, stages: list[int]) -> dict[int, list[str]]:
        """{statement: lines that keep an object for the service, right after it got the form that is used}."""
        lines: dict[int, list[str]] = {}
        users = [*self.layout.serving, self.layout.x_statement, *self.layout.answer, *self._judging()]
        for name in self.kept:
            writers: set[int] = set()
            for user in users:
                writers |= self.program.statements[user].trace.name_needs.get(name, set())
            placed = [w for w in writers if w in stages] or [
                s for s in stages if name in self.program.statements[s].trace.binds
            ]
            if placed:
                lines.setdefault(max(placed), []).append(f'learned.keep("{name}", {name})')
        return lines

    def _judging(self) -> list[int]:
        """The statement in which the answer's last expression stands."""
        node = self.layout.answer_node
        if node is None:
            return []
        return [s.index for s in self.program.statements if any(n is node for n in ast.walk(s.node))]

    def _with_lines(self, lines: list[str], code: Code) -> Code:
        """A stage's code with lines before it."""
        if not lines:
            return code
        body = "\n".join([*lines, code.body])
        takes = tuple(n for n in free_names(body) if not self.at_module(n))
        return replace(code, body=body, takes=takes)

    # ------------------------------------------------------------ the modules' texts

    def _features(self, code: Code, given: list[str]) -> str:
        takes = self._ordered(code.takes, first=self.rows_name)
        copies = [
            f"{n} = {n}.copy()"
            for n in takes
            if n in self.sources.names() and self._is_frame(n) and n in self._mutated() and n == self.rows_name
        ]
        plainly = [self.program.statements[i] for i in self.layout.features if i not in self.layout.moved]
        sure = {n for statement in plainly for n in statement.trace.binds}
        unsure = [n for n in given if n not in sure and n not in takes]
        absent = [f"{' = '.join(unsure)} = None"] if unsure else []
        body = "\n".join([*copies, *absent, code.body])
        text = function(
            f"def features({signature(takes)}) -> Any:",
            "Raw rows to what the model is made from, at training and in the service.",
            body,
            _several(given),
        )
        return self.module(
            "From raw rows to features: the notebook's statements, what they learn from rows named.", text
        )

    def _mutated(self) -> set[str]:
        """Inputs: their frames are copied, so that what was read stays as it was."""
        return set(self.sources.names())

    def _is_frame(self, name: str) -> bool:
        read = next((r for r in self.sources.reads if self.sources.by_input[r.name] == name), None)
        return read is not None and read.value.kind in ("frame",)

    def _ordered(self, names: tuple[str, ...], first: str = "") -> list[str]:
        rest = [n for n in names if n not in (first, "settings", "learned", "metrics", "contest")]
        head = [first] if first else []
        return [
            *head,
            *rest,
            *(n for n in ("settings", "learned", "metrics", "contest") if n in names or (n == "learned" and first)),
        ]

    def _serving(self, features: Code, given: list[str], serve_x: Code, serve_y: Code, answer: str) -> str:
        read = next(r for r in self.sources.reads if r.name == self.layout.rows)
        takes = self._ordered(features.takes, first=self.rows_name)
        arguments = []
        for name in takes:
            if name == self.rows_name:
                arguments.append("rows")
            elif name in self.sources.names():
                arguments.append("None")
            elif name == "learned":
                arguments.append("learned")
            elif name in ("metrics", "contest"):
                arguments.append("None")
            else:
                arguments.append(f'learned["{name}"]')
        fresh = "learned = learned.serving()"
        prepared = (
            "rows = learned.complete(rows)"
            if not self._bunched(read)
            else f'rows = dataset_of(rows, learned["{self.rows_name}"])'
        )
        call = f"features_of({', '.join(arguments)})"

        def unpacked(wanted: tuple[str, ...]) -> str:
            left = ", ".join(n if n in wanted else "_" for n in given)
            return f"{left} = {call}" if given else call

        def kept(takes_: tuple[str, ...]) -> list[str]:
            return [
                f'{n} = learned["{n}"]' for n in takes_ if n not in given and n != "learned" and n != self.rows_name
            ]

        direct = [f"{self.rows_name} = rows"] if self.rows_name in serve_x.takes and self.rows_name not in given else []
        body = "\n".join(
            [
                fresh,
                prepared,
                *([unpacked(serve_x.takes)] if features.body.strip() or given else []),
                *direct,
                *kept(serve_x.takes),
                serve_x.body,
            ]
        )
        text = function(
            "def model_input(rows: Any, learned: Learned) -> Any:",
            "What the model is asked for these raw rows; `learned` is the record of its training.",
            body,
        )
        if serve_y.body:
            direct = (
                [f"{self.rows_name} = rows"] if self.rows_name in serve_y.takes and self.rows_name not in given else []
            )
            body = "\n".join(
                [
                    fresh,
                    *([unpacked(serve_y.takes)] if features.body.strip() or given else []),
                    *direct,
                    *kept(serve_y.takes),
                    serve_y.body,
                ]
            )
            text += function(
                "def encoded_target(rows: Any, learned: Learned) -> Any:",
                "The target of raw rows in the form that the model learned it.",
                body,
            )
        text += answer
        return self.module("What the service does with raw rows.", text)

    def _bunched(self, read: Read) -> bool:
        return read.value.kind in ("bunch", "tuple")

    def _answer(self) -> str:
        """`answer`: the model's prediction, and what the notebook does with it."""
        layout = self.layout
        assert layout.choice is not None
        name = layout.choice.final.name
        lines = ["model_rows = model_input(rows, learned)"]
        cell_source = self.rewriter.source_of
        predict = layout.choice.final.predict
        if layout.answer_node is not None and predict is not None:
            call = predict.node
            assert isinstance(call.func, ast.Attribute)
            more = list(self.rewriter_arguments(call)[1:])
            method = "predict" if call.func.attr == "fit_predict" else call.func.attr
            asked = f"model.{method}({', '.join(['model_rows', *more])})"
            self.rewriter.replaced[id(call)] = asked
            body = (
                self.code(layout.answer, dict.fromkeys(layout.answer, "serve"), False)
                if layout.answer
                else Code("", (), (), ())
            )
            statement = layout.answer[-1] if layout.answer else predict.statement
            self.rewriter.mode = "serve"
            self.rewriter.source = (
                cell_source(self.program.statements[statement].cell)
                if not layout.answer
                else self.rewriter.source_of(self._cell_of(layout.answer_node))
            )
            final = self.rewriter.text(layout.answer_node)
            self.rewriter.mode = "plain"
            kept = [
                f'{n} = learned["{n}"]'
                for n in dict.fromkeys([*body.takes, *free_names(final)])
                if n not in ("model", "model_rows", name, *body.binds) and not self.at_module(n)
            ]
            for line in kept:
                if (n := line.split(" ")[0]) not in self.kept:
                    self.kept.append(n)
            if name in body.takes or name in free_names(final):
                lines += [f"{name} = model"] if name != "model" else []
            lines += [*kept, body.body]
            del self.rewriter.replaced[id(call)]
        else:
            final = "model.predict(model_rows)"
        lines.append(f"return as_answer({final}, model, model_rows, learned)")
        return function(
            "def answer(model: Any, rows: Any, learned: Learned) -> Answer:",
            "The model's answer for raw rows, in the terms of the notebook's target.",
            "\n".join(x for x in lines if x),
        )

    def rewriter_arguments(self, call: ast.Call) -> list[str]:
        """The texts of a call's arguments as written."""
        return [ast.unparse(a) for a in call.args] + [f"{k.arg}={ast.unparse(k.value)}" for k in call.keywords if k.arg]

    def _cell_of(self, node: ast.expr) -> int:
        for statement in self.program.statements:
            if any(n is node for n in ast.walk(statement.node)):
                return statement.cell
        raise LookupError("an expression that stands in no cell")

    def _training(self, code: Code, evaluation: Code) -> str:
        assert self.layout.choice is not None
        takes = self._ordered(code.takes)
        contest = bool(self.layout.choice.contest)
        wanted = [n for n in code.binds if n in evaluation.takes]
        model = self.layout.choice.final.name
        returns = _several(list(dict.fromkeys([*wanted, *([] if contest or model not in code.binds else [model])])))
        text = function(
            f"def train({signature(takes)}) -> Any:", "Splits, fits, and judges on the way.", code.body, returns
        )
        return self.module("The split and the fits, as the notebook does them.", text)

    def _evaluation(self, code: Code) -> str:
        text = function(
            f"def evaluate({signature(self._ordered(code.takes))}) -> None:",
            "The notebook's metrics, under its own words.",
            code.body,
        )
        return self.module("What the notebook says of its model.", text)

    def _sources(self) -> str:
        parts = []
        for name, docstring, expression in self.sources.functions():
            parts.append(function(f"def {name}(settings: Settings) -> Any:", docstring, "", expression))
        return self.module("What the notebook reads, one function each.", "".join(parts), own=self.sources.names())

    def _pipeline(self, features: Code, given: list[str], training: Code, evaluation: Code) -> str:
        layout = self.layout
        assert layout.choice is not None
        final = layout.choice.final
        contest = bool(layout.choice.contest)
        parameters = self.parameters()
        bunched = {self.sources.by_input[r.name] for r in self.sources.reads if self._bunched(r)}
        lines = ["metrics = Metrics()", "learned = Learned()"]
        if contest:
            lines.append(f'contest = Contest(better="{layout.choice.better}")')
        lines.append("inputs = {" + ", ".join(f'"{n}": sources.{n}(settings)' for n in self.sources.names()) + "}")
        if self.target is not None and self.rows_name not in bunched:
            lines.append("learned.keep_target(TARGET, inputs[ROWS])")
        if self.rows_name in bunched:
            lines.append("learned.keep(ROWS, inputs[ROWS])")
        used = [n for n in dict.fromkeys([*features.takes, *self.kept]) if n in parameters]
        for name in used:
            lines.append(f'learned.keep("{name}", settings.{name})')

        made: set[str] = set()

        def handed(name: str) -> str:
            if name in parameters:
                return f"settings.{name}"
            if name in self.sources.names() and name not in made:
                untouched = name in bunched or (name == self.rows_name and not made and features.body.strip())
                return f'inputs["{name}"]' + ("" if untouched else ".copy()")
            return name

        if features.body.strip() or given:
            call = f"features_of({', '.join(handed(n) for n in self._ordered(features.takes, first=self.rows_name))})"
            lines.append(f"{_several(given)} = {call}" if given else call)
            made.update(given or [""])
        takes = self._ordered(training.takes)
        wanted = [n for n in training.binds if n in evaluation.takes]
        returned = list(
            dict.fromkeys([*wanted, *([] if contest or final.name not in training.binds else [final.name])])
        )
        made.update([""])
        trained = f"train_models({', '.join(handed(n) for n in takes)})"
        lines.append(f"{_several(returned)} = {trained}" if returned else trained)
        if evaluation.body.strip():
            lines.append(f"judge({', '.join(handed(n) for n in self._ordered(evaluation.takes))})")
        model = "contest.best()" if contest else final.name
        if layout.y_node is not None and self.target is not None and self.rows_name not in bunched:
            lines.append('learned.keep("labels", labels(inputs[ROWS], learned))')
        read = "{name: frame_of(read) for name, read in inputs.items()}" if bunched else "inputs"
        lines.append(f"return Run(metrics=metrics, inputs={read}, model={model}, learned=learned)")
        body = "\n".join(lines)
        text = function(
            "def run(settings: Settings) -> Run:",
            "Reads, trains and judges; what it learned goes with the model.",
            body,
        )
        if 'labels"' in body:
            text += function(
                "def labels(rows: Any, learned: Learned) -> dict[Any, Any]:",
                "The word of the raw target for each value that the model learned.",
                "return words_of_classes(rows, TARGET, lambda some: encoded_target(some, learned))",
            )
        heads = ["from . import sources"]
        if 'labels"' in body:
            heads.insert(0, "from typing import Any")
        if evaluation.body.strip():
            heads.append("from .evaluation import evaluate as judge")
        if features.body.strip() or given:
            heads.append("from .features import features as features_of")
        heads.append(f"from .learned import Learned{', frame_of' if bunched else ''}")
        heads.append("from .results import Metrics, Run")
        if contest:
            heads.append("from .contest import Contest")
        serving = ["answer", "encoded_target"] if 'labels"' in body else ["answer"]
        heads.append(f"from .serving import {', '.join([*serving, 'model_input'])}")
        heads.append("from .settings import Settings")
        heads.append("from .training import train as train_models")
        if 'labels"' in body:
            heads.append("from .answering import words_of_classes")
        constants = f'\nROWS = "{self.rows_name}"\nTARGET = {self.target!r}\nMODEL = "{final.name}"\n'
        constants += '\n__all__ = ["MODEL", "ROWS", "TARGET", "answer", "model_input", "run"]\n'
        return (
            '"""The one composition of the stages: on a laptop or in an orchestrator, `run` is called."""\n\n'
            "from __future__ import annotations\n\n" + "\n".join(heads) + "\n" + constants + text
        )


def without_target(layout: Layout) -> str:
    """A formula's model takes the whole frame: what it is asked for has no target."""
    estimator = layout.choice.final.estimator if layout.choice is not None else None
    if estimator is None or estimator.name != "formula" or not isinstance(estimator.const, str):
        return ""
    target = estimator.const.split("~")[0].strip()
    return f'.drop(columns=["{target}"], errors="ignore")' if target.isidentifier() else ""


def _several(names: list[str]) -> str:
    return ", ".join(names) if names else ""
