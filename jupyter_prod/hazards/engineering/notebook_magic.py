"""JPE02 notebook-magic."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.notebook import Magic

_SHOWS = frozenset(
    """matplotlib load_ext reload_ext autoreload aimport config time timeit capture prun lprun mprun memit precision
        pprint xmode gui colors ?
    """.split()
)
FOREIGN = frozenset(
    """bash sh script system cmd R julia perl ruby sql bigquery spark scala javascript js html HTML latex markdown svg
        SVG mermaid python python2 python3 pypy cython fortran
    """.split()
)
_INSTALLERS = frozenset("pip conda mamba micromamba uv".split())


class NotebookMagic(Rule):
    code = "JPE02"
    slug = "notebook-magic"
    severity = "warning"
    step = 2
    title = "A command that only a notebook understands"
    what = """
    Finds magics and shell lines that have an effect: files fetched or moved, folders changed, connections opened,
    names taken over from elsewhere. Those that only show or time something (`%matplotlib inline`, `%%time`) are
    told as info. Package installs and cells in other languages have rules of their own.
    """
    why = """
    A program has no IPython. What the line does must become Python, a setting or a step of the deployment, or it is
    silently missing there.
    """
    bad = (
        """
        !wget -q https://data.example/trips.csv  # JPE02
        import pandas as pd
        trips = pd.read_csv("trips.csv")
        """,
        """
        %cd /content  # JPE02
        """,
        """
        %pylab inline  # JPE02
        """,
    )
    good = (
        """
        %pip install pandas==2.2.3
        import urllib.request
        urllib.request.urlretrieve("https://data.example/trips-2024.csv", "trips.csv")
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Magics that only show something stay behind, installs become dependencies, `%cd`, `%env` and `%pylab` become
    Python. A shell line that changes files has no Python form: it is named as the reason for a lower level.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for magic in facts.magics():
            if _has_own_rule(magic):
                continue
            place = facts.line(magic.cell, magic.line)
            if _only_shows(magic):
                yield Hit(place, f"`{_shown(magic)}` is for the notebook only: it stays behind", "info")
            else:
                yield Hit(place, f"`{_shown(magic)}` {magic.why}: no program can run the line as it stands")


def _has_own_rule(magic: Magic) -> bool:
    """Installs belong to unpinned-install and install-in-notebook, cells in another language to foreign-cell."""
    if magic.disposition == "dependency" or magic.packages or magic.name in _INSTALLERS:
        return True
    return magic.text.startswith("%%") and magic.name in FOREIGN


def _only_shows(magic: Magic) -> bool:
    return magic.disposition == "dropped" or (magic.disposition == "kept" and magic.name in _SHOWS)


def _shown(magic: Magic) -> str:
    text = " ".join(magic.text.split())
    return text if len(text) <= 50 else text[:49] + "…"
