"""What happens in a statement that the plan asks about, and what is noted of an expression."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from jupyter_prod.program.values import Value


@dataclass(frozen=True, eq=False)
class Read:
    """An input is read: the call that reads, and the constant path where one is known.

    `call` is the library's call with constants in place of parameters, where `node` calls a function of the notebook
    that does nothing but read.
    """

    statement: int
    node: ast.Call
    name: str
    qualified: str
    format: str
    path: str | None
    value: Value
    nested: bool
    header: tuple[Any, ...] | None = None
    call: ast.Call | None = None


@dataclass(frozen=True, eq=False)
class Fit:
    """An estimator learns from `x` (and `y`); `node` is the call, `receiver` the expression that is fitted."""

    statement: int
    node: ast.Call
    estimator: Value
    x: Value | None
    y: Value | None
    x_node: ast.expr | None
    y_node: ast.expr | None
    nested: bool
    inside: bool
    y_at: int = -1

    @property
    def y_statement(self) -> int:
        """The statement in which `y_node` stands: where data and truth went into one object, that of it."""
        return self.y_at if self.y_at >= 0 else self.statement


@dataclass(frozen=True, eq=False)
class Predict:
    """An estimator answers for `x`."""

    statement: int
    node: ast.Call
    estimator: Value
    method: str
    x: Value
    x_node: ast.expr
    value: Value
    nested: bool


@dataclass(frozen=True, eq=False)
class Metric:
    """A number that judges: `estimators` are the models whose predictions it judges."""

    statement: int
    node: ast.expr
    name: str
    estimators: tuple[Value, ...]
    better: str
    part: str
    nested: bool
    arguments: tuple[ast.expr, ...] = ()
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, eq=False)
class Saved:
    """A model is put into a file."""

    statement: int
    node: ast.Call
    what: Value
    what_node: ast.expr


@dataclass(frozen=True, eq=False)
class Written:
    """A file other than a model is written."""

    statement: int
    node: ast.Call
    path: str | None


@dataclass(frozen=True, eq=False)
class Split:
    """Rows are parted into training and test."""

    statement: int
    node: ast.Call
    nested: bool


Event = Read | Fit | Predict | Metric | Saved | Written | Split


@dataclass
class Note:
    """What is known of an expression, however often it was evaluated.

    select    the rows are other rows: `call` (serve: the base), `subscript` (the base), `loc` (all rows), `split`
              (each part is the whole), `pair` (a resampled pair is the pair), `folds` (one pass over the whole),
              `stack` (parts of the same rows, put together again: the first)
    learn     the part of learned.py that keeps what the call learns; `by_column` where a function is handed over to
              learn from each column, by the part `how`
    base      the expression whose rows it takes
    live      it tells how many rows there are, for something as long as they: asked anew of the rows at hand
    """

    value: Value
    select: str = ""
    learn: str = ""
    base: ast.expr | None = None
    inplace: bool = False
    others: bool = False
    live: bool = False
    how: str = ""
    values: list[Value] = field(default_factory=list)
