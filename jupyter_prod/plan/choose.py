"""Which model is the notebook's final one, and where it answers."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from jupyter_prod.errors import UsableError
from jupyter_prod.knowledge import knowledge
from jupyter_prod.plan.paths import closure
from jupyter_prod.program import Program
from jupyter_prod.program.events import Fit, Metric, Predict, Saved, Written
from jupyter_prod.program.values import Value, lineage

MODELS = ("predictor", "search", "clusterer", "composite")


@dataclass(frozen=True, eq=False)
class Candidate:
    """A fitted model: its last fit, the name that holds it then, and where it answers for rows."""

    estimator: Value
    fit: Fit
    name: str
    predict: Predict | None
    metrics: tuple[Metric, ...]
    looped: bool


@dataclass(frozen=True, eq=False)
class Choice:
    """The final model; `contest` are the candidates that compete with it by the notebook's own comparison."""

    final: Candidate
    chosen: str
    contest: tuple[Candidate, ...] = ()
    measure: str = ""
    better: str = "higher"

    def entry(self, candidate: Candidate) -> Metric | None:
        """The number by which a candidate competes: the first on held-out rows by the common measure."""
        held_out = (m for m in candidate.metrics if m.name == self.measure and m.part in ("test", "folds"))
        return next(held_out, None)


def role(estimator: Value) -> str:
    """The role of an estimator: predictor, transformer, clusterer, …"""
    if estimator.name and estimator.name not in ("formula", "matrix"):
        return estimator.name
    return str((knowledge().klass(estimator.type) or {}).get("role", "predictor"))


def candidates(program: Program) -> list[Candidate]:
    """Every model that is fitted on rows, by its last fit, in the order of these fits."""
    last: dict[int, Fit] = {}
    for fit in program.of(Fit):
        if role(fit.estimator) in MODELS and fit.x is not None and fit.x.axis:
            last.pop(id(fit.estimator), None)
            last[id(fit.estimator)] = fit
    counts: dict[int, int] = {}
    for fit in last.values():
        counts[id(fit.node)] = counts.get(id(fit.node), 0) + 1
    found = []
    for fit in last.values():
        name = holder(program, fit)
        metrics = tuple(
            m
            for m in program.of(Metric)
            if any(same(e, fit.estimator) for e in m.estimators) and m.statement >= fit.statement
        )
        found.append(
            Candidate(
                fit.estimator,
                fit,
                name,
                answering(program, fit),
                metrics,
                counts[id(fit.node)] > 1 or _in_loop(program, fit),
            )
        )
    return found


def same(a: Value, b: Value) -> bool:
    """Whether two values may be one object."""
    return a is b or b in a.alike or a in b.alike


def _in_loop(program: Program, fit: Fit) -> bool:
    node = program.statements[fit.statement].node
    return isinstance(node, (ast.For, ast.While)) and not fit.inside


def holder(program: Program, fit: Fit) -> str:
    """The top-level name that holds the estimator from its fit on; "" where none does."""
    receiver = fit.node.func.value if isinstance(fit.node.func, ast.Attribute) else None
    statement = program.statements[fit.statement]
    for name, value in statement.trace.bound.items():
        if same(value, fit.estimator):
            return name
    if isinstance(receiver, ast.Name) and not fit.inside:
        return receiver.id
    for earlier in reversed(program.statements[: fit.statement + 1]):
        for name, value in earlier.trace.bound.items():
            if same(value, fit.estimator):
                return name
    return ""


def answering(program: Program, fit: Fit) -> Predict | None:
    """Where the fitted model answers for rows of the data: for test rows if it does."""
    asked = [
        p
        for p in program.of(Predict)
        if same(p.estimator, fit.estimator)
        and p.statement >= fit.statement
        and p.x.axis
        and (fit.x is None or p.x.axis & fit.x.axis)
        and p.method in ("predict", "fit_predict", "predict_classes", "predict_proba", "decision_function")
    ]
    plain = [p for p in asked if p.method in ("predict", "fit_predict", "predict_classes")] or asked
    tests = [p for p in plain if p.x.part == "test"]
    found = tests or plain
    return found[0] if found else None


def choose(program: Program, asked: str | None = None) -> Choice | None:
    """The final model by the rules of the architecture; None where nothing is fitted.

    Raises UsableError where `asked` names no fitted model.
    """
    found = candidates(program)
    named = [c for c in found if c.name]
    if asked is not None:
        for candidate in reversed(named):
            if candidate.name == asked:
                return Choice(candidate, "asked")
        raise UsableError(
            f"no fitted model is called {asked}",
            do="one of: " + (", ".join(dict.fromkeys(c.name for c in named)) or "none"),
        )
    if not named:
        return None
    for saved in reversed(program.of(Saved)):
        held = lineage(saved.what)
        for candidate in reversed(named):
            if any(same(v, candidate.estimator) for v in held) and not candidate.looped:
                return Choice(candidate, "saved")
    supervised = [
        c for c in named if c.fit.y is not None or c.estimator.name in ("formula", "matrix", "predictor")
    ] or named
    single = [c for c in supervised if not c.looped]
    for predict in reversed(program.of(Predict)):
        if not predict.x.axis and not predict.nested:
            for candidate in reversed(single):
                if same(predict.estimator, candidate.estimator) and predict.statement >= candidate.fit.statement:
                    return Choice(candidate, "predicts new data")
    submitted = _submitted(program, single)
    if submitted is not None and len(supervised) > 1:
        return Choice(submitted, "predicts new data")
    clusters = all(role(c.estimator) == "clusterer" for c in supervised)
    if clusters:
        settled = single or supervised
        return Choice(settled[-1], "only" if len(settled) == 1 else "last")
    compared = _contest(supervised)
    final = supervised[-1]
    if compared is not None and final in compared[0]:
        return Choice(final, "best of", tuple(compared[0]), compared[1], compared[2])
    if final.looped and single:
        final = single[-1]
    return Choice(final, "only" if len(supervised) == 1 else "last")


def _submitted(program: Program, found: list[Candidate]) -> Candidate | None:
    """The model whose predictions for rows without a truth go into a file: a submission."""
    needed: set[int] = set()
    for written in program.of(Written):
        needed |= closure(program, [written.statement])
    for predict in reversed(program.of(Predict)):
        judged = any(v is predict.value for m in program.of(Metric) for v in m.values)
        if predict.statement not in needed or predict.x.part in ("train", "test") or judged:
            continue
        for candidate in reversed(found):
            trained = candidate.fit.x
            if same(predict.estimator, candidate.estimator) and trained is not None and predict.x is not trained:
                return candidate
    return None


def asked_rows(candidate: Candidate) -> Value | None:
    """The rows for which a model answers or is scored: only models that are asked the same compete for one service."""
    if candidate.predict is not None:
        return candidate.predict.x
    scored = [m for m in candidate.metrics if m.name in ("score", "evaluate") and m.values]
    held_out = [m for m in scored if m.part == "test"] or scored
    return held_out[0].values[0] if held_out else candidate.fit.x


def _contest(found: list[Candidate]) -> tuple[list[Candidate], str, str] | None:
    """Candidates that one measure on held-out rows compares: (they, the measure, higher or lower)."""
    last = found[-1]
    for measure in last.metrics:
        if measure.part not in ("test", "folds") or not measure.better:
            continue
        rivals = [c for c in found if any(m.name == measure.name and m.part == measure.part for m in c.metrics)]
        rivals = [c for c in rivals if asked_rows(c) is asked_rows(last)]
        if len(rivals) > 1:
            return rivals, measure.name, measure.better
    return None
