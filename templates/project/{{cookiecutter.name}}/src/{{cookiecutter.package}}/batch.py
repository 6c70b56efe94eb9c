"""Scoring a file: CSV, Parquet or JSON lines, by extension."""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from . import pipeline
from .contracts import Contract
from .errors import Unusable
from .files import write_text
from .registry import Release
from .results import plain
from .scoring import score_rows
from .settings import Settings, load

_KINDS = {".csv": "csv", ".parquet": "parquet", ".jsonl": "lines", ".ndjson": "lines"}
_CHUNK = 10_000


def predict(release: Release, source: Path, target: Path) -> tuple[int, int]:
    """Scores the rows of `source` into `target`; how many were scored, and how many rejected.

    CSV and Parquet keep their columns and gain `prediction`; JSON lines hold it with the row's
    number. A row that can't be answered is told in TARGET.rejected, as JSON lines with its number
    from 0. Raises Unusable for a file that can't be read, or an extension that is none of these.
    """
    kind = _kind(target)
    table, rows = _read(source, release.contract)
    answers: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    for start in range(0, len(rows), _CHUNK):
        done = score_rows(release, rows[start : start + _CHUNK])
        for place, number in enumerate(done.rows):
            told = {"row": start + number, "prediction": done.answer.predictions[place]}
            if done.answer.probabilities is not None:
                told["probabilities"] = done.answer.probabilities[place]
            answers.append(told)
        for violation in done.refused:
            rejected.append(violation.told() | {"row": start + (violation.row or 0)})
        for number, error in done.failed.items():
            rejected.append({"row": start + number, "reason": f"{type(error).__name__}: {error}"})
    _write(kind, target, table, answers)
    reasons = target.with_name(target.name + ".rejected")
    reasons.unlink(missing_ok=True)
    if rejected:
        _write_lines(reasons, sorted(rejected, key=lambda told: int(told["row"])))
    return len(answers), len({told["row"] for told in rejected})


def _kind(path: Path) -> str:
    try:
        return _KINDS[path.suffix.lower()]
    except KeyError:
        raise Unusable(f"{path}: the extension is none of {', '.join(_KINDS)}") from None


def _read(path: Path, contract: Contract) -> tuple[pd.DataFrame, list[Any]]:
    """A file's columns as they stand there, and its rows as JSON values.

    A line that is no JSON stays text, and is refused as no row.
    """
    try:
        kind = _kind(path)
        if kind == "csv":
            return _read_csv(path, contract)
        if kind == "parquet":
            table = pd.read_parquet(path)
            return table, _rows(
                table.columns, [map(plain, table.iloc[:, i]) for i in range(table.shape[1])]
            )
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [_parsed(line) for line in lines if line.strip()]
        return pd.DataFrame([row if isinstance(row, dict) else {} for row in rows]), rows
    except FileNotFoundError:
        raise Unusable(f"{path} is not there") from None
    except (OSError, ValueError, ImportError) as error:
        raise Unusable(f"{path} can't be read: {error}") from None


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def _read_csv(path: Path, contract: Contract) -> tuple[pd.DataFrame, list[Any]]:
    """CSV is read as the notebook reads its own; what a cell means is said by the contract."""
    form: dict[str, Any] = {"sep": _separator(path), "encoding": _encoding(path)}
    table = pd.read_csv(path, dtype=str, keep_default_na=False, **form)
    values = _as_the_notebook_reads(path)
    if values is None:
        values = pd.read_csv(path, **form)
    elif values.shape != table.shape:
        table = values
    kinds = {column.name: column.kind for column in contract.columns}
    columns = [
        _cells(values.iloc[:, i], kinds.get(str(label), "any"))
        for i, label in enumerate(values.columns)
    ]
    return table, _rows(values.columns, columns)


def _rows(labels: Iterable[Any], columns: Iterable[Iterable[Any]]) -> list[Any]:
    names = [str(label) for label in labels]
    return [dict(zip(names, cells)) for cells in zip(*columns)]


def _as_the_notebook_reads(path: Path) -> pd.DataFrame | None:
    """The file through the pipeline's own source, where that reads a CSV file too."""
    if not str(getattr(Settings(), pipeline.ROWS, "")).lower().endswith(".csv"):
        return None
    read = getattr(importlib.import_module(".sources", __package__), pipeline.ROWS)
    return pd.DataFrame(read(load({pipeline.ROWS: str(path)})))


def _cells(column: pd.Series, kind: str) -> list[Any]:
    """A column's JSON values; text that stands for a number or a truth value becomes one."""
    values = [plain(value) for value in column]
    if kind in ("integer", "number", "any") and any(isinstance(value, str) for value in values):
        numbers = pd.to_numeric(column, errors="coerce").tolist()
        return [value if number != number else number for value, number in zip(values, numbers)]
    if kind == "boolean":
        return [{"true": True, "false": False}.get(str(value).lower(), value) for value in values]
    return values


def _separator(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        head = file.read(1 << 16)
    try:
        return csv.Sniffer().sniff(head, delimiters=",;\t|").delimiter
    except csv.Error:
        return ","


def _encoding(path: Path) -> str:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _write(kind: str, path: Path, table: pd.DataFrame, answers: list[dict[str, Any]]) -> None:
    if kind == "lines":
        _write_lines(path, answers)
        return
    scored = table.iloc[[answer["row"] for answer in answers]].copy()
    scored["prediction"] = [answer["prediction"] for answer in answers]
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    if kind == "csv":
        scored.to_csv(temporary, index=False)
    else:
        scored.columns = [str(label) for label in scored.columns]
        scored.to_parquet(temporary, index=False)
    temporary.replace(path)


def _write_lines(path: Path, told: list[dict[str, Any]]) -> None:
    write_text(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in told))
