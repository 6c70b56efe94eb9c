"""Which releases of a library a notebook's surroundings allow."""

from __future__ import annotations

import re

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.installs import installs
from jupyter_prod.hazards.requirement import Requirement
from jupyter_prod.knowledge.importing import normalised
from jupyter_prod.patterns import lazy

_CLAUSE = lazy(r"(===|==|~=|<=|<|\^|~|=)?\s*v?(\d+(?:\.\d+)*)")


def held_below(facts: Facts, library: str, version: str) -> bool:
    """Whether a declaration, or an install in the notebook, keeps a library below a release."""
    limit = numbers(version)
    return any(_below(r.text[r.start : r.end], limit) for r in _of(facts, normalised(library)))


def has_at_least(facts: Facts, library: str, version: str) -> bool:
    """Whether a library is not known to be older than a release: where it is installed, or pinned."""
    if held_below(facts, library, version):
        return False
    installed = facts.project.installed(library) if facts.project is not None else None
    return installed is None or numbers(installed) >= numbers(version)


def numbers(version: str) -> tuple[int, ...]:
    """`1.24.0rc1` as (1, 24, 0)."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(n) for n in found[0].split(".")) if found else ()


def _of(facts: Facts, name: str) -> list[Requirement]:
    kept = facts.kept.get("pins")
    if not isinstance(kept, dict):
        by_name: dict[str, list[Requirement]] = {}
        found = [r for one in installs(facts) for r in one.requirements]
        if facts.project is not None:
            found += [d.requirement for file in facts.project.declared.values() for d in file.requirements]
        for one in found:
            by_name.setdefault(one.name, []).append(one)
        kept = facts.kept["pins"] = by_name
    held: list[Requirement] = kept.get(name, [])
    return held


def _below(specifier: str, limit: tuple[int, ...]) -> bool:
    for clause in specifier.strip("() \t").split(","):
        found = _CLAUSE.match(clause.strip())
        if found is None:
            continue
        operator, given = found[1] or "==", numbers(found[2])
        if operator in ("==", "===", "=", "<=") and given < limit:
            return True
        if operator == "<" and given <= limit:
            return True
        if operator in ("~=", "^", "~") and _end(operator, given) <= limit:
            return True
    return False


def _end(operator: str, given: tuple[int, ...]) -> tuple[int, ...]:
    """The first release that a compatible-release operator leaves out."""
    places = 1 if operator == "^" and given[0] else max(1, min(len(given) - 1, 2))
    head = given[:places]
    return (*head[:-1], head[-1] + 1)
