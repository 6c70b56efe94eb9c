"""What a Python environment holds, asked of its own interpreter in one short child process."""

from __future__ import annotations

import json
import os
import subprocess
from functools import lru_cache
from pathlib import Path

from jupyter_prod.environment.nouns import Environment
from jupyter_prod.errors import UsableError

LIMIT = 60
"""Seconds that an interpreter may take to say what it holds: a cold disk is slow, an interpreter that hangs is none."""

QUESTION = r"""
import json, re, sys
from importlib import metadata
names, modules = {}, {}
for found in metadata.distributions():
    name = found.metadata["Name"] if found.metadata is not None else None
    if not name:
        continue
    name = re.sub(r"[-_.]+", "-", name).lower()
    if name in names:
        continue
    names[name] = found.version
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
print(json.dumps([sys.version.split()[0].rstrip("+"), names, modules]))
"""


def facts(python: Path, why: str = "") -> Environment:
    """The version, distributions and importable modules of the environment that `python` starts.

    Nothing is imported from the environment but the standard library. Answers are kept for this process. Raises
    UsableError where `python` is no working interpreter of version 3.8 or later.
    """
    environment = _asked(python)
    return Environment(environment.python, environment.version, environment.distributions, environment.modules, why)


@lru_cache(maxsize=32)
def _asked(python: Path) -> Environment:
    where, advice = str(python), "name a Python executable, as in --python .venv/bin/python"
    if not python.exists():
        raise UsableError("no such file", where, advice)
    if python.is_dir() or not os.access(python, os.X_OK):
        raise UsableError("not a Python executable", where, advice)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(
            [str(python), "-c", QUESTION],
            cwd=os.path.abspath(os.sep),
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
    except subprocess.TimeoutExpired:
        raise UsableError(f"did not answer within {LIMIT} s", where, advice) from None
    except OSError as error:
        raise UsableError(f"not a Python executable: {error.strerror}", where, advice) from None
    try:
        version, names, modules = json.loads(done.stdout)
    except ValueError:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:200]
        raise UsableError(f"not a working Python: {said}", where, advice) from None
    if tuple(map(int, version.split(".")[:2])) < (3, 8):
        raise UsableError(f"Python {version} is too old to be verified, 3.8 is the oldest", where)
    return Environment(python, version, names, {top: tuple(sorted(set(found))) for top, found in modules.items()})
