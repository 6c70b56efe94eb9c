"""The columns that reach a model, by name, and where the notebook names them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_prod.hazards.columns import Columns
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.learning import holds
from jupyter_prod.hazards.purpose import trainings
from jupyter_prod.program.events import Fit
from jupyter_prod.program.values import Value


@dataclass(frozen=True, eq=False)
class Feature:
    """A column that a fit is given; `node` is where it is named, else the fit."""

    name: str
    node: ast.expr
    fit: Fit


def features(facts: Facts) -> list[Feature]:
    """The columns that reach the notebook's models, each once for each place that names it."""
    kept = facts.kept.get("features")
    if not isinstance(kept, list):
        kept = facts.kept["features"] = list(_features(facts))
    return kept


def _features(facts: Facts) -> Iterator[Feature]:
    columns = Columns(facts.flow)
    seen: set[tuple[str, int]] = set()
    done: set[int] = set()
    for fit in trainings(facts):
        assert fit.x is not None
        if id(fit.x) in done:
            continue
        done.add(id(fit.x))
        tick = facts.flow.at(fit)
        target = fit.y.column if fit.y is not None else None
        rows = fit.x
        listed = columns.of(rows, tick)
        chooses = any(holds(fit.estimator, c) for c in ("ColumnTransformer", "TableVectorizer"))
        taken = facts.flow.taken_away(rows, tick)
        for name in listed.names:
            if name == target or name in taken or not _reaches(rows, name, tick, facts):
                continue
            entry = columns.entry(rows, name, tick)
            node = _named(entry, name, facts) or (entry if isinstance(entry, ast.expr) else None) or fit.node
            if chooses and not isinstance(node, ast.Constant):
                continue
            if (name, id(node)) not in seen:
                seen.add((name, id(node)))
                yield Feature(name, node, fit)


def _reaches(rows: Value, name: str, tick: int, facts: Facts) -> bool:
    """Whether a column surely is among these rows: no call on the way makes columns of its own."""
    now, when = rows, tick
    for _ in range(200):
        if any(s.key == name and s.tick <= when for s in now.sources):
            return True
        made = now.made
        if isinstance(made, ast.Subscript) and now.columns and name in now.columns:
            return True
        last = facts.qualified(made.func).rsplit(".", 1)[-1] if isinstance(made, ast.Call) else ""
        if isinstance(made, ast.Call) and last not in _KEEP and not last.startswith(("read_", "to_")):
            return now.through is not None or (now.columns is not None and name in now.columns)
        following = next(
            ((s.value, s.tick) for s in now.sources if s.tick <= when and s.key is None and s.value.axis), None
        )
        if following is None:
            return now.columns is not None and name in now.columns
        now, when = following
    return False


_KEEP = frozenset(
    """copy dropna drop_duplicates sort_values sort_index sample head tail reset_index set_index fillna astype replace
        train_test_split assign round drop merge join query fit_transform transform fit_resample concat rename DataFrame
        array asarray get_dummies clip mask where interpolate
    """.split()
)
"""Calls that leave the columns in, or add to them."""


def _named(entry: ast.AST | None, name: str, facts: Facts) -> ast.expr | None:
    """The text that names a column, in the list that chose it, also where the list has a name."""
    if not isinstance(entry, ast.Subscript):
        return None
    for node in ast.walk(entry.slice):
        if isinstance(node, ast.Constant) and node.value == name:
            return node
    value = facts.value(entry.slice)
    for step in facts.flow.back(value) if value is not None else ():
        made = step.value.made
        if isinstance(made, ast.Constant) and made.value == name:
            return made
        if isinstance(made, (ast.List, ast.Tuple)):
            for node in ast.walk(made):
                if isinstance(node, ast.Constant) and node.value == name:
                    return node
    return None
