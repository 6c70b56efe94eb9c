"""Reading notebooks: in come paths, out come Notebooks; in comes a cell, out comes its Python.

`.ipynb` (nbformat 2 to 4.5) and Jupytext text notebooks are read without nbformat and without IPython. IPython syntax
becomes Python of as many lines, at the same columns, so that what is found in it has a place in the cell. Nothing is
run; what can't be read is a UsableError, what can't be Python is an `error` of its cell or a Magic of disposition
`obstacle`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_prod.lazily import lazily

if TYPE_CHECKING:
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

__getattr__ = lazily(
    __name__,
    {
        "jupyter_prod.notebook.finding": "find_notebooks",
        "jupyter_prod.notebook.ipython": "python_source",
        "jupyter_prod.notebook.nouns": "Cell, Magic, Notebook, PythonCell, SyntaxProblem",
        "jupyter_prod.notebook.reading": "parse_notebook, read_notebook",
    },
)
