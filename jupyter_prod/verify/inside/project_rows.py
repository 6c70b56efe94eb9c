"""Runs in the project's place: which raw rows are the notebook's own, and does the project make the same model input?

For each probe the notebook's rows are looked for among the project's model input, made from the raw rows: first under
the label that the notebook's row has, then anywhere by content. What is found comes back as raw rows of JSON values.
"""

from __future__ import annotations

import importlib
import json
import time
from typing import Any

from .matching import Finder, table, table_of_json
from .probe import unnoticed
from .values import scalar

# Imported by name: these are the project's libraries, of whatever version.
np: Any = importlib.import_module("numpy")
pd: Any = importlib.import_module("pandas")

CHUNK = 50_000
ALONE = 60
"""Raw rows that are tried one at a time."""

ALMOST = 1e-6
"""How far one row alone may be off: sums in another order, in single precision, give other last digits."""

CLASSES = 200
"""More different targets than this are no classes."""


class Rows:
    """The project's raw rows, target left out, and the model input that it makes of them."""

    def __init__(self, package: str, deadline: float) -> None:
        pipeline = importlib.import_module(f"{package}.pipeline")
        settings = importlib.import_module(f"{package}.settings")
        read = getattr(importlib.import_module(f"{package}.sources"), pipeline.ROWS)(settings.load())
        frame_of = getattr(importlib.import_module(f"{package}.learned"), "frame_of", pd.DataFrame)
        raw = read if isinstance(read, pd.DataFrame) else frame_of(read)
        there = pipeline.TARGET is not None and pipeline.TARGET in raw.columns
        self.target = raw[pipeline.TARGET] if there else None
        self.raw = raw.drop(columns=[pipeline.TARGET]) if there else raw
        registry = importlib.import_module(f"{package}.registry")
        self.release = registry.load(settings.artifacts() / "registry")
        self.make: Any = getattr(pipeline, "model_input", None)
        self.deadline = deadline
        self.columns: list[str] | None = None
        self.why_not = ""

    def words(self) -> list[list[Any]]:
        """[what the model predicts, the target's word for it], where the service decodes its answers."""
        learned = self.release.learned
        known: Any = {}
        if "labels" in learned:  # what holds learned values need not be a dictionary
            known = learned["labels"]
        return [[scalar(code), scalar(word)] for code, word in known.items()]

    def labels(self) -> dict[Any, int]:
        """Position by label, empty where labels are not unique."""
        index = self.raw.index
        if not index.is_unique:
            return {}
        return {_key(label): i for i, label in enumerate(index)}

    def model_input(self, positions: list[int]) -> tuple[Any, list[int]]:
        """The float table of the model input for raw rows, and the positions of those for which there is one."""
        tables: list[Any] = []
        kept: list[int] = []
        waiting = [positions]
        while waiting:
            part = waiting.pop()
            if not part:
                continue
            try:
                made, names = table(self.make(self.raw.iloc[part].reset_index(drop=True), self.release.learned))
                if made.shape[0] != len(part):
                    raise ValueError(f"{made.shape[0]} rows of model input for {len(part)} raw rows")
            except Exception as error:
                self.why_not = self.why_not or f"{type(error).__name__}: {error}"[:300]
                if len(part) > 1 and time.monotonic() < self.deadline:
                    middle = len(part) // 2
                    waiting += [part[middle:], part[:middle]]
                continue
            self.columns = self.columns or names
            if not tables or tables[0].shape[1] == made.shape[1]:
                tables.append(made)
                kept += part
        return _stacked(tables), kept

    def targets(self) -> list[Any] | None:
        """The different values of the raw target; None where there is none, or too many for classes."""
        if self.target is None or self.target.nunique() > CLASSES:
            return None
        return [scalar(value) for value in self.target.dropna().unique().tolist()]

    def truth(self, position: int) -> Any:
        """The raw target of a row, None where there is none."""
        return None if self.target is None else scalar(self.target.iloc[position])

    def as_json(self, position: int) -> dict[str, Any]:
        """A raw row as a request has it."""
        row = self.raw.iloc[position]
        return {str(label): scalar(row.iloc[i]) for i, label in enumerate(self.raw.columns)}


def _stacked(tables: list[Any]) -> Any:
    if len(tables) < 2:
        return tables[0] if tables else np.zeros((0, 0))
    if hasattr(tables[0], "toarray"):
        return importlib.import_module("scipy.sparse").vstack(tables).tocsr()
    return np.vstack(tables)


def _key(label: Any) -> str:
    """A label as text, so that 3, 3.0 and numpy's 3 are one."""
    plain = [scalar(one) for one in label] if isinstance(label, (tuple, list)) else scalar(label)
    if isinstance(plain, float) and plain.is_integer():
        plain = int(plain)
    return json.dumps(plain)


def trace(rows: Rows, probe: dict[str, Any], chosen: list[int]) -> dict[str, Any]:
    """Where the probe's chosen rows come from; `how` is content, or label where content can't be compared."""
    labels = rows.labels() if probe.get("index") is not None and probe.get("unique") else {}
    preferred = [labels.get(_key(probe["index"][i])) if labels else None for i in chosen]
    said: dict[str, Any] = {"total": len(chosen), "columns": [], "failure": ""}
    if rows.make is None or not probe.get("rows"):
        said["how"] = "label"
        found: list[int | None] = preferred
    else:
        said["how"] = "content"
        finder = Finder(table_of_json([probe["rows"][i] for i in chosen]))
        made = _look(rows, finder, preferred)
        found = finder.found
        if None in found:
            said["columns"], said["failure"] = _why_not(rows, finder, made, probe)
    said["matched"] = [
        {"probe": i, "row": rows.as_json(at), "truth": rows.truth(at)}
        for i, at in zip(chosen, found, strict=True)
        if at is not None
    ]
    return said


def _look(rows: Rows, finder: Finder, preferred: list[int | None]) -> Any:
    """Fills the finder; answers the model input of the rows that it should have found."""
    first, kept = rows.model_input(sorted({at for at in preferred if at is not None}))
    finder.look(first, kept, preferred)
    made = first
    for start in range(0, len(rows.raw), CHUNK):
        if not finder.missing() or time.monotonic() > rows.deadline:
            break
        chunk, kept = rows.model_input(list(range(start, min(start + CHUNK, len(rows.raw)))))
        finder.look(chunk, kept, preferred)
        made = made if made.shape[0] else chunk
    return made


def _why_not(rows: Rows, finder: Finder, made: Any, probe: dict[str, Any]) -> tuple[list[str], str]:
    """The columns in which the nearest row differs, and a sentence."""
    names = rows.columns or probe.get("columns")
    if made.shape[0] == 0:
        return [], f"the project makes no model input: {rows.why_not}"
    if made.shape[1] != finder.wanted.shape[1]:
        mine, theirs = set(rows.columns or ()), set(probe.get("columns") or ())
        text = f"{made.shape[1]} columns of model input where the notebook has {finder.wanted.shape[1]}"
        return sorted(mine ^ theirs)[:20], text
    at = finder.nearest(finder.missing()[0], made)
    columns = [names[j] if names and j < len(names) else f"column {j + 1}" for j in at][:20]
    return columns, f"no raw row becomes the notebook's row; the nearest differs in {', '.join(columns) or 'nothing'}"


def alone(rows: Rows) -> dict[str, Any]:
    """Whether a raw row alone becomes the model input that it becomes among others."""
    step = max(1, len(rows.raw) // ALONE)
    together, kept = rows.model_input(list(range(0, len(rows.raw), step))[:ALONE])
    columns: set[int] = set()
    same = tried = 0
    if not kept:
        return {"tried": 0, "same": 0, "columns": []}
    finder = Finder(together.toarray() if hasattr(together, "toarray") else together)
    for i, position in enumerate(kept):
        if time.monotonic() > rows.deadline:
            break
        tried += 1
        single, there = rows.model_input([position])
        if not there or single.shape[1] != together.shape[1]:
            continue
        differing = np.flatnonzero(finder.differing(i, single, ALMOST)[0])
        same += not len(differing)
        columns |= {int(j) for j in differing}
    names = rows.columns
    said = [names[j] if names else f"column {j + 1}" for j in sorted(columns)][:20]
    return {"tried": tried, "same": same, "columns": said}


def main(path: str) -> None:
    """Answers the request file at `path`: {"package", "probes": [{"file", "chosen"}], "seconds", "out"}."""
    with open(path, encoding="utf-8") as file:
        asked = json.load(file)
    rows = Rows(asked["package"], time.monotonic() + asked["seconds"])
    said = []
    with unnoticed():
        for one in asked["probes"]:
            with open(one["file"], encoding="utf-8") as file:
                probe = json.load(file)
            said.append(trace(rows, probe, one["chosen"]))
        answer = {
            "probes": said,
            "words": rows.words(),
            "targets": rows.targets(),
            "alone": alone(rows) if rows.make is not None else None,
        }
    with open(asked["out"], "w", encoding="utf-8") as file:
        json.dump(answer, file)
