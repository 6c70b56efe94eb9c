"""Reading notebooks: in come paths, out come Notebooks; in comes a cell, out comes its Python.

`.ipynb` (nbformat 2 to 4.5) and Jupytext text notebooks are read without nbformat and without IPython. IPython syntax
becomes Python of as many lines, at the same columns, so that what is found in it has a place in the cell. Nothing is
run; what can't be read is a UsableError, what can't be Python is an `error` of its cell or a Magic of disposition
`obstacle`.
"""

from jupyter_prod.notebook.finding import find_notebooks
from jupyter_prod.notebook.ipython import python_source
from jupyter_prod.notebook.nouns import Cell, Magic, Notebook, PythonCell, SyntaxProblem
from jupyter_prod.notebook.reading import parse_notebook, read_notebook

__all__ = [
    "Cell",
    "Magic",
    "Notebook",
    "PythonCell",
    "SyntaxProblem",
    "find_notebooks",
    "parse_notebook",
    "python_source",
    "read_notebook",
]
