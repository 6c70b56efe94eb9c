"""Which statement of the notebook goes where in the project."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from jupyter_prod.plan.blends import blended_at
from jupyter_prod.plan.choose import Choice
from jupyter_prod.plan.neighbours import on_other_rows, places_new_rows
from jupyter_prod.plan.own_estimators import learns_when_asked
from jupyter_prod.plan.paths import closure, names_in, row_path, splits_rows
from jupyter_prod.program import Program, Statement
from jupyter_prod.program.events import Fit, Metric, Predict, Read, Written
from jupyter_prod.program.values import Value

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)


class NoService(Exception):
    """Why there can be no row service: `what` at statement `at`, and what would `lift` it."""

    def __init__(self, at: int, what: str, lift: str = "") -> None:
        self.at, self.what, self.lift = at, what, lift
        super().__init__(what)


@dataclass
class Layout:
    """The placement of statements, by their index.

    features  from raw rows to the point where training and serving part
    serving   from there to the model's input, as the service must do it
    training  the split, the fits, in order, with what is judged on the way
    evaluation what only judges, after the last fit
    modules   imports, definitions and constants that travel with these
    moved     features that act at training only: they would see other values if they ran after the rest
    """

    rows: str = ""
    features: list[int] = field(default_factory=list)
    serving: list[int] = field(default_factory=list)
    training: list[int] = field(default_factory=list)
    evaluation: list[int] = field(default_factory=list)
    modules: list[int] = field(default_factory=list)
    moved: set[int] = field(default_factory=set)
    cut: int = -1
    refit: bool = False
    x_node: ast.expr | None = None
    x_statement: int = -1
    y_node: ast.expr | None = None
    y_statement: int = -1
    answer: list[int] = field(default_factory=list)
    answer_node: ast.expr | None = None
    answer_call: ast.Call | None = None
    choice: Choice | None = None

    def all(self) -> set[int]:
        """Every statement that is used."""
        return {*self.features, *self.serving, *self.training, *self.evaluation, *self.modules}


def is_module_level(statement: Statement) -> bool:
    """Whether a statement belongs at the top of modules: an import or a definition."""
    return isinstance(statement.node, (*DEFINITIONS, *IMPORTS))


def judged(program: Program) -> set[int]:
    """The statements that tell a number which judges a model."""
    found = {m.statement for m in program.of(Metric)}
    for statement in program.statements:
        if tells_metric(program, statement.node, statement.last):
            found.add(statement.index)
    return {i for i in found if not is_module_level(program.statements[i]) and not _draws_only(program, i)}


def _draws_only(program: Program, index: int) -> bool:
    """A metric that only reaches a plot is nobody's number."""
    node = program.statements[index].node
    if not isinstance(node, ast.Expr):
        return False
    note = program.note(node.value)
    return note is not None and note.value.kind == "figure"


def tells_metric(program: Program, node: ast.stmt, last: bool) -> bool:
    """Whether a statement shows or names a number that judges."""
    if isinstance(node, ast.Expr):
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("print", "display"):
            return any(
                is_metric(program, part)
                for argument in call.args
                for part in ast.walk(argument)
                if isinstance(part, ast.expr)
            )
        return last and is_metric(program, call)
    if isinstance(node, ast.Assign):
        return is_metric(program, node.value)
    return False


def is_metric(program: Program, node: ast.expr) -> bool:
    """Whether an expression's value judges a model."""
    note = program.note(node)
    if note is None or not note.value.metric:
        return False
    if isinstance(
        node, (ast.List, ast.Dict, ast.Tuple, ast.Set)
    ):  # an empty list that is filled later judges nothing yet
        return any(is_metric(program, part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))
    return not (
        isinstance(node, ast.Call)
        and note.value.kind in ("list", "dict", "frame", "series", "array", "unknown")
        and _made_empty(program, node)
    )


def _made_empty(program: Program, node: ast.Call) -> bool:
    """`list()`, `pd.DataFrame(columns=[…])`: a container that no metric has gone into yet."""
    name = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )
    given = [*node.args, *(k.value for k in node.keywords)]
    return name in (
        "list",
        "dict",
        "DataFrame",
        "Series",
        "OrderedDict",
        "defaultdict",
        "zeros",
        "empty",
        "array",
    ) and not any(is_metric(program, part) for part in given)


def lay_out(program: Program, choice: Choice) -> Layout:
    """Places the statements of a notebook whose final model can answer for a row.

    Raises NoService where it can't.
    """
    final = choice.final
    if not places_new_rows(final.estimator):
        short = final.estimator.type.rsplit(".", 1)[-1]
        raise NoService(final.fit.statement, f"{short} groups the rows that it is fitted to and can place no others")
    mixed = blended_at(program, final.estimator) if choice.chosen != "asked" else None
    if mixed is not None:
        raise NoService(
            mixed, "the answer that is judged is mixed from several models", "ask for one with --model NAME"
        )
    layout = Layout(choice=choice)
    _answering(program, layout)
    _rows(program, layout)
    fit = final.fit
    path = row_path(program, layout.x_statement, layout.x_node) if layout.x_node is not None else set()
    y_path = (
        closure(program, _definitions(program, layout.y_statement, layout.y_node))
        if layout.y_node is not None
        else set()
    )
    splits = sorted(i for i in path if splits_rows(program, program.statements[i]))
    layout.cut = splits[0] if splits else min(fit.statement, layout.x_statement)
    targets = (
        judged(program)
        | {fit.statement, layout.x_statement}
        | set(layout.answer)
        | {c.fit.statement for c in choice.contest}
    )
    everything = closure(program, targets)
    before = {i for i in path if i < layout.cut}
    features = closure(program, before | {i for i in y_path if i < layout.cut})
    features = {i for i in features if i < layout.cut}
    _serving_path(program, layout, path)
    _needs_no_other_row(program, layout, features)
    reads = {r.statement for r in program.of(Read)}
    rest = everything - features
    on_way = set(features)
    features, rest = _ordered(program, features, rest, reads)
    layout.moved = {i for i in features - on_way if not is_module_level(program.statements[i])}
    layout.modules = sorted(i for i in everything | features if is_module_level(program.statements[i]))
    modules = set(layout.modules)
    layout.features = sorted(i for i in features if i not in modules)
    rest_sorted = sorted(i for i in rest if i not in modules)
    last = max([i for i in rest_sorted if _trains(program, i)] + [fit.statement] + layout.serving)
    layout.training = [i for i in rest_sorted if i <= last]
    layout.evaluation = [i for i in rest_sorted if i > last]
    return layout


def _needs_no_other_row(program: Program, layout: Layout, features: set[int]) -> None:
    """Raises NoService where the model's input leans on rows other than its own."""
    note = program.note(layout.x_node) if layout.x_node is not None else None
    fitted = layout.choice.final.fit.statement if layout.choice else -1
    way = {*features, *layout.serving, layout.x_statement} - {fitted}
    for fit in program.of(Fit):
        learner = learns_when_asked(fit.estimator) if fit.statement in {*way, fitted} else None
        if learner is not None:
            what = f"{learner[0]} makes a statistic (`{learner[1]}`) of the rows that it is asked about"
            raise NoService(fit.statement, what, "learn it in fit, and keep it in the estimator")
    other = on_other_rows(program, way, note.value if note is not None else Value())
    if other is not None:
        raise NoService(*other, "keep what it needs of other rows in a column of the input")


def _definitions(program: Program, statement: int, node: ast.expr) -> set[int]:
    trace = program.statements[statement].trace
    return {i for name in names_in(node) for i in trace.name_needs.get(name, ())}


def _answering(program: Program, layout: Layout) -> None:
    """Finds where the final model answers for rows, and what is done with its answer."""
    assert layout.choice is not None
    final = layout.choice.final
    predict = final.predict
    layout.y_node, layout.y_statement = final.fit.y_node, final.fit.y_statement
    if predict is not None and not predict.nested:
        layout.x_node, layout.x_statement, layout.answer_call = predict.x_node, predict.statement, predict.node
        _after(program, layout, predict)
        if layout.answer_node is not None and _only_scores(program, layout, predict):
            layout.answer, layout.answer_node = [], None
        return
    scored = [m for m in final.metrics if m.name in ("score", "evaluate") and not m.nested and m.arguments]
    scored = [m for m in scored if m.part == "test"] or scored
    if scored:
        layout.x_node, layout.x_statement = scored[0].arguments[0], scored[0].statement
        return
    if final.fit.x_node is None or final.fit.inside:
        if final.fit.inside:
            _inside_function(program, layout)
            return
        raise NoService(final.fit.statement, "the model is fitted on something that can't be followed")
    layout.x_node, layout.x_statement = final.fit.x_node, final.fit.statement


def _inside_function(program: Program, layout: Layout) -> None:
    """The model is fitted within a function: its rows are those of the argument that the call hands over."""
    assert layout.choice is not None
    fit = layout.choice.final.fit
    statement = program.statements[fit.statement]
    for node in ast.walk(statement.node):
        if isinstance(node, ast.Call):
            for argument in node.args:
                note = program.note(argument)
                if note is not None and fit.x is not None and note.value is fit.x:
                    layout.x_node, layout.x_statement = argument, fit.statement
                if note is not None and fit.y is not None and note.value is fit.y:
                    layout.y_node, layout.y_statement = argument, fit.statement
    if layout.x_node is None:
        raise NoService(
            fit.statement,
            "the model is fitted inside a function, on rows that are made there",
            "fit the model at the top level of a cell",
        )


def _after(program: Program, layout: Layout, predict: Predict) -> None:
    """What the notebook does with the predictions before it judges them: rounds, decodes, transforms back."""
    metrics = [m for m in program.of(Metric) if m.statement >= predict.statement and not m.nested]
    for metric in metrics:
        for node, value in zip(metric.arguments, metric.values, strict=False):
            if (
                value.prediction is None
                or value.prediction is not predict.estimator
                or value is predict.value
                or value.part not in ("", "test")
            ):
                continue
            if not value.axis:
                continue
            path = row_path(program, metric.statement, node)
            if predict.statement not in path and metric.statement != predict.statement:
                continue
            between = sorted(i for i in path if predict.statement < i <= metric.statement)
            if between or not isinstance(node, ast.Name):
                inner = _contains(node, predict.node)
                if inner and metric.statement == predict.statement:
                    layout.answer_node = node
                    return
                if metric.statement != predict.statement and not inner:
                    layout.answer, layout.answer_node = [predict.statement, *between], node
                    return
            break
        else:
            continue
        break
    bound = program.statements[predict.statement].node
    if isinstance(bound, ast.Assign) and bound.value is not predict.node:
        note = program.note(bound.value)
        if note is not None and note.value.prediction is predict.estimator and note.value.axis:
            layout.answer_node = bound.value


SCORES = ("predict_proba", "predict_log_proba", "decision_function")


def _only_scores(program: Program, layout: Layout, predict: Predict) -> bool:
    """Whether what is judged are the scores themselves, as for a ROC curve: they rank rows, the class is the answer."""
    node: ast.expr | None = layout.answer_node
    earlier = sorted(layout.answer)
    while node is not None and predict.method in SCORES:
        if node is predict.node:
            return True
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            node = node.func.value
        elif isinstance(node, ast.Name):
            earlier, node = _bound_to(program, earlier, node.id)
        else:
            return False
    return False


def _bound_to(program: Program, statements: list[int], name: str) -> tuple[list[int], ast.expr | None]:
    """The expression that the last of these statements binds a name to, and the statements before that one.

    What the expression reads was bound before it: `p = p[:, 1]` leads to the earlier `p`, never to itself.
    """
    for place in reversed(range(len(statements))):
        node = program.statements[statements[place]].node
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            return statements[:place], node.value
    return [], None


def _contains(outer: ast.AST, inner: ast.AST) -> bool:
    return any(n is inner for n in ast.walk(outer))


def _rows(program: Program, layout: Layout) -> None:
    """Which input's rows are answered."""
    assert layout.choice is not None and layout.x_node is not None
    note = program.note(layout.x_node)
    x = note.value if note is not None else Value()
    axis = x.axis
    if not axis:
        raise NoService(
            layout.choice.final.fit.statement,
            "the model's input is no longer rows of an input: "
            + ("they were grouped or pivoted before" if x.origin else "it was not made from a file"),
        )
    y = layout.choice.final.fit.y
    if y is not None and y.axis & axis:
        axis = y.axis & axis
    reads = {r.name: r for r in program.of(Read)}
    chosen = [n for n in reads if n in axis]
    trained = [n for n in chosen if "train" in (reads[n].path or "").lower()]
    layout.rows = (trained or chosen)[0]


def _serving_path(program: Program, layout: Layout, path: set[int]) -> None:
    """The way from the cut to the model's input; over the training rows where the test rows were fitted anew."""
    assert layout.choice is not None
    fit = layout.choice.final.fit
    after = sorted(i for i in path if i >= layout.cut)
    refits = {
        f.statement for f in program.of(Fit) if f.statement in after and f.statement != fit.statement and not f.inside
    }
    refits |= {
        f.statement for f in program.of(Fit) if f.statement in after and f.inside and f.statement != fit.statement
    }
    if refits and fit.x_node is not None and not fit.inside and layout.x_statement != fit.statement:
        layout.refit = True
        layout.x_node, layout.x_statement = fit.x_node, fit.statement
        after = sorted(i for i in row_path(program, fit.statement, fit.x_node) if i >= layout.cut)
    layout.serving = after


def _trains(program: Program, index: int) -> bool:
    return any(f.statement == index for f in program.of(Fit))


def conflict(program: Program, early: int, late: int) -> bool:
    """Whether a statement may not run after another that follows it in the notebook."""
    a, b = program.statements[early].trace, program.statements[late].trace
    return bool(b.binds & (a.reads | a.binds) or b.mutates & (a.uses | a.mutates))


def _ordered(program: Program, features: set[int], rest: set[int], reads: Iterable[int]) -> tuple[set[int], set[int]]:
    """Moves into the features what would see other values if it ran after them."""
    moved = True
    while moved:
        moved = False
        for index in sorted(rest):
            if is_module_level(program.statements[index]) or not any(f > index for f in features):
                continue
            if any(
                f > index and not is_module_level(program.statements[f]) and conflict(program, index, f)
                for f in features
            ):
                more = closure(program, [index])
                features |= more
                rest -= more
                moved = True
    return features, rest


def written(program: Program) -> list[Written]:
    """The files that a batch run must write."""
    return list(program.of(Written))
