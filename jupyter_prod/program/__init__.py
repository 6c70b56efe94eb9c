"""What the cells mean together.

In: a `Notebook`. Out: a `Program`: its statements with the names they read, bind and change, what each depends on, the
kind of every expression (rows of which input, statistic, estimator, prediction, metric), and the events the plan asks
about (reads, fits, predictions, metrics, files). Nothing is executed: an abstract interpreter follows the statements in
document order, into the notebook's own functions, with what `knowledge` says of library calls.
"""

from jupyter_prod.program.nouns import Program, Statement
from jupyter_prod.program.understand import understand

__all__ = ["Program", "Statement", "understand"]
