"""The road: read, understand, plan, write, verify; whoever converts, from wherever, calls `convert`."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_prod import __version__
from jupyter_prod.environment import Environment, choose_environment, constraints, requirements
from jupyter_prod.errors import UsableError
from jupyter_prod.notebook import Notebook, read_notebook
from jupyter_prod.plan.nouns import LEVELS, LeftBehind, Obstacle, Place, Plan
from jupyter_prod.program import Program, understand
from jupyter_prod.scaffold import ProjectContext, project_names, record_verdict, render
from jupyter_prod.scaffold.data import data_files, named_files, place_input
from jupyter_prod.scaffold.stages import write_plan
from jupyter_prod.verify import Verdict, verify

Say = Callable[[str, float], None]

NOT_PYTHON = "can't be read as Python"
"""Begins the reason why a cell with a syntax error stays behind."""


@dataclass(frozen=True)
class Options:
    """What a person can ask of a conversion; each is an option of the command line."""

    python: Path | None = None
    kernel: str | None = None
    name: str | None = None
    model: str | None = None
    target: str | None = None
    kind: str = "auto"
    template: str | None = None
    data: bool = True
    verify: bool = True
    force: bool = False
    seconds: int = 600


@dataclass(frozen=True)
class Conversion:
    """What became of a notebook: the plan that was kept, its verdict, and the project's folder (None for a dry run)."""

    notebook: Notebook
    plan: Plan
    verdict: Verdict
    project: Path | None
    command: str
    kept: tuple[Path, ...] = ()


def levels_below(level: str, asked: str) -> list[str]:
    """The level and those that may stand in for it, from the highest down."""
    if asked != "auto":
        return [level] if level == asked else [asked]
    return [one for one in reversed(LEVELS) if LEVELS.index(one) <= LEVELS.index(level)]


def read(path: Path) -> tuple[Notebook, Program]:
    """Reads and understands a notebook; UsableError where it is none, none of Python, or nothing of it can be read."""
    notebook = read_notebook(path)
    if notebook.language not in ("python", ""):
        raise UsableError(f"a notebook in {notebook.language}", str(path), "only Python notebooks can be converted")
    if not any(c.kind == "code" and c.source.strip() for c in notebook.cells):
        raise UsableError("a notebook without code", str(path), "there is nothing to convert")
    program = understand(notebook)
    if not program.statements:
        broken = _not_python(program)
        if not broken:
            raise UsableError("a notebook without code", str(path), "its cells hold only comments")
        place = f"cell {broken[0].place.cell}, line {broken[0].place.line}"
        raise UsableError(f"no cell of it can be read as Python; {place}: {broken[0].why}", str(path))
    return notebook, program


def _not_python(program: Program) -> tuple[LeftBehind, ...]:
    """The cells with a syntax error: conversion goes on without them."""
    return tuple(
        LeftBehind(Place(cell.cell, cell.error.line), f"{NOT_PYTHON}: {cell.error.message}")
        for cell in program.cells.values()
        if cell.error is not None
    )


def plans(notebook: Notebook, program: Program, options: Options) -> list[Plan]:
    """The plans to try, the highest level first."""
    first = write_plan(notebook, program, options.model, options.target, options.kind)
    found = [first]
    reasons = first.reasons
    for level in levels_below(first.level, options.kind):
        if level != first.level and options.kind == "auto":
            lower = write_plan(notebook, program, options.model, options.target, level)
            if lower.level == level:
                reasons = (*reasons, *(r for r in lower.reasons if r not in reasons))
                found.append(replace(lower, reasons=reasons))
    broken = _not_python(program)
    return [replace(p, left_behind=tuple(sorted({*p.left_behind, *broken}, key=_by_place))) for p in found]


def _by_place(left: LeftBehind) -> tuple[int, int]:
    return left.place.cell, left.place.line


def convert(path: Path, out: Path, options: Options = Options(), say: Say = lambda step, done: None) -> Conversion:
    """Converts a notebook to a project in the folder `out`: complete, or not at all.

    The project is of the highest level that verifies; what kept it from a higher one is in the plan's reasons.
    Raises UsableError for input or arguments that can't be used.
    """
    check_place(out, options.force)
    say("reading the notebook", 0.0)
    notebook, program = read(path)
    environment = choose_environment(path, python=options.python, kernel=options.kernel, kernel_name=notebook.kernel)
    say("planning", 0.05)
    tried = plans(notebook, program, options)
    reasons: list[Obstacle] = []
    best: tuple[Plan, Verdict] | None = None
    for number, plan in enumerate(tried):
        plan = replace(plan, reasons=tuple(dict.fromkeys([*reasons, *plan.reasons])))
        if not options.verify:
            best = (plan, Verdict("not-run"))
            break
        with tempfile.TemporaryDirectory(prefix="jupyter-prod-", ignore_cleanup_errors=True) as folder:
            context = context_of(notebook, plan, environment, options, out)
            project = Path(folder) / context.name
            say("writing", 0.1)
            render(context, project, template=options.template)
            cells = [(c.number, c.source) for c in notebook.cells if c.kind == "code" and "prod:skip" not in c.tags]

            def told(step: str, done: float, suffix: str = f" ({plan.level})" if number else "") -> None:
                say(step + suffix, 0.1 + 0.85 * done)

            verdict = verify(
                project,
                cells,
                probes=plan.probes,
                environment=environment,
                folder=notebook.path.absolute().parent,
                seconds=options.seconds,
                say=told,
            )
        if verdict.status in ("equal", "not-reproducible"):
            best = (plan, verdict)
            break
        reasons.append(_reason(plan, verdict))
        if best is None or verdict.notebook_ran:
            best = (replace(plan, reasons=tuple(dict.fromkeys([*plan.reasons, reasons[-1]]))), verdict)
        if not verdict.notebook_ran:  # then no lower level can be proven either
            break
    assert best is not None
    plan, verdict = best
    say("writing", 0.96)
    context = context_of(notebook, plan, environment, options, out)
    kept = render(context, out, force=options.force, template=options.template)
    if verdict.status != "not-run" or verdict.failure is not None:
        record_verdict(out, verdict.as_json(), expected_of(verdict))
    say("done", 1.0)
    return Conversion(notebook, plan, verdict, out, context.command, tuple(kept))


def check_place(out: Path, force: bool) -> None:
    """Raises UsableError where no project can be written to `out`, before any time is spent on one."""
    there = next(one for one in (out.absolute(), *out.absolute().parents) if one.exists())
    if not there.is_dir():
        raise UsableError("is a file, not a folder", str(there), "name another folder with --output")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UsableError("can't be written to", str(there), "name another folder with --output")
    if there == out.absolute() and any(out.iterdir()) and not force:
        raise UsableError("there is something already", str(out), "--force updates it and keeps what people changed")


def planned(path: Path, project: Path, options: Options = Options()) -> dict[str, Any]:
    """Writes the project of a notebook into a new folder, runs nothing, and answers what conversion.json says."""
    convert(path, project, replace(options, verify=False, force=False))
    return written_conversion(project)


def written_conversion(project: Path) -> dict[str, Any]:
    """What a project's conversion.json says, the hashes of the files apart."""
    told: dict[str, Any] = json.loads((project / "conversion.json").read_text(encoding="utf-8"))
    return {name: value for name, value in told.items() if name != "files"}


def verify_project(
    project: Path, notebook: Path | None, python: Path | None, seconds: int = 600, say: Say = lambda step, done: None
) -> Verdict:
    """Holds a project against its notebook once more.

    Without `notebook`, the project's own copy runs, with the project's data where the notebook looks for them. Nothing
    is written into the project. Raises UsableError where there is no project, or no notebook.
    """
    try:
        told = json.loads((project / "conversion.json").read_text(encoding="utf-8"))
        copy = project / "notebook" / str(told["notebook"]["path"])
        level, inputs = str(told["level"]), list(told["inputs"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsableError("no project of jupyter-prod", str(project), "it needs a conversion.json") from error
    own = project / ".venv" / "bin" / "python"
    environment = choose_environment(notebook or copy, python=python or (own if own.exists() else None))
    with tempfile.TemporaryDirectory(prefix="jupyter-prod-", ignore_cleanup_errors=True) as folder:
        if notebook is None:
            notebook = Path(folder) / "a" / "b" / copy.name
            notebook.parent.mkdir(parents=True)
            try:
                shutil.copy(copy, notebook)
            except OSError as error:
                raise UsableError(
                    f"its notebook can't be read ({error.strerror})", str(copy), "name it with --notebook"
                ) from error
            for entry in inputs:
                place_input(
                    notebook.parent, project / "data" / Path(entry["path"].replace("\\", "/")).name, entry["path"]
                )
        source, program = read(notebook)
        chosen = told.get("model") or {}
        asked = chosen.get("variable") if chosen.get("chosen") == "asked" else None
        plan = write_plan(source, program, asked, told.get("target"), level)
        cells = [(c.number, c.source) for c in source.cells if c.kind == "code" and "prod:skip" not in c.tags]
        return verify(
            _apart(project, Path(folder)),
            cells,
            probes=plan.probes,
            environment=environment,
            folder=notebook.absolute().parent,
            seconds=seconds,
            say=say,
        )


def _apart(project: Path, folder: Path) -> Path:
    """A copy of the project to run: training writes contracts beside the code. The data are linked."""
    left_out = shutil.ignore_patterns(".*_cache", ".git", ".venv", "__pycache__", "artifacts", "data")
    copy = Path(shutil.copytree(project, folder / "project" / "copy", symlinks=True, ignore=left_out))
    if (project / "data").is_dir():
        (copy / "data").symlink_to((project / "data").absolute(), target_is_directory=True)
    return copy


def _reason(plan: Plan, verdict: Verdict) -> Obstacle:
    """Why a level was not reached, in the words of its verdict."""
    failure = verdict.failure
    if failure is not None and not verdict.notebook_ran:
        return replace(failure, why=f"nothing could be compared: {failure.why}"[:600])
    if failure is None:
        missed = next((c for c in verdict.checks if not c.ok), None)
        what = (
            f"the {plan.level} was not equal"
            if missed is None
            else f"{missed.what}: expected {missed.expected}, got {missed.got}"
        )
        failure = Obstacle(plan.model.place if plan.model else Place(0), what[:300], "verification")
    place = failure.place if failure.place.cell else (plan.model.place if plan.model is not None else Place(0))
    return replace(failure, place=place, why=f"level {plan.level} did not verify: {failure.why}"[:600])


def expected_of(verdict: Verdict) -> dict[str, Any] | None:
    """The reference numbers of the project's equality test, from the checks that held."""
    metrics = {
        c.what.removeprefix("metric "): c.expected
        for c in verdict.checks
        if c.what.startswith("metric ")
        and c.ok
        and isinstance(c.expected, (int, float))
        and not isinstance(c.expected, bool)
    }
    return {"metrics": metrics, "predictions": {}, "tolerance": 1e-5} if metrics and verdict.status == "equal" else None


def context_of(notebook: Notebook, plan: Plan, environment: Environment, options: Options, out: Path) -> ProjectContext:
    """What rendering needs: names, pins, data, and the text of conversion.json."""
    stem = options.name or notebook.path.stem
    name, package, command = project_names(stem, set(plan.imports))
    pinned, unknown = requirements(
        plan.imports,
        environment,
        [i.format for i in plan.inputs] + [Path(i.path).suffix.lstrip(".") for i in plan.inputs if i.path],
    )
    placed = data_files(notebook.path.absolute().parent, plan)
    files = dict(placed.files)
    if plan.level == "notebook-job":
        files |= named_files(notebook, map(Path, plan.local_modules.values()))
    inputs = tuple(replace(i, path=placed.settings.get(i.name, i.path)) for i in plan.inputs)
    return ProjectContext(
        name=name,
        package=package,
        command=command,
        level=plan.level,
        title=notebook.path.stem,
        notebook_name=notebook.path.name,
        notebook_text=_cleared(notebook.path),
        python_version=environment.minor,
        requirements=pinned,
        constraints=constraints(pinned, environment),
        target=None if plan.target is None else str(plan.target),
        rows_input=plan.rows or "",
        model_variable=plan.model.variable if plan.model else "",
        model_class=plan.model.qualified if plan.model else "",
        inputs=inputs,
        parameters=plan.parameters,
        read_as={i.name: i.path for i in plan.inputs if i.path},
        modules=plan.modules,
        local_modules={Path(p).name: Path(p) for p in plan.local_modules.values()},
        data_files=files if options.data else {},
        conversion=conversion_json(notebook, plan, command, unknown),
    )


def conversion_json(notebook: Notebook, plan: Plan, command: str, unknown: tuple[str, ...] = ()) -> dict[str, Any]:
    """The body of conversion.json; its verdict is written when there is one."""

    def place(obstacle: Obstacle) -> dict[str, Any]:
        return {
            "cell": obstacle.place.cell,
            "line": obstacle.place.line,
            "what": obstacle.what,
            "why": obstacle.why,
            "lift": obstacle.lift,
        }

    package = command.replace("-", "_")  # `project_names` makes the one from the other
    reasons = [place(r) for r in plan.reasons]
    reasons += [
        place(
            Obstacle(
                Place(0),
                f"no distribution is known for the import {name}",
                "it is not in requirements",
                f"add it by hand: {name}",
            )
        )
        for name in unknown
    ]
    return {
        "schema": 1,
        "tool": f"jupyter-prod {__version__}",
        "notebook": {"path": notebook.path.name, "sha256": notebook.sha256},
        "command": command,
        "level": plan.level,
        "model": {"variable": plan.model.variable, "class": plan.model.qualified, "chosen": plan.model.chosen}
        if plan.model
        else None,
        "target": plan.target,
        "inputs": [
            {"name": i.name, "path": i.path or "", "cell": i.place.cell, "format": i.format} for i in plan.inputs
        ],
        "parameters": [{"name": p.name, "value": p.value, "cell": p.place.cell} for p in plan.parameters],
        "stages": [{"function": f"{package}.{s.function}", "cells": list(s.cells)} for s in plan.stages],
        "left_behind": [{"cell": b.place.cell, "line": b.place.line, "why": b.why} for b in plan.left_behind],
        "reasons": reasons,
        "verdict": {"status": "not-run", "checks": []},
    }


def _cleared(path: Path) -> str:
    """The notebook's own text with its outputs cleared, as nbformat 4; a text notebook is converted."""
    import nbformat

    form: Any = nbformat
    v4 = form.v4

    if path.suffix == ".ipynb":
        node = form.reads(path.read_text(encoding="utf-8-sig"), as_version=4)
    else:
        source = read_notebook(path)
        cells = [
            v4.new_code_cell(c.source) if c.kind == "code" else v4.new_markdown_cell(c.source) for c in source.cells
        ]
        node = v4.new_notebook(cells=cells)
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    node.metadata.pop("widgets", None)
    return json.dumps(node, indent=1, ensure_ascii=False) + "\n"
