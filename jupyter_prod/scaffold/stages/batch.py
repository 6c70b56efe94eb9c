"""The stage modules of a project of level batch: the same files and metrics, no model to ask."""

from __future__ import annotations

import ast

from jupyter_prod.plan.layout import Layout, NoService, is_module_level, judged
from jupyter_prod.plan.nouns import Stage
from jupyter_prod.plan.paths import closure
from jupyter_prod.program import Program
from jupyter_prod.program.events import Fit, Saved, Written
from jupyter_prod.scaffold.stages.inputs import Sources
from jupyter_prod.scaffold.stages.source import shifted
from jupyter_prod.scaffold.stages.write import Writer, function, signature


def batch_layout(program: Program) -> Layout:
    """The slice that files and metrics need.

    Raises NoService where the notebook writes no file and judges nothing.
    """
    files = {w.statement for w in program.of(Written)} | {s.statement for s in program.of(Saved)}
    numbers = judged(program)
    targets = files | numbers
    if not targets:
        last = program.statements[-1].index if program.statements else 0
        raise NoService(
            last,
            "the notebook writes no file and tells no metric: it only shows",
            "write the result to a file: frame.to_csv(path)",
        )
    everything = closure(program, targets)
    layout = Layout(modules=sorted(i for i in everything if is_module_level(program.statements[i])))
    modules = set(layout.modules)
    ordered = sorted(i for i in everything if i not in modules)
    first_judged = max([f.statement for f in program.of(Fit) if f.statement in everything] + sorted(files) + [-1])
    layout.training = [i for i in ordered if i <= first_judged] or ordered
    layout.evaluation = [i for i in ordered if i not in layout.training]
    return layout


class BatchWriter(Writer):
    """Writes transform.py, sources.py, pipeline.py and what they need."""

    def __init__(self, program: Program, layout: Layout, sources: Sources) -> None:
        super().__init__(program, layout, sources)
        self._written()

    def _written(self) -> None:
        """Files are written under their own names, into the folder in which the pipeline runs."""
        for event in self.program.of(Written):
            for part in ast.walk(event.node):
                if (
                    isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and part.value == event.path
                    and event.path is not None
                ):
                    name = event.path.replace("\\", "/").rsplit("/", 1)[-1]
                    self.rewriter.replaced[id(part)] = '"' + name.replace('"', '\\"') + '"'

    def modules(self) -> tuple[dict[str, str], tuple[Stage, ...]]:
        """({path below the package: text}, the stages)."""
        layout = self.layout
        transform = self.code(layout.training, {}, True)
        evaluation = self.code(layout.evaluation, {}, True)
        wanted = [n for n in transform.binds if n in evaluation.takes]
        text = function(
            f"def transform({signature(self._arguments(transform.takes))}) -> Any:",
            "The notebook's steps, in order.",
            transform.body,
            ", ".join(wanted),
        )
        texts = {"transform.py": self.module("From the inputs to the notebook's results.", text)}
        if evaluation.body.strip():
            texts["evaluation.py"] = self.module(
                "The notebook's metrics, under its own words.",
                function(
                    f"def evaluate({signature(self._arguments(evaluation.takes))}) -> None:",
                    "The notebook's metrics, under its own words.",
                    evaluation.body,
                ),
            )
        parts = []
        for name, docstring, expression in self.sources.functions():
            parts.append(function(f"def {name}(settings: Settings) -> Any:", docstring, "", expression))
        if parts:
            texts["sources.py"] = self.module(
                "What the notebook reads, one function each.", "".join(parts), own=self.sources.names()
            )
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
        texts["pipeline.py"] = self._pipeline(
            wanted,
            self._arguments(transform.takes),
            self._arguments(evaluation.takes),
            bool(parts),
            bool(evaluation.body.strip()),
        )
        stages = [Stage("transform:transform", transform.cells)]
        if evaluation.cells:
            stages.append(Stage("evaluation:evaluate", evaluation.cells))
        return texts, tuple(stages)

    def _arguments(self, names: tuple[str, ...]) -> list[str]:
        return [n for n in names if n != "metrics"] + [n for n in names if n == "metrics"]

    def _pipeline(self, given: list[str], transform: list[str], evaluate: list[str], reads: bool, judges: bool) -> str:
        parameters = self.parameters()
        lines = ["metrics = Metrics()"]
        for name, _, _expression in self.sources.functions():
            lines.append(f"{name} = sources.{name}(settings)")

        def handed(names: list[str]) -> str:
            return ", ".join(f"settings.{n}" if n in parameters else n for n in names)

        lines.append((f"{', '.join(given)} = " if given else "") + f"transform({handed(transform)})")
        if judges:
            lines.append(f"judge({handed(evaluate)})")
        read = ", ".join(f'"{n}": {n}' for n in self.sources.names())
        lines.append(f"return Run(metrics=metrics, inputs={{{read}}})")
        heads = ["from . import sources"] if reads else []
        if judges:
            heads.append("from .evaluation import evaluate as judge")
        heads += [
            "from .results import Metrics, Run",
            "from .settings import Settings",
            "from .transform import transform",
        ]
        body = shifted('"""Runs the steps; files land in the working folder."""\n' + "\n".join(lines), "    ")
        return (
            '"""The one composition of the stages: on a laptop or in an orchestrator, `run` is called."""\n\n'
            "from __future__ import annotations\n\n"
            + "\n".join(heads)
            + '\n\nROWS = ""\nTARGET = None\nMODEL = None\n\n__all__ = ["MODEL", "ROWS", "TARGET", "run"]\n\n\n'
            "def run(settings: Settings) -> Run:\n" + body + "\n"
        )
