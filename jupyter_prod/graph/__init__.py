"""The pipeline that a notebook holds, as a graph: inputs, stages, model, metrics, files, and what flows between them.

In: a `Program` and the plan's `Draft` of it. Out: a `Graph`, and its drawings as text, as Mermaid and as SVG. Text from
the notebook reaches a drawing as text only.
"""

from jupyter_prod.graph.build import build
from jupyter_prod.graph.mermaid import as_mermaid
from jupyter_prod.graph.nouns import Edge, Graph, Node
from jupyter_prod.graph.svg import as_svg
from jupyter_prod.graph.text import as_text

__all__ = ["Edge", "Graph", "Node", "as_mermaid", "as_svg", "as_text", "build"]
