"""What a Python environment holds, asked of its own interpreter in one short child process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from jupyter_prod.environment.nouns import Environment
from jupyter_prod.errors import UsableError

LIMIT = 60
"""Seconds that an interpreter may take to say what it holds: a cold disk is slow, an interpreter that hangs is none."""

ADVICE = "name a Python executable, as in --python .venv/bin/python"

QUESTION = r"""
import json, re, sys
from importlib import metadata
names, modules, needs = {}, {}, {}
for found in metadata.distributions(**({"path": sys.argv[1:]} if sys.argv[1:] else {})):
    name = found.metadata["Name"] if found.metadata is not None else None
    if not name:
        continue
    name = re.sub(r"[-_.]+", "-", name).lower()
    if name in names:
        continue
    names[name] = found.version
    needs[name] = sorted({
        re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", one).group()).lower()
        for one in found.requires or () if "extra ==" not in one.replace("extra==", "extra ==")
    })
    tops = set((found.read_text("top_level.txt") or "").split())
    if not tops:
        for path in found.files or ():
            first = path.parts[0]
            if len(path.parts) > 1:
                if not first.endswith((".dist-info", ".egg-info", ".data")) and first not in ("..", "__pycache__"):
                    tops.add(first)
            elif first.endswith((".py", ".so", ".pyd")):
                tops.add(first.split(".")[0])
    for top in tops:
        top = top.split("/")[0]
        if top.isidentifier():
            modules.setdefault(top, []).append(name)
print(json.dumps([sys.version.split()[0].rstrip("+"), names, modules, needs]))
"""


def facts(python: Path, why: str = "") -> Environment:
    """The version, distributions and importable modules of the environment that `python` starts.

    Nothing is imported from the environment. Answers are kept for this process. Raises UsableError where `python` is no
    working interpreter of version 3.8 or later.
    """
    return replace(_asked(python), why=why)


def facts_of_folder(folder: Path, why: str = "") -> Environment | None:
    """What a virtual environment's folder holds, read without running anything of it; None where it is none.

    For folders that lie beside a notebook and may come from the same stranger.
    """
    python = next((p for p in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if p.exists()), None)
    try:
        lines = [line.partition("=") for line in (folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()]
        settings = {name.strip(): value.strip() for name, _, value in lines}
    except (OSError, UnicodeDecodeError):
        return None
    found = re.match(r"\d+\.\d+(\.\d+)?", settings.get("version_info", settings.get("version", "")))
    packages = [*folder.glob("lib/python3*/site-packages"), *folder.glob("Lib/site-packages")]
    if python is None or found is None or not packages:
        return None
    said = _ask(Path(sys.executable), [str(packages[0])])
    return replace(said, python=python, version=found.group(), why=why)


@lru_cache(maxsize=32)
def _asked(python: Path) -> Environment:
    where = str(python)
    if not python.exists():
        raise UsableError("no such file", where, ADVICE)
    if python.is_dir() or not os.access(python, os.X_OK):
        raise UsableError("not a Python executable", where, ADVICE)
    return _ask(python, [])


def _ask(python: Path, paths: list[str]) -> Environment:
    where = str(python)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(
            [where, "-c", QUESTION, *paths],
            cwd=os.path.abspath(os.sep),
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UsableError(f"did not answer within {LIMIT} s", where, ADVICE) from None
    except OSError as error:
        raise UsableError(f"not a Python executable: {error.strerror}", where, ADVICE) from None
    try:
        version, names, modules, needs = json.loads(done.stdout)
    except ValueError:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:200]
        raise UsableError(f"not a working Python: {said}", where, ADVICE) from None
    if tuple(map(int, version.split(".")[:2])) < (3, 8):
        raise UsableError(f"Python {version} is too old to be verified, 3.8 is the oldest", where)
    return Environment(
        python,
        version,
        names,
        {top: tuple(sorted(set(found))) for top, found in modules.items()},
        {name: tuple(found) for name, found in needs.items()},
    )
