"""Runs the notebook and its project apart, each in the notebook's own environment, and compares.

In: a notebook's cells, a generated project, an Environment. Out: a Verdict of checks. The only room that runs a
notebook's code, always in a child process with limits, in a scratch copy of the notebook's folder.
"""

from jupyter_prod.verify.notebook_run import run_notebook
from jupyter_prod.verify.nouns import Check, NotebookRun, Probed, Verdict, Written
from jupyter_prod.verify.overlay import Unfitting
from jupyter_prod.verify.project_run import NotReady, Project, ProjectRun, Service, open_project, run_project
from jupyter_prod.verify.verdict import verify

__all__ = [
    "Check",
    "NotReady",
    "NotebookRun",
    "Probed",
    "Project",
    "ProjectRun",
    "Service",
    "Unfitting",
    "Verdict",
    "Written",
    "open_project",
    "run_notebook",
    "run_project",
    "verify",
]
