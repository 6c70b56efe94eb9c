"""`convert --dry-run`: the plan as a person reads it, and the files that conversion would write."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from jupyter_prod.cli.main import one_line
from jupyter_prod.cli.show import table_of, tell_reservations
from jupyter_prod.errors import UsableError
from jupyter_prod.road import Options, planned


def show_plans(places: Sequence[tuple[Path, Path]], options: Options, as_json: bool) -> bool:
    """Shows what conversion would make of each notebook; nothing is run, nothing stays written.

    Answers whether one of them can't be used; why, it has said by then.
    """
    shown: list[dict[str, Any]] = []
    unusable = False
    for path, out in places:
        try:
            plan, files = _without_trace(path, options)
        except UsableError as error:
            unusable = True
            click.echo(f"jupyter-prod: {one_line(str(error))}", err=True)
            continue
        body = {**plan, "project": str(out), "files": files}
        shown.append(body)
        if not as_json:
            _show(path, body)
    if as_json:
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
    return unusable


def _without_trace(path: Path, options: Options) -> tuple[dict[str, Any], list[str]]:
    with tempfile.TemporaryDirectory(prefix="jupyter-prod-") as folder:
        project = Path(folder) / "project"
        told = planned(path, project, options)
        files = sorted(one.relative_to(project).as_posix() for one in project.rglob("*") if not one.is_dir())
    return told, files


def _show(path: Path, body: dict[str, Any]) -> None:
    console = Console(highlight=False)
    console.print(Text(f"{path}: level {body['level']}, command {body['command']}", "bold"), soft_wrap=True)
    model = body["model"]
    if model is not None:
        text = f"model   {model['variable']} ({model['class']}), chosen as: {model['chosen']}"
        console.print(Text(text), Text(f"target  {body['target']}"), sep="\n", soft_wrap=True)
    if body["stages"]:
        table = table_of("stage", "cells")
        for stage in body["stages"]:
            table.add_row(Text(stage["function"]), ", ".join(map(str, stage["cells"])))
        console.print(table)
    for title, rows in (
        ("input", [(one["name"], one["path"], one["cell"]) for one in body["inputs"]]),
        ("parameter", [(one["name"], json.dumps(one["value"]), one["cell"]) for one in body["parameters"]]),
    ):
        if rows:
            table = table_of(title, "default", "cell")
            for name, value, cell in rows:
                table.add_row(Text(name), Text(value), str(cell))
            console.print(table)
    tell_reservations(console, body)
    if body["left_behind"]:
        table = table_of("left behind", "why")
        for left in body["left_behind"]:
            table.add_row(f"cell {left['cell']}, line {left['line']}", Text(left["why"]))
        console.print(table)
    console.print(_tree(body["project"], body["files"]))


def _tree(title: str, files: Iterable[str]) -> Tree:
    tree = Tree(Text(title), guide_style="dim")
    folders: dict[str, Tree] = {"": tree}
    for file in files:
        parts = file.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder not in folders:
                folders[folder] = folders["/".join(parts[: depth - 1])].add(Text(parts[depth - 1] + "/"))
        folders["/".join(parts[:-1])].add(Text(parts[-1]))
    return tree
