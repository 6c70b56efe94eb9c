"""Answering raw rows: the one code path of the service and of batch scoring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from . import pipeline
from .contracts import Violation
from .contracts.rows import check_rows, rows_to_frame, with_column
from .learned import Unseen
from .registry import Release
from .results import Answer, plain

TARGET = None if pipeline.TARGET is None else str(pipeline.TARGET)
"""The target column by the name that a request would give it; it is ignored there."""


@dataclass(frozen=True)
class Scored:
    """The answer for the rows numbered in `rows`, and why the others have none.

    `refused` are faults of the rows themselves, `failed` is what the model raised for rows that
    are not at fault.
    """

    answer: Answer
    rows: list[int]
    refused: list[Violation]
    failed: dict[int, Exception]


def score_rows(release: Release, rows: Sequence[Mapping[str, Any]]) -> Scored:
    """Answers raw rows of JSON values; a bad row doesn't keep the others from their answers."""
    refused = check_rows(release.contract, rows, TARGET)
    bad = {violation.row for violation in refused}
    numbers = [number for number in range(len(rows)) if number not in bad]
    frame = rows_to_frame(release.contract, [rows[n] for n in numbers], release.reference)
    failed: dict[int, Exception] = {}
    try:
        answer = _score(release, frame)
    except Exception as error:
        good = []
        for position, cause in _one_by_one(release, frame):
            if cause is None:
                good.append(position)
            elif blamed := list(_blamed(release, frame, position, cause)):
                refused += [Violation(numbers[position], *told) for told in blamed]
            else:
                failed[numbers[position]] = cause
        if len(good) == len(frame):  # each row alone is answered, together they are not
            failed = dict.fromkeys(numbers, error)
            good = []
        answer = _score(release, frame.iloc[good].reset_index(drop=True))
        numbers = [numbers[position] for position in good]
    refused.sort(key=lambda violation: violation.row or 0)
    return Scored(answer, numbers, refused, failed)


def answers_reference(release: Release) -> bool:
    """Whether the model still answers a row that it answered at training."""
    return _fault(release, release.reference.iloc[:1]) is None


def _score(release: Release, frame: pd.DataFrame) -> Answer:
    if frame.empty:
        return Answer([])
    answer = pipeline.answer(release.model, frame.copy(), release.learned.serving())
    if len(answer.predictions) != len(frame):
        raise RuntimeError(f"{len(answer.predictions)} predictions for {len(frame)} rows")
    return Answer(plain(answer.predictions), plain(answer.probabilities))


def _one_by_one(release: Release, frame: pd.DataFrame) -> Iterator[tuple[int, Exception | None]]:
    """Each row's position and what it alone raises, by halving: rows that pass together pass."""
    waiting = [(0, len(frame))]
    while waiting:
        start, end = waiting.pop()
        try:
            _score(release, frame.iloc[start:end].reset_index(drop=True))
            yield from ((position, None) for position in range(start, end))
        except Exception as error:
            if end - start == 1:
                yield start, error
            else:
                middle = (start + end) // 2
                waiting += [(middle, end), (start, middle)]


def _blamed(
    release: Release, frame: pd.DataFrame, position: int, error: Exception
) -> Iterator[tuple[str, str, str, str]]:
    """Column, expected, got and reason of each value that makes a row fail.

    It is at fault if a row that the model answers fails with it too.
    """
    if isinstance(error, Unseen):
        yield str(error.column), "a value that training saw", repr(plain(error.value)), ""
        return
    row = frame.iloc[[position]].reset_index(drop=True)
    known = release.reference.iloc[:1]
    if known.empty or _fault(release, known):
        return
    for i, label in enumerate(frame.columns):
        if fault := _fault(release, with_column(known, i, row.iloc[:, i])):
            value = plain(row.iloc[0, i])
            got = "null" if value is None else repr(value)[:80]
            reason = f"{type(fault).__name__}: {fault}"[:200]
            yield str(label), "a value that the model takes", got, reason


def _fault(release: Release, frame: pd.DataFrame) -> Exception | None:
    try:
        _score(release, frame)
    except Exception as error:
        return error
    return None
