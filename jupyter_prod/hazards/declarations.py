"""What the files beside a notebook declare as dependencies, each with its line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_prod.hazards.requirement import Requirement, is_open, requirement
from jupyter_prod.knowledge.importing import normalised
from jupyter_prod.patterns import lazy

_NAME = lazy(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?[ \t]*(?:[=<>!~^@;(][^\n]*)?")
_ITEM = lazy(r"""^\s*-\s+["']?(?:[\w.-]+::)?([A-Za-z0-9][^"'#\n]*?)["']?\s*(?:\#.*)?$""")
_TOOLS = frozenset({"python", "pip", "setuptools", "wheel"})


@dataclass(frozen=True)
class Declared:
    """A requirement in a file: `row` and `column` say where its text begins; `fixable` where it is pip's own form."""

    requirement: Requirement
    row: int
    column: int = 1
    fixable: bool = False

    @property
    def name(self) -> str:
        """The distribution, normalised."""
        return self.requirement.name


@dataclass(frozen=True)
class Declarations:
    """What one file declares: its requirements, other files that it names, and the distribution that it builds."""

    requirements: tuple[Declared, ...]
    others: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    own: str = ""
    pins: bool = True


def declarations(path: Path, text: str) -> Declarations:
    """What a file's text declares; `pins` where an open version in it is not locked elsewhere by design."""
    name = path.name.lower()
    if name.endswith((".txt", ".in")):
        return _requirements_file(text)
    if name.endswith((".yml", ".yaml")):
        return Declarations(tuple(_environment(text)))
    if name == "setup.py":
        return Declarations(tuple(_setup_py(text)), own=_own_name(text), pins=False)
    if name == "setup.cfg":
        return Declarations(tuple(_setup_cfg(text)), own=_own_name(text), pins=False)
    return _toml_file(path, text)


def _requirements_file(text: str) -> Declarations:
    found: list[Declared] = []
    others: list[str] = []
    constraints: list[str] = []
    for row, line in enumerate(text.split("\n"), 1):
        told = re.split(r"(?:^|\s)#", line, maxsplit=1)[0].split(" --hash")[0].rstrip().removesuffix("\\").rstrip()
        bare = told.lstrip()
        option = re.match(r"(-r|--requirement|-c|--constraint)[ =]*(\S+)", bare)
        if option is not None:
            (others if option[1] in ("-r", "--requirement") else constraints).append(option[2])
            continue
        read = requirement(re.sub(r"^(?:-e|--editable)[ =]+(?=\S+://|git\+)", "", bare))
        if read is not None:
            found.append(Declared(read, row, len(told) - len(bare) + 1, not bare.startswith("-") and not read.remote))
    return Declarations(tuple(found), tuple(others), tuple(constraints))


def _environment(text: str) -> Iterator[Declared]:
    """Conda's environment file, line by line: channels are named alike and do no harm."""
    inside = pip = False
    for row, line in enumerate(text.split("\n"), 1):
        if line[:1].strip() and not line.startswith(("#", "-")):
            inside, pip = line.startswith("dependencies:"), False
        item = _ITEM.match(line) if inside else None
        if item is None:
            continue
        told = item[1].strip()
        if told.rstrip(":") == "pip" and told.endswith(":"):
            pip = True
            continue
        read = requirement(told)
        if read is None and " " in told:
            read = requirement(told.replace(" ", "=", 1))
        if read is not None and read.name not in _TOOLS:
            yield Declared(read, row, item.start(1) + 1, pip and not read.remote)


def _setup_py(text: str) -> Iterator[Declared]:
    """Every text in a setup.py that reads as a requirement: the lists are often built by code."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value.strip()):
            read = requirement(node.value.strip())
            if read is not None:
                yield Declared(read, node.lineno)


def _setup_cfg(text: str) -> Iterator[Declared]:
    for row, line in enumerate(text.split("\n"), 1):
        told = line.partition(" #")[0].strip()
        told = re.sub(r"^\w+\s*=(?!=)\s*", "", told)
        if told and _NAME.fullmatch(told):
            read = requirement(told)
            if read is not None:
                yield Declared(read, row)


def _own_name(text: str) -> str:
    found = re.search(r"""^\s*name\s*=\s*["']?([\w.-]+)""", text, re.MULTILINE)
    return normalised(found[1]) if found else ""


def _toml_file(path: Path, text: str) -> Declarations:
    told = _toml(text)
    lines = text.split("\n")
    if path.name == "Pipfile":
        return Declarations(tuple(_tables(told, lines, ("packages", "dev-packages"))))
    project = _table(told.get("project"))
    found: list[Declared] = []
    lists: list[Any] = [project.get("dependencies")]
    lists += _table(project.get("optional-dependencies")).values()
    lists += _table(told.get("dependency-groups")).values()
    lists.append(_table(_table(told.get("tool")).get("uv")).get("dev-dependencies"))
    for one in lists:
        for item in one if isinstance(one, list) else ():
            read = requirement(item.strip()) if isinstance(item, str) else None
            if read is not None:
                row, column = _where(lines, item)
                found.append(Declared(read, row, column, not read.remote and item in lines[row - 1]))
    poetry = _table(_table(told.get("tool")).get("poetry"))
    found += _tables(poetry, lines, ("dependencies", "dev-dependencies"))
    for group in _table(poetry.get("group")).values():
        found += _tables(_table(group), lines, ("dependencies",))
    pixi = _table(_table(told.get("tool")).get("pixi"))
    found += _tables(pixi, lines, ("dependencies", "pypi-dependencies"))
    own = project.get("name") or poetry.get("name") or ""
    return Declarations(tuple(found), own=normalised(str(own)), pins="build-system" not in told)


def _tables(told: Mapping[str, Any], lines: list[str], names: tuple[str, ...]) -> Iterator[Declared]:
    """Poetry's, pixi's and Pipenv's tables of name = version."""
    for name in names:
        for key, value in _table(told.get(name)).items():
            if normalised(key) in _TOOLS:
                continue
            version = value if isinstance(value, str) else _table(value).get("version", "")
            remote = isinstance(value, dict) and not value.get("version")
            leaves = isinstance(version, str) and is_open(version) and not remote
            text = f"{key} {version}".strip() if isinstance(version, str) else key
            read = Requirement(text, normalised(key), leaves, len(key), len(text), remote)
            yield Declared(read, next((r for r, x in enumerate(lines, 1) if _keyed(x, key)), 1))


def _keyed(line: str, key: str) -> bool:
    return re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line) is not None


def _where(lines: list[str], item: str) -> tuple[int, int]:
    for row, line in enumerate(lines, 1):
        for quote in "\"'":
            at = line.find(f"{quote}{item}{quote}")
            if at >= 0:
                return row, at + 2
    return 1, 1


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _toml(text: str) -> dict[str, Any]:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
