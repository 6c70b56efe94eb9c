"""A project as small as one can be that still keeps the contract of generated projects."""
