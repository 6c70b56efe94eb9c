"""jupyter-prod: from a pilot notebook to a service that is proven to do what the notebook did."""

__version__ = "0.1.0"
