"""Asks the running service for the notebook's own rows, all at once and one at a time, and checks its answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_prod.verify import compare
from jupyter_prod.verify.nouns import Check, Probed
from jupyter_prod.verify.project_run import Project, Service, run_beside

ROWS = 400
"""The notebook's rows that are looked for and asked at most."""

AT_ONCE, BYTES = 200, 2_000_000
"""A request's size."""

ALONE = 24
"""Rows that are asked one at a time."""


@dataclass(frozen=True)
class Traced:
    """Where a probe's rows come from: `rows` are raw rows, `picked` the places of the same rows in the probe.

    `truths` are the raw targets of these rows, `targets` all different ones (None where they are no classes), `words`
    the target's words for what the model predicts, as the project has learned them.
    """

    probe: Probed
    total: int
    picked: tuple[int, ...]
    rows: tuple[Mapping[str, Any], ...]
    truths: tuple[Any, ...]
    how: str
    columns: tuple[str, ...]
    failure: str
    targets: tuple[Any, ...] | None = None
    words: tuple[tuple[Any, Any], ...] = ()

    def expected(self) -> list[Any]:
        """The notebook's predictions for the rows that were found."""
        return [self.probe.predictions[i] for i in self.picked]

    def decoding(self, predictions: Sequence[Any]) -> dict[str, Any]:
        """The word of each code where the notebook predicts codes and the service words, else nothing."""
        expected = self.expected()
        if all(map(compare.same_answer, expected, predictions)):
            return {}
        return compare.decoding(expected, predictions, self.truths, self.targets, self.words) or {}


@dataclass(frozen=True)
class Answered:
    """What the service said for a probe's rows."""

    traced: Traced
    predictions: tuple[Any, ...]
    probabilities: tuple[Mapping[str, float], ...] | None
    failure: str


class Untraceable(Exception):
    """The project's own code could not be asked for its model input; the text says why."""


def trace(
    project: Project, probes: Sequence[Probed], *, seconds: int, by_label: bool = False
) -> tuple[list[Traced], list[Check]]:
    """The raw rows behind each probe's rows, and the checks that say how they were found.

    `by_label` trusts the labels alone, for rows whose content differs from run to run. Raises Untraceable.
    """
    folder = project.artifacts.parent / "rows"
    folder.mkdir(exist_ok=True)
    asked = []
    for number, probe in enumerate(probes):
        file = folder / f"{number}.json"
        said = {"rows": [] if by_label else probe.rows, "columns": probe.columns, "index": probe.index}
        file.write_text(json.dumps(said | {"unique": probe.unique}), encoding="utf-8")
        asked.append({"file": str(file), "chosen": compare.varied(probe.predictions, ROWS)})
    request, out = folder / "request.json", folder / "answer.json"
    out.unlink(missing_ok=True)
    content = {"package": project.package, "probes": asked, "seconds": max(10, seconds // 2), "out": str(out)}
    request.write_text(json.dumps(content), encoding="utf-8")
    ended = run_beside(project, "project_rows", request, seconds=seconds)
    if not out.exists():
        raise Untraceable(ended.last_line or f"no answer within {seconds} s")
    answer = json.loads(out.read_text(encoding="utf-8"))
    traced = [_traced(probe, one, answer) for probe, one in zip(probes, answer["probes"], strict=True)]
    return traced, [*map(_found, traced), *_alone(answer["alone"])]


def _traced(probe: Probed, said: Mapping[str, Any], answer: Mapping[str, Any]) -> Traced:
    matched = said["matched"]
    return Traced(
        probe,
        said["total"],
        tuple(one["probe"] for one in matched),
        tuple(one["row"] for one in matched),
        tuple(one["truth"] for one in matched),
        said["how"],
        tuple(said["columns"]),
        said["failure"],
        None if answer["targets"] is None else tuple(answer["targets"]),
        tuple((code, word) for code, word in answer["words"]),
    )


def _found(traced: Traced) -> Check:
    found = len(traced.picked)
    what = "the notebook's rows, found among the raw rows by " + (
        "the model input that the project makes of them" if traced.how == "content" else "their labels"
    )
    if traced.failure:
        what += f": {traced.failure}"
    return Check(what, traced.total, found, None, found == traced.total > 0)


def _alone(said: Mapping[str, Any] | None) -> Iterator[Check]:
    if said is not None and said["tried"]:
        what = "raw rows whose model input is the same alone as among others"
        if said["columns"]:
            what += f"; different: {', '.join(said['columns'])}"
        yield Check(what, said["tried"], said["same"], compare.RELATIVE, said["same"] == said["tried"])


def ask(service: Service, traced: Traced) -> Answered:
    """The service's answers for a probe's rows, many at once."""
    predictions: list[Any] = []
    chances: list[Mapping[str, float]] = []
    for part in _parts(traced.rows):
        status, body = service.predict(part)
        if status != 200:
            return Answered(traced, tuple(predictions), None, _said(status, body))
        try:
            predictions += body["predictions"]
            chances += body.get("probabilities") or []
        except (LookupError, TypeError, AttributeError):
            return Answered(traced, tuple(predictions), None, f"an answer without predictions: {str(body)[:200]}")
    return Answered(traced, tuple(predictions), tuple(chances) or None, "")


def answers(service: Service, traced: Traced) -> list[Check]:
    """The checks of a probe's rows, all at once and one at a time."""
    if not traced.rows:
        return []
    done = ask(service, traced)
    expected = traced.expected()
    what = f"predictions for {len(expected)} of the notebook's own rows"
    if done.failure:
        return [Check(what, f"{len(expected)} answers", done.failure, None, False)]
    words = traced.decoding(done.predictions)
    if words:
        expected = compare.decode(expected, words)
        what += ", in the target's words"
    checks = [compare.answers(what, expected, done.predictions)]
    if traced.probe.probabilities is not None and traced.probe.classes is not None:
        known = [traced.probe.probabilities[i] for i in traced.picked]
        what = f"largest difference of a probability, {len(known)} rows"
        checks.append(compare.probabilities(what, traced.probe.classes, known, expected, words, done.probabilities))
    return [*checks, _one_at_a_time(service, traced, expected)]


def _one_at_a_time(service: Service, traced: Traced, expected: Sequence[Any]) -> Check:
    chosen = compare.varied(expected, ALONE)
    got = []
    what = f"predictions for {len(chosen)} of them, one at a time"
    for i in chosen:
        status, body = service.predict([traced.rows[i]])
        if status != 200 or not isinstance(body, dict) or len(body.get("predictions", ())) != 1:
            return Check(what, expected[i], _said(status, body), None, False)
        got.append(body["predictions"][0])
    return compare.answers(what, [expected[i] for i in chosen], got)


def _parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    part: list[Mapping[str, Any]] = []
    size = 0
    for row in rows:
        length = len(json.dumps(row))
        if part and (len(part) == AT_ONCE or size + length > BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += length
    if part:
        yield part


def _said(status: int, body: Any) -> str:
    text = body if isinstance(body, str) else json.dumps(body)
    return f"HTTP {status}: {text[:300]}" if status else text[:300]
