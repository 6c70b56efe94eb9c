"""The nouns of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["input", "stage", "model", "metric", "file"]


@dataclass(frozen=True)
class Node:
    """An input, a stage, a model, the metrics, or a file; `cells` are those whose statements it holds."""

    id: str
    kind: Kind
    label: str
    cells: tuple[int, ...] = ()

    @property
    def where(self) -> str:
        """The cells in words: `cell 3`, `cells 3-5, 8`; empty where there are none."""
        if not self.cells:
            return ""
        return f"cell{'s' if len(self.cells) > 1 else ''} {', '.join(_ranges(self.cells))}"


def _ranges(cells: tuple[int, ...]) -> list[str]:
    found: list[list[int]] = []
    for cell in sorted(set(cells)):
        if found and cell == found[-1][1] + 1:
            found[-1][1] = cell
        else:
            found.append([cell, cell])
    return [str(first) if first == last else f"{first}-{last}" for first, last in found]


@dataclass(frozen=True)
class Edge:
    """What `target` takes from `source`: names of the notebook, as far as names carry it."""

    source: str
    target: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graph:
    """The pipeline of one notebook, in the order in which it runs; `reasons` say why the level is not higher."""

    title: str
    level: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    reasons: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The graph as JSON has it."""
        return {
            "notebook": self.title,
            "level": self.level,
            "nodes": [{"id": n.id, "kind": n.kind, "label": n.label, "cells": list(n.cells)} for n in self.nodes],
            "edges": [{"source": e.source, "target": e.target, "names": list(e.names)} for e in self.edges],
            "reasons": list(self.reasons),
        }
