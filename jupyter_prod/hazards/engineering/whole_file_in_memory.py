"""JPE19 whole-file-in-memory."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import given
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Read
from jupyter_prod.program.interpret import near

MOST = 500_000_000
"""How many bytes of a file may be read at once."""

_PARTS = frozenset(
    {"chunksize", "iterator", "nrows", "usecols", "columns", "filters", "mmap_mode", "dtype", "low_memory"}
)


class WholeFileInMemory(Rule):
    code = "JPE19"
    slug = "whole-file-in-memory"
    severity = "info"
    step = 2
    title = "A large file read whole into memory"
    what = """
    Finds reads of files beside the notebook that are above 500 MB on disk, with neither chunks nor a choice of columns
    or rows.
    """
    why = """
    In memory a table is several times its file: the container is killed without a message, first on the day when the
    file has grown. Columnar files, a choice of columns, or chunks keep the need known.
    """
    bad = (
        """
        # %% [file] trips.csv 600 MB
        # %%
        import pandas as pd
        trips = pd.read_csv("trips.csv")  # JPE19
        """,
        """
        # %% [file] data/pings.parquet 900 MB
        # %%
        import pandas as pd
        pings = pd.read_parquet("data/pings.parquet")  # JPE19
        """,
    )
    good = (
        """
        # %% [file] trips.csv 600 MB
        # %%
        import pandas as pd
        trips = pd.read_csv("trips.csv", usecols=["zone", "fare"])
        """,
        """
        # %% [file] zones.csv 2 MB
        # %%
        import pandas as pd
        zones = pd.read_csv("zones.csv")
        """,
    )
    conversion = "yours"
    conversion_note = """
    The read is kept as it is. Choose columns and types, convert the file to Parquet, or read it in chunks.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if facts.project is None:
            return
        for event in facts.program.of(Read):
            if event.path is None or "://" in event.path or _PARTS & given(event.node).keys():
                continue
            file = near(facts.project.folder, event.path)
            place = facts.place(event.node)
            if file is None or place is None:
                continue
            try:
                size = file.stat().st_size
            except OSError:
                continue
            if size > MOST:
                yield Hit(
                    place,
                    f"{event.path!r} has {size / 1e6:,.0f} MB and is read whole: choose columns, or read it in chunks",
                )
