"""A person's word on where a cell goes: the tag `prod:stage=features|training|evaluation`."""

from __future__ import annotations

from jupyter_prod.errors import UsableError
from jupyter_prod.plan.layout import Layout, conflict
from jupyter_prod.plan.paths import closure
from jupyter_prod.program import Program

STAGES = ("features", "training", "evaluation")
TAG = "prod:stage="


def asked_stages(program: Program) -> dict[int, str]:
    """{statement: the stage that its cell's tag asks for}; UsableError for a stage that there isn't."""
    found = {}
    for statement in program.statements:
        for tag in statement.tags:
            if tag.startswith(TAG):
                stage = tag.removeprefix(TAG)
                if stage not in STAGES:
                    raise UsableError(
                        f"no stage is called {stage}", f"cell {statement.cell}", "one of: " + ", ".join(STAGES)
                    )
                found[statement.index] = stage
    return found


def overrule(program: Program, layout: Layout) -> None:
    """Moves the tagged statements, with those that must go along.

    Raises UsableError where the order forbids it, naming both cells.
    """
    asked = asked_stages(program)
    for index, stage in asked.items():
        now = next((s for s in STAGES if index in getattr(layout, s)), None)
        if now is None or now == stage:
            continue
        if STAGES.index(stage) > STAGES.index(now):
            along = [
                i
                for s in STAGES[STAGES.index(now) : STAGES.index(stage)]
                for i in getattr(layout, s)
                if i == index or (i > index and index in closure(program, [i]))
            ]
            between = [
                i for s in STAGES[STAGES.index(now) : STAGES.index(stage)] for i in getattr(layout, s) if i not in along
            ]
            forbidden = [(a, b) for a in along for b in between if b > a and conflict(program, a, b)]
        else:
            needed = closure(program, [index])
            along = [i for s in STAGES[STAGES.index(stage) + 1 :] for i in getattr(layout, s) if i in needed]
            between = [i for s in STAGES[STAGES.index(stage) :] for i in getattr(layout, s) if i not in along]
            forbidden = [(b, a) for a in along for b in between if b < a and conflict(program, b, a)]
        fixed = layout.choice.final.fit.statement if layout.choice is not None else -1
        if stage == "features" and fixed in along:
            forbidden.append((index, fixed))
        if forbidden:
            first, second = (program.statements[i].cell for i in forbidden[0])
            raise UsableError(
                f"cell {first} can't move to {stage}: cell {second} changes what it reads, or needs it before",
                f"cell {program.statements[index].cell}",
                "tag that cell too, or take the tag away",
            )
        for name in STAGES:
            setattr(layout, name, [i for i in getattr(layout, name) if i not in along])
        setattr(layout, stage, sorted([*getattr(layout, stage), *along]))
        if stage == "features":
            layout.moved |= set(along)
