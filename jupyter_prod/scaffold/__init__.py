"""Plan to files: in comes a ProjectContext, out comes a complete project folder or none.

`render` writes a project from `templates/project` by cookiecutter; `record_verdict` writes into it what verification
found.
"""

from __future__ import annotations

from jupyter_prod.scaffold.context import ProjectContext
from jupyter_prod.scaffold.naming import project_names, row_hash
from jupyter_prod.scaffold.render import render
from jupyter_prod.scaffold.verdict import record_verdict

__all__ = ["ProjectContext", "project_names", "record_verdict", "render", "row_hash"]
