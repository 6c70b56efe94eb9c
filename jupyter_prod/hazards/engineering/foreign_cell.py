"""JPE18 foreign-cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_prod.hazards.engineering.notebook_magic import FOREIGN
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.notebook import Magic
from jupyter_prod.patterns import lazy

_SHOWN = frozenset("html HTML latex markdown svg SVG mermaid".split())
_SCRIPTS = frozenset("javascript js".split())
_SHELLS = frozenset("bash sh script system cmd".split())
_TOUCHES_KERNEL = lazy(r"kernel\s*\.|\.execute\(|(?:fetch|XMLHttpRequest)\b")
_ONLY_LOOKS = lazy(
    r"""(?:cd|ls|ll|pwd|cat|head|tail|echo|wc|du|df|tree|file|stat|date|whoami|uname|hostname|env|printenv|which|free|
         nvidia-smi|nvcc|lscpu|top|ps|java|git\s+(?:log|status|diff|show|branch|version|--version)|pip3?\s+(?:list|freeze|show)|
         conda\s+(?:list|info)|python3?\s+(?:-V|--version)|tail|less|more|grep|true|\#)(?![\w-])[^>]*""",
    re.VERBOSE,
)


class ForeignCell(Rule):
    code = "JPE18"
    slug = "foreign-cell"
    severity = "warning"
    step = 2
    title = "A cell in another language"
    what = """
    Finds cells that another interpreter runs: `%%bash`, `%%sql`, `%%R`, `%%julia`, `%%cython`, and JavaScript that
    talks to the kernel. Cells that only show something (`%%html`, `%%latex`) are none; shell cells that only look
    around (`ls`, `head`, `nvidia-smi`) are told as info.
    """
    why = """
    The work is split over languages, and only the notebook holds the halves together: a program has neither the
    other interpreter nor the hand-over of names and files. In a pipeline the step is silently missing.
    """
    bad = (
        """
        import pandas as pd
        # %%
        %%bash  # JPE18
        mkdir -p clean && cut -d, -f1-4 raw.csv > clean/trips.csv
        # %%
        trips = pd.read_csv("clean/trips.csv")
        """,
        """
        %load_ext sql
        # %%
        %%sql margins <<  # JPE18
        select article, margin from mart.margins
        """,
        """
        %load_ext rpy2.ipython
        # %%
        %%R -i sales -o fitted  # JPE18
        fitted <- predict(lm(amount ~ week, data = sales))
        """,
    )
    good = (
        """
        import pandas as pd
        from sqlalchemy import create_engine, text
        # %%
        %%html
        <style>.output {max-height: 400px}</style>
        # %%
        %%time
        rows = sum(range(1000))
        """,
        """
        %%bash
        pip install polars==1.9.0
        """,
        """
        %%javascript
        IPython.OutputArea.prototype._should_scroll = function(lines) { return false; }
        """,
    )
    conversion = "yours"
    conversion_note = """
    A cell in another language has no Python form: it is named as the reason for a lower level. Shell work becomes a
    step of the pipeline, SQL a query that Python sends.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for magic in facts.magics():
            if not magic.text.startswith("%%") or magic.name not in FOREIGN or magic.name in _SHOWN:
                continue
            if magic.disposition == "dependency" or magic.packages:
                continue  # installs have rules of their own
            body = magic.text.partition("\n")[2] or _body(facts, magic)
            if not body.strip():
                continue
            place = facts.line(magic.cell, magic.line)
            if magic.name in _SCRIPTS and not _TOUCHES_KERNEL.search(body):
                continue
            if magic.name in _SHELLS and _looks(body):
                yield Hit(place, f"`%%{magic.name}` only looks around: it stays behind", "info")
            else:
                yield Hit(place, f"`%%{magic.name}` hands the cell to another interpreter: write the step in Python")


def _body(facts: Facts, magic: Magic) -> str:
    lines = next((c.source.split("\n") for c in facts.notebook.cells if c.number == magic.cell), [])
    return "\n".join(lines[magic.line :])


def _looks(body: str) -> bool:
    """Whether each command of a shell cell only shows something."""
    commands = [c.strip() for line in body.split("\n") for c in re.split(r"&&|\|\||[;|]", line)]
    return all(_ONLY_LOOKS.fullmatch(c) for c in commands if c)
