"""Changing cells of a notebook file while every other byte stays as it is."""

from __future__ import annotations

import bisect
import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_prod.patterns import lazy

_SPACE = lazy(r"[ \t\r\n]*")
_STRING = lazy(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_STRUCTURE = lazy(r'["{}\[\]]')
_PLAIN = lazy(r"[^,\]}\s]+")


@dataclass(frozen=True)
class NewCell:
    """A code cell to be put before the cell of number `before`; `before` may be one more than the last number."""

    before: int
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What becomes of a notebook's cells: new sources by cell number, outputs cleared, cells removed or put in.

    `ignored` are the rules that the notebook's metadata suppress from now on.
    """

    sources: Mapping[int, str] = field(default_factory=dict)
    cleared: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    inserted: tuple[NewCell, ...] = ()
    ignored: tuple[str, ...] = ()


def rewritten(data: bytes, path: Path, changes: Changes) -> bytes:
    """The file's bytes with the changes made; only what changes differs, to the byte.

    `data` must be what `read_notebook` read at `path`: `.ipynb`, or a Jupytext script or Markdown file, whose cells
    have no outputs to clear.
    """
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    text = data[len(mark) :].decode("utf-8", "surrogatepass")
    if path.suffix in (".py", ".md"):
        from jupyter_prod.notebook.jupytext import rewritten_text

        changed = rewritten_text(text, path.suffix, changes)
    else:
        changed = _Document(text).rewritten(changes)
    return mark + changed.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class _Span:
    start: int
    end: int


class _Document:
    """The text of an `.ipynb` file and where its cells stand in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ascii = text.isascii() and "\\u" in text
        self.cells: list[tuple[_Span, dict[str, _Span]]] = []
        self.lists: list[list[_Span]] = []
        self.top = top = self._members(_after_space(text, 0))
        lists = [top["cells"]] if "cells" in top else []
        if "worksheets" in top:
            sheets = [self._members(sheet.start) for sheet in self.items(top["worksheets"].start)]
            lists = [sheet["cells"] for sheet in sheets if "cells" in sheet]
        for span in lists:
            cells = list(self.items(span.start))
            self.lists.append(cells)
            self.cells += [(cell, self._members(cell.start)) for cell in cells]

    def _members(self, start: int) -> dict[str, _Span]:
        """The values of the object that starts here, by key."""
        found: dict[str, _Span] = {}
        position = _after_space(self.text, start + 1)
        while self.text[position] == '"':
            key, position = _string(self.text, position)
            position = _after_space(self.text, position)  # at the colon
            value = _after_space(self.text, position + 1)
            end = _end(self.text, value)
            found[json.loads(key)] = _Span(value, end)
            position = _after_space(self.text, end)
            if self.text[position] != ",":
                break
            position = _after_space(self.text, position + 1)
        return found

    def items(self, start: int) -> Iterator[_Span]:
        """The items of the list that starts here."""
        position = _after_space(self.text, start + 1)
        while self.text[position] != "]":
            end = _end(self.text, position)
            yield _Span(position, end)
            position = _after_space(self.text, end)
            if self.text[position] == ",":
                position = _after_space(self.text, position + 1)

    # ------------------------------------------------------------ changing

    def rewritten(self, changes: Changes) -> str:
        edits: list[tuple[int, int, str]] = []
        for number, source in changes.sources.items():
            if number not in changes.removed:
                edits.append(self._source(number, source))
        for number in changes.cleared - changes.removed:
            edits += self._clearing(number)
        edits += self._removals(changes.removed)
        for new in changes.inserted:
            edits.append(self._insertion(new))
        if changes.ignored:
            edits.append(self._ignoring(changes.ignored))
        text = self.text
        for start, end, content in sorted(edits, reverse=True):
            text = text[:start] + content + text[end:]
        return text

    def _source(self, number: int, source: str) -> tuple[int, int, str]:
        members = self.cells[number - 1][1]
        span = members["source"] if "source" in members else members["input"]
        if self.text[span.start] != "[":
            return span.start, span.end, self._dumped(source)
        items = list(self.items(span.start))
        old = [json.loads(self.text[item.start : item.end]) for item in items]
        ends = "\r\n" if any(isinstance(line, str) and line.endswith("\r\n") for line in old) else "\n"
        new = lines_of(source)
        plain = [line.replace("\r\n", "\n") for line in old]
        if "".join(plain) == source:
            return span.start, span.end, self.text[span.start : span.end]
        rendered: list[str] = []
        matcher = difflib.SequenceMatcher(None, plain, new, autojunk=False)
        for tag, first, last, to_first, to_last in matcher.get_opcodes():
            if tag == "equal":
                rendered += [self.text[item.start : item.end] for item in items[first:last]]
            else:
                rendered += [self._dumped(line.replace("\n", ends)) for line in new[to_first:to_last]]
        opening, between, closing = self._style(span, items)
        if not rendered:
            return span.start, span.end, "[]"
        return span.start, span.end, "[" + opening + between.join(rendered) + closing + "]"

    def _style(self, span: _Span, items: Sequence[_Span]) -> tuple[str, str, str]:
        """What stands after the bracket, between two items and before the closing bracket."""
        if not items:
            indent = self._indent(span.start)
            return f"\n{indent} ", f",\n{indent} ", f"\n{indent}"
        opening = self.text[span.start + 1 : items[0].start]
        closing = self.text[items[-1].end : span.end - 1]
        between = self.text[items[0].end : items[1].start] if len(items) > 1 else "," + opening
        return opening, between, closing

    def _indent(self, position: int) -> str:
        line = self.text[self.text.rfind("\n", 0, position) + 1 : position]
        return line[: len(line) - len(line.lstrip())]

    def _clearing(self, number: int) -> Iterator[tuple[int, int, str]]:
        members = self.cells[number - 1][1]
        if "outputs" in members:  # the count stays: the cell was run
            yield members["outputs"].start, members["outputs"].end, "[]"

    def _removals(self, removed: frozenset[int]) -> Iterator[tuple[int, int, str]]:
        """A cell goes with what parts it from the next one; the last ones with what parts them from the one before."""
        first = 1
        for cells in self.lists:
            stays = [place for place in range(len(cells)) if first + place not in removed]
            last = stays[-1] if stays else -1
            for place in range(last):
                if first + place in removed:
                    yield cells[place].start, cells[place + 1].start, ""
            if last + 1 < len(cells):
                yield (cells[last].end if stays else cells[0].start), cells[-1].end, ""
            first += len(cells)

    def _sibling(self, number: int) -> tuple[_Span, list[_Span], int]:
        cell = self.cells[number - 1][0]
        siblings = next(cells for cells in self.lists if cell in cells)
        return cell, siblings, siblings.index(cell)

    def _insertion(self, new: NewCell) -> tuple[int, int, str]:
        at_end = new.before > len(self.cells)
        cell, siblings, place = self._sibling(min(new.before, len(self.cells)))
        between = "," + self.text[self.text.rfind("\n", 0, cell.start) : cell.start] if len(siblings) < 2 else ""
        if not between:
            other = place + 1 if place + 1 < len(siblings) else place
            between = self.text[siblings[other - 1].end : siblings[other].start]
        rendered = self._rendered(new, cell)
        if at_end:
            return cell.end, cell.end, between + rendered
        return cell.start, cell.start, rendered + between

    def _ignoring(self, codes: tuple[str, ...]) -> tuple[int, int, str]:
        """Sets `"jupyter-prod": {"ignore": […]}` in the notebook's metadata."""
        value = {"ignore": list(codes)}
        span = self.top.get("metadata")
        if span is None:
            start = _after_space(self.text, 0) + 1
            return start, start, f"{self._dumped('metadata')}: {self._dumped({'jupyter-prod': value})},"
        members = self._members(span.start)
        if "jupyter-prod" in members:
            held = members["jupyter-prod"]
            old = json.loads(self.text[held.start : held.end])
            merged = {**old, **value} if isinstance(old, dict) else value
            return held.start, held.end, self._dumped(merged)
        rendered = f"{self._dumped('jupyter-prod')}: {self._dumped(value)}"
        if not members:
            return span.start, span.end, "{" + rendered + "}"
        first = _after_space(self.text, span.start + 1)
        return first, first, rendered + "," + self.text[span.start + 1 : first]

    def _rendered(self, new: NewCell, like: _Span) -> str:
        members = self._members(like.start)
        made: dict[str, Any] = {"cell_type": "code"}
        metadata = {"tags": list(new.tags)} if new.tags else {}
        if "input" in members:  # nbformat 3
            made |= {"collapsed": False, "input": lines_of(new.source), "language": "python"}
            made |= {"metadata": metadata, "outputs": []}
        else:
            made |= {"execution_count": None}
            if "id" in members:
                made["id"] = self._fresh_id()
            made |= {"metadata": metadata, "outputs": [], "source": lines_of(new.source)}
        indent = self._indent(like.start)
        if "\n" not in self.text[like.start : like.end]:
            return self._dumped(made)
        inner = self._indent(next(iter(members.values())).start)
        step = inner[len(indent) :] or " "
        return json.dumps(made, indent=step, ensure_ascii=self.ascii).replace("\n", "\n" + indent)

    def _fresh_id(self) -> str:
        taken = {self.text[m["id"].start : m["id"].end] for _, m in self.cells if "id" in m}
        names = ("parameters", *(f"parameters-{n}" for n in range(2, len(taken) + 3)))
        return next(name for name in names if f'"{name}"' not in taken)

    def _dumped(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=self.ascii)


def lines_of(source: str) -> list[str]:
    """A source as nbformat keeps it: its lines, each but the last with its end."""
    lines = source.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _after_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    assert found is not None
    return found.end()


def _string(text: str, position: int) -> tuple[str, int]:
    found = _STRING.match(text, position)
    if found is None:
        raise ValueError(f"no string at {position}")
    return found[0], found.end()


def _end(text: str, start: int) -> int:
    """Where the value that starts here ends."""
    if text[start] == '"':
        return _string(text, start)[1]
    if text[start] not in "{[":
        found = _PLAIN.match(text, start)
        if found is None:
            raise ValueError(f"no value at {start}")
        return found.end()
    depth = 0
    position = start
    while True:
        found = _STRUCTURE.search(text, position)
        if found is None:
            raise ValueError(f"no end of what starts at {start}")
        if found[0] == '"':
            position = _string(text, found.start())[1]
            continue
        position = found.end()
        depth += 1 if found[0] in "{[" else -1
        if not depth:
            return position


@cache
def _positions(path: Path) -> list[list[int]]:
    """The file's line of each source line of each cell, from 1."""
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        document = _Document(text)
    except (OSError, ValueError, IndexError, KeyError):
        return []
    breaks = [match.start() for match in re.finditer("\n", text)]
    found: list[list[int]] = []
    for cell, members in document.cells:
        span = members.get("source") or members.get("input")
        starts = [cell.start]
        if span is not None and text[span.start] == "[":
            starts = [item.start for item in document.items(span.start)] or [span.start]
        elif span is not None:
            starts = [span.start]
        found.append([bisect.bisect_left(breaks, start) + 1 for start in starts])
    return found


def line_in_file(path: Path, cell: int, row: int) -> int:
    """The line of a notebook's file, from 1, on which a cell's line stands; 1 where that can't be found."""
    if path.suffix != ".ipynb":
        from jupyter_prod.notebook.jupytext import first_lines

        first = first_lines(path)
        return first[cell - 1] + row - 1 if cell <= len(first) else 1
    positions = _positions(path)
    if cell > len(positions):
        return 1
    lines = positions[cell - 1]
    return lines[min(row, len(lines)) - 1]
