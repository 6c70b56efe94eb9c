"""JPD09 manual-data-entry."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.values import Value

_BY_HAND = {
    "google.colab.files.upload": "is uploaded by hand",
    "pandas.read_clipboard": "is pasted from the clipboard",
    "polars.read_clipboard": "is pasted from the clipboard",
    "pyperclip.paste": "is pasted from the clipboard",
    "ipywidgets.FileUpload": "is uploaded by hand",
    "streamlit.file_uploader": "is uploaded by hand",
    "tkinter.filedialog.askopenfilename": "is chosen in a window",
    "easygui.fileopenbox": "is chosen in a window",
}


class ManualDataEntry(Rule):
    code = "JPD09"
    slug = "manual-data-entry"
    severity = "error"
    step = 2
    title = "Data that a person types or pastes"
    what = """
    Finds data that come from a person: `files.upload()`, `read_clipboard`, an upload widget, and `input()` whose
    answer becomes rows or a number that no comparison of rows decides (that is interactive-input).
    """
    why = """
    A pipeline that waits for somebody's clipboard can't run on a schedule, and what was pasted is nowhere to be
    found when the result is questioned.
    """
    bad = (
        """
        import pandas as pd
        sales = pd.read_csv("sales.csv")
        corrections = pd.read_clipboard()  # JPD09
        sales = pd.concat([sales, corrections])
        """,
        """
        from google.colab import files
        uploaded = files.upload()  # JPD09
        """,
        """
        fare = float(input("fare? "))  # JPD09
        row = [[fare, 2, 1]]
        """,
    )
    good = (
        """
        import os
        import pandas as pd
        corrections = pd.read_csv(os.environ["CORRECTIONS_FILE"])
        """,
        """
        answer = input("Delete the old runs? [y/n] ")
        if answer == "y":
            print("deleting")
        """,
    )
    conversion = "yours"
    conversion_note = """
    Conversion can't know where the data should come from: read them from a file or a table that has an owner.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for name, how in _BY_HAND.items():
            for call in facts.calls_of(name):
                place = facts.place(call)
                if place is not None:
                    yield Hit(place, f"what `{_called(call)}` gives {how}: no scheduled run can do that")
        for call in facts.calls_of("builtins.input", "builtins.raw_input"):
            place = facts.place(call)
            if place is not None and is_data(call, facts):
                yield Hit(place, "data are typed in at `input()`: no scheduled run can do that")


def is_data(call: ast.Call, facts: Facts, number: bool = True) -> bool:
    """Whether the answer is a number (where that is enough) or goes into rows, and decides nothing."""
    holder = facts.parent(call)
    data = number and isinstance(holder, ast.Call) and facts.qualified(holder.func) in _NUMBERS
    for node in facts.nodes:
        if isinstance(node, ast.Compare):
            sides = [facts.value(n) for n in (node.left, *node.comparators)]
            if any(v is not None and v.axis for v in sides) and any(_comes_from(v, call, facts) for v in sides):
                return False
        elif isinstance(node, ast.Call):
            last = facts.qualified(node.func).rsplit(".", 1)[-1]
            given = (
                [facts.value(a) for a in [*node.args, *(k.value for k in node.keywords)]]
                if last in _TAKES | _RUNS
                else []
            )
            if any(_comes_from(v, call, facts) for v in given):
                if last in _RUNS:
                    return False
                data = True
        elif isinstance(node, (ast.ListComp, ast.List)) and _comes_from(facts.value(node), call, facts):
            data = True
    return data


_NUMBERS = frozenset({"builtins.int", "builtins.float", "numpy.float64", "decimal.Decimal"})
_TAKES = frozenset(
    {"append", "DataFrame", "array", "asarray", "Series", "predict", "predict_proba", "from_dict", "extend"}
)
_RUNS = frozenset({"exec", "eval", "query"})


def _comes_from(value: Value | None, call: ast.Call, facts: Facts) -> bool:
    return value is not None and any(step.value.made is call for step in facts.flow.back(value))


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)[:60]
