"""What draws random numbers, from which generator, and what seeds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_prod.knowledge.yaml_files import read_yaml_files

_LIKE_SKLEARN = ("sklearn.", "imblearn.", "umap.")


@dataclass(frozen=True)
class Draw:
    """How a call draws: from a generator (empty: its own), unless a keyword or the argument at `place` seeds it.

    `quiet` is a parameter and the values with which nothing is drawn; `rarely` says that this is so by default.
    """

    generator: str
    what: str = "draws at random"
    seeds: tuple[str, ...] = ("random_state",)
    place: int | None = None
    quiet: tuple[str, tuple[object, ...]] | None = None
    rarely: bool = False


@dataclass(frozen=True)
class Randomness:
    """All that is known: calls that seed, calls that draw, and layers that start from random weights."""

    seeds: Mapping[str, tuple[str, ...]]
    _calls: Mapping[str, Draw]
    _classes: Mapping[str, Draw]
    _layers: Mapping[str, str]

    def draw(self, name: str) -> Draw | None:
        """How a call of this qualified name draws; None where it doesn't."""
        if name in self._calls:
            return self._calls[name]
        return self._classes.get(name.rsplit(".", 1)[-1]) if name.startswith(_LIKE_SKLEARN) else None

    def layer(self, name: str) -> str | None:
        """The generator from which a layer of this qualified class draws its first weights; None for no layer."""
        return self._layers.get(name)


@cache
def randomness() -> Randomness:
    """What the file of this library's draws says; the same object each time."""
    told = read_yaml_files([Path(__file__).parent / "randomness" / "draws.yaml"])[0]
    calls = {name: _draw(entry) for name, entry in told["calls"].items()}
    for generator, entry in told["methods"].items():
        seeds = {"torch": ("generator",), "tensorflow": ("seed",)}.get(generator, ())
        calls.update({f"{entry['module']}.{name}": Draw(generator, seeds=seeds) for name in entry["names"].split()})
    classes = {name: Draw("numpy") for name in told["estimators"].split()}
    classes.update({name: Draw("numpy", "splits at random") for name in told["splitters"].split()})
    classes.update({name: Draw("numpy", quiet=_quiet(entry), rarely=True) for name, entry in told["sometimes"].items()})
    layers = {
        f"{module}.{name}": generator
        for generator, entry in told["layers"].items()
        for module in entry["modules"]
        for name in entry["names"].split()
    }
    return Randomness({name: tuple(held) for name, held in told["seeds"].items()}, calls, classes, layers)


def _draw(entry: Mapping[str, Any]) -> Draw:
    return Draw(
        entry["generator"],
        entry.get("what", "draws at random"),
        tuple(entry.get("seeds", ("random_state",))),
        entry.get("place"),
        _quiet(entry["unless"]) if "unless" in entry else None,
        entry.get("rarely", False),
    )


def _quiet(entry: Mapping[str, Any]) -> tuple[str, tuple[object, ...]]:
    ((parameter, values),) = entry.items()
    return parameter, tuple(values)
