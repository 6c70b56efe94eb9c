"""From the plan's outline to the plan with its modules."""

from __future__ import annotations

import ast
import contextlib
from dataclasses import replace
from pathlib import Path

from jupyter_prod.notebook import Notebook
from jupyter_prod.plan.layout import NoService
from jupyter_prod.plan.left import left_behind
from jupyter_prod.plan.nouns import Model, Obstacle, Place, Plan, Probe
from jupyter_prod.plan.planning import Draft, draft, obstacle_of
from jupyter_prod.program import Program
from jupyter_prod.program.understand import imported
from jupyter_prod.scaffold.stages.batch import BatchWriter, batch_layout
from jupyter_prod.scaffold.stages.clashes import without_clashes
from jupyter_prod.scaffold.stages.inputs import Sources
from jupyter_prod.scaffold.stages.instrument import instrumented
from jupyter_prod.scaffold.stages.service import ServiceWriter


def write_plan(
    notebook: Notebook, program: Program, model: str | None = None, target: str | None = None, kind: str = "auto"
) -> Plan:
    """The plan of the highest level that can be written; `kind` names the level that is asked for.

    Raises UsableError where `model` names no fitted model.
    """
    original = notebook
    notebook, program = without_clashes(notebook, program)
    renamed = [c.number for c, o in zip(notebook.cells, original.cells, strict=True) if c.source != o.source]
    plan = _written(notebook, program, model, target, kind)
    told = {p.cell for p in plan.probes}
    more = [Probe(n, program.sources[n]) for n in renamed if n not in told and n in program.sources]
    return replace(plan, probes=(*plan.probes, *more))


def _written(notebook: Notebook, program: Program, model: str | None, target: str | None, kind: str) -> Plan:
    outline = draft(program, model, target, kind)
    reasons: list[Obstacle] = list(outline.reasons)
    if outline.layout is not None:
        try:
            return _service(notebook, program, outline, reasons)
        except NoService as obstacle:
            reasons.append(obstacle_of(program, obstacle))
    if kind != "notebook-job":
        try:
            return _batch(notebook, program, reasons)
        except NoService as obstacle:
            reasons.append(obstacle_of(program, obstacle))
    return _job(notebook, program, reasons)


def _service(notebook: Notebook, program: Program, outline: Draft, reasons: list[Obstacle]) -> Plan:
    layout = outline.layout
    assert layout is not None and layout.choice is not None
    sources = Sources(program, layout.all())
    writer = ServiceWriter(program, layout, sources, outline.target)
    modules, stages = writer.modules()
    final = layout.choice.final
    statement = program.statements[final.fit.statement]
    return Plan(
        level="service",
        model=Model(final.name, final.estimator.type, layout.choice.chosen, Place(statement.cell, statement.line)),
        target=outline.target,
        rows=writer.rows_name,
        inputs=sources.nouns(),
        parameters=tuple(writer.settings()),
        stages=stages,
        left_behind=left_behind(program, layout.all()),
        reasons=tuple(reasons),
        imports=_imports(modules, program, notebook),
        local_modules=_local(program, notebook, modules),
        modules=modules,
        probes=instrumented(program, layout, layout.all()),
    )


def _batch(notebook: Notebook, program: Program, reasons: list[Obstacle]) -> Plan:
    layout = batch_layout(program)
    sources = Sources(program, layout.all())
    writer = BatchWriter(program, layout, sources)
    modules, stages = writer.modules()
    return Plan(
        level="batch",
        inputs=sources.nouns(),
        parameters=tuple(writer.settings()),
        stages=stages,
        left_behind=left_behind(program, layout.all()),
        reasons=tuple(reasons),
        imports=_imports(modules, program, notebook),
        local_modules=_local(program, notebook, modules),
        modules=modules,
        probes=instrumented(program, None, layout.all()),
    )


def _job(notebook: Notebook, program: Program, reasons: list[Obstacle]) -> Plan:
    everything = {s.index for s in program.statements}
    inputs = []
    with contextlib.suppress(NoService):
        inputs = list(Sources(program, everything).nouns())
    imports = sorted({n for s in program.statements for n in imported(s.node)})
    imports += sorted({n for m in program.local_modules for n in _module_imports(notebook.path.parent, m)})
    return Plan(
        level="notebook-job",
        inputs=tuple(i for i in inputs if i.path),
        reasons=tuple(reasons),
        imports=tuple(n for n in dict.fromkeys(imports) if n.split(".")[0] not in program.local_modules),
        local_modules={m: str(notebook.path.parent / (m.replace(".", "/") + ".py")) for m in program.local_modules},
    )


def _imports(modules: dict[str, str], program: Program, notebook: Notebook) -> tuple[str, ...]:
    """The modules that the project's own code imports, those of the notebook's local modules included."""
    found: list[str] = []
    for text in modules.values():
        found += list(imported(ast.parse(text)))
    for name in _local(program, notebook, modules):
        found += _module_imports(notebook.path.parent, name)
    return tuple(n for n in dict.fromkeys(found) if n.split(".")[0] not in program.local_modules and n != "__future__")


def _module_imports(folder: Path, name: str) -> list[str]:
    try:
        return imported(
            ast.parse((folder / (name.replace(".", "/") + ".py")).read_text(encoding="utf-8", errors="replace"))
        )
    except (OSError, SyntaxError, ValueError):
        return []


def _local(program: Program, notebook: Notebook, modules: dict[str, str]) -> dict[str, str]:
    """The modules beside the notebook that the project needs."""
    text = "\n".join(modules.values())
    return {
        m: str(notebook.path.parent / (m.replace(".", "/") + ".py"))
        for m in program.local_modules
        if f"from .{m} import" in text or f"from . import {m}" in text
    }
