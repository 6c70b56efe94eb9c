"""JPV07 unknown-runtime."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Place, Rule


class UnknownRuntime(Rule):
    code = "JPV07"
    slug = "unknown-runtime"
    severity = "info"
    step = 2
    title = "A notebook that doesn't say what it ran on"
    what = """
    Finds notebooks whose metadata name no kernel, or no version of the language. Text notebooks can't hold the
    version: of them only the kernel is asked.
    """
    why = """
    Which Python the results were made with decides which packages can be installed, and what some code means. Without
    it a rebuild is guesswork, and papermill and nbconvert don't know which kernel to start.
    """
    bad = (
        """
        #@ JPV07
        import pandas as pd
        # %% [metadata]
        {}
        """,
        """
        #@ JPV07
        import pandas as pd
        # %% [metadata]
        {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"}}
        """,
    )
    good = (
        """
        import pandas as pd
        # %% [metadata]
        {"kernelspec": {"name": "python3"}, "language_info": {"name": "python", "version": "3.11.9"}}
        """,
        """
        # %% [metadata]
        {"kernelspec": {"name": "pilots-env"}, "language_info": {"name": "python", "version": "3.12.4"}}
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The project names its Python in `requires-python`, in its image and in its lock file.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        told = facts.notebook.metadata
        missing = []
        if not (_of(told, "kernelspec", "name") or _of(told, "kernel_info", "name")):
            missing.append("kernel")
        if facts.notebook.path.suffix == ".ipynb" and not _of(told, "language_info", "version"):
            missing.append("Python version")
        if missing and any(cell.kind == "code" for cell in facts.notebook.cells):
            said = " and no ".join(missing)
            yield Hit(Place(None), f"the metadata name no {said}: save the notebook once with the kernel it ran on")


def _of(metadata: Mapping[str, object], table: str, key: str) -> object:
    held = metadata.get(table)
    return held.get(key) if isinstance(held, Mapping) else None
