"""Reading a charter."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHARTER = "charter.yaml"

_OPEN = frozenset({"", "open", "tbd", "tba", "todo", "?", "-", "n/a", "na", "none", "unknown", "xxx", "fixme"})
_LARGEST = 1_000_000


@dataclass(frozen=True)
class Charter:
    """A charter as read: `error` says why there is nothing in it, where the file is no charter."""

    path: Path
    content: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""

    def filled(self, *entries: str) -> bool:
        """Whether one of these entries (`outcome.baseline`; several are other names for one thing) says something."""
        return any(says(self.entry(entry)) for entry in entries)

    def entry(self, name: str) -> Any:
        """What stands at a path of keys parted by dots; None where there is nothing."""
        held: Any = self.content
        for key in name.split("."):
            held = held.get(key) if isinstance(held, Mapping) else None
        return held

    @property
    def sources(self) -> dict[str, Mapping[str, Any]]:
        """The data sources by name."""
        held = self.content.get("data_sources")
        if not isinstance(held, Mapping):
            return {}
        return {str(name): told if isinstance(told, Mapping) else {} for name, told in held.items()}

    @property
    def reviewed(self) -> datetime.date | None:
        """When people last went through it, if it says so."""
        held = self.content.get("reviewed")
        if isinstance(held, datetime.datetime):
            return held.date()
        if isinstance(held, datetime.date):
            return held
        try:
            return datetime.date.fromisoformat(held) if isinstance(held, str) else None
        except ValueError:
            return None


def read_charter(path: Path) -> Charter | None:
    """The charter in a file; None where there is no file. One that can't be read says so in `error`."""
    if not path.is_file():
        return None
    import yaml  # few notebooks have a charter beside them

    try:
        if path.stat().st_size > _LARGEST:
            return Charter(path, error="is too large for a charter")
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return Charter(path, error="can't be read")
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        mark = getattr(e, "problem_mark", None)
        return Charter(path, error="is no YAML" + (f" (line {mark.line + 1})" if mark is not None else ""))
    if not isinstance(held, dict):
        return Charter(path, error="holds no entries")
    return Charter(path, {str(key): value for key, value in held.items()})


def says(value: Any) -> bool:
    """Whether an entry is filled: neither missing, nor OPEN, TBD and the like."""
    if value is None or isinstance(value, bool):
        return value is True
    if isinstance(value, str):
        return value.strip().lower() not in _OPEN
    if isinstance(value, Mapping):
        return any(says(held) for held in value.values())
    if isinstance(value, (list, tuple)):
        return any(says(held) for held in value)
    return True
