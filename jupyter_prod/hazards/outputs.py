"""The texts that a notebook's saved outputs show, taken out once for all rules that search them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.notebook import Cell

MOST_CHARACTERS = 40_000
"""How much text of one output is looked at, half from its start and half from its end."""

MOST_MARKUP = 20_000
"""The same for HTML, which says less in more characters."""

MOST_IN_ALL = 400_000
"""How much text of one notebook's outputs is looked at."""

_CUT = "…", "..."


@dataclass(frozen=True)
class Shown:
    """A text that a saved output of a cell shows, as it is and in lower case."""

    cell: int
    text: str
    lower: str


def shown_texts(facts: Facts) -> list[Shown]:
    """What the saved outputs show, in order and cut where they are long; pictures, scripts and widgets left out."""
    kept = facts.kept.get("shown_texts")
    if isinstance(kept, list):
        return kept
    found: list[Shown] = []
    left = MOST_IN_ALL
    for cell in facts.notebook.cells:
        for text in _texts(cell):
            if left <= 0:
                break
            left -= len(text)
            found.append(Shown(cell.number, text, text.lower()))
    facts.kept["shown_texts"] = found
    return found


def _texts(cell: Cell) -> Iterator[str]:
    for output in cell.outputs:
        for held in (output.get("text"), output.get("traceback")):
            yield from _cut(held, MOST_CHARACTERS)
        data = output.get("data")
        if isinstance(data, Mapping):
            yield from _of_data(data)


def _of_data(data: Mapping[str, Any]) -> Iterator[str]:
    plain = next(_cut(data.get("text/plain"), MOST_CHARACTERS), "")
    yield from [plain] if plain else []
    for kind in ("text/markdown", "text/latex"):
        yield from _cut(data.get(kind), MOST_CHARACTERS)
    if len(plain) < 80 or any(cut in plain for cut in _CUT):  # else the markup shows the same again
        for text in _cut(data.get("text/html"), MOST_MARKUP):
            if "<script" not in text[:5000]:
                yield text


def _cut(held: Any, most: int) -> Iterator[str]:
    if isinstance(held, list):
        held = "".join(_some(held, most))
    if isinstance(held, str) and held:
        yield held if len(held) <= most else held[: most // 2] + "\n" + held[-(most // 2) :]


def _some(lines: list[Any], most: int) -> list[str]:
    """Enough of the lines: from a long list its first and last ones."""
    half = most // 2
    if len(lines) > 2 * half:
        lines = lines[:half] + lines[-half:]
    return [line for line in lines if isinstance(line, str)]
