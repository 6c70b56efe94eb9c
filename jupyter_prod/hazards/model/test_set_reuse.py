"""JPM03 test-set-reuse."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.holdout import Scored, on_fitted_rows, scored, site
from jupyter_prod.hazards.learning import Learning, learning, role, short
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.values import Value

_LOOPS = (ast.For, ast.While, ast.ListComp, ast.DictComp, ast.GeneratorExp, ast.SetComp)
_CHOOSERS = ("max", "min", "sorted", "argmax", "argmin", "nanargmax", "nanargmin", "idxmax", "idxmin", "nlargest")
_SPLITS = frozenset({"train_test_split", "split", "sample", "random_split"})


class TestSetReuse(Rule):
    code = "JPM03"
    slug = "test-set-reuse"
    severity = "warning"
    step = 4
    title = "The test rows choose the model"
    what = """
    Finds loops that fit models with other parameters, or of other kinds, and score each on the same test rows, and
    choices of the best among such scores. Rows that are only for choosing are none, where others remain for the
    report; nor are folds.
    """
    why = """
    The best of many scores on the same rows is the luckiest, too. The number that is reported is then higher than what
    new rows bring: the test rows were a part of the training.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.model_selection import train_test_split
        from sklearn.neighbors import KNeighborsRegressor
        flats = pd.read_csv("flats.csv")
        a, b, ya, yb = train_test_split(flats[["area", "floor"]], flats["rent"], random_state=1)
        found = {}
        for k in range(1, 30):
            model = KNeighborsRegressor(k).fit(a, ya)
            found[k] = model.score(b, yb)  # JPM03
        best = max(found, key=found.get)
        """,
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import accuracy_score
        from sklearn.model_selection import train_test_split
        loans = pd.read_csv("loans.csv")
        a, b, ya, yb = train_test_split(loans[["income"]], loans["paid"], random_state=1)
        forest = accuracy_score(yb, RandomForestClassifier(random_state=1).fit(a, ya).predict(b))
        logit = accuracy_score(yb, LogisticRegression().fit(a, ya).predict(b))
        print(max(forest, logit))  # JPM03
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.model_selection import GridSearchCV, train_test_split
        from sklearn.neighbors import KNeighborsRegressor
        flats = pd.read_csv("flats.csv")
        a, b, ya, yb = train_test_split(flats[["area", "floor"]], flats["rent"], random_state=1)
        search = GridSearchCV(KNeighborsRegressor(), {"n_neighbors": range(1, 30)}).fit(a, ya)
        print(search.score(b, yb))
        """,
        """
        import pandas as pd
        from sklearn.model_selection import train_test_split
        from sklearn.neighbors import KNeighborsRegressor
        flats = pd.read_csv("flats.csv")
        fit, rest = train_test_split(flats, random_state=1)
        choose, report = train_test_split(rest, random_state=1)
        found = {}
        for k in range(1, 30):
            found[k] = KNeighborsRegressor(k).fit(fit[["area"]], fit["rent"]).score(choose[["area"]], choose["rent"])
        best = KNeighborsRegressor(max(found, key=found.get)).fit(fit[["area"]], fit["rent"])
        print(best.score(report[["area"]], report["rent"]))
        """,
    )
    conversion = "yours"
    conversion_note = """
    The final model is chosen by the notebook's own comparison. Choose by cross-validation on the training rows, and
    score once on the test rows.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = learning(facts)
        if not known.fits:
            return
        held = [s for s in scored(known) if _is_held_out(s, known)]
        told: set[int] = set()
        chosen: list[tuple[ast.expr, str]] = []
        for one in held:
            loop = _loop(one, facts)
            if loop is None or id(loop) in told or _others_remain(one, held, loop, facts):
                continue
            told.add(id(loop))
            what = f"each `{short(one.estimator)}` of the loop is scored on the same test rows"
            chosen.append((one.node, what))
        if not chosen:
            chosen = list(_chosen(held, facts))[:1]
        for node, what in chosen:
            place = facts.place(node)
            if place is not None:
                yield Hit(place, f"{what}: choose by cross-validation on the training rows, test once")


def _is_held_out(one: Scored, known: Learning) -> bool:
    if role(one.estimator) not in ("predictor", "search") or on_fitted_rows(known, one):
        return False
    return known.is_apart(one.x, one.tick, one.fit)


def _loop(one: Scored, facts: Facts) -> ast.AST | None:
    """The loop that makes the estimator anew from what it goes over, and scores it."""
    made = one.estimator.made
    for above in facts.parents(one.node):
        if isinstance(above, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            return None
        if not isinstance(above, _LOOPS) or isinstance(above, ast.While):
            continue
        targets = _targets(above)
        if _parts_anew(above, facts) or _chosen_within(above, targets, one, facts):
            return None
        within = made is not None and any(p is above for p in facts.parents(made))
        if within and targets & {n.id for n in ast.walk(made) if isinstance(n, ast.Name)}:  # type: ignore[arg-type]
            return above
        receiver = one.fit.node.func.value if isinstance(one.fit.node.func, ast.Attribute) else None
        fitted_here = any(p is above for p in facts.parents(one.fit.node))
        if fitted_here and isinstance(receiver, ast.Name) and receiver.id in targets:
            return above
        if fitted_here and _set_from(above, targets):
            return above
    return None


def _set_from(loop: ast.AST, targets: set[str]) -> bool:
    """`model.set_params(C=c)` in the loop."""
    return any(
        isinstance(n, ast.Call)
        and isinstance(n.func, ast.Attribute)
        and n.func.attr == "set_params"
        and targets & {m.id for m in ast.walk(n) if isinstance(m, ast.Name)}
        for n in ast.walk(loop)
    )


def _targets(loop: ast.AST) -> set[str]:
    """The names that a loop binds by going over something, and what its body makes of them."""
    bound = [loop.target] if isinstance(loop, ast.For) else [g.target for g in getattr(loop, "generators", ())]
    names = {n.id for t in bound for n in ast.walk(t) if isinstance(n, ast.Name)}
    for node in ast.walk(loop):
        if not isinstance(node, ast.Assign) or (isinstance(node.value, ast.Call) and _is_fitting(node.value)):
            continue
        if names & {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}:
            names |= {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return names


def _is_fitting(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("fit", "predict", "score")


def _parts_anew(loop: ast.AST, facts: Facts) -> bool:
    """Whether rows are parted within the loop, or it goes over folds."""
    for node in ast.walk(loop):
        if isinstance(node, ast.Call):
            last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            text = isinstance(node.func, ast.Attribute) and _is_text(facts.value(node.func.value))
            if (last in _SPLITS and not text) or facts.qualified(node.func).endswith(".train_test_split"):
                return True
    return False


def _chosen_within(loop: ast.AST, targets: set[str], one: Scored, facts: Facts) -> bool:
    """Whether the loop chooses the rows by what it goes over: folds made by hand."""
    for step in islice(facts.flow.back(one.x, one.tick), 300):
        made = step.value.made
        if step.value.chosen is None or not isinstance(made, (ast.Subscript, ast.Call)):
            continue
        if targets & {n.id for n in ast.walk(made) if isinstance(n, ast.Name)} and any(
            p is loop for p in facts.parents(made)
        ):
            return True
    return False


def _is_text(value: Value | None) -> bool:
    return value is not None and value.kind == "text"


def _others_remain(one: Scored, held: list[Scored], loop: ast.AST, facts: Facts) -> bool:
    """Whether an estimator is scored on other held-out rows, outside of the loop: these were only for choosing."""
    mine = facts.flow.rows(one.x, one.tick)
    for other in held:
        if any(p is loop for p in facts.parents(other.node)):
            continue
        theirs = facts.flow.rows(other.x, other.tick)
        if mine - theirs and theirs - mine:
            return True
    return False


def _chosen(held: list[Scored], facts: Facts) -> Iterator[tuple[ast.expr, str]]:
    """Calls and comparisons that take the best of several models' scores on the same rows."""
    numbers = {id(v): s for s in held if (v := facts.value(s.node)) is not None}
    if len({site(s.estimator) for s in held}) < 2:
        return
    for call in facts.methods(*_CHOOSERS):
        given = [*call.args[:1]] if len(call.args) == 1 else list(call.args)
        if isinstance(call.func, ast.Attribute) and not given:
            given = [call.func.value]
        values = [v for g in given if (v := facts.value(g)) is not None]
        found = [numbers[id(s.value)] for v in values for s in facts.flow.back(v) if id(s.value) in numbers]
        if _compete(found, facts):
            yield call, "the best of several scores on the same test rows is taken"
    for test in facts.nodes_of(ast.If):
        if isinstance(test.test, ast.Compare) and len(test.test.comparators) == 1:
            sides = [facts.value(test.test.left), facts.value(test.test.comparators[0])]
            found = [numbers[id(v)] for v in sides if v is not None and id(v) in numbers]
            if len(found) == 2 and _compete(found, facts):
                yield test.test, "two models are held against each other on the test rows"


def _compete(found: list[Scored], facts: Facts) -> bool:
    if len({site(s.estimator) for s in found}) < 2:
        return False
    rows = {facts.flow.rows(s.x, s.tick) for s in found}
    return len(rows) == 1 and not any(short(s.estimator).startswith("Dummy") for s in found)
