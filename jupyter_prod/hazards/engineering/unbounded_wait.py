"""JPE13 unbounded-wait."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.loops import bounds, calls_in, ends, is_endless
from jupyter_prod.hazards.rule import Hit, Place, Rule

_SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "gevent.sleep", "eventlet.sleep", "trio.sleep", "anyio.sleep"})
_NETWORK = (
    "requests.",
    "httpx.",
    "urllib.request.",
    "aiohttp.",
    "openai.",
    "anthropic.",
    "boto3.",
    "socket.",
    "litellm.",
    "google.generativeai.",
    "google.genai.",
    "selenium.",
)


class UnboundedWait(Rule):
    code = "JPE13"
    slug = "unbounded-wait"
    severity = "warning"
    step = 2
    title = "A loop that waits without an end"
    what = """
    Finds loops that wait for something outside (a job, a file, a service) with `sleep` and give up never, retries
    without a last attempt, and `while True` that nothing ends. A loop with a number of attempts or a deadline is none.
    """
    why = """
    The file doesn't come, the job fails, the service is gone: the run neither ends nor fails, so nobody is told. The
    scheduler starts the next one beside it.
    """
    bad = (
        """
        import os
        import time
        while not os.path.exists("approved.flag"):  # JPE13
            time.sleep(20)
        """,
        """
        import time
        import requests
        state = ""
        while state != "done":  # JPE13
            state = requests.get("https://jobs.example.org/7", timeout=10).json()["state"]
            time.sleep(30)
        """,
        """
        import requests
        while True:  # JPE13
            try:
                page = requests.get("https://data.example.org/rows", timeout=10)
                break
            except requests.RequestException:
                pass
        """,
    )
    good = (
        """
        import time
        import requests
        for attempt in range(5):
            answer = requests.get("https://jobs.example.org/7", timeout=10)
            if answer.ok:
                break
            time.sleep(2 ** attempt)
        else:
            raise TimeoutError("the job didn't finish")
        """,
        """
        import time
        import requests
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            if requests.get("https://jobs.example.org/7", timeout=10).json()["state"] == "done":
                break
            time.sleep(10)
        """,
        """
        rows = iter([1, 2, 3])
        total = 0
        while True:
            row = next(rows, None)
            if row is None:
                break
            total += row
        """,
        """
        import time
        tries = 0
        while True:
            tries += 1
            if tries > 10:
                raise TimeoutError("no answer")
            time.sleep(5)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The loop is kept as it is. Give it a deadline, and raise when it is reached.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for loop in facts.nodes_of(ast.While):
            said = _waits(loop, facts)
            place = facts.place(loop)
            if said and place is not None:
                test = facts.place(loop.test)
                end = test.end_column if test is not None and test.end_row == place.row else place.column + 5
                yield Hit(Place(place.cell, place.row, place.column, place.row, end), said)
        for each in facts.nodes_of(ast.For):
            if isinstance(each.iter, ast.Call) and facts.qualified(each.iter.func) in (
                "itertools.count",
                "itertools.cycle",
            ):
                place = facts.place(each)
                sleeps = any(facts.qualified(c.func) in _SLEEPS for c in calls_in(each.body))
                if place is not None and sleeps and not bounds(each, facts):
                    yield Hit(
                        Place(place.cell, place.row, place.column, place.row, place.column + 3),
                        "the loop sleeps and tries again without an end: give it a deadline",
                    )


def _waits(loop: ast.While, facts: Facts) -> str:
    endless = is_endless(loop)
    calls = list(calls_in([*loop.body, loop.test]))
    names = [facts.qualified(c.func) for c in calls]
    if "builtins.input" in names or bounds(loop, facts):
        return ""
    if any(n in _SLEEPS for n in names):
        return (
            f"`{_shown(loop)}` sleeps and asks again without an end: give it a deadline, and raise when it is reached"
        )
    if not endless:
        return ""
    if not ends(loop):
        return "nothing ends `while True`: a scheduled run never comes back; let it do one pass, or give it a bound"
    from jupyter_prod.hazards.model_calls import asks_model

    if any(asks_model(c, facts) for c in calls):
        return "`while True` asks a model until the model says that it's done: bound the number of steps"
    if _retries(loop, facts):
        return "`while True` tries again without an end: count the attempts, and raise after the last"
    return ""


def _retries(loop: ast.While, facts: Facts) -> bool:
    """`while True: try: fetch; break; except: pass`: the handler goes on, the loop ends with success only."""
    for statement in loop.body:
        if isinstance(statement, ast.Try) and any(
            isinstance(s, ast.Break) for s in [*statement.body, *statement.orelse]
        ):
            calls = [facts.qualified(c.func) for c in calls_in(statement.body)]
            gives_up = any(
                isinstance(n, (ast.Break, ast.Raise, ast.Return))
                for h in statement.handlers
                for s in h.body
                for n in ast.walk(s)
            )
            if not gives_up and any(c.startswith(_NETWORK) for c in calls):
                return True
    return False


def _shown(loop: ast.While) -> str:
    text = ast.unparse(loop.test)
    return f"while {text if len(text) <= 50 else text[:49] + '…'}"
