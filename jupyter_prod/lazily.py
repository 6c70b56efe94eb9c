"""Public faces of packages whose parts are imported when they are asked for (PEP 562).

Linting a notebook that didn't change needs a tenth of what the package can do, and nothing costs a short run more than
importing what it doesn't need.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazily(package: str, parts: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package: `parts` maps a module to the names, parted by commas, that come from it."""
    homes = {name.strip(): module for module, names in parts.items() for name in names.split(",")}

    def __getattr__(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(homes[name]), name)
        setattr(sys.modules[package], name, found)
        return found

    return __getattr__
