"""JPM15 encoded-identifier."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import islice

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.learning import Learning, learning
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy
from jupyter_prod.program.values import Value

_ENCODERS = frozenset(
    {
        "sklearn.preprocessing.LabelEncoder.fit_transform",
        "sklearn.preprocessing.OrdinalEncoder.fit_transform",
        "sklearn.preprocessing._label.LabelEncoder.fit_transform",
        "pandas.factorize",
        "series.factorize",
    }
)
_UNIQUE = lazy(
    r"""(?:^|_)(?:id|uuid|guid|e_?mail|phone|ssn|iban|ticket|serial|url|timestamp|datetime|passport)(?:$|_(?:no|nr|number)$)
        |^(?:full_?|first_?|last_?|sur)?name$ |^address$ |^date$ |(?:^|_)(?:no|nr|number)$ """,
    re.I | re.X,
)
_CAMEL = lazy(r"(?<=[a-z])(?=[A-Z])")
_NUMERIC = frozenset("mean median std var quantile round clip between diff cumsum".split())
_TEXTS = frozenset({"cut", "qcut", "map", "apply", "replace", "astype", "where", "select", "digitize"})
_MOST_STEPS = 2_000


class EncodedIdentifier(Rule):
    code = "JPM15"
    slug = "encoded-identifier"
    severity = "warning"
    step = 4
    title = "An identifier or a number is encoded as a category"
    what = """
    Finds label encodings (`LabelEncoder`, `OrdinalEncoder`, `factorize`, `cat.codes`) of columns that have a value of
    their own in almost every row, or that are numbers, where the result is a feature; and of all columns of a table at
    once.
    """
    why = """
    The encoding knows the values of the training rows. A new ticket number, or a price that wasn't seen before, has no
    code: `transform` fails, or the row gets a code that means something else. The order of the codes means nothing.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.preprocessing import LabelEncoder
        trips = pd.read_csv("trips.csv")
        trips["ticket"] = LabelEncoder().fit_transform(trips["ticket"])  # JPM15
        RandomForestClassifier(random_state=1).fit(trips[["ticket", "age"]], trips["late"])
        """,
        """
        import pandas as pd
        from sklearn.preprocessing import LabelEncoder
        from sklearn.tree import DecisionTreeClassifier
        trips = pd.read_csv("trips.csv")
        for column in trips.columns:
            trips[column] = LabelEncoder().fit_transform(trips[column])  # JPM15
        DecisionTreeClassifier(random_state=1).fit(trips.drop("late", axis=1), trips["late"])
        """,
        """
        import pandas as pd
        from sklearn.tree import DecisionTreeClassifier
        trips = pd.read_csv("trips.csv")
        print(trips["price"].mean())
        trips["price"] = trips["price"].astype("category").cat.codes  # JPM15
        DecisionTreeClassifier(random_state=1).fit(trips[["price"]], trips["late"])
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.preprocessing import LabelEncoder
        from sklearn.tree import DecisionTreeClassifier
        trips = pd.read_csv("trips.csv")
        trips["line"] = LabelEncoder().fit_transform(trips["line"])
        DecisionTreeClassifier(random_state=1).fit(trips[["line"]], LabelEncoder().fit_transform(trips["ticket"]))
        """,
        """
        import pandas as pd
        from sklearn.preprocessing import LabelEncoder
        from sklearn.tree import DecisionTreeClassifier
        trips = pd.read_csv("trips.csv")
        for column in trips.select_dtypes("object").columns:
            trips[column] = LabelEncoder().fit_transform(trips[column])
        DecisionTreeClassifier(random_state=1).fit(trips.drop("late", axis=1), trips["late"])
        """,
    )
    conversion = "yours"
    conversion_note = """
    The service answers only for values that training has seen, and says so; the report names the column.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        encodings = list(_encodings(facts))
        if not encodings:
            return
        features = _features(learning(facts))
        told: set[int] = set()
        for node, rows in encodings:
            what = _what(node, rows, facts)
            place = facts.place(node)
            if not what or place is None or place.row in told or not _is_feature(node, features, facts):
                continue
            told.add(place.row)
            yield Hit(place, f"{what} as a category: new values have no code. Leave it out, or keep it a number")


def _encodings(facts: Facts) -> Iterator[tuple[ast.expr, ast.expr]]:
    """(expression, rows) of each encoding by labels."""
    for name in sorted(_ENCODERS):
        for call in facts.calls_of(name):
            if call.args:
                yield call, call.args[0]
            elif isinstance(call.func, ast.Attribute) and name == "series.factorize":
                yield call, call.func.value
    for node in facts.nodes_of(ast.Attribute):
        if node.attr == "codes" and isinstance(node.value, ast.Attribute) and node.value.attr == "cat":
            rows = node.value.value
            if isinstance(rows, ast.Call) and isinstance(rows.func, ast.Attribute) and rows.func.attr == "astype":
                rows = rows.func.value
            yield node, rows
    for call in facts.methods("apply"):
        given = call.args[0] if call.args else None
        if (
            isinstance(given, ast.Attribute)
            and given.attr == "fit_transform"
            and isinstance(call.func, ast.Attribute)
            and facts.qualified(given).endswith("LabelEncoder.fit_transform")
        ):
            yield call, call.func.value


def _what(node: ast.expr, rows: ast.expr, facts: Facts) -> str:
    """What is wrong with encoding these rows; empty where nothing is known to be."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "apply":
        value = facts.value(rows)
        whole = value is not None and value.kind == "frame" and not isinstance(rows, (ast.Subscript, ast.Call))
        return "every column, also the numbers, is encoded" if whole and not _is_selected(value) else ""
    column = _column(rows, facts)
    if (
        isinstance(rows, ast.Subscript)
        and isinstance(rows.slice, ast.Name)
        and _over_all_columns(node, rows.slice, facts)
    ):
        return "every column, also the numbers, is encoded"
    if not column:
        return ""
    if _UNIQUE.search(_CAMEL.sub("_", column)):
        return f"`{column}`, which differs from row to row, is encoded"
    return f"the number `{column}` is encoded" if _is_number(column, node, facts) else ""


def _is_selected(value: Value | None) -> bool:
    made = value.made if value is not None else None
    return (
        made is not None and any(isinstance(n, ast.Attribute) and n.attr == "select_dtypes" for n in ast.walk(made))
    ) or (value is not None and value.columns is not None and isinstance(made, ast.Subscript))


def _column(rows: ast.expr, facts: Facts) -> str:
    value = facts.value(rows)
    if isinstance(rows, ast.Subscript) and isinstance(rows.slice, ast.Constant) and isinstance(rows.slice.value, str):
        return rows.slice.value
    if value is not None and value.kind == "series" and isinstance(value.column, str):
        return value.column if isinstance(rows, (ast.Attribute, ast.Name)) else ""
    return ""


def _over_all_columns(node: ast.expr, name: ast.Name, facts: Facts) -> bool:
    """`for c in df.columns:` around it, without a condition on the kind of column."""
    for above in facts.parents(node):
        if isinstance(above, (ast.If, ast.Try, ast.IfExp)):
            return False
        if isinstance(above, ast.For) and isinstance(above.target, ast.Name) and above.target.id == name.id:
            gone_over = above.iter
            if isinstance(gone_over, ast.Call) and ast.unparse(gone_over.func) in ("list", "tqdm") and gone_over.args:
                gone_over = gone_over.args[0]
            if any(isinstance(n, (ast.If, ast.Continue)) for s in above.body for n in ast.walk(s)):
                return False
            if isinstance(gone_over, ast.Attribute) and gone_over.attr == "columns":
                owner = facts.value(gone_over.value)
                plain = isinstance(gone_over.value, ast.Name) and owner is not None and owner.kind == "frame"
                return plain and not _is_selected(owner)
            return False
    return False


def _is_number(column: str, node: ast.expr, facts: Facts) -> bool:
    """Whether the notebook reckons with the column before it is encoded, and makes no text of it in between."""
    here = (facts.cell_of(node) or 0, getattr(node, "lineno", 0))
    reckons = False
    for used in facts.nodes_of(ast.Subscript):
        if not isinstance(used.slice, ast.Constant) or used.slice.value != column:
            continue
        if (facts.cell_of(used) or 0, used.lineno) >= here:
            continue
        above = facts.parent(used)
        if isinstance(used.ctx, ast.Store):
            if isinstance(above, ast.Assign) and _makes_text(above.value):
                return False
        elif isinstance(above, ast.Attribute) and above.attr in _NUMERIC:
            reckons = True
        elif isinstance(above, ast.Compare) and above.left is used and len(above.ops) == 1:
            bound = above.comparators[0]
            order = isinstance(above.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE))
            reckons |= order and isinstance(bound, ast.Constant) and isinstance(bound.value, (int, float))
        elif isinstance(above, ast.BinOp) and isinstance(above.op, (ast.Sub, ast.Mult, ast.Div)):
            reckons = True
    return reckons


def _makes_text(value: ast.expr) -> bool:
    return any(
        isinstance(n, ast.Call)
        and (n.func.attr if isinstance(n.func, ast.Attribute) else getattr(n.func, "id", "")) in _TEXTS
        for n in ast.walk(value)
    )


def _features(known: Learning) -> dict[int, bool]:
    """Every value that features of a model are made of."""
    found: dict[int, bool] = {}
    for fit in known.fits:
        if fit.x is None or fit.y is None:
            continue
        for step in islice(known.flow.back(fit.x, known.flow.at(fit), known.wanted(fit)), _MOST_STEPS):
            found[id(step.value)] = True
    return found


def _is_feature(node: ast.expr, features: dict[int, bool], facts: Facts) -> bool:
    value = facts.value(node)
    if value is None:
        return False
    return id(value) in features or any(id(i) in features for i in (*value.items, *value.alike))
