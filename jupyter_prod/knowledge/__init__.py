"""What library calls do, as data: one YAML file a library, read once.

In: the YAML files of this folder. Out: `knowledge()`, which answers by qualified name (`pandas.read_csv`), by the kind
of a method's receiver (`frame.dropna`) and by class (`sklearn.preprocessing.LabelEncoder` is a transformer).
"""

from jupyter_prod.knowledge.load import Knowledge, knowledge

__all__ = ["Knowledge", "knowledge"]
