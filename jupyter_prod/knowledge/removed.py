"""APIs that current releases no longer have: `removed.yaml` behind a few questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jupyter_prod.knowledge.importing import imports
from jupyter_prod.knowledge.yaml_files import read_yaml_files

PYTHON = "Python"
"""The library of what the standard library lost."""

_TOLD = re.compile(r"(?:([A-Za-z][\w-]*) )?(\d[\d.]*) ([=~]) (.+)")


@dataclass(frozen=True)
class Removal:
    """`instead` is exact, from release `since` on, or advice; `library` is the distribution whose `version` counts.

    `leaving`: it is still there, on its way out.
    """

    library: str
    version: str
    instead: str
    exact: bool
    since: str
    leaving: bool = False


@dataclass(frozen=True)
class Anywhere:
    """A method that is gone whoever owns it: where one of the libraries is imported, and it is used in this way."""

    removal: Removal
    of: tuple[str, ...]
    keyword: str
    subscript: bool


class Removed:
    """All of the file; its comments say what each part means."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told
        self.once: frozenset[str] = frozenset(told["once"])
        self.moves: Mapping[str, str] = told["moves"]
        self.keywords: Mapping[str, Mapping[str, str]] = told["keywords"]
        self.values: Mapping[str, Mapping[str, Mapping[str, str]]] = told["values"]
        self._names: Mapping[str, str] = told["names"]
        self._modules: Mapping[str, str] = told["modules"]
        self._leaving: Mapping[str, str] = told["leaving"]

    @cached_property
    def last_names(self) -> frozenset[str]:
        """The last parts of all names: an attribute of another name can't be meant."""
        every = (*self._names, *self._modules, *self._leaving)
        return frozenset(name.rsplit(".", 1)[-1] for name in every)

    @cached_property
    def anywhere(self) -> dict[str, Anywhere]:
        """Methods whose owner need not be known."""
        return {
            name: Anywhere(
                removal(one["tells"], self._library(name)),
                tuple(one["of"]),
                one.get("keyword", ""),
                bool(one.get("subscript")),
            )
            for name, one in self._told["anywhere"].items()
        }

    def name(self, qualified: str) -> Removal | None:
        """What is known of a function, class, attribute or method."""
        told = self._names.get(qualified)
        return removal(told, self._library(qualified)) if told is not None else None

    def leaving(self, qualified: str) -> Removal | None:
        """The same of what is only on its way out."""
        told = self._leaving.get(qualified)
        return replace(removal(told, self._library(qualified)), leaving=True) if told is not None else None

    def module(self, dotted: str) -> tuple[str, Removal] | None:
        """The module that a dotted name is in, or is, and that is gone."""
        parts = dotted.split(".")
        for end in range(len(parts), 0, -1):
            name = ".".join(parts[:end])
            if name in self._modules:
                return name, removal(self._modules[name], self._library(name))
        return None

    def told(self, text: str, qualified: str) -> Removal:
        """A keyword's or a value's removal, as it stands in `keywords` and `values`."""
        return removal(text, self._library(qualified))

    def _library(self, qualified: str) -> str:
        top = qualified.partition(".")[0]
        found: str = self._told["libraries"].get(top, "")
        return found or (PYTHON if imports().is_standard(top) else top)


def removal(text: str, library: str) -> Removal:
    """Reads `1.24 = float`, `2.0 ~ pd.concat`, `1.4 = sparse_output @ 1.2`, `pandas 1.0 ~ .loc`."""
    found = _TOLD.fullmatch(str(text))
    assert found is not None, text
    instead, _, since = found[4].partition(" @ ")
    return Removal(found[1] or library, found[2], instead, found[3] == "=", since)


@cache
def removed() -> Removed:
    """What is known of removals."""
    (told,) = read_yaml_files([Path(__file__).with_name("removed.yaml")])
    return Removed(told)
