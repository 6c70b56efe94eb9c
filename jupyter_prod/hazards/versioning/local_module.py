"""JPV11 local-module."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.imports import imported
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.knowledge.importing import imports


class LocalModule(Rule):
    code = "JPV11"
    slug = "local-module"
    severity = "info"
    step = 2
    title = "A module that lies beside the notebook"
    what = """
    Finds imports of modules and packages that lie in the notebook's folder, or in a folder above it up to the
    repository's root. Each module is found once, at its first import.
    """
    why = """
    The notebook is not whole without the file: whoever copies, schedules or deploys it must bring that along, in the
    same version, on the import path. Which version of the module a result was made with is not written anywhere.
    """
    bad = (
        """
        import pandas as pd
        from geo_helpers import corridor  # JPV11
        # %% [file] geo_helpers.py
        def corridor(rows):
            return rows
        """,
        """
        import features.trips as trips  # JPV11
        # %% [file] features/__init__.py

        # %% [file] features/trips.py
        KM = 1
        """,
    )
    good = (
        """
        import pandas as pd
        import json
        # %% [file] helpers.py
        KM = 1
        """,
        """
        from sklearn.svm import SVC
        # %% [file] sklearn/readme.txt
        notes
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The module is copied into the project, as part of its package, and tested with it.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        project = facts.project
        told: set[str] = set()
        for one in imported(facts) if project is not None else ():
            if one.top in told or imports().is_standard(one.top):
                continue
            path = project.local(one.dotted, imports().is_public(one.top)) if project is not None else None
            if path is not None:
                told.add(one.top)
                yield Hit(one.place, f"`{one.top}` is {path.name} beside the notebook: ship it along, in one version")
