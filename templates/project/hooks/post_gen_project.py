"""Takes away what the chosen level does not have."""

import shutil
from pathlib import Path

LEVEL = "{{ cookiecutter.level }}"
PACKAGE = Path("src/{{ cookiecutter.package }}")
SERVICE = ["batch.py", "contracts/requests.py", "contracts/rows.py", "registry.py", "release.py", "scoring.py", "service"]
PIPELINE = ["contracts", "learned.py", "results.py", "runs.py", "workspace.py"]
NOTEBOOK = ["notebook_run.py"]
ABSENT = {"service": NOTEBOOK, "batch": SERVICE + NOTEBOOK, "notebook-job": SERVICE + PIPELINE}

for name in ABSENT[LEVEL]:
    path = PACKAGE / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
