"""One run of the pipeline: executed in a folder of its own, told in metrics.json."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from . import pipeline
from .errors import Unusable
from .files import sha256, write_text
from .results import Run
from .settings import INPUTS, Settings
from .workspace import plant_seed, working_folder


def execute(settings: Settings, outputs: Path, seed: int | None = None) -> Run:
    """Runs the pipeline; the files that it writes end up in `outputs`.

    `seed` is planted in the global random generators. Raises Unusable where an input is not there.
    """
    if seed is not None:
        plant_seed(seed)
    try:
        with working_folder(outputs):
            return pipeline.run(settings)
    except FileNotFoundError as error:
        for name in INPUTS:
            if str(error.filename) == getattr(settings, name):
                raise Unusable(f"{error.filename} is not there; --set {name}=PATH names another") from None
        raise


def frames(run: Run) -> dict[str, pd.DataFrame]:
    """The tables among what the run read, by input."""
    return {name: pd.DataFrame(read) for name, read in run.inputs.items() if _is_table(read)}


def lineage(settings: Settings, run: Run) -> dict[str, dict[str, Any]]:
    """For each input its number of rows, and the hash of its file or, where it is none, of its values."""
    told = {}
    for name, read in run.inputs.items():
        path = Path(getattr(settings, name, ""))
        if name in INPUTS and path.exists():
            digest: str | None = sha256(path)
        elif _is_table(read):
            values = pd.util.hash_pandas_object(pd.DataFrame(read), index=False)
            digest = hashlib.sha256(values.to_numpy().tobytes()).hexdigest()
        else:
            digest = None
        told[name] = {"rows": len(read) if hasattr(read, "__len__") else None, "sha256": digest}
    return told


def report(path: Path, run: Run, data: dict[str, Any], model: dict[str, Any] | None = None) -> None:
    """Writes metrics.json: the metrics, the data that they come from and, where there is one, the model."""
    told = {"metrics": run.metrics.as_json(), "data": data}
    if model is not None:
        told["model"] = model
    write_text(path, json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def _is_table(read: Any) -> bool:
    return isinstance(read, (pd.DataFrame, pd.Series)) or getattr(read, "ndim", 0) == 2
