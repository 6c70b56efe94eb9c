"""What is known of model providers, vector stores and agents: `providers.yaml` behind a few questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_prod.knowledge.yaml_files import read_yaml_files


@dataclass(frozen=True)
class Providers:
    """All of the file; its head says what each part means."""

    told: Mapping[str, Any]
    moving: re.Pattern[str]
    methods: frozenset[str]
    sends: frozenset[str]

    def client(self, name: str) -> Mapping[str, Any] | None:
        """A client's constructor; None for anything else."""
        found: Mapping[str, Any] | None = self.told["clients"].get(name)
        return found

    def family(self, name: str) -> Mapping[str, Any]:
        """The calls of a family of clients, and the keywords of its constructors that bound waiting."""
        found: Mapping[str, Any] = self.told["families"][name]
        return found

    def function(self, name: str) -> Mapping[str, Any] | None:
        """A function that calls a model."""
        found: Mapping[str, Any] | None = self.told["model_functions"].get(name)
        return found

    def wrapper(self, name: str) -> Mapping[str, Any] | None:
        """A framework's class or function that makes a model."""
        package, _, last = name.partition(".")
        if package not in self.told["frameworks"]:
            return None
        found: Mapping[str, Any] | None = self.told["wrappers"].get(last.rsplit(".", 1)[-1])
        return found

    def moves(self, model: str) -> bool:
        """Whether a model's name is one that its provider moves."""
        return self.moving.fullmatch(re.split(r"[/:]", model)[-1]) is not None


@cache
def providers() -> Providers:
    """The file's content; the same object each time."""
    told = read_yaml_files([Path(__file__).parent / "providers.yaml"])[0]
    calls = {path.rsplit(".", 1)[-1] for family in told["families"].values() for path in family["calls"]}
    moving = re.compile("".join(told["moving"].split()))
    return Providers(told, moving, frozenset(calls), frozenset(told["sends"]))
