"""JPE01 print-logging."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.values import Value

_TRACKERS = frozenset("logging loguru structlog mlflow wandb neptune comet_ml aim clearml tensorboard dvclive".split())


class PrintLogging(Rule):
    code = "JPE01"
    slug = "print-logging"
    severity = "info"
    step = 2
    title = "A result that is only printed"
    what = """
    Finds `print` of a score or of a number made from the data, in a notebook that neither logs nor tracks. A print of
    text, of a shape or of the first rows is none.
    """
    why = """
    What is printed in a scheduled run ends in an output that nobody opens. There is no time, no level and no name to
    search for, and the score of last month is lost with last month's run.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.metrics import r2_score
        rows = pd.read_csv("rows.csv")
        print("R2", r2_score(rows["truth"], rows["guess"]))  # JPE01
        """,
        """
        import pandas as pd
        sales = pd.read_csv("sales.csv")
        reach = sales["amount"].sum() / sales["plan"].sum()
        print(f"reach {reach:.2f}")  # JPE01
        """,
    )
    good = (
        """
        import logging
        import pandas as pd
        log = logging.getLogger("sales")
        sales = pd.read_csv("sales.csv")
        log.info("reach %.2f", sales["amount"].sum() / sales["plan"].sum())
        print(sales["amount"].sum())
        """,
        """
        import pandas as pd
        sales = pd.read_csv("sales.csv")
        print("read", sales.shape)
        print(sales.head())
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Generated stages log what they read, learn and write; scores go to the metrics file. Your prints stay prints.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if any(name.split(".")[0] in _TRACKERS for name in facts.naming.imports.values()):
            return
        for call in facts.calls_of("builtins.print"):
            shown = next((a for a in _parts(call) if _is_result(facts.value(a))), None)
            place = facts.place(call)
            if shown is not None and place is not None:
                text = ast.unparse(shown)
                text = text if len(text) <= 50 else text[:49] + "…"
                yield Hit(place, f"`{text}` is only printed: log it, or write it where the run's results are kept")


def _parts(call: ast.Call) -> Iterator[ast.expr]:
    for argument in call.args:
        if isinstance(argument, ast.JoinedStr):
            yield from (v.value for v in argument.values if isinstance(v, ast.FormattedValue))
        elif isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Mod):
            right = argument.right
            yield from right.elts if isinstance(right, ast.Tuple) else (right,)
        elif (
            isinstance(argument, ast.Call)
            and isinstance(argument.func, ast.Attribute)
            and argument.func.attr == "format"
        ):
            yield from argument.args
        else:
            yield argument


def _is_result(value: Value | None) -> bool:
    if value is None or value.axis:
        return False
    return value.metric or (bool(value.origin) and value.kind in ("scalar", "series", "array", "frame", "dict"))
