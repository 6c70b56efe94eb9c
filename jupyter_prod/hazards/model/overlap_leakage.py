"""JPM02 overlap-leakage."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.learning import Learning, learning, role, short
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.values import Value

_COPIES = frozenset({"shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.copytree"})
_SPLITS = ("torch.utils.data.random_split", "sklearn.model_selection.train_test_split", "splitfolders.ratio")


class OverlapLeakage(Rule):
    code = "JPM02"
    slug = "overlap-leakage"
    severity = "error"
    step = 4
    title = "Rows multiplied before the split"
    what = """
    Finds over-sampling (`SMOTE`, `RandomOverSampler`, `resample` and `sample` with replacement), frames
    concatenated with themselves and files copied into their own folder, where the result is parted into training
    and test afterwards.
    """
    why = """
    Copies of the same row, or points made from it, stand on both sides of the split: the model is asked about rows
    that it has learned by heart. The score says nothing about new rows.
    """
    bad = (
        """
        import pandas as pd
        from imblearn.over_sampling import SMOTE
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import train_test_split
        rows = pd.read_csv("rows.csv")
        X, y = SMOTE(random_state=1).fit_resample(rows[["a", "b"]], rows["y"])  # JPM02
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
        print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
        """,
        """
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import train_test_split
        rows = pd.read_csv("rows.csv")
        rare = rows[rows["y"] == 1].sample(5000, replace=True, random_state=1)  # JPM02
        both = pd.concat([rows[rows["y"] == 0], rare])
        train, test = train_test_split(both, random_state=1)
        print(LogisticRegression().fit(train[["a"]], train["y"]).score(test[["a"]], test["y"]))
        """,
    )
    good = (
        """
        import pandas as pd
        from imblearn.over_sampling import SMOTE
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import train_test_split
        rows = pd.read_csv("rows.csv")
        X_train, X_test, y_train, y_test = train_test_split(rows[["a", "b"]], rows["y"], random_state=1)
        X_more, y_more = SMOTE(random_state=1).fit_resample(X_train, y_train)
        print(LogisticRegression().fit(X_more, y_more).score(X_test, y_test))
        """,
    )
    conversion = "yours"
    conversion_note = """
    The default reproduces the notebook's numbers; split first and multiply the training rows only, then convert
    again.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = learning(facts)
        told: set[int] = set()
        for node, what in [*_multiplied(known), *_copied_files(facts)]:
            place = facts.place(node)
            if id(node) not in told and place is not None:
                told.add(id(node))
                yield Hit(place, f"{what} before the split: the same rows stand in training and test")


def _multiplied(known: Learning) -> Iterator[tuple[ast.expr, str]]:
    judged = [(j.x, j.tick) for j in known.held_out()] + [(x, tick) for _, x, tick in known.folds()]
    for x, tick in judged:
        for step in known.flow.back(x, tick):
            value = step.value
            if not isinstance(value.made, ast.Call) or value.part:
                continue
            if value.through is not None and role(value.through) == "resampler" and _adds(value.through):
                yield value.made, f"`{short(value.through)}` multiplies rows"
            elif _repeats(value.made, value, known.facts):
                yield value.made, "rows are repeated"


def _adds(estimator: Value) -> bool:
    return "Under" not in short(estimator) and not estimator.type.startswith("imblearn.under_sampling")


def _repeats(call: ast.Call, value: Value, facts: Facts) -> bool:
    """Whether a call puts the same row into its result more than once."""
    name = facts.qualified(call.func)
    last = name.rsplit(".", 1)[-1]
    if name == "sklearn.utils.resample":
        return _says(call, "replace", facts, default=True)
    if last == "sample" and name.split(".")[0] in ("frame", "series"):
        return _says(call, "replace", facts, default=False)
    if name in ("numpy.repeat", "numpy.tile"):
        return bool(value.axis)
    if name in ("pandas.concat", "numpy.concatenate", "numpy.vstack"):
        listed = call.args[0] if call.args else None
        held = [facts.value(e) for e in listed.elts] if isinstance(listed, (ast.List, ast.Tuple)) else []
        across = any(
            k.arg == "axis" and isinstance(k.value, ast.Constant) and k.value.value in (1, "columns")
            for k in call.keywords
        )
        repeated = isinstance(listed, ast.BinOp) and isinstance(listed.op, ast.Mult)
        return not across and (repeated or _overlap([v for v in held if v is not None], facts))
    return False


def _overlap(values: list[Value], facts: Facts) -> bool:
    """Whether two of the values are the same rows: one object, a copy, or one made row by row from the other."""
    for place, first in enumerate(values):
        for second in values[place + 1 :]:
            if first is second:
                return True
            if not first.axis or first.axis != second.axis or facts.flow.rows(first) != facts.flow.rows(second):
                continue
            behind = {id(s.value) for s in facts.flow.back(first)} | {id(s.value) for s in facts.flow.back(second)}
            if (
                id(first) in behind
                and id(second) in behind
                and (first.content is second.content or _made_of(first, second, facts))
            ):
                return True
    return False


def _made_of(first: Value, second: Value, facts: Facts) -> bool:
    return any(s.value is first for s in facts.flow.back(second)) or any(
        s.value is second for s in facts.flow.back(first)
    )


def _says(call: ast.Call, name: str, facts: Facts, default: bool) -> bool:
    for keyword in call.keywords:
        if keyword.arg == name:
            value = facts.value(keyword.value)
            return bool(value.const) if value is not None and value.known() else default
    return default


def _copied_files(facts: Facts) -> Iterator[tuple[ast.expr, str]]:
    """Files copied within a folder that is read as a data set and parted afterwards."""
    splits = [v for c in facts.calls_of(*_SPLITS) if c.args and (v := facts.value(c.args[0])) is not None]
    if not splits:
        return
    read = {id(step.value) for value in splits for step in facts.flow.back(value)}
    for call in facts.calls_of(*sorted(_COPIES)):
        if len(call.args) < 2:
            continue
        roots = []
        for argument in call.args[:2]:
            value = facts.value(argument)
            steps = facts.flow.back(value) if value is not None else ()
            roots.append(
                {
                    id(s.value)
                    for s in steps
                    if s.value.kind in ("unknown", "text") and not s.value.origin and s.value.made is not None
                }
            )
        if roots[0] & roots[1] & read:
            yield call, "files are copied into the folder they come from"
