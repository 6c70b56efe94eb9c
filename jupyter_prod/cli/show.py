"""Verdicts as a person reads them in a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jupyter_prod.plan.nouns import Obstacle
from jupyter_prod.road import NOT_PYTHON

if TYPE_CHECKING:
    from jupyter_prod.cli.batch import Outcome

_COLOURS = {"equal": "green", "differs": "red", "not-reproducible": "yellow", "not-run": "yellow"}
_MOST = 30


def table_of(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def verdict_table(outcome: Outcome, console: Console | None = None) -> None:
    """What became of a notebook: where the project lies, its level, its verdict, what is in the way of more."""
    console = console or Console(highlight=False)
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
    tell_reservations(console, conversion)
    if status == "not-reproducible" and outcome.failure:  # of other verdicts the reasons tell
        console.print(Text(outcome.failure, "yellow"), soft_wrap=True)
    for path in outcome.kept:
        console.print(Text(f"kept as you changed it: {path}; the new version is {path}.new", "yellow"), soft_wrap=True)


def tell_reservations(console: Console, conversion: dict[str, Any]) -> None:
    """What a person should know of a conversion: a choice among equals, cells left out, what is in the way of more."""
    model = conversion["model"]
    if model is not None and model["chosen"] == "last":
        told = f"{model['variable']} is served: the last of several models of equal claim. --model chooses another."
        console.print(Text(told), soft_wrap=True)
    for left in conversion["left_behind"]:
        if left["why"].startswith(NOT_PYTHON):
            console.print(Text(f"cell {left['cell']}, line {left['line']}: {left['why']}", "yellow"), soft_wrap=True)
    for reason in conversion["reasons"]:
        lift = f" To lift it: {reason['lift']}" if reason["lift"] else ""
        where = f"cell {reason['cell']}: " if reason["cell"] else ""
        console.print(Text(f"{where}{reason['what']} ({reason['why']}).{lift}"), soft_wrap=True)


def checks_table(title: str, checks: list[dict[str, Any]], failure: Obstacle | None) -> None:
    """A verdict by itself: its title, the comparisons, and what could not be run."""
    console = Console(highlight=False)
    console.print(Text(title, "bold"), soft_wrap=True)
    _checks(console, checks)
    if failure is not None:
        where = f"cell {failure.place.cell}: " if failure.place.cell else ""
        console.print(Text(f"{where}{failure.what}: {failure.why}", "yellow"), soft_wrap=True)


def _checks(console: Console, checks: list[dict[str, Any]]) -> None:
    shown = [c for c in checks if not c["ok"]] + [c for c in checks if c["ok"]]
    if shown:
        table = table_of("compared", "notebook", "project", "")
        for check in shown[:_MOST]:
            table.add_row(
                Text(check["what"]),
                _short(check["expected"], whole=not check["ok"]),
                _short(check["got"], whole=not check["ok"]),
                Text("equal", "green") if check["ok"] else Text("differs", "red"),
            )
        console.print(table)
        if len(shown) > _MOST:
            console.print(f"… and {len(shown) - _MOST} more in conversion.json")


def _short(value: Any, whole: bool) -> Text:
    """A value in few characters; `whole` where every digit may count."""
    if isinstance(value, float) and not whole:
        return Text(f"{value:.6g}")
    if isinstance(value, (list, dict)) and not whole:
        numbers = _leaves(value)
        first = ", ".join(f"{one:.4g}" if isinstance(one, float) else str(one) for one in numbers[:2])
        return Text(first + (f", … ({len(numbers)})" if len(numbers) > 2 else ""))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Text(text if len(text) <= 40 else text[:37] + "…")


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, (list, dict)):
        return [leaf for one in (value.values() if isinstance(value, dict) else value) for leaf in _leaves(one)]
    return [value]
