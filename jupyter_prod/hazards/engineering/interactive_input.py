"""JPE04 interactive-input."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.data.manual_data_entry import is_data
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import made_by, makers
from jupyter_prod.hazards.rule import Hit, Rule

_ASKS = {
    "getpass.getpass": "asks for a password at the keyboard: read it from the environment or a secret store",
    "maskpass.askpass": "asks for a password at the keyboard: read it from the environment or a secret store",
    "pwinput.pwinput": "asks for a password at the keyboard: read it from the environment or a secret store",
    "stdiomask.getpass": "asks for a password at the keyboard: read it from the environment or a secret store",
    "click.prompt": "waits for an answer at the keyboard: make it a parameter",
    "click.confirm": "waits for an answer at the keyboard: make it a parameter",
    "typer.prompt": "waits for an answer at the keyboard: make it a parameter",
    "questionary.text": "waits for an answer at the keyboard: make it a parameter",
    "rich.prompt.Prompt.ask": "waits for an answer at the keyboard: make it a parameter",
    "rich.prompt.Confirm.ask": "waits for an answer at the keyboard: make it a parameter",
    "rich.prompt.IntPrompt.ask": "waits for an answer at the keyboard: make it a parameter",
    "tkinter.simpledialog.askstring": "waits for an answer in a window: make it a parameter",
    "tkinter.simpledialog.askfloat": "waits for an answer in a window: make it a parameter",
    "tkinter.simpledialog.askinteger": "waits for an answer in a window: make it a parameter",
    "huggingface_hub.notebook_login": "waits for a person to log in: read the token from the environment",
    "huggingface_hub.interpreter_login": "waits for a person to log in: read the token from the environment",
    "google.colab.auth.authenticate_user": "waits for a person to log in: use a service account",
}
_ENVIRONMENT = {"os.getenv", "os.environ.get", "environ.get", "google.colab.userdata.get", "dotenv.get_key"}
_WIDGETS = ("ipywidgets.", "panel.widgets.")


class InteractiveInput(Rule):
    code = "JPE04"
    slug = "interactive-input"
    severity = "error"
    step = 2
    title = "A result that waits for somebody at the keyboard"
    what = """
    Finds `input()`, `getpass()`, prompts and logins that wait for a person, and widgets whose `.value` the code goes on
    with. An `input()` whose answer becomes rows is manual-data-entry. A slider that only redraws a picture is none.
    """
    why = """
    Nobody sits at the keyboard when the schedule starts the run at three: it hangs, or stops with an `EOFError`. And
    what was answered last time is written down nowhere, so the result can't be explained.
    """
    bad = (
        """
        import pandas as pd
        staff = pd.read_csv("staff.csv")
        limit = float(input("Salary limit? "))  # JPE04
        staff["low"] = staff["salary"] < limit
        """,
        """
        from getpass import getpass
        import psycopg2
        secret = getpass("warehouse password: ")  # JPE04
        con = psycopg2.connect(host="warehouse.example", password=secret)
        """,
        """
        import ipywidgets as widgets
        share = widgets.FloatSlider(min=0, max=1)
        # %%
        cut = share.value  # JPE04
        kept = [s for s in [0.2, 0.7] if s > cut]
        """,
    )
    good = (
        """
        import os
        limit = float(os.environ["SALARY_LIMIT"])
        password = os.environ["WAREHOUSE_PASSWORD"]
        """,
        """
        from ipywidgets import interact
        import matplotlib.pyplot as plt
        @interact(power=(1, 5))
        def show(power=2):
            plt.plot([x ** power for x in range(10)])
        """,
        """
        def input(path):
            return open(path).read()
        text = input("notes.txt")
        """,
    )
    conversion = "yours"
    conversion_note = """
    What is asked for becomes a setting where conversion knows its default; else the statement is named as the reason
    for a lower level. Make it a parameter, and a secret an environment variable.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for call in facts.calls_of("builtins.input", "builtins.raw_input"):
            place = facts.place(call)
            if place is not None and not is_data(call, facts, number=False) and not _is_spare(call, facts):
                yield Hit(place, f"{_what(call)} waits for an answer at the keyboard: make it a parameter")
        for name, how in _ASKS.items():
            for call in facts.calls_of(name):
                place = facts.place(call)
                if place is not None and not _is_spare(call, facts):
                    yield Hit(place, f"`{ast.unparse(call.func)[:60]}` {how}")
        yield from _widgets(facts)


def _is_spare(call: ast.Call, facts: Facts) -> bool:
    """Whether a person is asked only where the environment has no answer: `os.getenv("KEY") or getpass()`."""
    inner: ast.AST = call
    for above in facts.parents(call):
        if isinstance(above, ast.BoolOp) and any(_is_environment(v, facts) for v in above.values if v is not inner):
            return True
        if isinstance(above, (ast.If, ast.IfExp)) and inner is not above.test and _is_environment(above.test, facts):
            return True
        if isinstance(above, ast.ExceptHandler) and any(
            _is_environment(s, facts) for t in facts.parents(above) if isinstance(t, ast.Try) for s in t.body
        ):
            return True
        inner = above
    return False


def _is_environment(node: ast.AST, facts: Facts) -> bool:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr in ("environ", "getenv", "userdata"):
            return True
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            if facts.naming.imports.get(part.id) in ("os.environ", "os.getenv", "google.colab.userdata"):
                return True
            if _ENVIRONMENT & makers(facts, part):
                return True
    return False


def _what(call: ast.Call) -> str:
    asked = call.args[0] if call.args else None
    said = asked.value.strip() if isinstance(asked, ast.Constant) and isinstance(asked.value, str) else ""
    return f"`input({said[:40]!r})`" if said else "`input()`"


def _widgets(facts: Facts) -> Iterator[Hit]:
    """`.value` of a widget, read by a statement of the notebook itself: what a callback reads only redraws."""
    if not any(name.startswith(("ipywidgets", "panel")) for name in facts.naming.imports.values()):
        return
    reported: set[int] = set()
    for node in facts.nodes_of(ast.Attribute):
        if node.attr not in ("value", "selected_index") or not isinstance(node.ctx, ast.Load):
            continue
        made = next((c for c in made_by(facts, node.value) if facts.qualified(c.func).startswith(_WIDGETS)), None)
        if made is None or id(made) in reported:
            continue
        if any(isinstance(a, (ast.FunctionDef, ast.Lambda, ast.AsyncFunctionDef)) for a in facts.parents(node)):
            continue
        place = facts.place(node)
        if place is not None:
            reported.add(id(made))
            yield Hit(place, f"`{ast.unparse(node)[:60]}` is what somebody set by hand: make it a parameter")
