"""Which distributions bring which imports: `imports.yaml` behind a few questions."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jupyter_prod.knowledge.yaml_files import read_yaml_files

_ALWAYS = frozenset({"IPython", "pkg_resources", "setuptools", "pip", "ipykernel", "__main__", "__future__"})
"""What comes with every kernel and every environment."""


@dataclass(frozen=True)
class Imports:
    """All of the file; its comments say what each part means."""

    distributions: Mapping[str, str]
    same: frozenset[str]
    platform: frozenset[str]
    standard: frozenset[str]
    former: frozenset[str]

    def is_standard(self, top: str) -> bool:
        """Whether a top-level name is of the standard library, or was once."""
        return top in self.standard

    def is_given(self, dotted: str) -> bool:
        """Whether a kernel or the platform brings it, whatever is declared."""
        top = dotted.partition(".")[0]
        return top in _ALWAYS or top in self.platform or ".".join(dotted.split(".")[:2]) in self.platform

    def is_public(self, top: str) -> bool:
        """Whether a public distribution brings a top-level name."""
        return top in self.distributions or top in self.same

    def of(self, top: str) -> tuple[str, ...]:
        """The distributions that may bring a top-level name, normalised; the usual one first."""
        return tuple(self.distributions.get(top, "").split()) or (normalised(top),)


def normalised(name: str) -> str:
    """A distribution's name as indexes compare it: `Scikit_Learn` is `scikit-learn`."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def imports() -> Imports:
    """What is known of imports."""
    (told,) = read_yaml_files([Path(__file__).with_name("imports.yaml")])
    former = frozenset(told["former"].split())
    return Imports(
        told["distributions"],
        frozenset(told["same"].split()),
        frozenset(told["platform"].split()),
        former | frozenset(told["newer"].split()) | sys.stdlib_module_names,
        former,
    )
