"""JPV01 unpinned-install."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.installs import Install, installs, pinned
from jupyter_prod.hazards.rule import Fix, Hit, Rule


class UnpinnedInstall(Rule):
    code = "JPV01"
    slug = "unpinned-install"
    severity = "warning"
    step = 2
    title = "A package installed with no version"
    what = """
    Finds `pip install`, `conda install` and their like, in magics, shell lines and calls, that name a package without
    a version or with a lower end only (`>=2`), and repositories without a tag or commit. What a constraints file or a
    requirements file says is not looked into here.
    """
    why = """
    Each run installs what is newest that day. A release next month changes results or breaks the run, and nobody
    changed a line. The versions that the model was made with can't be found out afterwards.
    """
    bad = (
        """
        # %%
        !pip install -q pandas "scikit-learn>=1.2"  # JPV01
        # %%
        import pandas as pd
        # %% [file] .venv/lib/python3.11/site-packages/pandas-2.2.3.dist-info/METADATA
        Name: pandas
        # %% [file] .venv/lib/python3.11/site-packages/scikit_learn-1.5.2.dist-info/METADATA
        Name: scikit-learn
        """,
        """
        %pip install catboost category_encoders==2.6.3  # JPV01
        """,
        """
        import subprocess, sys
        subprocess.check_call([sys.executable, "-m", "pip", "install", "lightgbm"])  # JPV01
        !conda install -y -c conda-forge geopandas  # JPV01
        """,
        """
        !pip install git+https://github.com/acme/forecasts.git  # JPV01
        """,
    )
    good = (
        """
        %pip install -q pandas==2.2.3 "scikit-learn[plots]~=1.5.2"
        !conda install -y geopandas=0.14.4
        """,
        """
        !pip install -r requirements.txt
        !pip install --upgrade pip
        !pip install -c constraints.txt lightgbm
        !pip install git+https://github.com/acme/forecasts.git@v2.1.0
        # !pip install pandas
        """,
        """
        import os
        os.system("pip install 'torch==2.5.1' torchvision==0.20.1")
        os.system("pip list")
        """,
    )
    fixed = """
    # %%
    !pip install -q pandas==2.2.3 "scikit-learn==1.5.2"  # JPV01
    # %%
    import pandas as pd
    """
    fix = "safe"
    fix_note = "Pins each package to the version that is installed in the environment beside the notebook."
    conversion = "resolved"
    conversion_note = """
    The project's requirements name each package at the version of the notebook's environment; the install line stays
    behind.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for one in installs(facts):
            free = [r.text for r, _ in one.open]
            if free and not (one.constrained and one.installer in ("pip", "uv")):
                said = ", ".join(f"`{text[:60]}`" for text in free[:5]) + (" …" if len(free) > 5 else "")
                plural = "whatever versions are" if len(free) > 1 else "whatever version is"
                yield Hit(one.place, f"{said} installs {plural} newest that day: pin it", fix=_fix(facts, one))


def _fix(facts: Facts, one: Install) -> Fix | None:
    """All of a line's packages pinned, or none: a line half pinned is as open as before."""
    if facts.project is None or one.installer not in ("pip", "uv"):
        return None
    edits = []
    for named, spot in one.open:
        version = facts.project.installed(named.name) if not named.remote else None
        if version is None or spot is None:
            return None
        edits.append(pinned(named, spot, version))
    return Fix("safe", "Pin to what is installed", tuple(edits))
