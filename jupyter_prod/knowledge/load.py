"""Reads the YAML files and answers questions about calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_prod.knowledge.yaml_files import read_yaml_files

ROLES = ("transformer", "predictor", "clusterer", "resampler", "search", "composite", "splitter")


@dataclass(frozen=True)
class Knowledge:
    """All that is known of libraries.

    `functions` maps a qualified name to its facts, `methods` a receiver's kind to {method: facts}; `classes` maps a
    qualified class, or the module it lives in, to its facts. A fact is a mapping with keys as described at the head of
    `pandas.yaml`.
    """

    functions: Mapping[str, Mapping[str, Any]]
    methods: Mapping[str, Mapping[str, Mapping[str, Any]]]
    attributes: Mapping[str, Mapping[str, Mapping[str, Any]]]
    classes: Mapping[str, Mapping[str, Any]]
    aliases: Mapping[str, str]
    drawing: frozenset[str] = field(default_factory=frozenset)

    def canonical(self, name: str) -> str:
        """The name under which a thing is known: `sklearn.preprocessing._label.LabelEncoder` by its public one."""
        for short, long in self.aliases.items():
            if name == short or name.startswith(short + "."):
                name = long + name[len(short) :]
        parts = name.split(".")
        return ".".join([parts[0], *(p for p in parts[1:-1] if not p.startswith("_")), *parts[1:][-1:]])

    def function(self, name: str) -> Mapping[str, Any] | None:
        """The facts of a function, or None where it is unknown."""
        return self.functions.get(name)

    def method(self, kind: str, name: str) -> Mapping[str, Any] | None:
        """The facts of a method of that kind of receiver."""
        return self.methods.get(kind, {}).get(name)

    def attribute(self, kind: str, name: str) -> Mapping[str, Any] | None:
        """The facts of an attribute of that kind of receiver."""
        return self.attributes.get(kind, {}).get(name)

    def klass(self, name: str) -> Mapping[str, Any] | None:
        """The facts of a class: its own, else those of the module that it lives in; None for no known class."""
        if not name.rsplit(".", 1)[-1][:1].isupper():
            return None
        if name in self.classes:
            return self.classes[name]
        parts = name.split(".")[:-1]
        while parts:
            found = self.classes.get(".".join(parts))
            if found is not None:
                return found
            parts.pop()
        return None

    def draws(self, name: str) -> bool:
        """Whether a call only shows things: a plot, a style, a display setting."""
        parts = name.split(".")
        return any(".".join(parts[:n]) in self.drawing for n in range(1, len(parts) + 1))


def _facts(entries: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """`{"each": [a, b], "selects": {c: {...}}}` → (a, {"rows": "each"}), …: names grouped by what they do to rows."""
    for effect, names in entries.items():
        items = names.items() if isinstance(names, dict) else ((n, {}) for n in names)
        for name, more in items:
            yield str(name), {"rows": effect, **(more or {})}


@cache
def knowledge() -> Knowledge:
    """All knowledge files, merged; the same object each time."""
    functions: dict[str, dict[str, Any]] = {}
    methods: dict[str, dict[str, dict[str, Any]]] = {}
    attributes: dict[str, dict[str, dict[str, Any]]] = {}
    classes: dict[str, dict[str, Any]] = {}
    aliases: dict[str, str] = {}
    drawing: set[str] = set()
    for data in read_yaml_files(sorted(Path(__file__).parent.glob("*.yaml"))):
        aliases.update(data.get("aliases", {}))
        drawing.update(data.get("drawing", []))
        functions.update(_facts(data.get("functions", {})))
        for kind, entries in data.get("methods", {}).items():
            methods.setdefault(kind, {}).update(_facts(entries))
        for kind, entries in data.get("attributes", {}).items():
            attributes.setdefault(kind, {}).update(_facts(entries))
        for role, names in data.get("classes", {}).items():
            items = names.items() if isinstance(names, dict) else ((n, {}) for n in names)
            for name, more in items:
                classes[name] = {"role": role, **(more or {})}
    return Knowledge(functions, methods, attributes, classes, aliases, frozenset(drawing))
