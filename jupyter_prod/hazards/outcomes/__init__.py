"""Rules of group O: outcomes, ownership, operations, read from the charter beside the notebook."""
