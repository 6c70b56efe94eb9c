"""Which Python environment a notebook runs in, and what is in it.

In: a notebook's path, what the caller said about Python or kernel, the imports of a project. Out: an Environment, and
requirements pinned to what it holds. Imports nothing of ours.
"""

from jupyter_prod.environment.choose import choose_environment
from jupyter_prod.environment.inspect import facts
from jupyter_prod.environment.nouns import Environment
from jupyter_prod.environment.requirements import constraints, normalised, requirements

__all__ = ["Environment", "choose_environment", "constraints", "facts", "normalised", "requirements"]
