"""Plans and verdicts as a person reads them in a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jupyter_prod.plan.nouns import Obstacle
from jupyter_prod.road import Options, conversion_json, plans, read
from jupyter_prod.scaffold import project_names

if TYPE_CHECKING:
    from jupyter_prod.cli.batch import Outcome

_COLOURS = {"equal": "green", "differs": "red", "not-reproducible": "yellow", "not-run": "yellow"}
_MOST = 30


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def verdict_table(outcome: Outcome) -> None:
    """What became of a notebook: level, verdict, the comparisons, what is in the way of more, where the project lies."""
    console = Console(highlight=False)
    conversion: dict[str, Any] = outcome.conversion or {}
    verdict: dict[str, Any] = outcome.verdict or {}
    status = verdict.get("status", "not-run")
    line = Text.assemble(
        f"{outcome.notebook.name} → {outcome.project}  ",
        (conversion["level"], "bold"),
        "  ",
        (status, _COLOURS[status]),
    )
    console.print(line, soft_wrap=True)
    _checks(console, verdict.get("checks", []))
    for reason in conversion.get("reasons", []):
        lift = f" To lift it: {reason['lift']}" if reason["lift"] else ""
        where = f"cell {reason['cell']}: " if reason["cell"] else ""
        console.print(Text(f"{where}{reason['what']} ({reason['why']}).{lift}"), soft_wrap=True)
    if outcome.error:
        console.print(Text(outcome.error, "yellow"), soft_wrap=True)
    for path in outcome.kept:
        console.print(Text(f"kept as you changed it: {path}; the new version is {path}.new", "yellow"), soft_wrap=True)


def checks_table(title: str, checks: list[dict[str, Any]], failure: Obstacle | None) -> None:
    """A verdict by itself: its title, the comparisons, and what could not be run."""
    console = Console(highlight=False)
    console.print(Text(title, "bold"), soft_wrap=True)
    _checks(console, checks)
    if failure is not None:
        console.print(Text(f"cell {failure.place.cell}: {failure.what}: {failure.why}", "yellow"), soft_wrap=True)


def _checks(console: Console, checks: list[dict[str, Any]]) -> None:
    shown = [c for c in checks if not c["ok"]] + [c for c in checks if c["ok"]]
    if shown:
        table = _table("compared", "notebook", "project", "")
        for check in shown[:_MOST]:
            table.add_row(
                Text(check["what"]),
                _short(check["expected"]),
                _short(check["got"]),
                Text("equal", "green") if check["ok"] else Text("differs", "red"),
            )
        console.print(table)
        if len(shown) > _MOST:
            console.print(f"… and {len(shown) - _MOST} more in conversion.json")


def _short(value: Any) -> Text:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Text(text if len(text) <= 40 else text[:37] + "…")


def show_plan(path: Path, options: Options, as_json: bool) -> None:
    """The plan of a notebook and the files that conversion would write; nothing is run or written."""
    notebook, program = read(path)
    plan = plans(notebook, program, options)[0]
    _, _, command = project_names(options.name or notebook.path.stem, set(plan.imports))
    body = conversion_json(notebook, plan, command)
    if as_json:
        click.echo(json.dumps({**body, "files": sorted(plan.modules)}, indent=1, ensure_ascii=False))
        return
    console = Console(highlight=False)
    console.print(Text(f"{path}: level {plan.level}, command {command}", "bold"), soft_wrap=True)
    if plan.model is not None:
        console.print(
            Text(
                f"model   {plan.model.variable} ({plan.model.qualified}), chosen because: {plan.model.chosen}, cell {plan.model.place.cell}"
            ),
            soft_wrap=True,
        )
        console.print(Text(f"target  {plan.target}"))
    table = _table("stage", "cells")
    for stage in plan.stages:
        table.add_row(Text(stage.function), ", ".join(map(str, stage.cells)))
    console.print(table)
    for title, rows in (
        ("input", [(i.name, i.path or "", i.place.cell) for i in plan.inputs]),
        ("parameter", [(p.name, repr(p.value), p.place.cell) for p in plan.parameters]),
    ):
        if rows:
            table = _table(title, "default", "cell")
            for name, value, cell in rows:
                table.add_row(Text(name), Text(value), str(cell))
            console.print(table)
    for reason in plan.reasons:
        console.print(Text(f"cell {reason.place.cell}: {reason.what}"), soft_wrap=True)
    if plan.left_behind:
        table = _table("left behind", "why")
        for left in plan.left_behind:
            table.add_row(f"cell {left.place.cell}, line {left.place.line}", Text(left.why))
        console.print(table)
    console.print("files   " + ", ".join(sorted(plan.modules)), soft_wrap=True)
