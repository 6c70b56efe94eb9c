"""Installed packages, told from the names in an environment's folders: nothing of it is run or imported."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

from jupyter_prod.knowledge.importing import normalised
from jupyter_prod.patterns import lazy

_BUNDLED = lazy(r"\.(?:cpython|abi3|pypy|cp3\d)[\w.-]*$")


@cache
def site_packages(folders: tuple[Path, ...]) -> str:
    """The packages of the environment in one of these folders, else of the current one."""
    for folder in folders:
        for name in (".venv", "venv", "env"):
            found = sorted((folder / name).glob("lib/python*/site-packages")) or [
                p for p in [folder / name / "Lib" / "site-packages"] if p.is_dir()
            ]
            if found:
                return str(found[0])
    active = os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX") or sys.prefix
    found = sorted(Path(active).glob("lib/python*/site-packages"))
    return str(found[0]) if found else str(Path(active) / "Lib" / "site-packages")


@cache
def importable(folder: str) -> frozenset[str]:
    """The top-level names that can be imported from there."""
    try:
        names = os.listdir(folder)
    except OSError:
        return frozenset()
    found = {_BUNDLED.sub("", name.removesuffix(".py").removesuffix(".so").removesuffix(".pyd")) for name in names}
    return frozenset(name for name in found if name.isidentifier())


@cache
def versions(folder: str) -> dict[str, str]:
    """Normalised distribution → version."""
    found: dict[str, str] = {}
    try:
        names = os.listdir(folder)
    except OSError:
        return found
    for name in names:
        if name.endswith(".dist-info"):
            distribution, _, version = name.removesuffix(".dist-info").rpartition("-")
            found[normalised(distribution)] = version
    return found


def forget_installed() -> None:
    """Forgets what was seen."""
    for kept in (site_packages, importable, versions):
        kept.cache_clear()
