"""Program to plan: the highest level that the notebook's own statements allow, and why it is not higher."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jupyter_prod.errors import UsableError
from jupyter_prod.plan.choose import MODELS, Choice, candidates, choose, role
from jupyter_prod.plan.layout import Layout, NoService, lay_out
from jupyter_prod.plan.nouns import Obstacle, Place
from jupyter_prod.plan.overrule import overrule
from jupyter_prod.plan.target import raw_columns, target_of
from jupyter_prod.program import Program
from jupyter_prod.program.events import Fit, Metric


@dataclass
class Draft:
    """What the plan knows before a file's text is written."""

    level: str
    choice: Choice | None = None
    layout: Layout | None = None
    target: Any = None
    reasons: list[Obstacle] = field(default_factory=list)


def draft(program: Program, model: str | None = None, target: str | None = None, kind: str = "auto") -> Draft:
    """The plan's outline; `model`, `target` and `kind` are what a person asked for.

    Raises UsableError where no fitted model is called `model`.
    """
    reasons: list[Obstacle] = []
    if kind in ("auto", "service"):
        choice = choose(program, model)
        if choice is None:
            reasons.append(_no_model(program))
        else:
            try:
                layout = lay_out(program, choice)
                overrule(program, layout)
                columns = raw_columns(program, layout.rows)
                if target is not None and columns is not None and target not in columns:
                    raise UsableError(f"no column is called {target}", do="one of: " + ", ".join(map(str, columns)))
                found = target if target is not None else target_of(program, choice, layout)
                return Draft("service", choice, layout, found, reasons)
            except NoService as obstacle:
                reasons.append(obstacle_of(program, obstacle))
    return Draft("notebook-job" if kind == "notebook-job" else "batch", reasons=reasons)


def obstacle_of(program: Program, obstacle: NoService) -> Obstacle:
    """The obstacle with its place in the notebook."""
    place = Place(0)
    if obstacle.at < len(program.statements):  # no cell may have parsed
        place = Place(program.statements[obstacle.at].cell, program.statements[obstacle.at].line)
    return Obstacle(place, obstacle.what, "no row can be answered by itself", obstacle.lift)


def _no_model(program: Program) -> Obstacle:
    folded = [m for m in program.of(Metric) if m.part == "folds"]
    if folded and not candidates(program):
        statement = program.statements[folded[-1].statement]
        return Obstacle(
            Place(statement.cell, statement.line),
            "a model is judged by cross-validation but never fitted",
            "there is no model to serve",
            "fit it once on all rows: model.fit(X, y)",
        )
    fits = [f for f in program.of(Fit) if f.x is not None and f.x.origin and role(f.estimator) in MODELS]
    if fits:
        statement = program.statements[fits[-1].statement]
        what = "the model is fitted on what was grouped or pivoted: no longer rows of an input"
        return Obstacle(Place(statement.cell, statement.line), what, "no row of an input is what the model is asked")
    last = program.statements[-1].cell if program.statements else 0
    return Obstacle(Place(last), "no model is fitted on rows that the notebook reads", "there is nothing to ask", "")
