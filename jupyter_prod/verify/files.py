"""Holds the files that a project wrote against those that the notebook wrote."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from jupyter_prod.verify.compare import ANSWER, first_difference, same_answer
from jupyter_prod.verify.nouns import Check, Written

TEXT = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".md", ".xml", ".html", ".geojson", ".dat", ".sql"}
TABLES = {".xlsx", ".xls", ".parquet", ".feather"}

LOGS = {
    "catboost_info",
    "lightning_logs",
    "mlruns",
    "wandb",
    "logs",
    "runs",
    "__pycache__",
    ".ipynb_checkpoints",
    ".cache",
}
"""Folders that libraries fill by themselves."""

SameTables = Callable[[list[tuple[Path, Path, str]]], list[bool]]


def files(expected: Mapping[str, Written], got: Mapping[str, Path], same_tables: SameTables) -> list[Check]:
    """One check a file of data that the notebook wrote.

    Pictures, models and other files that differ from run to run in their bytes are not compared; a table counts as
    equal when its cells are. `same_tables` compares tables that are no text: pairs with their suffix.
    """
    names = Counter(PurePosixPath(path).name for path in expected)
    checks: list[Check] = []
    pairs: list[tuple[Path, Path, str]] = []
    waiting: list[str] = []
    for path, written in expected.items():
        pure = PurePosixPath(path)
        suffix = pure.suffix.lower()
        if suffix not in TEXT | TABLES or LOGS & set(pure.parts[:-1]) or names[pure.name] > 1:
            continue
        what = f"file {pure.name}"
        if pure.name not in got:
            checks.append(Check(what, f"{written.size} bytes", "not written", ANSWER, False))
        elif written.kept is None:
            checks.append(Check(what, f"{written.size} bytes", "too large to compare", ANSWER, False))
        elif suffix in TABLES and written.kept.read_bytes() != got[pure.name].read_bytes():
            pairs.append((written.kept, got[pure.name], suffix))
            waiting.append(what)
        else:
            checks.append(_text(what, suffix, written.kept, got[pure.name]))
    for what, same in zip(waiting, same_tables(pairs) if pairs else [], strict=True):
        checks.append(Check(what, "equal cells", "equal cells" if same else "other cells", ANSWER, same))
    return checks


def _text(what: str, suffix: str, one: Path, other: Path) -> Check:
    a, b = one.read_bytes(), other.read_bytes()
    if a == b:
        return Check(what, f"{len(a)} bytes", f"{len(b)} bytes", None, True)
    where = _difference(suffix, a.decode("utf-8", "replace"), b.decode("utf-8", "replace"))
    return Check(what, "equal content", where or "equal content", ANSWER, where is None)


def _difference(suffix: str, a: str, b: str) -> str | None:
    """Where two texts differ otherwise than in rounding, None where they don't."""
    if suffix in (".json", ".geojson"):
        try:
            path = first_difference(*map(json.loads, (a, b)))
        except ValueError:
            return "no JSON"
        return None if path is None else f"another value at {path or 'the top'}"
    split = csv.reader if suffix in (".csv", ".tsv") else _words
    rows, others = (list(split(text.splitlines())) for text in (a, b))
    if len(rows) != len(others):
        return f"{len(others)} lines for {len(rows)}"
    for number, (row, mine) in enumerate(zip(rows, others, strict=True), 1):
        if len(row) != len(mine) or not all(map(same_answer, row, mine)):
            return f"another line {number}"
    return None


def _words(lines: list[str]) -> list[list[str]]:
    return [re.split(r"[\s,;:=|<>\[\](){}]+", line) for line in lines]


def outputs(expected: Mapping[int, str], notebook: Path) -> list[Check]:
    """One check a cell that shows text: the executed notebook shows it too, but for addresses, dates and durations."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, LookupError) as error:
        return [Check("the executed notebook", "artifacts/run.ipynb", f"{type(error).__name__}", None, False)]
    mine = {settled(_shown(cell)) for cell in cells if cell.get("cell_type") == "code"}
    return [
        Check(f"text of cell {number}", f"{len(text)} characters", "the same" if ok else "another text", None, ok)
        for number, text in expected.items()
        if text.strip()
        for ok in [settled(text) in mine]
    ]


def _shown(cell: Mapping[str, object]) -> str:
    text = ""
    for output in cell.get("outputs", ()):  # type: ignore[attr-defined]
        if output["output_type"] == "stream" and output.get("name") == "stdout":
            text += "".join(output["text"])
        elif "data" in output:
            text += "".join(output["data"].get("text/plain", "")) + "\n"
    return text


CHANGING = re.compile(
    r"0x[0-9a-f]+|\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?|\d+:\d\d(:\d\d)?"
    r"|\d+(\.\d+)? ?(s|ms|us|µs|μs|ns|min|sec|secs|seconds|minutes|hours)\b"
)

PROGRESS = re.compile(r"^.*\d+%\|.*$", re.MULTILINE)


def settled(text: str) -> str:
    """A cell's text without what is another one each time: addresses, times, durations, progress, trailing blanks."""
    return "\n".join(line.rstrip() for line in CHANGING.sub("", PROGRESS.sub("", text)).strip().splitlines())
