"""The noun of this room: a Python environment and what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Environment:
    """A Python and its libraries.

    `version` is the interpreter's, `3.10.13`; `distributions` maps a normalised name (`scikit-learn`) to its version;
    `modules` maps a top-level import (`sklearn`) to the distributions that bring it; `requires` maps a distribution to
    the names of those that it needs; `why` says how the environment was chosen.
    """

    python: Path
    version: str
    distributions: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why: str = ""

    @property
    def minor(self) -> str:
        """The interpreter's minor version, `3.10`."""
        return ".".join(self.version.split(".")[:2])
