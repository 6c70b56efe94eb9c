"""A graph in Mermaid's language."""

from __future__ import annotations

from jupyter_prod.graph.nouns import Graph, Node

_SHAPES = {
    "input": ("[(", ")]"),
    "stage": ("[", "]"),
    "model": ("{{", "}}"),
    "metric": ("([", "])"),
    "file": ("[/", "/]"),
}
_PLAIN = frozenset(" .,:-_()/+=%ÄÖÜäöüß·←→…")


def as_mermaid(graph: Graph) -> str:
    """A flowchart from top to bottom. All signs of the notebook that Mermaid might read are written as entities."""
    lines = ["flowchart TD", *(f"    {_node(node)}" for node in graph.nodes)]
    for edge in graph.edges:
        label = f'|"{_text(", ".join(edge.names[:3]))}{", …" if len(edge.names) > 3 else ""}"| ' if edge.names else ""
        lines.append(f"    {edge.source} --> {label}{edge.target}")
    return "\n".join(lines)


def _node(node: Node) -> str:
    left, right = _SHAPES[node.kind]
    where = f"<br/>{node.where}" if node.where else ""
    return f'{node.id}{left}"{_text(node.label)}{where}"{right}'


def _text(text: str) -> str:
    return "".join(c if (c.isalnum() and c.isprintable()) or c in _PLAIN else f"#{ord(c)};" for c in text)
