"""From a run of the pipeline to a version that can be served."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd

from . import contracts, pipeline, registry
from .contracts.requests import infer_requests, reference_rows
from .files import sha256
from .learned import Learned
from .results import Answer, Run
from .runs import agreed, tables
from .settings import ROOT


def release(
    run: Run, data: dict[str, Any], folder: Path, contract_folder: Path = contracts.FOLDER
) -> dict[str, Any]:
    """Registers the run's model as the new champion and returns its name, version and hash.

    Raises Unusable, and registers nothing, where an input breaks its contract.
    """
    agreements = agreed(run, contract_folder)
    raw = tables(run)[pipeline.ROWS].drop(columns=[pipeline.TARGET], errors="ignore")
    learned = run.learned or Learned()

    def ask(rows: pd.DataFrame) -> Answer:
        return pipeline.answer(run.model, rows, learned.serving())

    reference = reference_rows(ask, raw)
    agreements[pipeline.ROWS] = contract = infer_requests(agreements[pipeline.ROWS], ask, reference)
    for agreement in agreements.values():
        contracts.keep(agreement, contract_folder)
    manifest = {
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": _commit(),
        "model": pipeline.MODEL,
        "target": None if pipeline.TARGET is None else str(pipeline.TARGET),
        "metrics": run.metrics.as_json(),
        "data": data,
    }
    version = registry.register(folder, run.model, learned, reference, contract, manifest)
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
