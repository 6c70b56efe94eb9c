"""From a program and its draft to the graph."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from jupyter_prod.graph.nouns import Edge, Graph, Kind, Node
from jupyter_prod.plan.layout import Layout
from jupyter_prod.plan.paths import closure
from jupyter_prod.plan.planning import Draft
from jupyter_prod.program import Program
from jupyter_prod.program.events import Fit, Metric, Read, Saved, Written

MOST_METRICS = 6
"""How many metrics are named; more are counted."""


def build(program: Program, draft: Draft, title: str) -> Graph:
    """The pipeline: by its stages where a service can be made, else by the slices that its results need."""
    made = _Builder(program)
    groups = _stages(draft.layout) if draft.level == "service" and draft.layout is not None else _slices(program)
    made.inputs(program.of(Read))
    for label, statements in groups:
        made.stage(label, statements)
    made.results(draft)
    reasons = tuple(f"cell {r.place.cell}: {r.what}" if r.place.cell else r.what for r in draft.reasons)
    return Graph(title, draft.level, tuple(made.nodes), tuple(made.edges.values()), reasons)


def _stages(layout: Layout) -> list[tuple[str, set[int]]]:
    """The stages of a service, each statement in the first that has it."""
    found: list[tuple[str, set[int]]] = []
    taken: set[int] = set()
    for label, statements in (
        ("features", {*layout.features, *layout.serving}),
        ("training", set(layout.training)),
        ("evaluation", set(layout.evaluation)),
        ("answer", set(layout.answer)),
    ):
        own = statements - taken
        taken |= own
        if own:
            found.append((label, own))
    return found


def _slices(program: Program) -> list[tuple[str, set[int]]]:
    """What each result needs and no earlier one did: for models, for numbers that judge, for files."""
    targets: dict[str, list[int]] = {}
    for event in program.record.events:
        if isinstance(event, Fit) and event.y is not None:
            targets.setdefault(f"fit {_short(event.estimator.type)}", []).append(event.statement)
        elif isinstance(event, Metric):
            targets.setdefault("evaluation", []).append(event.statement)
        elif isinstance(event, Written):
            targets.setdefault(f"write {_file(event.path)}", []).append(event.statement)
    found: list[tuple[str, set[int]]] = []
    taken: set[int] = {i for i, s in enumerate(program.statements) if not s.trace.needs and _only_defines(program, i)}
    wanted = [(label, closure(program, statements)) for label, statements in targets.items()]
    shared = _needed_twice([need for _, need in wanted]) - taken if len(wanted) > 1 else set()
    if shared:
        found.append(("prepare", shared))
        taken |= shared
    for label, need in wanted:
        own = need - taken
        taken |= own
        if own:
            found.append((label, own))
    return found


def _needed_twice(needs: Iterable[set[int]]) -> set[int]:
    once: set[int] = set()
    twice: set[int] = set()
    for need in needs:
        twice |= once & need
        once |= need
    return twice


def _only_defines(program: Program, index: int) -> bool:
    """Whether a statement is an import or a definition: all stages have those."""
    return type(program.statements[index].node).__name__ in ("Import", "ImportFrom", "FunctionDef", "ClassDef")


class _Builder:
    """Nodes and edges as they are found."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.nodes: list[Node] = []
        self.edges: dict[tuple[str, str], Edge] = {}
        self.holder: dict[int, str] = {}
        self.reads: list[tuple[Read, str]] = []

    def node(self, kind: Kind, label: str, statements: Iterable[int]) -> str:
        cells = sorted({self.program.statements[i].cell for i in statements if i >= 0})
        made = Node(f"n{len(self.nodes) + 1}", kind, " ".join(label.split()) or kind, tuple(cells))
        self.nodes.append(made)
        return made.id

    def edge(self, source: str, target: str, names: Iterable[str] = ()) -> None:
        if source == target:
            return
        known = self.edges.get((source, target))
        held = dict.fromkeys([*(known.names if known else ()), *names])
        self.edges[source, target] = Edge(source, target, tuple(held))

    def inputs(self, reads: list[Read]) -> None:
        """One node for each place that reads."""
        known: dict[object, str] = {}
        for read in reads:
            key = read.path or id(read.node)
            if key not in known:
                held = [r.statement for r in reads if (r.path or id(r.node)) == key]
                known[key] = self.node("input", _named(read), held)
            self.reads.append((read, known[key]))

    def stage(self, label: str, statements: set[int]) -> None:
        """A stage, with what it takes from the stages and inputs before it."""
        stage = self.node("stage", label, statements)
        for index in statements:
            self.holder[index] = stage
        for read, source in self.reads:
            if read.statement in statements:
                self.edge(source, stage)
        for index in sorted(statements):
            trace = self.program.statements[index].trace
            for name, needed in trace.name_needs.items():
                for source in sorted({self.holder[i] for i in needed if i in self.holder and i not in statements}):
                    self.edge(source, stage, [name])
            for i in sorted(trace.needs - statements):
                if i in self.holder:
                    self.edge(self.holder[i], stage)

    def results(self, draft: Draft) -> None:
        """The model, the numbers that judge it, and the files."""
        final = draft.choice.final if draft.choice is not None else None
        if final is not None and final.fit.statement in self.holder:
            label = f"{final.name}: {_short(final.estimator.type)}" if final.name else _short(final.estimator.type)
            self._result("model", label, [final.fit.statement], draft.level != "service")
        elif final is None:
            for fit in {id(f.estimator.made): f for f in self.program.of(Fit) if f.y is not None}.values():
                self._result("model", _short(fit.estimator.type), [fit.statement])
        judged: dict[str, list[int]] = {}
        for metric in self.program.of(Metric):
            if metric.statement in self.holder:
                judged.setdefault(metric.name, []).append(metric.statement)
        if judged:
            named = list(judged)
            more = f" and {len(named) - MOST_METRICS} more" if len(named) > MOST_METRICS else ""
            self._result(
                "metric", ", ".join(named[:MOST_METRICS]) + more, [i for held in judged.values() for i in held]
            )
        files: dict[str, list[int]] = {}
        for event in self.program.record.events:
            if isinstance(event, Written):
                files.setdefault(_file(event.path) or "a file", []).append(event.statement)
            elif isinstance(event, Saved):
                files.setdefault("saved model", []).append(event.statement)
        for name, held in files.items():
            self._result("file", name, held)

    def _result(self, kind: Kind, label: str, statements: list[int], wanted: bool = True) -> None:
        """A result and the stages that make it; a file of a statement that stays behind has none and is left out."""
        sources = dict.fromkeys(self.holder[i] for i in statements if i in self.holder)
        if sources:
            result = self.node(kind, label, statements)
            for source in sources:
                self.edge(source, result)


def _named(read: Read) -> str:
    """The file's name where one is known; the format where the name doesn't say it."""
    name = _file(read.path)
    return name if name.lower().endswith(f".{read.format}") else f"{name or read.qualified} ({read.format})"


def _file(path: str | None) -> str:
    if not path:
        return ""
    return PurePath(path.replace("\\", "/")).name or path


def _short(qualified: str) -> str:
    return qualified.rsplit(".", 1)[-1] or "model"
