"""JPR09 saved-error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.notebook import Cell

_TRACEBACK = "Traceback (most recent call last)"
_MOST = 20_000
"""How many characters of an output stream are looked at."""


class SavedError(Rule):
    code = "JPR09"
    slug = "saved-error"
    severity = "warning"
    step = 4
    title = "A saved output is an error"
    what = """
    Finds cells whose saved outputs hold a traceback. Cells with the tag `raises-exception` are none: they mean to.
    """
    why = """
    The notebook did not run through when it was saved. What stands below the cell comes from another run, and a
    pipeline stops where the notebook did.
    """
    bad = (
        """
        freight = {"kg": 3}
        # %%
        freight["lb"]  # JPR09
        #! KeyError: 'lb'
        """,
        """
        while True:  # JPR09
            pass
        #! KeyboardInterrupt: stopped
        """,
    )
    good = (
        """
        freight = {"kg": 3}
        # %%
        freight["kg"]
        #> 3
        """,
        """
        print("no error, no KeyError")
        #> no error, no KeyError
        """,
    )
    conversion = "yours"
    conversion_note = """
    Conversion runs the notebook: a cell that still fails is named as an obstacle, with its error.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for cell in facts.notebook.cells:
            if cell.kind != "code" or not cell.outputs or "raises-exception" in cell.tags:
                continue
            error = _error(cell)
            if error == "KeyboardInterrupt":
                yield Hit(facts.line(cell.number, 1), "the cell was stopped by hand: let it run to its end, or mend it")
            elif error:
                message = f"the cell ended with {error}: mend it, and run the notebook through"
                yield Hit(facts.line(cell.number, 1), message)


def _error(cell: Cell) -> str:
    for output in cell.outputs:
        kind = output.get("output_type")
        if kind == "error":
            return str(output.get("ename") or "an error")[:60]
        if kind == "stream" and _TRACEBACK in _start(output.get("text")):
            return "a traceback in its output"
    return ""


def _start(text: Any) -> str:
    if isinstance(text, (list, tuple)):
        text = "".join(t for t in text[:400] if isinstance(t, str))
    return text[:_MOST] if isinstance(text, str) else ""
