"""JPD04 unvalidated-input."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.purpose import inputs_of_pipeline
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Read

_LIBRARIES = (
    "pandera",
    "great_expectations",
    "pydantic",
    "cerberus",
    "jsonschema",
    "patito",
    "frictionless",
    "schema.",
)
_VALIDATES = frozenset(
    """validate validate_model check_types check_input is_valid model_validate validate_python check_schema
        run_checks assert_frame_equal verify_schema
    """.split()
)
_SCHEMAS = frozenset({"dtype", "dtypes", "schema", "schema_overrides"})


class UnvalidatedInput(Rule):
    code = "JPD04"
    slug = "unvalidated-input"
    severity = "warning"
    step = 6
    title = "Rows reach the model unchecked"
    what = """
    Finds sources whose rows reach training or prediction with no check on the way: no schema library (pandera,
    pydantic, great expectations), no types given when reading, no test of columns, types or values that raises.
    Each source once, where it is read. A function that checks counts, and so does an `assert`.
    """
    why = """
    One day a column is renamed, a unit changes, half the values are missing. The model doesn't complain, it answers
    wrongly, and somebody notices weeks later. A check at the door stops the run on that day and says why.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        sales = pd.read_csv("sales.csv")  # JPD04
        model = LinearRegression().fit(sales[["price", "stock"]], sales["sold"])
        """,
        """
        import joblib
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        schema = {"price": "float64", "stock": "int64"}
        old = pd.read_csv("old.csv", dtype=schema)
        forest = RandomForestRegressor(random_state=1).fit(old[["price"]], old["stock"])
        # %%
        new = pd.read_csv("new.csv")  # JPD04
        new["stock"] = forest.predict(new[["price"]])
        """,
    )
    good = (
        """
        import pandas as pd
        import pandera.pandas as pa
        from sklearn.linear_model import LinearRegression
        schema = pa.DataFrameSchema({"price": pa.Column(float), "sold": pa.Column(int)})
        sales = schema.validate(pd.read_csv("sales.csv"))
        model = LinearRegression().fit(sales[["price"]], sales["sold"])
        """,
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        def checked(rows):
            if not {"price", "sold"} <= set(rows.columns):
                raise ValueError("columns are missing")
            return rows
        sales = checked(pd.read_csv("sales.csv"))
        model = LinearRegression().fit(sales[["price"]], sales["sold"])
        """,
        """
        import pandas as pd
        weather = pd.read_csv("weather.csv")
        weather.describe()
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The project gets a data contract learned from the pilot's rows (columns, types, ranges, missing values), which every
    run and every request is checked against.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        reads = [e for e in facts.program.of(Read) if e.format not in ("dataset", "clipboard")]
        reached = inputs_of_pipeline(facts) if reads else set()
        wanted = [e for e in reads if e.name in reached and not _has_schema(e, facts)]
        checked = _checked(facts) if wanted else set()
        reported: set[int] = set()
        for event in wanted:
            place = facts.place(event.node)
            if event.name not in checked and place is not None and id(event.node) not in reported:
                reported.add(id(event.node))
                what = (
                    f"'{event.path}'"
                    if event.path and len(event.path) < 60 and " " not in event.path
                    else "this source"
                )
                yield Hit(place, f"rows of {what} reach the model unchecked: check columns, types and ranges first")


def _has_schema(event: Read, facts: Facts) -> bool:
    for keyword in event.node.keywords:
        if keyword.arg in _SCHEMAS:
            name = facts.qualified(keyword.value)
            constant = isinstance(keyword.value, ast.Constant)
            return not constant and name not in ("builtins.str", "builtins.object")
    return False


def _checked(facts: Facts) -> set[str]:
    """The inputs whose rows are checked: given to a schema, or to a test that raises."""
    found: set[str] = set()
    for call in facts.calls:
        name = facts.qualified(call.func)
        last = name.rsplit(".", 1)[-1]
        if last in _VALIDATES or last.startswith("expect_") or name.startswith(_LIBRARIES):
            given = [*call.args, *(k.value for k in call.keywords)]
            if isinstance(call.func, ast.Attribute):
                given.append(call.func.value)
            for argument in given:
                found |= _inputs(argument, facts)
    for function in facts.nodes_of(ast.FunctionDef):
        if any("check_" in ast.unparse(d) or "validate" in ast.unparse(d) for d in function.decorator_list):
            for call in facts.methods(function.name):
                for argument in call.args:
                    found |= _inputs(argument, facts)
    for stopped in facts.nodes_of(ast.Raise):
        for above in facts.parents(stopped):
            if isinstance(above, ast.If):
                found |= _tested(above.test, facts)
            elif isinstance(above, (ast.For, ast.comprehension)):
                found |= _tested(above.iter, facts)
            elif isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                found |= _arguments(above, facts)
                break
    for test in facts.nodes_of(ast.Assert):
        found |= _tested(test.test, facts)
    return found


def _arguments(function: ast.AST, facts: Facts) -> set[str]:
    """The rows that a function which raises is given."""
    if not isinstance(function, ast.FunctionDef):
        return set()
    raises_on = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    own = {a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
    found: set[str] = set()
    if raises_on & own:
        for call in facts.methods(function.name):
            for argument in [*call.args, *(k.value for k in call.keywords)]:
                found |= _inputs(argument, facts)
    return found


def _tested(test: ast.expr, facts: Facts) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(test):
        if isinstance(node, ast.expr):
            found |= _inputs(node, facts)
    return found


def _inputs(node: ast.expr, facts: Facts) -> set[str]:
    note = facts.program.note(node)
    if note is None:
        return set()
    found: set[str] = set()
    for value in (note.value, *note.values):
        found |= value.axis | value.origin
        for other in value.items:
            found |= other.axis
    return found
