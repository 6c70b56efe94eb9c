"""Runs the notebook and its project apart, each in the notebook's own environment, and compares.

In: a notebook's cells, a generated project, an Environment. Out: a Verdict of checks. The only room that runs a
notebook's code, always in a child process with limits, in a scratch copy of the notebook's folder.
"""

from jupyter_prod.verify.notebook_run import run_notebook
from jupyter_prod.verify.nouns import Check, NotebookRun, Probed, Verdict, Written

__all__ = ["Check", "NotebookRun", "Probed", "Verdict", "Written", "run_notebook"]
