"""Which fitted models are judged on rows that they haven't seen, and by which numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from jupyter_prod.hazards.learning import Learning, alternatives, role, short
from jupyter_prod.knowledge import knowledge
from jupyter_prod.program.events import Fit, Metric, Predict
from jupyter_prod.program.values import Value

_IN_FIT = frozenset({"validation_split", "validation_data", "eval_set", "eval_X", "valid_sets", "evals"})
_MOST_STEPS = 200


@dataclass(frozen=True, eq=False)
class Scored:
    """A number that judges an estimator's answers for rows `x`, and the estimator's last fit before."""

    node: ast.expr
    name: str
    estimator: Value
    x: Value
    tick: int
    fit: Fit
    fit_tick: int


def scored(known: Learning) -> list[Scored]:
    """All numbers that judge predictions or scores, found once."""
    kept = known.facts.kept.get("scored")
    if not isinstance(kept, list):
        kept = known.facts.kept["scored"] = list(_scored(known))
    return kept


def _scored(known: Learning) -> Iterator[Scored]:
    answers = {id(e.value): e for e in known.facts.program.of(Predict)}
    for event in known.facts.program.of(Metric):
        if event.part == "folds":
            continue
        tick = known.flow.at(event)
        asked: list[tuple[Value, Value, int]] = []
        if event.name in ("score", "evaluate") and event.values:
            asked = [(e, event.values[0], tick) for e in event.estimators]
        else:
            asked = [(a.estimator, a.x, known.flow.at(a)) for a in _answers(event, answers, known)]
        for maybe, x, when in asked:
            for estimator in alternatives(maybe):
                fits = [f for f in known.fits_of(estimator) if f.x is not None and known.flow.at(f) <= when]
                if fits:
                    yield Scored(event.node, event.name, estimator, x, when, fits[-1], known.flow.at(fits[-1]))


def _answers(event: Metric, answers: dict[int, Predict], known: Learning) -> Iterator[Predict]:
    """The predictions that a number judges, as near to it as they are."""
    values = [v for v in event.values if v.prediction is not None]
    if not values:
        inner = (known.facts.value(n) for n in ast.walk(event.node) if isinstance(n, (ast.Name, ast.Call)))
        values = [v for v in inner if v is not None and v.prediction is not None and v.kind != "estimator"]
    told: set[int] = set()
    for value in values:
        steps = known.flow.back(value, known.flow.at(event), stop=lambda v: id(v) in answers)
        for step in islice(steps, _MOST_STEPS):
            found = answers.get(id(step.value))
            if found is not None and id(found) not in told and found.estimator in event.estimators:
                told.add(id(found))
                yield found


def on_fitted_rows(known: Learning, one: Scored) -> bool:
    """Whether the judged rows are those that the estimator learned from, or hold them."""
    fitted = one.fit.x
    if fitted is None or not fitted.axis or fitted.axis != one.x.axis:
        return False
    if one.x is fitted or (one.x.content is fitted.content and one.x.part == fitted.part):
        return True
    if "test" in (one.x.part, fitted.part) and one.x.part != fitted.part:
        return False
    if _through_list(one.x, one.tick, known) or _through_list(fitted, one.fit_tick, known):
        return False
    mine, theirs = known.flow.rows(one.x, one.tick), known.flow.rows(fitted, one.fit_tick)
    return mine <= theirs


def _through_list(x: Value, tick: int, known: Learning) -> bool:
    """Whether rows went through a list that a loop filled: of which rows it is made is not known then."""
    steps = islice(known.flow.back(x, tick), _MOST_STEPS)
    return any(step.value.kind == "list" and step.value.axis for step in steps)


def site(estimator: Value) -> object:
    """Where an estimator is made: those of a loop are one."""
    return id(estimator.made) if estimator.made is not None else id(estimator)


def must_be_judged(fit: Fit) -> bool:
    """Whether a fit makes a model of which somebody must know how good it is."""
    if role(fit.estimator) not in ("predictor", "search") or fit.estimator.name in ("formula", "matrix"):
        return False
    if fit.y is None or short(fit.estimator).startswith("Dummy") or not _is_known(fit.estimator):
        return False
    return not any(k.arg in _IN_FIT for k in fit.node.keywords) and not _says_out_of_bag(fit.estimator)


def _is_known(estimator: Value) -> bool:
    """Whether it is an estimator beyond doubt: a library's that is known, or the notebook's own class."""
    return knowledge().klass(estimator.type) is not None or isinstance(estimator.node, ast.ClassDef)


def _says_out_of_bag(estimator: Value) -> bool:
    made = estimator.made
    return isinstance(made, ast.Call) and any(
        k.arg == "oob_score" and not (isinstance(k.value, ast.Constant) and k.value.value is False)
        for k in made.keywords
    )


def on_a_part(fit: Fit) -> bool:
    """Fitted on a training part: then the rest was there to judge it."""
    return fit.x is not None and fit.x.part == "train"


def cross_validated_kinds(known: Learning) -> set[str]:
    """The kinds of models that are judged in folds, also inside a search or a pipeline."""
    found: set[str] = set()
    for event in known.facts.program.of(Metric):
        if event.part == "folds":
            for estimator in event.estimators:
                found |= _kinds(estimator)
    for fit in known.fits:
        if role(fit.estimator) == "search":
            found |= _kinds(fit.estimator)
    return found


def _kinds(estimator: Value, seen: set[int] | None = None) -> set[str]:
    seen = set() if seen is None else seen
    if id(estimator) in seen:
        return set()
    seen.add(id(estimator))
    found = {short(estimator)} if estimator.kind == "estimator" else set()
    for held in (*estimator.items, *estimator.alike, *([estimator.element] if estimator.element is not None else ())):
        found |= _kinds(held, seen)
    return found


def judged_sites(known: Learning) -> set[object]:
    """The estimators judged on held-out rows: by a score, a prediction, folds, or a call that has both."""
    found: set[object] = set()
    for judged in known.held_out():
        found |= _sites(judged.estimator)
    for fit in known.fits:
        if role(fit.estimator) == "search":
            found |= _sites(fit.estimator)
    for event in known.facts.program.of(Metric):
        if event.part == "folds" or any(
            _is_unseen(v, known.flow.at(event), e, known) for e in event.estimators for v in event.values
        ):
            for estimator in event.estimators:
                found |= _sites(estimator)
    for call in known.facts.calls_of("sklearn.model_selection.cross_val_predict"):
        judged_in_folds = known.facts.value(call.args[0]) if call.args else None
        found |= _sites(judged_in_folds) if judged_in_folds is not None else set()
    for call in known.facts.calls:
        found |= _judged_by_call(call, known)
    return found


def _sites(estimator: Value, seen: set[int] | None = None) -> set[object]:
    seen = set() if seen is None else seen
    if id(estimator) in seen:
        return set()
    seen.add(id(estimator))
    found = {site(estimator)} if estimator.kind == "estimator" else set()
    for held in (*estimator.items, *estimator.alike):
        found |= _sites(held, seen)
    return found


def _is_unseen(value: Value, tick: int, estimator: Value, known: Learning) -> bool:
    if value.part == "test":
        return True
    fits = known.fits_of(estimator)
    return (bool(fits) and any(known.is_apart(value, tick, f) for f in fits)) or (
        bool(fits)
        and bool(value.axis)
        and all(f.x is not None and f.x.axis and not f.x.axis & value.axis for f in fits)
    )


def _judged_by_call(call: ast.Call, known: Learning) -> set[object]:
    """A call that has both an estimator and held-out rows judges it: `plot_roc_curve(model, X_test, y_test)`."""
    values = [known.facts.value(a) for a in [*call.args, *(k.value for k in call.keywords)]]
    estimators = [v for v in values if v is not None and v.kind == "estimator" and role(v) in ("predictor", "search")]
    if not estimators or not any(v is not None and v.part == "test" for v in values):
        return set()
    return set().union(*(_sites(e) for e in estimators))
