"""The notebook's cells with recording calls in them, for verification: they tell what the notebook itself says."""

from __future__ import annotations

import ast

from jupyter_prod.plan.choose import Choice
from jupyter_prod.plan.layout import DEFINITIONS, Layout, judged
from jupyter_prod.plan.nouns import Probe
from jupyter_prod.program import Program
from jupyter_prod.scaffold.stages.marks import Marks
from jupyter_prod.scaffold.stages.rewrite import Rewriter
from jupyter_prod.scaffold.stages.service import without_target
from jupyter_prod.scaffold.stages.source import Edit, apply, shifted

CONTEST = """class __prod_Contest__:
    def __init__(self, better):
        self.sign, self.entries = (-1.0 if better == "lower" else 1.0), []
    def enter(self, name, model, score):
        import numpy
        self.entries.append((self.sign * float(numpy.mean(numpy.asarray(score, dtype=float))), model))
    def best(self):
        return max(self.entries, key=lambda entry: entry[0])[1]
__prod_contest__ = __prod_Contest__({better!r})
"""


def instrumented(program: Program, layout: Layout | None, used: set[int]) -> tuple[Probe, ...]:
    """The cells that tell: their metrics under the same words as the project's, and the final model's answers."""
    choice: Choice | None = layout.choice if layout is not None else None
    rewriter = Rewriter(program, "", {}, quiet=False)
    marks = Marks(program, rewriter, choice, "__prod_record__", "__prod_contest__")
    rewriter.after = marks.mark
    wanted = judged(program) & used
    edits: dict[int, list[Edit]] = {}
    for statement in program.statements:
        lines = []
        text = rewriter.source_of(statement.cell).segment(statement.node)
        new = text
        if statement.index in wanted or (isinstance(statement.node, DEFINITIONS) and statement.index in used):
            new = rewriter.statement(statement, "plain")
            lines += marks.containers(statement.index) if statement.index in wanted else []
        if (
            layout is not None
            and choice is not None
            and layout.x_node is not None
            and statement.index == _asked_at(layout)
        ):
            lines.append(_probe(program, rewriter, layout))
        if lines or new != text:
            source = rewriter.source_of(statement.cell)
            edits.setdefault(statement.cell, []).append(
                Edit(source.start(statement.node), source.end(statement.node), "\n".join([new, *lines]))
            )
    if choice is not None and choice.contest and edits:
        first = min(s.cell for s in program.statements)
        source = rewriter.source_of(first)
        start = source.start(program.statements[0].node)
        mine = [e for e in edits.get(first, []) if e.start == start]
        if mine:
            edits[first].remove(mine[0])
            edits[first].append(Edit(start, mine[0].end, CONTEST.format(better=choice.better) + mine[0].text))
        else:
            edits.setdefault(first, []).append(Edit(start, start, CONTEST.format(better=choice.better)))
    return tuple(Probe(cell, apply(program.sources[cell], found)) for cell, found in sorted(edits.items()))


def _asked_at(layout: Layout) -> int:
    """The statement after which the model and its rows can be asked together: all that compete are judged by then."""
    assert layout.choice is not None
    judged_at = [entry.statement for c in layout.choice.contest if (entry := layout.choice.entry(c)) is not None]
    return max([layout.x_statement, layout.choice.final.fit.statement, *layout.answer, *judged_at])


def _probe(program: Program, rewriter: Rewriter, layout: Layout) -> str:
    assert layout.choice is not None and layout.x_node is not None
    statement = program.statements[layout.x_statement]
    rows = rewriter.source_of(statement.cell).segment(layout.x_node)
    rows = " ".join(line.strip() for line in rows.split("\n")) + without_target(layout)
    model = "__prod_contest__.best()" if layout.choice.contest else layout.choice.final.name
    if layout.answer_node is not None:
        return f"{_answer(program, rewriter, layout)}\n__prod_probe__({model}, {rows}, __prod_answer__)"
    return f"__prod_probe__({model}, {rows})"


def _answer(program: Program, rewriter: Rewriter, layout: Layout) -> str:
    """What the notebook makes of a prediction, as a function that can be asked of any model that competes."""
    assert layout.choice is not None and layout.choice.final.predict is not None and layout.answer_node is not None
    call = layout.choice.final.predict.node
    method = call.func.attr if isinstance(call.func, ast.Attribute) else "predict"
    before, rewriter.after = rewriter.after, None
    rewriter.replaced[id(call)] = f"model.{'predict' if method == 'fit_predict' else method}(rows)"
    lines = []
    for index in layout.answer:
        statement = program.statements[index]
        if not _holds(statement.node, layout.answer_node):
            lines.append(shifted(rewriter.statement(statement, "plain"), "    "))
    owner = next(s for s in program.statements if _holds(s.node, layout.answer_node))
    rewriter.mode, rewriter.source = "plain", rewriter.source_of(owner.cell)
    lines.append(shifted(f"return ({rewriter.text(layout.answer_node)})", "    "))
    del rewriter.replaced[id(call)]
    rewriter.after = before
    name = layout.choice.final.name
    rebound = [f"    {name} = model"] if name != "model" and any(name in line for line in lines) else []
    return "\n".join(["def __prod_answer__(model, rows):", *rebound, *lines])


def _holds(outer: ast.AST, inner: ast.AST) -> bool:
    return any(n is inner for n in ast.walk(outer))
