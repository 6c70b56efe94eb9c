"""From a run of the pipeline to a version that can be served."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd

from . import contracts, pipeline, registry
from .contracts.requests import infer_requests, reference_rows
from .files import sha256
from .learned import Learned
from .results import Answer, Run
from .runs import frames
from .settings import ROOT

CONTRACTS = Path(contracts.__file__).parent


def release(run: Run, data: dict[str, Any], folder: Path, contract_folder: Path = CONTRACTS) -> dict[str, Any]:
    """Registers the run's model as the new champion and returns its name, version and hash.

    Raises Unusable, and registers nothing, where an input breaks its contract.
    """
    tables = frames(run)
    agreed = {name: contracts.agree(name, frame, contract_folder) for name, frame in tables.items()}
    raw = tables[pipeline.ROWS].drop(columns=[pipeline.TARGET], errors="ignore")

    learned = run.learned or Learned()

    def ask(rows: pd.DataFrame) -> Answer:
        return pipeline.answer(run.model, rows, learned.serving())

    reference = reference_rows(ask, raw)
    agreed[pipeline.ROWS] = infer_requests(agreed[pipeline.ROWS], ask, reference)
    for name, contract in agreed.items():
        contracts.keep(contract, contract_folder / f"{name}.yaml")
    manifest = {
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": _commit(),
        "model": pipeline.MODEL,
        "target": None if pipeline.TARGET is None else str(pipeline.TARGET),
        "metrics": run.metrics.as_json(),
        "data": data,
    }
    version = registry.register(folder, run.model, learned, reference, agreed[pipeline.ROWS], manifest)
    registry.assign(folder, version)
    digest = sha256(folder / version / "model.joblib")
    return {"name": pipeline.MODEL, "version": version, "sha256": digest}


def _commit() -> str | None:
    """The git commit of the code, where it is under git."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return None
    done = subprocess.run([git, "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or None
