"""What a request must carry, found by asking the model."""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from ..results import Answer, plain
from .model import Column, Contract
from .rows import with_column

Ask = Callable[[pd.DataFrame], Answer]
_QUESTIONS = 3
_ROWS = 20
_TRIED = 60
_MOST_SECONDS = 60


def reference_rows(ask: Ask, frame: pd.DataFrame) -> pd.DataFrame:
    """Up to 20 rows, spread over the frame, that the model answers."""
    step = max(1, len(frame) // _ROWS)
    chosen = [*range(0, len(frame), step)][:_ROWS]
    if chosen and _asked(ask, frame.iloc[chosen]) is not None:
        return frame.iloc[chosen].reset_index(drop=True)
    tried = range(0, len(frame), max(1, len(frame) // _TRIED))
    good = [i for i in tried if _asked(ask, frame.iloc[[i]]) is not None]
    return frame.iloc[good[:_ROWS]].reset_index(drop=True)


def infer_requests(contract: Contract, ask: Ask, rows: pd.DataFrame) -> Contract:
    """The contract with what a request must carry, for each column for which that is open.

    A column is optional where neither missing values nor another row's change any answer, nullable
    where the model answers rows without it. Where asking would take minutes, or the model answers
    the same rows differently, columns count as nullable.
    """
    start = time.monotonic()
    before = _asked(ask, rows)
    seconds = (time.monotonic() - start) * len(rows.columns) * _QUESTIONS
    asked = before is not None and before == _asked(ask, rows) and seconds < _MOST_SECONDS
    positions = {str(label): i for i, label in enumerate(rows.columns)}

    def settled(column: Column) -> Column:
        if column.request != "open":
            return column
        if column.name not in positions:
            return replace(column, request="optional")
        request = _request(ask, rows, positions[column.name], before) if asked else "nullable"
        return replace(column, request=request)

    return replace(contract, columns=tuple(map(settled, contract.columns)))


def _request(ask: Ask, rows: pd.DataFrame, position: int, before: Answer | None) -> str:
    def answer(values: pd.Series, count: int = len(rows)) -> Answer | None:
        return _asked(ask, with_column(rows.iloc[:count], position, values))

    values = rows.iloc[:, position]
    missing = values.where(pd.Series(False, index=values.index))
    partly = values.where(values.index % 2 == 0)
    if answer(partly) is None and answer(missing.iloc[:1], 1) is None:
        return "required"
    turned = [[*range(by, len(rows)), *range(min(by, len(rows)))] for by in (1, 7)]
    others = [missing, *(values.iloc[order].reset_index(drop=True) for order in turned)]
    changed = any(answer(other) != before for other in others)
    return "nullable" if changed else "optional"


def _asked(ask: Ask, rows: pd.DataFrame) -> Answer | None:
    """The model's answer as JSON values; None where the notebook's statements raise."""
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            answer = ask(rows.copy())
        if len(answer.predictions) != len(rows):
            return None
    except Exception:
        return None
    return Answer(plain(answer.predictions), plain(answer.probabilities))
