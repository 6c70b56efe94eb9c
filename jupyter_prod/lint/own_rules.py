"""A company's own rules: YAML files that the settings name, and rules of installed packages by entry point.

An entry point of the group `jupyter_prod.rules` names a `Rule` class, a `Rule`, or a function without arguments that
returns rules. Codes of own rules begin with letters of one's own, not with JP.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_prod.errors import UsableError
from jupyter_prod.hazards import Rule
from jupyter_prod.lint.settings import Settings
from jupyter_prod.patterns import lazy

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "jupyter_prod.rules"

_CODE = lazy(r"(?!JP)[A-Z]{2,8}\d{1,4}")
_NEEDED = ("code", "slug", "title", "what", "why", "severity", "find")


def own_rules(settings: Settings) -> list[Rule]:
    """The rules in the settings' YAML files, and those of installed packages.

    Raises UsableError for a file, or a package's entry, that holds no rule.
    """
    found: list[Rule] = []
    for name in settings.rules:
        paths = sorted(settings.root.glob(name)) if any(c in name for c in "*?[") else [settings.root / name]
        if not paths:
            raise UsableError("there is no such file of rules", name, f"named in {settings.source}")
        for path in paths:
            found += _in_file(path)
    found += _installed()
    taken: dict[str, Rule] = {}
    for rule in found:
        if rule.code in taken:
            raise UsableError(f"two own rules have the code {rule.code}")
        taken[rule.code] = rule
    return list(taken.values())


def _in_file(path: Path) -> Iterator[Rule]:
    import yaml

    from jupyter_prod.hazards.pattern import PatternRule

    where = str(path)
    try:
        held = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as e:
        raise UsableError(f"can't be read ({getattr(e, 'strerror', None) or 'no UTF-8'})", where) from None
    except yaml.YAMLError as e:
        raise UsableError(f"is no YAML: {' '.join(str(e).split())}", where) from None
    for described in held:
        if described is not None:
            yield PatternRule(_complete(described, where))


def _complete(described: Any, where: str) -> dict[str, Any]:
    """A rule's description with what an own rule may leave out."""
    if not isinstance(described, dict):
        raise UsableError("holds no rule: a rule is a mapping with code, slug, title, …", where)
    missing = [key for key in _NEEDED if key not in described]
    if missing:
        raise UsableError(f"a rule lacks {', '.join(missing)}", where)
    if not _CODE.fullmatch(str(described["code"])):
        raise UsableError(f"{described['code']!r} is no code of an own rule: letters (not JP) and digits", where)
    if described["severity"] not in ("error", "warning", "info"):
        raise UsableError("a rule's severity is error, warning or info", where)
    finds = described["find"]
    if not isinstance(finds, list) or not all(isinstance(f, dict) and "message" in f for f in finds):
        raise UsableError("`find` is a list of mappings, each with rule (or magic) and message", where)
    _try(finds, where)
    standard: dict[str, Any] = {"step": 2, "bad": [], "good": [], "conversion": "yours", "conversion_note": ""}
    return {**standard, **described, "find": [{"words": [""], **f} for f in finds]}


def _try(finds: list[dict[str, Any]], where: str) -> None:
    """Raises UsableError for what ast-grep, or the pattern engine, doesn't take."""
    from ast_grep_py import SgRoot

    root = SgRoot("pass", "python").root()
    for find in finds:
        try:
            if "rule" in find:
                list(root.find_all({"rule": find["rule"]}))
            else:
                re.compile(find["magic"])
        except Exception as e:  # ast-grep raises no narrower one
            said = " ".join(str(e).split())[:200]
            raise UsableError(f"a rule can't be used: {said}", where, "see ast-grep's rule reference") from None


@cache
def _installed() -> tuple[Rule, ...]:
    if not _any_package_names_the_group():
        return ()
    from importlib.metadata import entry_points

    found: list[Rule] = []
    for entry in entry_points(group=GROUP):
        found += _of_entry(entry)
    return tuple(found)


def _any_package_names_the_group() -> bool:
    """A quick look, for `importlib.metadata` costs a tenth of a short run and most have no own rules."""
    for folder in dict.fromkeys(sys.path):
        with contextlib.suppress(OSError):
            for name in os.listdir(folder or "."):
                if name.endswith((".dist-info", ".egg-info")):
                    with contextlib.suppress(OSError), open(os.path.join(folder, name, "entry_points.txt")) as file:
                        if GROUP in file.read():
                            return True
    return False


def _of_entry(entry: EntryPoint) -> Iterator[Rule]:
    where = f"the entry point {entry.name} = {entry.value}"
    try:
        held = entry.load()
        if (isinstance(held, type) and issubclass(held, Rule)) or (callable(held) and not isinstance(held, Rule)):
            held = held()
    except Exception as e:  # a package's own fault is the package's to mend, and to be told as such
        raise UsableError(f"can't be loaded ({type(e).__name__}: {e})", where) from None
    rules: Iterable[Any] = held if isinstance(held, (list, tuple)) else [held]
    for rule in rules:
        if not isinstance(rule, Rule):
            raise UsableError("gives what is no jupyter_prod.hazards.Rule", where)
        if not _CODE.fullmatch(rule.code):
            raise UsableError(f"{rule.code!r} is no code of an own rule: letters (not JP) and digits", where)
        yield rule
