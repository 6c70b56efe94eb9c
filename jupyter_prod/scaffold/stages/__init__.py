"""Plan to stage modules: the notebook's own statements as functions of a package.

In: a `Program`, and what a person asked. Out: a `Plan` with the texts of its modules, at the highest level that can be
written; what is in the way of a higher one is in its `reasons`.
"""

from jupyter_prod.scaffold.stages.plans import write_plan

__all__ = ["write_plan"]
