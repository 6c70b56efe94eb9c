"""The environment that a pilot notebook runs in, made once from the requirements beside it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parent / ".cache" / "environments"


def environment_of(pilot: str) -> Path:
    """The Python of the pilot's environment, made under `.cache/` if it is not there yet (a minute the first time).

    Pilots whose requirements are the same share one. Raises CalledProcessError where uv can't install them.
    """
    requirements = HERE / pilot / "requirements.txt"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    key = hashlib.sha256(version.encode() + requirements.read_bytes()).hexdigest()[:12]
    folder = ENVIRONMENTS / key
    python = folder / "bin" / "python"
    done = folder / "complete"
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    with (ENVIRONMENTS / f"{key}.lock").open("w") as lock:  # test processes ask for it at the same time
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            uv = (
                shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
                or "uv"
            )
            subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
            wanted = ["--requirement", str(requirements), "ipykernel"]
            subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *wanted], check=True)
            done.touch()
    return python
