"""How ready a notebook is for production, from evidence only.

In: a notebook's facts and findings. Out: a Score: points for each step of the playbook, each with the finding or fact
that gave or took it, the next best action of each step, and which of the 28 tests of the ML Test Score hold.
"""

from jupyter_prod.readiness.nouns import Point, Score, StepScore, Test
from jupyter_prod.readiness.score import score_notebook

__all__ = ["Point", "Score", "StepScore", "Test", "score_notebook"]
