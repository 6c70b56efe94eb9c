"""Holds the project's numbers and answers against the notebook's: pure functions from JSON values to checks."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_prod.verify.nouns import Check

RELATIVE, ABSOLUTE = 1e-6, 1e-9

ANSWER = 1e-5
"""The relative tolerance of predictions: single precision gives one row alone other digits than among many."""

SWAPPED = 0.2
"""Share of the rows by which another order of words may fit better by chance: a poor model, a rare class."""

Scores = Sequence[Sequence[float]]


def close(a: Any, b: Any, relative: float = RELATIVE) -> bool:
    """Whether two JSON numbers are equal but for rounding; missing equals missing."""
    if a is None or b is None:
        return a is b
    try:
        x, y = float(a), float(b)
    except (TypeError, ValueError):
        return False
    return math.isclose(x, y, rel_tol=relative, abs_tol=ABSOLUTE) or (math.isnan(x) and math.isnan(y))


def same_answer(a: Any, b: Any) -> bool:
    """Whether two predictions are one: numbers but for rounding, classes by text (1, 1.0, true and "1" are one)."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_answer, a, b))
    a, b = (one[0] if isinstance(one, list) and len(one) == 1 else one for one in (a, b))
    if a is None or b is None:
        return a is b
    return close(a, b, ANSWER) or str(a).strip() == str(b).strip()


def first_difference(a: Any, b: Any, path: str = "") -> str | None:
    """The path to the first number in which two JSON values differ ("" for the whole), None where they are equal."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in [*a, *(k for k in b if k not in a)]:
            if key not in a or key not in b:
                return f"{path}[{key}]"
            found = first_difference(a[key], b[key], f"{path}[{key}]")
            if found is not None:
                return found
        return None
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return path
        found_each = (first_difference(x, y, f"{path}[{i}]") for i, (x, y) in enumerate(zip(a, b, strict=True)))
        return next((found for found in found_each if found is not None), None)
    return None if close(a, b) else path


def metrics(expected: Mapping[str, Any], got: Mapping[str, Any]) -> list[Check]:
    """One check a name that the notebook said; numbers that only the project says are not compared."""
    return [_metric(name, value, got) for name, value in expected.items()]


def _metric(name: str, value: Any, got: Mapping[str, Any]) -> Check:
    what = f"metric {name}"
    if name not in got:
        return Check(what, _brief(value), None, RELATIVE, False)
    path = first_difference(value, got[name])
    if path:
        return Check(what + path, _brief(_at(value, path)), _brief(_at(got[name], path)), RELATIVE, False)
    return Check(what, _brief(value), _brief(got[name]), RELATIVE, path is None)


def _at(value: Any, path: str) -> Any:
    for key in path[1:-1].split("]["):
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (LookupError, ValueError):
            return None
    return value


def _brief(value: Any) -> Any:
    """A number as it is, more than a few as their count."""
    flat = leaves(value)
    return value if not isinstance(value, (list, dict)) or len(flat) <= 8 else f"{len(flat)} numbers"


def leaves(value: Any) -> list[Any]:
    """All numbers of a JSON value, in order."""
    if isinstance(value, Mapping):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one)]
    return [value]


def metrics_within(runs: Sequence[Mapping[str, Any]], got: Mapping[str, Any]) -> list[Check]:
    """One check a name that every run of the notebook said: each number lies in their range, widened.

    It is widened by twice the range and by 2 %: a fourth honest run lies farther off than that once in fifty times.
    """
    checks = []
    for name in runs[0]:
        if not all(name in run for run in runs):
            continue
        said = [leaves(run[name]) for run in runs]
        mine = leaves(got.get(name))
        ok = all(len(one) == len(mine) for one in said) and all(map(_within, zip(*said, strict=False), mine))
        what = f"metric {name}, within the notebook's own spread"
        checks.append(Check(what, [_brief(run[name]) for run in runs], _brief(got.get(name)), None, ok))
    return checks


def _within(values: Sequence[Any], mine: Any) -> bool:
    numbers = [float(value) for value in values if value is not None]
    if mine is None or not numbers:
        return len(numbers) < len(values)
    low, high = min(numbers), max(numbers)
    margin = 2 * (high - low) + 0.02 * abs(statistics.fmean(numbers)) + ABSOLUTE
    return low - margin <= float(mine) <= high + margin


def answers(what: str, expected: Sequence[Any], got: Sequence[Any]) -> Check:
    """Predictions, row by row: the check counts the equal ones, or tells the first that is not."""
    if len(expected) != len(got):
        return Check(what, f"{len(expected)} answers", f"{len(got)} answers", ANSWER, False)
    for a, b in zip(expected, got, strict=True):
        if not same_answer(a, b):
            equal = sum(map(same_answer, expected, got))
            return Check(f"{what} ({equal} of {len(expected)} equal)", a, b, ANSWER, False)
    return Check(what, f"{len(expected)} answers", f"{len(got)} equal", ANSWER, True)


def decoding(
    codes: Sequence[Any],
    words: Sequence[Any],
    truths: Sequence[Any],
    targets: Sequence[Any] | None,
    learned: Sequence[tuple[Any, Any]] = (),
) -> dict[str, Any] | None:
    """The word of each code where the notebook's model predicts codes and the service the target's words, else None.

    `truths` are the raw targets of the same rows, `targets` all different ones, `learned` the project's own pairs of
    code and word. Each code must have one word of its own. That it is the right one is shown by the truths: no two
    words may fit them better the other way round, or not by much where the project's own pairs say the same.
    """
    if targets is None or len(codes) != len(words) or len(truths) != len(words):
        return None
    found: dict[str, Any] = {}
    for code, word in zip(codes, words, strict=True):
        if isinstance(code, list) or not same_answer(found.setdefault(_code(code), word), word):
            return None
    distinct = {_code(word) for word in found.values()}
    if len(distinct) < len(found) or not distinct <= {_code(word) for word in targets}:
        return None
    told = {_code(code): word for code, word in learned}
    confirmed = all(code in told and same_answer(told[code], word) for code, word in found.items())
    room = len(codes) * SWAPPED if confirmed else 0.0
    seen = Counter((_code(code), _code(truth)) for code, truth in zip(codes, truths, strict=True))
    for one, mine in found.items():
        for other, theirs in found.items():
            right = seen[one, _code(mine)] + seen[other, _code(theirs)]
            if right + room < seen[one, _code(theirs)] + seen[other, _code(mine)]:
                return None
    return found


def decode(codes: Sequence[Any], words: dict[str, Any]) -> list[Any]:
    """The words of codes; a code without a word stays."""
    return [code if isinstance(code, list) else words.get(_code(code), code) for code in codes]


def _code(value: Any) -> str:
    """A class's text: 1, 1.0 and true have one."""
    if isinstance(value, (bool, int, float)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def words_of(classes: Sequence[Any], chances: Scores, predictions: Sequence[Any]) -> dict[str, Any]:
    """The word of each class: what is predicted most often for the rows in which the class is the likeliest."""
    votes: dict[str, Counter[str]] = {}
    for row, prediction in zip(chances, predictions, strict=True):
        likeliest = max(range(len(row)), key=row.__getitem__)
        votes.setdefault(_code(classes[likeliest]), Counter())[_code(prediction)] += 1
    return {code: vote.most_common(1)[0][0] for code, vote in votes.items()}


def probabilities(
    what: str,
    classes: Sequence[Any],
    expected: Scores,
    predictions: Sequence[Any],
    words: dict[str, Any],
    got: Sequence[Mapping[str, float]] | None,
) -> Check:
    """Class probabilities, and how far they are off.

    A class is named by its word where the service decodes (`words`), else as the notebook's, else as the notebook's
    `predictions` name it; one without a word, since it was predicted for no row, is the one that comes nearest.
    """
    if got is None or len(got) != len(expected):
        return Check(what, f"{len(expected)} rows", "none" if got is None else f"{len(got)} rows", ANSWER, False)
    said = list(dict.fromkeys(name for row in got for name in row))
    if not words and not {_code(_number(name)) for name in said} >= set(map(_code, classes)):
        words = words_of(classes, expected, predictions)
    names = _class_names(classes, expected, words, got, said)
    if len(said) != len(classes) or names is None:
        return Check(what, [str(one) for one in classes][:20], sorted(said)[:20], ANSWER, False)
    off = 0.0
    for row, chances in zip(got, expected, strict=True):
        for name, chance in zip(names, chances, strict=True):
            off = max(off, abs(float(row.get(name, 0.0)) - chance))
    return Check(what, 0.0, off, ANSWER, off <= ANSWER)


def _class_names(
    classes: Sequence[Any],
    expected: Scores,
    words: dict[str, Any],
    got: Sequence[Mapping[str, float]],
    said: Sequence[str],
) -> list[str] | None:
    plain = {_code(_number(name)): name for name in said}
    named = {k: plain.get(_code(words.get(_code(one)) if words else one)) for k, one in enumerate(classes)}
    left = [name for name in said if name not in named.values()]
    if len(left) == len(said):
        return None
    for k in range(len(classes)):
        if named[k] is None and left:
            column = [chances[k] for chances in expected]
            off = {name: _distance(column, [row.get(name, 0.0) for row in got]) for name in left}
            named[k] = min(left, key=off.__getitem__)
            left.remove(str(named[k]))
    names = [name for name in named.values() if name is not None]
    return names if len(set(names)) == len(classes) else None


def _distance(a: Sequence[float], b: Sequence[float]) -> float:
    return max(abs(x - y) for x, y in zip(a, b, strict=True))


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return {"True": 1.0, "False": 0.0}.get(text, text)


def agreement(a: Sequence[Any], b: Sequence[Any]) -> float:
    """How alike predictions are: the share of equal classes, or 1 less the mean distance over the spread."""
    if not a or len(a) != len(b):
        return 0.0
    try:
        x, y = [float(one) for one in a], [float(one) for one in b]
    except (TypeError, ValueError):
        x = y = []
    if y and (len(set(y)) > 10 or any(one != round(one) for one in y)):
        spread = statistics.pstdev(y) or 1.0
        return 1 - statistics.fmean(abs(p - q) for p, q in zip(x, y, strict=True)) / spread
    return statistics.fmean(map(same_answer, a, b))


def varied(predictions: Sequence[Any], most: int) -> list[int]:
    """Positions of at most so many predictions, in order: the first of each different one, then evenly spread ones."""
    firsts: dict[str, int] = {}
    for i, prediction in enumerate(predictions):
        firsts.setdefault(str(prediction), i)
    chosen = set(sorted(firsts.values())[: max(1, most // 2)])
    total = len(predictions)
    spread = range(total) if total <= most else (i * total // most for i in range(most))
    for i in spread:
        if len(chosen) >= most:
            break
        chosen.add(i)
    return sorted(chosen)
