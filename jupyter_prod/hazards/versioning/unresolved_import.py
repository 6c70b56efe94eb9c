"""JPV12 unresolved-import."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.imports import imported, is_unknown
from jupyter_prod.hazards.rule import Hit, Rule


class UnresolvedImport(Rule):
    code = "JPV12"
    slug = "unresolved-import"
    severity = "warning"
    step = 2
    title = "An import that nothing known brings"
    what = """
    Finds imports that no public package is known to bring, that no file declares, that are not installed and lie
    nowhere beside the notebook: a company's own package, or a helper file that was left behind. Imports that are
    tried and may fail are none, nor is anything in a notebook that fetches code first (`git clone`, `%run`).
    """
    why = """
    It can't be installed from an index, so the notebook runs on its author's machine only. An unknown name in a
    requirements file is a danger of its own: a stranger may publish a package under it.
    """
    bad = (
        """
        import pandas as pd
        from acme_telematics import decode_pings  # JPV12
        # %% [file] requirements.txt
        pandas==2.2.3
        """,
        """
        import sys
        import vibrolab_internal as vib  # JPV12
        sys.path.append("../shared")
        def spectrum(rows):
            from vibrolab_private.fft import power  # JPV12
            return power(rows)
        spectrum([1])
        # %% [file] data.csv
        a
        """,
    )
    good = (
        """
        import numpy, torch, duckdb, sqlite3, urllib2
        import fleet_helpers
        try:
            import acme_telematics
        except ImportError:
            acme_telematics = None
        # %% [file] fleet_helpers.py
        KM = 1
        """,
        """
        from acme_telematics import decode_pings
        # %% [file] requirements.txt
        acme-telematics==1.4.0
        """,
        """
        !git clone -q https://git.example.org/vision/models.git
        import sys
        sys.path.append("models")
        from detect_utils import boxes
        # %% [file] readme.txt
        x
        """,
    )
    conversion = "yours"
    conversion_note = """
    Conversion names the import as missing. Declare where the package comes from (an index of the company, a
    repository at a tag), or put the module beside the notebook.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        told: set[str] = set()
        for one in imported(facts):
            if one.top in told or not one.sure or not is_unknown(facts, one):
                continue
            told.add(one.top)
            yield Hit(
                one.place,
                f"nothing says where `{one.top}` comes from: no known package, declaration or file",
            )
