"""Which names `from MODULE import *` brings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jupyter_prod.knowledge.yaml_files import read_yaml_files


def star_names(module: str) -> frozenset[str] | None:
    """The names that a star import of the module binds; None where they aren't known."""
    return _known().get(module)


@cache
def _known() -> dict[str, frozenset[str]]:
    described = read_yaml_files([Path(__file__).parent / "stars" / "names.yaml"])[0]
    found: dict[str, frozenset[str]] = {}
    for module, entry in described.items():
        names = set(str(entry.get("names", "")).split())
        for other in entry.get("with", ()):
            names |= found[other]
        found[module] = frozenset(names)
    return found
