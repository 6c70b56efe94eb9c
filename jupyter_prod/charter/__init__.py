"""The charter: what a project is for, who answers for it, how it is rolled out. `charter.yaml` beside the notebook.

In: a path. Out: a Charter that says which of its entries are filled and which are still open. Imports nothing of ours.
"""

from jupyter_prod.charter.read import CHARTER, Charter, read_charter, says

__all__ = ["CHARTER", "Charter", "read_charter", "says"]
