"""What a project must install: the distributions behind its imports, at the environment's versions."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from jupyter_prod.environment.nouns import Environment

FORMER_STANDARD = {"asynchat", "asyncore", "distutils", "imp", "smtpd", "cgi", "crypt", "telnetlib", "pipes", "audioop"}
"""Standard modules of some supported Python that newer ones lack."""


def normalised(name: str) -> str:
    """A distribution's name as indexes compare it: `Scikit_Learn` is `scikit-learn`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(
    imports: Iterable[str], environment: Environment, extra: Iterable[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The requirements behind imports (`sklearn`, `google.cloud`) and behind `extra` file formats or distributions.

    Answers (pinned, unknown). Pinned are `name==version` in alphabetical order, with what decides their numbers pinned
    along; a known distribution that the environment lacks comes without a version. Unknown are imports that nobody
    knows; standard modules are neither.
    """
    known = _known()
    names: set[str] = set()
    unknown: set[str] = set()
    for dotted in imports:
        top = dotted.partition(".")[0]
        if top in sys.stdlib_module_names or top in FORMER_STANDARD or top in ("__future__", "__main__"):
            continue
        found = _distribution(top, environment, known["imports"])
        if found is None:
            unknown.add(top)
        else:
            names.add(found)
    for asked in extra:
        names |= _engines(asked, environment, known["formats"])
    for name in list(names):
        names |= {one for one in _along(name, known["along"]) if one in environment.distributions}
    if names and tuple(map(int, environment.minor.split("."))) >= (3, 12) and "setuptools" in environment.distributions:
        names.add("setuptools")  # nobody has it by chance there: it stands in for distutils in older libraries
    return tuple(sorted(_pinned(name, environment, known["instead"]) for name in names)), tuple(sorted(unknown))


def constraints(pinned: Iterable[str], environment: Environment) -> tuple[str, ...]:
    """`name==version` of all that the pinned requirements need, and these again, as far as it is installed."""
    waiting = [normalised(re.split(r"[<>=!~\[; ]", one, maxsplit=1)[0]) for one in pinned]
    asked = set(waiting)
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        for one in environment.requires.get(name, ()):
            if one in environment.distributions and one not in found:
                found.add(one)
                waiting.append(one)
    return tuple(sorted(_pinned(name, environment, {}) for name in found - asked))


def _distribution(top: str, environment: Environment, curated: dict[str, str]) -> str | None:
    found = environment.modules.get(top, ())
    named = curated.get(top)
    if len(found) == 1:
        return found[0]
    if found:
        likely = [one for one in found if one in (named, normalised(top))]
        return likely[0] if likely else found[0]
    return named


def _engines(asked: str, environment: Environment, formats: dict[str, list[str]]) -> set[str]:
    wanted = formats.get(asked.lower().lstrip("."))
    if wanted is None:
        return {normalised(asked)} if normalised(asked) in environment.distributions else set()
    there = [one for one in wanted if one in environment.distributions]
    return {there[0] if there else wanted[0]}


def _along(name: str, along: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for one in along.get(waiting.pop(), ()):
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


def _pinned(name: str, environment: Environment, instead: dict[str, str]) -> str:
    version = environment.distributions.get(name)
    name = instead.get(name, name)
    # A local version (`2.1.0+cpu`) is the build of one index; the others have the public one.
    return name if version is None else f"{name}=={version.partition('+')[0]}"


@lru_cache(maxsize=1)
def _known() -> dict[str, Any]:
    text = resources.files("jupyter_prod.environment").joinpath("distributions.yaml").read_text(encoding="utf-8")
    known: dict[str, Any] = yaml.safe_load(text)
    return known
