"""A graph as lines for a terminal."""

from __future__ import annotations

from jupyter_prod.graph.nouns import Graph, Node

_HEADS = {"input": "inputs", "stage": "stages", "model": "model", "metric": "metrics", "file": "files"}


def as_text(graph: Graph) -> str:
    """What the notebook reads, does and makes, one line each, with where it comes from and its cells."""
    lines = [f"{_line(graph.title)}  level {graph.level}"]
    labels = {node.id: _line(node.label) for node in graph.nodes}
    widths = (
        min(max([len(label) for label in labels.values()], default=0), 46),
        min(max([len(node.where) for node in graph.nodes], default=0), 40),
    )
    for kind, head in _HEADS.items():
        held = [node for node in graph.nodes if node.kind == kind]
        if held:
            lines += ["", head, *(_node(node, graph, labels, widths) for node in held)]
    if not graph.nodes:
        lines += ["", "The notebook reads no data and makes no model, number or file that is known."]
    lines += ["", *(f"why not higher: {_line(reason)}" for reason in graph.reasons)] if graph.reasons else []
    return "\n".join(lines)


def _node(node: Node, graph: Graph, labels: dict[str, str], widths: tuple[int, int]) -> str:
    sources = [
        labels[edge.source]
        + (f" ({', '.join(map(_line, edge.names[:4]))}{', …' if len(edge.names) > 4 else ''})" if edge.names else "")
        for edge in graph.edges
        if edge.target == node.id
    ]
    parts = [
        f"  {labels[node.id]:<{widths[0]}}",
        f"{node.where:<{widths[1]}}",
        f"← {', '.join(sources)}" if sources else "",
    ]
    return "  ".join(parts).rstrip()


def _line(text: str) -> str:
    """Text of the notebook on one line: no control character reaches the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
