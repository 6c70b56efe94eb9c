"""Literals on the pipeline that a person may want to set: of the split, and of the final model's constructor."""

from __future__ import annotations

import ast
from collections.abc import Collection

from jupyter_prod.plan.layout import Layout
from jupyter_prod.plan.nouns import Parameter, Place
from jupyter_prod.program import Program
from jupyter_prod.program.events import Split

SPLIT = ("test_size", "train_size", "random_state", "shuffle")


def tunable(program: Program, layout: Layout, taken: Collection[str]) -> tuple[list[Parameter], dict[int, str]]:
    """The parameters, and {id of the literal's expression: the setting that stands for it}.

    Names are the keywords of the split (`test_size`), and those of the model after its variable (`clf_n_estimators`);
    a name that the notebook uses itself is left alone.
    """
    assert layout.choice is not None
    found: list[Parameter] = []
    names: dict[int, str] = {}
    used = set(taken)

    def add(call: ast.Call, prefix: str, index: int, wanted: Collection[str] | None) -> None:
        for keyword in call.keywords:
            value = keyword.value
            if keyword.arg is None or (wanted is not None and keyword.arg not in wanted):
                continue
            if not isinstance(value, ast.Constant) or not isinstance(value.value, (bool, int, float, str)):
                continue
            name = prefix + keyword.arg
            if name in used:
                continue
            used.add(name)
            names[id(value)] = f"settings.{name}"
            found.append(Parameter(name, value.value, Place(program.statements[index].cell, value.lineno)))

    placed = set(layout.training)
    for split in program.of(Split):
        if split.statement in placed and not split.nested and split.statement in layout.serving:
            add(split.node, "", split.statement, SPLIT)
    final = layout.choice.final
    for index in layout.training:
        statement = program.statements[index]
        if hasattr(statement.node, "body"):
            continue
        for node in ast.walk(statement.node):
            note = program.note(node)
            made = note is not None and note.value is final.estimator
            if isinstance(node, ast.Call) and made and node is not final.fit.node:
                owner = node.func
                if not (isinstance(owner, ast.Attribute) and owner.attr in ("fit", "set_params")):
                    add(node, f"{final.name}_", index, None)
    return found, names
