"""A graph as SVG: nodes in layers, from the inputs down."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import pairwise

from jupyter_prod.graph.nouns import Graph, Node

LINE, PAD, GAP, LAYER = 17, 11, 26, 64
"""Height of a line, room inside a box, between boxes, between layers; in pixels."""

SIGN = 7.3
"""Width of a sign, in pixels: more than the widest usual font needs at 13 pixels."""

LONGEST = 34
_COLOURS = {
    "input": ("#e8f1fb", "#3b74b4"),
    "stage": ("#f6f6f4", "#6b6b63"),
    "model": ("#fdf0dc", "#b8751a"),
    "metric": ("#eaf5ea", "#3f8a45"),
    "file": ("#f3ecf9", "#7c51a8"),
}


@dataclass
class _Box:
    """A drawn node; without a node, the place where an edge passes a layer."""

    node: Node | None
    lines: list[str]
    layer: int = 0
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return max(len(line) for line in self.lines) * SIGN + 2 * PAD if self.lines else 4.0

    @property
    def height(self) -> float:
        return len(self.lines) * LINE + 2 * PAD - 6 if self.lines else 0.0

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def as_svg(graph: Graph) -> str:
    """The drawing as one SVG document, readable without fonts, scripts or addresses from elsewhere."""
    boxes = {node.id: _Box(node, [_short(node.label), *([node.where] if node.where else [])]) for node in graph.nodes}
    _layered(graph, boxes)
    ways = [_way(boxes[edge.source], boxes[edge.target]) for edge in graph.edges]
    placed = [*boxes.values(), *(bend for way in ways for bend in way[1:-1])]
    _placed(placed, ways)
    width = max([b.x + b.width for b in placed], default=200.0) + GAP
    height = max([b.y + b.height for b in placed], default=60.0) + GAP
    drawn = [_edge(way, ", ".join(edge.names)) for way, edge in zip(ways, graph.edges, strict=True)]
    drawn += [_drawn(box, box.node) for box in boxes.values() if box.node is not None]
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"',
        ' font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{_safe(graph.title)}: level {_safe(graph.level)}</title>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">',
        '<path d="M0 0 L8 4 L0 8 z" fill="#85857d"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        *drawn,
        "</svg>",
    ]
    return "\n".join(parts)


def _layered(graph: Graph, boxes: dict[str, _Box]) -> None:
    """Each node below all that it takes from; a circle, which no pipeline has, ends the search."""
    for _ in boxes:
        changed = False
        for edge in graph.edges:
            source, target = boxes[edge.source], boxes[edge.target]
            if target.layer <= source.layer < len(boxes):
                target.layer, changed = source.layer + 1, True
        if not changed:
            break


def _way(source: _Box, target: _Box) -> list[_Box]:
    """An edge from box to box, by a bend in each layer that it passes: so it runs beside what stands there."""
    return [source, *(_Box(None, [], layer) for layer in range(source.layer + 1, target.layer)), target]


def _placed(boxes: list[_Box], ways: list[list[_Box]]) -> None:
    """Boxes of a layer in the order of what they hang on, each layer in the middle."""
    above: dict[int, list[_Box]] = {}
    for way in ways:
        for upper, lower in pairwise(way):
            above.setdefault(id(lower), []).append(upper)
    layers: list[list[_Box]] = [[] for _ in range(max([b.layer for b in boxes], default=-1) + 1)]
    for box in boxes:
        layers[box.layer].append(box)
    broad = max((_breadth(layer) for layer in layers), default=0.0)
    y = float(GAP)
    for layer in layers:
        layer.sort(key=lambda box: _mean([b.middle for b in above.get(id(box), [])]))
        x = GAP + (broad - _breadth(layer)) / 2
        tall = max((b.height for b in layer), default=0.0)
        for box in layer:
            box.x, box.y = x, y if box.lines else y + tall / 2
            x += box.width + GAP
        y += tall + LAYER


def _breadth(layer: list[_Box]) -> float:
    return sum(box.width for box in layer) + GAP * max(len(layer) - 1, 0)


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _edge(way: list[_Box], names: str) -> str:
    path = f"M{way[0].middle:.1f} {way[0].y + way[0].height:.1f}"
    for upper, lower in pairwise(way):
        y1, y2 = upper.y + upper.height, lower.y
        bend = (y2 - y1) / 2
        path += f" C{upper.middle:.1f} {y1 + bend:.1f} {lower.middle:.1f} {y2 - bend:.1f} {lower.middle:.1f} {y2:.1f}"
    told = f"<title>{_safe(names)}</title>" if names else ""
    return f'<path d="{path}" fill="none" stroke="#85857d" marker-end="url(#head)">{told}</path>'


def _drawn(box: _Box, node: Node) -> str:
    fill, line = _COLOURS[node.kind]
    radius = 14 if node.kind in ("model", "metric") else 4
    place = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    texts = []
    for number, text in enumerate(box.lines):
        y = box.y + PAD + 9 + number * LINE
        style = "" if number == 0 else ' fill="#6b6b63" font-size="11.5"'
        texts.append(f'<text x="{box.middle:.1f}" y="{y:.1f}" text-anchor="middle"{style}>{_safe(text)}</text>')
    title = f"<title>{_safe(node.kind)}: {_safe(node.label)}</title>"
    return f'<g>{title}<rect {place} rx="{radius}" fill="{fill}" stroke="{line}"/>{"".join(texts)}</g>'


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _safe(text: str) -> str:
    """Text as XML has it: signs that XML forbids are left out."""
    return escape("".join(c for c in text if c.isprintable()), quote=True)
