"""A notebook's score, all rules applied."""

from __future__ import annotations

from jupyter_prod.hazards import Facts, all_rules
from jupyter_prod.lint.checking import findings_of
from jupyter_prod.notebook import Notebook
from jupyter_prod.program import understand
from jupyter_prod.readiness.nouns import Score
from jupyter_prod.readiness.score import score_notebook


def score_of(notebook: Notebook) -> Score:
    """The score of a notebook: settings that leave rules out don't make it readier, suppressions with a reason do."""
    facts = Facts(notebook, understand(notebook))
    return score_notebook(facts, findings_of(facts, all_rules()))
