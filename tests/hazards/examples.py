"""Makes notebooks of the examples that rules carry; their format is described at `jupyter_prod.hazards.Rule`."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_prod.lint import Finding
from jupyter_prod.notebook import Cell, Notebook


@dataclass
class Section:
    """One section of an example: a cell, a file, the metadata or the name."""

    kind: str
    argument: str = ""
    header: str = ""
    lines: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def sections(example: str) -> list[Section]:
    """The sections of an example in order, the empty ones left out."""
    found = [Section("code")]
    for line in textwrap.dedent(example).strip("\n").split("\n"):
        if line.startswith("# %%"):
            found.append(_header(line))
        elif line.startswith("#> "):
            found[-1].outputs.append(line[3:])
        elif line.startswith("#! "):
            found[-1].errors.append(line[3:])
        elif not line.startswith("#@ "):
            found[-1].lines.append(line)
    return [s for s in found if s.argument or any(line.strip() for line in s.lines) or s.kind == "empty"]


def _header(line: str) -> Section:
    text = line[4:].split("# JP")[0].strip()
    for kind in ("markdown", "file", "metadata", "name", "empty"):
        if text.startswith(f"[{kind}]"):
            return Section(kind, text.removeprefix(f"[{kind}]").strip(), line)
    if text.startswith("In [") and text.endswith("]"):
        return Section("code", text[4:-1], line)
    return Section("code", "", line)


def notebook_of(example: str, path: Path = Path("example.ipynb")) -> Notebook:
    """The notebook that an example describes."""
    cells: list[Cell] = []
    metadata: dict[str, Any] = {}
    for section in sections(example):
        if section.kind == "metadata":
            metadata = json.loads("\n".join(section.lines))
        elif section.kind == "name":
            path = path.with_name(section.argument)
        elif section.kind != "file":
            cells.append(_cell(len(cells) + 1, section))
    return Notebook(path, "", tuple(cells), metadata, (4, 5), "python", "python3")


def _cell(number: int, section: Section) -> Cell:
    outputs: list[dict[str, Any]] = []
    if section.outputs:
        outputs.append({"output_type": "stream", "name": "stdout", "text": "\n".join(section.outputs)})
    for error in section.errors:
        name, _, said = error.partition(": ")
        outputs.append({"output_type": "error", "ename": name, "evalue": said, "traceback": [error]})
    source = "\n".join(section.lines).strip("\n")
    count = int(section.argument) if section.kind == "code" and section.argument.isdigit() else None
    kind = "markdown" if section.kind == "markdown" else "code"
    return Cell(number, f"c{number}", kind, source, outputs=tuple(outputs), execution_count=count)  # type: ignore[arg-type]


def written(example: str, folder: Path) -> Notebook:
    """The notebook of an example, and the files beside it, as they lie in a folder."""
    notebook = notebook_of(example, folder / "example.ipynb")
    beside = [s for s in sections(example) if s.kind == "file"]
    if not beside:
        return notebook_of(example)
    for section in beside:
        name, size = _sized(section.argument)
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if size:
            with file.open("wb") as sparse:
                sparse.truncate(size)
            continue
        file.write_text("\n".join(_unmarked(line) for line in section.lines).rstrip() + "\n", encoding="utf-8")
    notebook.path.write_text("{}", encoding="utf-8")
    return notebook


def _sized(argument: str) -> tuple[str, int]:
    """A file's path, and its size in bytes where the example says only that: `trips.csv 600 MB`."""
    name, _, megabytes = argument.removesuffix(" MB").rpartition(" ")
    return (name, int(megabytes) * 1_000_000) if name and argument.endswith(" MB") else (argument, 0)


def _unmarked(line: str) -> str:
    return line.split("  # JP")[0]


def marked(example: str, code: str) -> set[tuple[object, int]]:
    """(cell or file, row) of what an example says is found; an output's or a header's stands on its cell's first line.

    The notebook as a whole is (None, 1).
    """
    found: set[tuple[object, int]] = set()
    cell = 0
    for section in sections(example):
        here: object = section.argument
        if section.kind not in ("file", "metadata", "name"):
            cell += 1
            here = cell
        found |= {(here, row) for row, line in enumerate(section.lines, 1) if _marks(line, code)}
        if any(_marks(line, code) for line in (section.header, *section.outputs, *section.errors)):
            found.add((here, 1))
    whole = [line for line in textwrap.dedent(example).split("\n") if line.startswith("#@ ")]
    return found | {(None, 1) for line in whole if code in line.split()}


def place_of(finding: Finding, folder: Path) -> tuple[object, int]:
    """Where a finding stands, in the terms of `marked`: a file is named by its path below the example's folder."""
    if Path(finding.filename).suffix != ".ipynb":
        return Path(finding.filename).relative_to(folder).as_posix(), finding.place.row
    return finding.place.cell, finding.place.row


def _marks(line: str, code: str) -> bool:
    return line.rstrip().endswith(f"# {code}")
