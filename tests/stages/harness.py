"""Runs a small notebook and the modules that are written for it in one process, and holds one against the other.

No environment is made and no service started: this is the fast half of the proof, for many shapes of notebooks. What the
notebook says comes from executing its code; what the project says from `pipeline.run` and `pipeline.answer`.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import shutil
import sys
import types
import uuid
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jupyter_prod.notebook import read_notebook
from jupyter_prod.plan.nouns import Plan
from jupyter_prod.program import understand
from jupyter_prod.scaffold.stages import write_plan

FIXED = Path(__file__).parents[2] / "templates/project/{{cookiecutter.name}}/src/{{cookiecutter.package}}"
MODULES = ("learned.py", "answering.py", "contest.py", "results.py")


@dataclass
class Both:
    """A notebook's namespace after its run, and its project's: `run` and the package's `pipeline` module."""

    notebook: dict[str, Any]
    plan: Plan
    pipeline: Any
    run: Any
    rows: pd.DataFrame

    def raw(self, index: Any) -> pd.DataFrame:
        """Raw rows by their label, target left out, as a request has them."""
        rows = self.rows.loc[index]
        return rows.drop(columns=[self.plan.target], errors="ignore")

    def answers(self, index: Any) -> list[Any]:
        """The project's answers for these raw rows, asked together."""
        return list(
            self.pipeline.answer(self.run.model, self.raw(index).reset_index(drop=True), self.run.learned).predictions
        )

    def answers_alone(self, index: Any) -> list[Any]:
        """The project's answers for these raw rows, asked one at a time."""
        raw = self.raw(index)
        return [
            self.pipeline.answer(self.run.model, raw.iloc[[i]].reset_index(drop=True), self.run.learned).predictions[0]
            for i in range(len(raw))
        ]


def notebook_file(folder: Path, cells: list[str]) -> Path:
    """A notebook of these code cells."""
    path = folder / "pilot.ipynb"
    made = [
        {"cell_type": "code", "source": c, "metadata": {}, "outputs": [], "execution_count": None, "id": f"c{i}"}
        for i, c in enumerate(cells)
    ]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


def planned(folder: Path, cells: list[str], **asked: Any) -> Plan:
    """The plan of a notebook of these cells."""
    notebook = read_notebook(notebook_file(folder, cells))
    return write_plan(notebook, understand(notebook), **asked)


@contextlib.contextmanager
def package(folder: Path, plan: Plan, settings: Mapping[str, Any]) -> Iterator[Any]:
    """The plan's modules as an importable package: yields its `pipeline` module and the settings."""
    name = f"pilot_{uuid.uuid4().hex[:8]}"
    home = folder / name
    home.mkdir()
    for module in MODULES:
        shutil.copy(FIXED / module, home / module)
    (home / "settings.py").write_text("from typing import Any\nSettings = Any\n", encoding="utf-8")
    (home / "__init__.py").write_text("", encoding="utf-8")
    for path, text in plan.modules.items():
        (home / path).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(f"{name}.pipeline"), types.SimpleNamespace(**settings)
    finally:
        sys.path.remove(str(folder))
        for loaded in [m for m in sys.modules if m.split(".")[0] == name]:
            del sys.modules[loaded]


def run_both(folder: Path, cells: list[str], level: str = "service", **asked: Any) -> Both:
    """Runs the notebook's cells in `folder`, then its project there; fails where the plan is of another level."""
    plan = planned(folder, cells, **asked)
    assert plan.level == level, [f"cell {r.place.cell}: {r.what}" for r in plan.reasons]
    before = os.getcwd()
    os.chdir(folder)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            space: dict[str, Any] = {"__name__": "__main__", "display": print}
            raw: dict[str, Any] = {}
            for entry in plan.inputs:
                if entry.path is not None and entry.format == "csv":
                    raw[entry.name] = None
            state = np.random.get_state()
            for cell in cells:
                exec(compile(cell, "<cell>", "exec"), space)
            np.random.set_state(state)
            with package(
                folder,
                plan,
                {e.name: str(folder / e.path) for e in plan.inputs if e.path}
                | {p.name: p.value for p in plan.parameters},
            ) as (pipeline, settings):
                run = pipeline.run(settings)
                rows = run.inputs.get(plan.rows) if plan.rows else None
    finally:
        os.chdir(before)
    return Both(space, plan, pipeline, run, rows if rows is not None else pd.DataFrame())


def assert_same(expected: Any, got: list[Any]) -> None:
    """Predictions are equal: numbers to ten digits, classes as they are."""
    expected = np.asarray(expected).ravel().tolist()
    assert len(expected) == len(got)
    for number, (a, b) in enumerate(zip(expected, got, strict=True)):
        same = (
            np.isclose(a, b, rtol=1e-9, equal_nan=True)
            if isinstance(a, float) and isinstance(b, (int, float))
            else a == b
        )
        assert same, f"row {number}: the notebook says {a!r}, the project {b!r}"


def numbers(value: Any) -> list[float]:
    """All numbers anywhere in the metrics."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return []
    if isinstance(value, (int, float)):
        return [float(value)]
    return [n for v in (value.values() if isinstance(value, dict) else value) for n in numbers(v)]


def assert_metric(both: Both, value: float) -> None:
    """The number is among the project's metrics."""
    found = numbers(both.run.metrics.as_json())
    assert any(np.isclose(value, n, rtol=1e-9) for n in found), f"{value} is not among {found[:20]}"
