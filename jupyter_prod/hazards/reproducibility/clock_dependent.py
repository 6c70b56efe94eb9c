"""JPR06 clock-dependent."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import touches_files
from jupyter_prod.hazards.rule import Hit, Rule

_CLOCKS = frozenset(
    """datetime.datetime.now datetime.datetime.today datetime.datetime.utcnow datetime.date.today
        pandas.Timestamp.now pandas.Timestamp.today pandas.Timestamp.utcnow pandas.datetime.now pandas.datetime.today
        arrow.now arrow.utcnow pendulum.now pendulum.today django.utils.timezone.now
    """.split()
)
_BARE = frozenset({"time.localtime", "time.gmtime", "time.ctime"})
_WORDED = frozenset({"pandas.to_datetime", "pandas.Timestamp", "numpy.datetime64"})
_WORDS = frozenset({"now", "today"})
_TOLD = frozenset(
    """print info debug warning error exception log log_param log_params log_metric set_tag set_tags start_run write
        display init
    """.split()
)


class ClockDependent(Rule):
    code = "JPR06"
    slug = "clock-dependent"
    severity = "info"
    step = 4
    title = "The clock decides a result"
    what = """
    Finds `now` and `today` whose value goes into the work: a filter, an age, a month. The time that something took, a
    line in a log and a file's name are none.
    """
    why = """
    The same notebook with the same data gives another result tomorrow. A run can't be repeated for the day that went
    wrong, and a late run works on the wrong month.
    """
    bad = (
        """
        from datetime import date
        this_year = date.today().year  # JPR06
        ages = [this_year - born for born in (1970, 1988)]
        """,
        """
        import pandas as pd
        visits = pd.read_csv("visits.csv", parse_dates=["day"])
        visits["ago"] = pd.Timestamp.now() - visits["day"]  # JPR06
        """,
    )
    good = (
        """
        from datetime import datetime
        start = datetime.now()
        total = sum(range(1000))
        print("took", datetime.now() - start)
        """,
        """
        from datetime import date, datetime
        day = date.fromisoformat("2024-05-01")
        print(f"{datetime.now():%H:%M} done for", day)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The clock is read at each run, as in the notebook. Make the day a parameter, then an old run can be repeated.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for call in facts.calls:
            name = facts.qualified(call.func)
            if not _is_clock(call, name, facts) or _is_aside(call, facts):
                continue
            place = facts.place(call)
            if place is not None:
                yield Hit(
                    place,
                    f"`{ast.unparse(call)[:60]}` makes the result depend on the day of the run: make it a parameter",
                )


def _is_clock(call: ast.Call, name: str, facts: Facts) -> bool:
    if name in _CLOCKS:
        return True
    if name in _BARE:
        return not call.args
    if name == "time.strftime":
        return len(call.args) == 1
    return (
        name in _WORDED and bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value in _WORDS
    )


def _is_aside(call: ast.Call, facts: Facts) -> bool:
    """Whether a time is only told, names a file, or measures how long something takes."""
    if _told_or_named(call, facts) or _is_difference(call, facts):
        return True
    above = facts.parent(call)
    if isinstance(above, ast.Expr):
        return True
    inner: ast.AST = call
    while isinstance(above, (ast.Attribute, ast.Call, ast.FormattedValue, ast.JoinedStr, ast.BinOp)) and not (
        isinstance(above, ast.Call) and inner is not above.func
    ):
        inner, above = above, facts.parent(above)
    if not isinstance(above, ast.Assign) or len(above.targets) != 1 or not isinstance(above.targets[0], ast.Name):
        return False
    name = above.targets[0].id
    loads = [n for n in facts.nodes_of(ast.Name) if n.id == name and isinstance(n.ctx, ast.Load)]
    return bool(loads) and all(_told_or_named(n, facts) or _is_difference(n, facts) for n in loads)


def _told_or_named(node: ast.expr, facts: Facts) -> bool:
    for above in facts.parents(node):
        if isinstance(above, ast.stmt):
            return False
        if isinstance(above, ast.Call) and above is not node:
            name = facts.qualified(above.func)
            last = above.func.attr if isinstance(above.func, ast.Attribute) else name.rsplit(".", 1)[-1]
            if last in _TOLD or (touches_files(name) and not name.startswith("pandas.read_sql")):
                return True
    return False


def _is_difference(node: ast.expr, facts: Facts) -> bool:
    """`now() - start`, where `start` is of the clock, too."""
    above = facts.parent(node)
    if not isinstance(above, ast.BinOp) or not isinstance(above.op, ast.Sub):
        return False
    sides = []
    for side in (above.left, above.right):
        value = facts.value(side)
        made = side if isinstance(side, ast.Call) else value.made if value is not None else None
        sides.append(isinstance(made, ast.Call) and _is_clock(made, facts.qualified(made.func), facts))
    return all(sides)
