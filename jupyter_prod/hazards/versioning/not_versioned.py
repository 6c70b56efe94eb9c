"""JPV09 not-versioned."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.project import Project
from jupyter_prod.hazards.rule import Hit, Place, Rule


class NotVersioned(Rule):
    code = "JPV09"
    slug = "not-versioned"
    severity = "warning"
    step = 4
    title = "A notebook that is not under version control as it is"
    what = """
    Finds notebooks outside a git repository, those that git doesn't track, and those with changes that are not
    committed. What is staged as a whole, as in a pre-commit hook, counts as committed. Where the repository can't be
    asked, nothing is found.
    """
    why = """
    A result must lead back to the code that made it. Without a commit there is none to name, to review, to compare
    with or to go back to; what the last run did is whatever the file happens to hold today.
    """
    bad = (
        """
        #@ JPV09
        import pandas as pd
        # %% [file] sales.csv
        day,amount
        """,
    )
    good = (
        """
        import pandas as pd
        # %% [file] .hg/requires
        store
        """,
        """
        import pandas as pd
        # %% [file] .git
        gitdir: /nowhere/of/this/machine
        """,
    )
    conversion = "yours"
    conversion_note = """
    The project records the notebook's hash and, where there is one, its commit. Committing the notebook is yours.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        project = facts.project
        said = _state(project) if project is not None else ""
        if said:
            yield Hit(Place(None), f"{facts.notebook.path.name} {said}: commit it, so that results can name their code")


def _state(project: Project) -> str:
    if project.version_control != ".git":
        return "" if project.version_control else "is outside git"
    repository = project.repository
    if repository is None:
        return ""
    name = str(project.notebook)
    if name not in repository.tracked:
        same = str(project.notebook.resolve())
        return "" if same in repository.tracked else "is not tracked by git"
    return "has uncommitted changes" if name in repository.changed - repository.staged else ""
