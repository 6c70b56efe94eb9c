"""What the notebook is for: fitted predictors, answers and written files, and all that these are made of."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.learning import role
from jupyter_prod.program.events import Fit, Predict, Written
from jupyter_prod.program.values import Value

MOST_VALUES = 40_000


def trainings(facts: Facts) -> list[Fit]:
    """The fits of what answers for rows: predictors, clusterers, searches; scalers and encoders are none."""
    kept = facts.kept.get("trainings")
    if not isinstance(kept, list):
        kept = facts.kept["trainings"] = [
            f
            for f in facts.program.of(Fit)
            if f.x is not None and role(f.estimator) not in ("transformer", "resampler", "splitter")
        ]
    return kept


def targets(facts: Facts) -> Iterator[Value]:
    """What the pipeline ends in: rows that are fitted or answered for, and rows that are written."""
    for fit in trainings(facts):
        yield from (v for v in (fit.x, fit.y) if v is not None)
    for event in facts.program.record.events:
        if isinstance(event, Predict):
            yield event.x
        elif isinstance(event, Written):
            func = event.node.func
            owner = facts.value(func.value) if isinstance(func, ast.Attribute) else None
            yield from (v for v in (owner, *(facts.value(a) for a in event.node.args[:2])) if v is not None)


def feeding(facts: Facts) -> set[int]:
    """The identities of all values, and of the expressions that made them, from which the pipeline's ends are made."""
    kept = facts.kept.get("feeding")
    if isinstance(kept, set):
        return kept
    found: set[int] = set()
    waiting = list(targets(facts))
    while waiting and len(found) < 2 * MOST_VALUES:
        value = waiting.pop()
        if id(value) in found:
            continue
        found |= {id(value), id(value.made)}
        waiting += [s.value for s in value.sources]
        waiting += value.alike
        waiting += value.items
        if value.element is not None:
            waiting.append(value.element)
        if value.kind in ("series", "bound", "indexer", "accessor") and value.parent is not None:
            waiting.append(value.parent)
    facts.kept["feeding"] = found
    return found


def inputs_of_pipeline(facts: Facts) -> set[str]:
    """The names of the inputs (`Read.name`) that reach a training or an answer."""
    found: set[str] = set()
    for fit in trainings(facts):
        for value in (fit.x, fit.y):
            if value is not None:
                found |= value.origin | value.axis
    for event in facts.program.record.events:
        if isinstance(event, Predict):
            found |= event.x.origin | event.x.axis
    return found
