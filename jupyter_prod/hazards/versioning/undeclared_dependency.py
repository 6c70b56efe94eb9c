"""JPV03 undeclared-dependency."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.imports import Imported, is_unknown, third_party
from jupyter_prod.hazards.installs import installs
from jupyter_prod.hazards.project import Project
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.knowledge.importing import imports, normalised

_PREFIXES = ("google", "azure", "opentelemetry", "snowflake", "databricks", "nvidia", "tencentcloud", "oslo")


class UndeclaredDependency(Rule):
    code = "JPV03"
    slug = "undeclared-dependency"
    severity = "warning"
    step = 2
    title = "An import that no file beside the notebook declares"
    what = """
    Finds imports of packages that neither a requirements file, pyproject.toml, setup.cfg, setup.py, conda environment
    nor Pipfile declares, in the notebook's folder or above it up to the repository's root. With no such file at all,
    the notebook is found once. Names are matched by what the packages bring (`sklearn` is scikit-learn). An import
    that is tried and may fail, and one that the notebook installs itself, is none.
    """
    why = """
    The notebook runs because somebody once installed the package by hand. On the next machine, and in the image, it
    isn't there, or is there in another version.
    """
    bad = (
        """
        import pandas as pd
        import polars as pl  # JPV03
        from sklearn.svm import SVC
        from imblearn.over_sampling import SMOTE  # JPV03
        # %% [file] requirements.txt
        pandas==2.2.3
        scikit-learn==1.5.2
        """,
        """
        import tsfresh  # JPV03
        import numpy as np
        # %% [file] pyproject.toml
        [project]
        name = "pumps"
        dependencies = ["numpy==1.26.4"]
        """,
        """
        #@ JPV03
        import pandas as pd
        # %% [file] trips.csv
        day,km
        """,
    )
    good = (
        """
        import json
        import numpy as np
        import cv2
        import yaml
        from PIL import Image
        try:
            import cupy
        except ImportError:
            cupy = None
        # %% [file] environment.yml
        name: vision
        dependencies:
          - python=3.11
          - numpy=1.26
          - pip:
            - opencv-python-headless==4.10.0.84
            - PyYAML==6.0.2
            - Pillow==11.0.0
        """,
        """
        import json
        import helpers
        # %% [file] helpers.py
        X = 1
        """,
        """
        import pandas as pd
        from google.cloud import bigquery
        # %% [file] pyproject.toml
        [tool.poetry.dependencies]
        python = "^3.11"
        pandas = "^2.2"
        google-cloud-bigquery = "3.27.0"
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The project's requirements are made from what its modules import, at the versions of the notebook's environment.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        project = facts.project
        if project is None:
            return
        own = {r.name for i in installs(facts) for r in i.requirements}
        wanted = [i for i in third_party(facts) if not is_unknown(facts, i) and not _brought(i, own)]
        if not wanted:
            return
        if not project.declarations:
            names = sorted({_distribution(i, project) for i in wanted})
            said = ", ".join(f"`{n}`" for n in names[:3]) + (" …" if len(names) > 3 else "")
            yield Hit(Place(None), f"no requirements file beside the notebook says that it needs {said}")
            return
        declared = {d.name for file in project.declared.values() for d in file.requirements}
        declared |= {file.own for file in project.declared.values() if file.own}
        if not declared:  # a file that only names others, or that can't be read
            return
        for one in wanted:
            if not _brought(one, declared):
                where = project.declarations[0].name
                name = _distribution(one, project)
                called = f"`{one.top}`" if name == normalised(one.top) else f"`{one.top}` ({name})"
                yield Hit(one.place, f"{called} is imported, but {where} doesn't declare it")


def _brought(one: Imported, declared: set[str]) -> bool:
    """Whether one of the declared distributions brings an import."""
    top = normalised(one.top)
    near = {top, f"python-{top}", f"py{top}", f"{top}-python", *imports().of(one.top)}
    if one.top in _PREFIXES:
        exact = normalised(one.dotted)
        return any(
            d == exact or (d.startswith(f"{top}-") and not _is_public_sibling(d, exact, declared)) for d in declared
        )
    return bool(near & declared) or (top in ("ipywidgets", "notebook", "nbformat") and "jupyter" in declared)


def _is_public_sibling(declared: str, exact: str, every: set[str]) -> bool:
    """Whether a distribution of the same namespace surely is another one: both are known by their exact names."""
    known = set(imports().of(exact.partition("-")[0]))
    return exact in known and declared in known and exact not in every


def _distribution(one: Imported, project: Project) -> str:
    if one.top in _PREFIXES:
        exact = normalised(one.dotted)
        return exact if exact in imports().of(one.top) else normalised(one.top)
    candidates = imports().of(one.top)
    return next((d for d in candidates if project.installed(d)), candidates[0])
