"""Edits of calls that several rules offer as a fix."""

from __future__ import annotations

import ast

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Edit, Place
from jupyter_prod.patterns import lazy

_AFTER_LAST = lazy(r"[\s,]*\)?\Z")


def source_between(facts: Facts, place: Place) -> str:
    """The text of a place in its cell as written."""
    lines = next((c.source.split("\n") for c in facts.notebook.cells if c.number == place.cell), [])
    if place.end_row > len(lines):
        return ""
    if place.row == place.end_row:
        return lines[place.row - 1][place.column - 1 : place.end_column - 1]
    first, last = lines[place.row - 1][place.column - 1 :], lines[place.end_row - 1][: place.end_column - 1]
    return "\n".join([first, *lines[place.row : place.end_row - 1], last])


def added_keyword(facts: Facts, call: ast.Call, keyword: str) -> Edit | None:
    """`keyword` (`timeout=30`) put behind the last argument of a call; None where no exact place is known."""
    whole = facts.place(call)
    given = [*call.args, *(k.value for k in call.keywords)]
    if whole is None:
        return None
    if not given:
        before = Place(whole.cell, whole.end_row, whole.end_column - 2, *_end(whole))
        if source_between(facts, before) != "()":
            return None
        return Edit(before, f"({keyword})")
    last = max((p for g in given if (p := facts.place(g)) is not None), key=lambda p: (p.end_row, p.end_column))
    if not _AFTER_LAST.match(source_between(facts, Place(whole.cell, last.end_row, last.end_column, *_end(whole)))):
        return None  # a comment, or brackets around the argument
    at = Place(whole.cell, last.end_row, last.end_column, last.end_row, last.end_column)
    return Edit(at, f", {keyword}")


def _end(place: Place) -> tuple[int, int]:
    return place.end_row, place.end_column
