"""JPV13 unpinned-requirement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from jupyter_prod.hazards.declarations import Declarations, Declared
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.project import Project
from jupyter_prod.hazards.requirement import Requirement
from jupyter_prod.hazards.rule import Edit, Fix, Hit, Place, Rule
from jupyter_prod.patterns import lazy

_LOCKS = lazy(
    r"(?:poetry|uv|pdm|pixi)\.lock|Pipfile\.lock|pylock[\w.-]*\.toml|conda-lock[\w.-]*\.ya?ml|requirements?[\w.-]*[.-]lock(?:\.txt)?"
    r"|requirements?\.lock",
    re.IGNORECASE,
)
_APART = lazy(r"(?:^|[-_.])(?:dev|test|tests|testing|doc|docs|lint|build|ci|typing|optional)(?:[-_.]|$)", re.IGNORECASE)
"""Files of requirements that no run needs."""


class UnpinnedRequirement(Rule):
    code = "JPV13"
    slug = "unpinned-requirement"
    severity = "warning"
    step = 2
    title = "A requirements file that leaves versions open"
    what = """
    Finds lines of the requirements file nearest to the notebook that name a package without a version or with a lower
    end only, and repositories without a tag or commit. Also conda environments, Pipfiles and the dependencies in a
    pyproject.toml that builds no package. A lock file beside it, a pin in another file of the folder, or an upper
    end resolves it; requirements of tests and documentation are none.
    """
    why = """
    Two builds of the same commit get different libraries. The model that was proven is then not the one that runs, and
    a rollback brings the old code with new libraries.
    """
    bad = (
        """
        import pandas as pd
        # %% [file] requirements.txt
        pandas  # JPV13
        pyarrow==18.1.0
        requests>=2.0  # JPV13
        # %% [file] .venv/lib/python3.11/site-packages/pandas-2.2.3.dist-info/METADATA
        Name: pandas
        """,
        """
        import numpy as np
        # %% [file] environment.yml
        name: pumps
        channels:
          - conda-forge
        dependencies:
          - python=3.11
          - numpy  # JPV13
          - pandas=2.2
          - pip:
            - lightgbm>=4  # JPV13
        """,
        """
        import numpy as np
        # %% [file] pyproject.toml
        [project]
        name = "pumps"
        dependencies = [
            "numpy",  # JPV13
            "pandas==2.2.3",
        ]
        """,
    )
    good = (
        """
        import pandas as pd
        # %% [file] requirements.txt
        # what the pilot needs
        --index-url https://pypi.org/simple
        pandas==2.2.3
        scikit-learn~=1.5.2
        requests>=2.31,<3 ; python_version >= "3.9"
        git+https://github.com/acme/forecasts.git@v2.1.0
        # %% [file] requirements-dev.txt
        pytest
        """,
        """
        import numpy as np
        # %% [file] pyproject.toml
        [project]
        name = "pumps"
        dependencies = ["numpy>=1.26"]
        # %% [file] uv.lock
        version = 1
        """,
        """
        import numpy as np
        # %% [file] requirements.txt
        -c constraints.txt
        numpy
        # %% [file] constraints.txt
        numpy==1.26.4
        """,
    )
    fixed = """
    import pandas as pd
    """
    fix = "safe"
    fix_note = "Pins the line to the version that is installed in the environment beside the notebook."
    conversion = "resolved"
    conversion_note = """
    The project's requirements are pinned, and locked with what they need in turn.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        project = facts.project
        if project is None or not project.declarations:
            return
        nearest = _folder(project, project.declarations[0])
        if any(_LOCKS.fullmatch(entry.name) for folder in (nearest, project.folder) for entry in _entries(folder)):
            return
        settled = {d.name for file in project.declared.values() for d in file.requirements if not d.requirement.open}
        for path, file in project.declared.items():
            if _folder(project, path) == nearest and _counts(path, file):
                for one in file.requirements:
                    if one.requirement.open and one.name not in settled:
                        yield _hit(project, path, one)


def _folder(project: Project, path: Path) -> Path:
    """The folder that a file declares for: `requirements/base.txt` is its parent's."""
    return path.parent if path.parent in project.folders else path.parent.parent


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _counts(path: Path, file: Declarations) -> bool:
    return file.pins and path.suffix != ".in" and not _APART.search(path.stem)


def _hit(project: Project, path: Path, one: Declared) -> Hit:
    lines = project.read(path).split("\n")
    line = lines[one.row - 1] if one.row <= len(lines) else ""
    text = one.requirement.text
    place = Place(None, one.row, len(line) - len(line.lstrip()) + 1, one.row, len(line.rstrip()) + 1)
    return Hit(
        place,
        f"{text[:60]!r} leaves the version open: each build may get another one",
        fix=_fix(project, path, one.requirement, one, line),
        file=str(path),
    )


def _fix(project: Project, path: Path, read: Requirement, one: Declared, line: str) -> Fix | None:
    version = project.installed(read.name) if one.fixable else None
    if version is None or not line[one.column - 1 :].startswith(read.text):
        return None
    at = Place(None, one.row, one.column + read.start, one.row, one.column + read.end)
    return Fix("safe", f"Pin {read.name} to {version}", (Edit(at, f"=={version}"),), file=str(path))
