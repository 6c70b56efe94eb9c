"""Takes away what the chosen level does not have."""

import shutil
from pathlib import Path

LEVEL = "{{ cookiecutter.level }}"
PACKAGE = Path("src/{{ cookiecutter.package }}")
TESTS = Path("tests")
SERVICE = [
    *(PACKAGE / name for name in ("batch.py", "registry.py", "release.py", "scoring.py", "service")),
    *(PACKAGE / "contracts" / name for name in ("requests.py", "rows.py")),
    *(TESTS / name for name in ("test_answers.py", "test_batch.py", "test_requests.py", "test_service.py")),
]
PIPELINE = [
    *(PACKAGE / name for name in ("answering.py", "contest.py", "contracts", "learned.py", "pipeline.py", "results.py")),
    *(PACKAGE / name for name in ("runs.py", "sources.py")),
    *(TESTS / name for name in ("conftest.py", "test_contract.py", "test_learned.py", "test_pipeline.py", "test_results.py")),
]
NOTEBOOK = [PACKAGE / "edits.py", PACKAGE / "notebook_run.py", TESTS / "test_notebook_run.py"]
ABSENT = {"service": NOTEBOOK, "batch": SERVICE + NOTEBOOK, "notebook-job": SERVICE + PIPELINE}

for path in ABSENT[LEVEL]:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
