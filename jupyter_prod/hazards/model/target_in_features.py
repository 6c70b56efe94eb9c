"""JPM06 target-in-features."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_prod.hazards.columns import Columns, Origin
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.learning import Learning, holds, learning, role
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Fit


class TargetInFeatures(Rule):
    code = "JPM06"
    slug = "target-in-features"
    severity = "error"
    step = 4
    title = "The target is among the features"
    what = """
    Finds models that are fitted on the target itself, on the column that the target is made from, or on another
    column that is computed from the same (the target in other units, as a logarithm, as a share). Earlier values of
    the target (`shift`) are none.
    """
    why = """
    The model reads the answer off its input: the score is near perfect. In production the answer isn't known when
    it is asked, and the service has nothing to fill the column with.
    """
    bad = (
        """
        import numpy as np
        import pandas as pd
        from sklearn.tree import DecisionTreeClassifier
        samples = pd.read_csv("samples.csv")
        samples["unfit"] = samples["e_coli"] > 900
        samples["log_coli"] = np.log1p(samples["e_coli"])
        tree = DecisionTreeClassifier().fit(samples[["rain", "log_coli"]], samples["unfit"])  # JPM06
        """,
        """
        import pandas as pd
        from sklearn.tree import DecisionTreeRegressor
        rows = pd.read_csv("rows.csv")
        X = rows[["a", "tip"]]  # JPM06
        y = rows["tip"]
        tree = DecisionTreeRegressor().fit(X, y)
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.tree import DecisionTreeClassifier
        samples = pd.read_csv("samples.csv")
        samples["unfit"] = samples["e_coli"] > 900
        tree = DecisionTreeClassifier().fit(samples[["rain", "flow"]], samples["unfit"])
        """,
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        load = pd.read_csv("load.csv")
        load["yesterday"] = load["mw"].shift(24)
        load["minutes"] = load["arrived"] - load["left"]
        load["hour"] = load["left"] // 60
        Ridge().fit(load[["yesterday"]], load["mw"])
        Ridge().fit(load[["hour"]], load["minutes"])
        """,
    )
    conversion = "yours"
    conversion_note = """
    Serving stands a neutral value in for the target; verification then shows that the predictions differ and names
    the feature.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = learning(facts)
        columns = Columns(facts.flow)
        told: set[tuple[int, str]] = set()
        for fit in known.fits:
            leaks = _leaks(fit, columns, known)
            for node in dict.fromkeys(leak.node for leak in leaks):
                here = [leak for leak in leaks if leak.node is node]
                place = facts.place(node)
                if place is not None and (id(node), here[0].target) not in told:
                    told.add((id(node), here[0].target))
                    yield Hit(place, _message(here))


def _message(leaks: list[_Leak]) -> str:
    if len(leaks) == 1:
        return f"the feature {leaks[0].feature!r} {leaks[0].how}: leave it out of the features"
    names = ", ".join(repr(leak.feature) for leak in leaks)
    return f"the features {names} hold the target {leaks[0].target!r} or are computed from the same: leave them out"


@dataclass(frozen=True)
class _Leak:
    feature: str
    target: str
    how: str
    node: ast.AST


def _leaks(fit: Fit, columns: Columns, known: Learning) -> list[_Leak]:
    if fit.x is None or fit.y is None or role(fit.estimator) not in ("predictor", "search"):
        return []
    if holds(fit.estimator, "ColumnTransformer") or not fit.x.axis or fit.y.axis != fit.x.axis:
        return []
    when = known.flow.at(fit)
    target = columns.origin(fit.y, when)
    if not target.roots or not target.elementwise:
        return []
    name = fit.y.column if isinstance(fit.y.column, str) else min(target.roots)[0]
    found: list[_Leak] = []
    names = columns.of(fit.x, when).names
    views = (s.value for s in known.flow.back(fit.y, when) if s.value.kind == "series" and s.value.parent is not None)
    frame = next((v.parent for v in views if v.parent is not None and v.parent.kind == "frame"), None)
    if frame is not None:  # no list names them, but nothing has dropped them
        asked = {name, *(root for root, how in target.roots if not how)}
        names += [n for n in sorted(asked) if n not in names and columns.surely(fit.x, n, frame, when)]
    for feature in names:
        made = columns.made(fit.x, feature, when)
        if feature == name and _is_target(made, target):
            how = "is the target itself"
        elif made.elementwise and made.roots and target.roots <= made.roots:
            how = f"is computed from the same as the target {name!r}"
            if made.node is None:
                how = f"is what the target {name!r} is computed from"
        else:
            continue
        entry = columns.entry(fit.x, feature, when)
        found.append(
            _Leak(feature, name, how, entry if entry is not None and known.facts.place(entry) is not None else fit.node)
        )
    return found


def _is_target(made: Origin, target: Origin) -> bool:
    return bool(made.roots & target.roots)
