"""JPV02 install-in-notebook."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.installs import installs
from jupyter_prod.hazards.rule import Hit, Rule


class InstallInNotebook(Rule):
    code = "JPV02"
    slug = "install-in-notebook"
    severity = "info"
    step = 2
    title = "Packages installed by the notebook itself"
    what = """
    Finds every command in a notebook that installs Python packages, pinned or not: `%pip`, `!pip`, `conda`, `uv`, and
    the same through `os.system` or `subprocess`.
    """
    why = """
    In production nothing is installed while a job runs: the image is built once, scanned and tested, and often has no
    way to the internet. A requirements file says the same where tools can read it.
    """
    bad = (
        """
        %pip install -q pandas==2.2.3  # JPV02
        import pandas as pd
        """,
        """
        import sys
        !{sys.executable} -m pip install -r requirements.txt  # JPV02
        """,
        """
        import os
        os.system("pip install shap==0.46.0")  # JPV02
        """,
    )
    good = (
        """
        import pandas as pd
        # %pip install pandas==2.2.3
        !pip list
        %pip freeze
        """,
        """
        import os
        os.system("mkdir -p out")
        !pip --version
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Install lines stay behind; what they name goes into the project's requirements, and the image installs it.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for one in installs(facts):
            names = [r.name or r.text for r in one.requirements]
            said = ", ".join(f"`{name}`" for name in names[:3]) + (" …" if len(names) > 3 else "")
            if names or one.unseen:
                what = said or "what a file or an address names"
                yield Hit(one.place, f"the notebook installs {what} itself: declare it in a requirements file")
