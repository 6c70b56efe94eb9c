"""The libraries that a generated project needs beside the notebook's: installed apart, found after all others.

A notebook's environment rarely has a web framework, and verification must not put one there. So what is missing is
installed into a folder of the user's cache, resolved so that it fits the versions that the environment has.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from jupyter_prod.environment import Environment
from jupyter_prod.plan.nouns import Obstacle, Place

PIPELINE = ("numpy", "pandas", "joblib", "pyyaml")
SERVICE = (*PIPELINE, "fastapi", "uvicorn", "prometheus-client", "structlog", "httpx")
NOTEBOOK_JOB = (*PIPELINE, "nbclient", "nbformat", "ipykernel")
NEEDED = {"service": SERVICE, "batch": PIPELINE, "notebook-job": NOTEBOOK_JOB}
"""What the fixed modules of a project import, by level."""

LIMIT = 600
"""Seconds for an installation."""

VERSION = re.compile(r"\d+!?[\w.+!-]*")

START = """\
# Puts what verification installed behind all that the environment has itself.
import os
import sys

sys.path.append(os.environ["JUPYTER_PROD_OVERLAY"])
"""


class Unfitting(Exception):
    """The environment can't be completed; `obstacle` says why."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.why)
        self.obstacle = obstacle


def cache_folder() -> Path:
    """The user's cache folder of this program."""
    named = os.environ.get("XDG_CACHE_HOME")
    if named:
        return Path(named) / "jupyter-prod"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "jupyter-prod"
    return Path.home() / ".cache" / "jupyter-prod"


def overlay(environment: Environment, needed: Sequence[str]) -> Path | None:
    """The folder with what the environment lacks of `needed`, made at the first time; None where it has all.

    Raises Unfitting where no versions fit the environment's, or can't be had.
    """
    missing = sorted(name for name in needed if name not in environment.distributions)
    if not missing:
        return None
    pins = sorted(f"{name}=={v}" for name, v in environment.distributions.items() if VERSION.fullmatch(v))
    key = hashlib.sha256("\n".join([environment.minor, sys.platform, *missing, "--", *pins]).encode()).hexdigest()[:16]
    folder = cache_folder() / "overlays" / f"{environment.minor}-{key}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        try:
            _install(environment, missing, pins, made)
            try:
                made.rename(folder)
            except OSError:  # somebody else was faster
                if not folder.exists():
                    raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return folder


def _install(environment: Environment, missing: Sequence[str], pins: Sequence[str], folder: Path) -> None:
    (folder / "start").mkdir()
    (folder / "start" / "sitecustomize.py").write_text(START, encoding="utf-8")
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(pins) + "\n", encoding="utf-8")
    command = [_uv(), "pip", "install", "--quiet", "--no-progress", "--python", str(environment.python)]
    command += ["--target", str(folder / "packages"), "--constraint", str(constraints), *missing]
    said = ""
    for extra in ([], ["--offline"]):
        try:
            done = subprocess.run(
                command + extra, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            said = said or f"not installed within {LIMIT} s"
            continue
        if done.returncode == 0:
            return
        said = said or " ".join(done.stderr.split())[-400:]
    what = f"the service's libraries can't be had beside the notebook's: {', '.join(missing)}"
    raise Unfitting(Obstacle(Place(0, 0), what, said, "let verification reach the package index, or install them"))


def _uv() -> str:
    """The uv that came with us, else the one on PATH."""
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return shutil.which("uv") or "uv"
