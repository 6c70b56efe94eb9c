"""JPM10 unstratified-imbalance."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

from jupyter_prod.hazards.call_edits import added_keyword, source_between
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.learning import is_classifier, learning, role
from jupyter_prod.hazards.rule import Fix, Hit, Rule

_MOST_STEPS = 400


class UnstratifiedImbalance(Rule):
    code = "JPM10"
    slug = "unstratified-imbalance"
    severity = "info"
    step = 4
    title = "Classes are split without keeping their shares"
    what = """
    Finds `train_test_split` without `stratify` where a classifier learns from the result.
    """
    why = """
    A rare class may be missing from the test rows, or be there twice as often, by luck of the draw. The score then says
    more of the draw than of the model, and two runs with other seeds disagree.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import train_test_split
        loans = pd.read_csv("loans.csv")
        X, y = loans[["income", "age"]], loans["default"]
        a, b, ya, yb = train_test_split(X, y, random_state=1)  # JPM10
        print(LogisticRegression().fit(a, ya).score(b, yb))
        """,
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.model_selection import train_test_split
        loans = pd.read_csv("loans.csv")
        train, test = train_test_split(loans, test_size=0.2, random_state=1)  # JPM10
        forest = RandomForestClassifier(random_state=1).fit(train[["income"]], train["default"])
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import train_test_split
        loans = pd.read_csv("loans.csv")
        X, y = loans[["income", "age"]], loans["default"]
        a, b, ya, yb = train_test_split(X, y, random_state=1, stratify=y)
        print(LogisticRegression().fit(a, ya).score(b, yb))
        """,
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import train_test_split
        loans = pd.read_csv("loans.csv")
        a, b, ya, yb = train_test_split(loans[["income"]], loans["sum"], random_state=1)
        print(Ridge().fit(a, ya).score(b, yb))
        """,
    )
    fixed = """
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import train_test_split
        loans = pd.read_csv("loans.csv")
        X, y = loans[["income", "age"]], loans["default"]
        a, b, ya, yb = train_test_split(X, y, random_state=1, stratify=y)  # JPM10
        print(LogisticRegression().fit(a, ya).score(b, yb))
        """
    fix = "unsafe"
    fix_note = (
        "Adds `stratify=` with the target, where the split is given features and target: the rows are others then."
    )
    conversion = "yours"
    conversion_note = """
    The default splits as the notebook does. With the split stratified, convert again.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        splits = [c for c in facts.calls_of("sklearn.model_selection.train_test_split") if _is_plain(c)]
        if not splits:
            return
        made_by = _learned_by_classifiers(facts)
        for call in splits:
            place = facts.place(call)
            if place is not None and id(call) in made_by:
                message = "classes are split without `stratify`: a rare class may all but vanish from the test rows"
                yield Hit(place, message, fix=_fix(call, facts))


def _is_plain(call: ast.Call) -> bool:
    """Whether the split neither keeps shares nor order; options that nobody sees may do so."""
    for keyword in call.keywords:
        if keyword.arg is None:
            return False
        const = keyword.value.value if isinstance(keyword.value, ast.Constant) else ...
        if (keyword.arg == "stratify" and const is not None) or (keyword.arg == "shuffle" and const is False):
            return False
    return True


def _learned_by_classifiers(facts: Facts) -> set[int]:
    """The calls that made what classifiers learn from."""
    found: set[int] = set()
    known = learning(facts)
    for fit in known.fits:
        if fit.x is None or role(fit.estimator) not in ("predictor", "search") or not is_classifier(fit.estimator):
            continue
        steps = islice(known.flow.back(fit.x, known.flow.at(fit)), _MOST_STEPS)
        found.update(id(s.value.made) for s in steps if isinstance(s.value.made, ast.Call))
        chosen = islice(known.flow.back(fit.x, known.flow.at(fit)), _MOST_STEPS)
        found.update(id(s.value.chosen[0]) for s in chosen if isinstance(s.value.chosen, tuple) and s.value.chosen)
    return found


def _fix(call: ast.Call, facts: Facts) -> Fix | None:
    if len(call.args) != 2 or not isinstance(call.args[1], (ast.Name, ast.Subscript, ast.Attribute)):
        return None
    if any(k.arg == "stratify" for k in call.keywords):
        return None
    place = facts.place(call.args[1])
    target = source_between(facts, place) if place is not None else ""
    edit = added_keyword(facts, call, f"stratify={target}") if target and "\n" not in target else None
    return Fix("unsafe", f"Add `stratify={target}`", edits=(edit,)) if edit is not None else None
