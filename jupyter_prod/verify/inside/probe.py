"""What the final model answers for the notebook's own model input, taken without a trace in the notebook.

The states of the random generators are put back, whatever is printed is dropped, and no failure reaches the notebook.
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from .values import scalar

ASKED = 20_000
"""Rows that the model is asked for at most."""

KEPT_ROWS, KEPT_CELLS = 2000, 2_000_000
"""How much of the model input is written down."""

DENSE = 5_000_000
"""Cells up to which a sparse matrix is made dense."""


@contextlib.contextmanager
def unnoticed() -> Iterator[None]:
    """Random states put back at the end, nothing printed, no warning."""
    states: list[Callable[[], Any]] = []
    python = random.getstate()
    states.append(lambda: random.setstate(python))
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numbers = numpy.random.get_state()
        states.append(lambda: numpy.random.set_state(numbers))
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "get_rng_state"):
        tensors = torch.get_rng_state()
        states.append(lambda: torch.set_rng_state(tensors))
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and hasattr(tensorflow, "random"):
        with contextlib.suppress(Exception):
            generator = tensorflow.random.get_global_generator()
            state = generator.state.numpy()
            states.append(lambda: generator.state.assign(state))
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for restore in states:
                with contextlib.suppress(Exception):
                    restore()


def probe(model: Any, rows: Any, answer: Callable[[Any, Any], Any] | None = None) -> dict[str, Any]:
    """The model's answers for its input rows, with the rows, as JSON; `failure` says what went wrong, if it did."""
    said: dict[str, Any] = {"class": f"{type(model).__module__}.{type(model).__qualname__}"}
    try:
        with unnoticed():
            total = said["total"] = _length(rows)
            asked = _spread(total, ASKED)
            answers = None if answer is None else _of(_flat(answer(model, rows)), asked, total)
            rows = _take(rows, asked)
            if answers is None:
                answers = _of(_flat(model.predict(rows)), None, _length(rows))
            chances, classes = _chances(model, rows)
            width = _width(rows)
            kept = _varied(answers, max(1, min(KEPT_ROWS, KEPT_CELLS // max(1, width))))
            said["predictions"] = [answers[i] for i in kept]
            if chances is not None:
                said["classes"] = classes
                said["probabilities"] = [[float(p) for p in chances[i]] for i in kept]
            said.update(_table(rows, kept))
    except Exception as error:
        said["failure"] = f"{type(error).__name__}: {error}"[:500]
    return said


def _of(answers: list[Any], positions: list[int] | None, total: int) -> list[Any]:
    """The answers at these positions; ValueError where there is not one a row."""
    if len(answers) != total:
        raise ValueError(f"{len(answers)} answers for {total} rows")
    return answers if positions is None else [answers[i] for i in positions]


def _length(rows: Any) -> int:
    shape = getattr(rows, "shape", None)
    return int(shape[0]) if shape else len(rows)


def _width(rows: Any) -> int:
    shape = getattr(rows, "shape", ())
    width = 1
    for size in shape[1:]:
        width *= int(size)
    return width


def _spread(total: int, wanted: int) -> list[int] | None:
    """Evenly spread positions, None for all."""
    return None if total <= wanted else [i * total // wanted for i in range(wanted)]


def _take(rows: Any, positions: list[int] | None) -> Any:
    if positions is None:
        return rows
    if hasattr(rows, "iloc"):
        return rows.iloc[positions]
    if isinstance(rows, (list, tuple)):
        return [rows[i] for i in positions]
    return rows[positions]


def _flat(answers: Any) -> list[Any]:
    """One JSON value a row; a column of single answers counts as the answers."""
    if hasattr(answers, "numpy") and callable(answers.numpy):
        answers = answers.numpy()
    answers = answers.tolist() if hasattr(answers, "tolist") else list(answers)
    flat = []
    for one in answers:
        if hasattr(one, "tolist"):
            one = one.tolist()
        if isinstance(one, (list, tuple)):
            one = scalar(one[0]) if len(one) == 1 else [scalar(x) for x in one]
        else:
            one = scalar(one)
        flat.append(one)
    return flat


def _chances(model: Any, rows: Any) -> tuple[Any, list[Any] | None]:
    """What predict_proba says and the classes of its columns, where there are both."""
    try:
        chances = model.predict_proba(rows)
        classes = [scalar(one) for one in model.classes_]
    except Exception:
        return None, None
    shape: tuple[int, ...] = getattr(chances, "shape", ())
    return (chances, classes) if len(shape) == 2 and shape[1] == len(classes) else (None, None)


def _varied(answers: list[Any], wanted: int) -> list[int]:
    """Positions, in order: the first of each different answer, then evenly spread ones."""
    total = len(answers)
    if total <= wanted:
        return list(range(total))
    firsts: dict[str, int] = {}
    for i, answer in enumerate(answers):
        firsts.setdefault(str(answer), i)
        if len(firsts) > wanted // 4:
            break
    kept = set(list(firsts.values())[: wanted // 4])
    for i in _spread(total, wanted) or ():
        if len(kept) >= wanted:
            break
        kept.add(i)
    return sorted(kept)


def _table(rows: Any, kept: list[int]) -> dict[str, Any]:
    """The kept rows as lists of JSON values, with column names and index labels where the input has them."""
    said: dict[str, Any] = {"kind": type(rows).__name__, "columns": None, "index": None}
    if hasattr(rows, "iloc"):
        labels = rows.index
        said["unique"] = bool(labels.is_unique)
        said["index"] = [_label(labels[i]) for i in kept]
        part = rows.iloc[kept]
        if hasattr(part, "columns"):
            said["columns"] = [str(c) for c in part.columns]
            columns = [[scalar(x) for x in part.iloc[:, j].tolist()] for j in range(part.shape[1])]
            transposed = zip(*columns)  # noqa: B905 (Python 3.8 has no `strict`)
            said["rows"] = [list(row) for row in transposed] if columns else [[] for _ in kept]
        else:
            said["columns"] = None if part.name is None else [str(part.name)]
            said["rows"] = [[scalar(x)] for x in part.tolist()]
        return said
    if isinstance(rows, (list, tuple)):
        said["rows"] = [
            [scalar(x) for x in rows[i]] if isinstance(rows[i], (list, tuple)) else [scalar(rows[i])] for i in kept
        ]
        return said
    if hasattr(rows, "toarray"):
        if len(kept) * _width(rows) > DENSE:
            said["failure_of_rows"] = f"too wide to write down: {_width(rows)} columns"
            return said
        rows = rows.tocsr()[kept].toarray()
    else:
        if hasattr(rows, "numpy") and callable(rows.numpy):
            rows = rows.numpy()
        rows = rows[kept]
    said["rows"] = [[scalar(x) for x in row] for row in rows.reshape(len(kept), -1).tolist()]
    return said


def _label(label: Any) -> Any:
    return [scalar(x) for x in label] if isinstance(label, tuple) else scalar(label)
