"""One run of the pipeline: executed in a folder of its own, told in metrics.json."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import contracts, pipeline
from .contracts import Contract
from .errors import Unusable
from .files import sha256, write_text
from .results import Run
from .settings import INPUTS, Settings
from .workspace import working_folder


def execute(settings: Settings, outputs: Path, seed: int | None = None) -> Run:
    """Runs the pipeline; the files that it writes end up in `outputs`.

    `seed` is planted in the global random generators. Raises Unusable where an input is not there.
    """
    if seed is not None:
        _plant(seed)
    before = Path.cwd()
    try:
        with working_folder(outputs) as folder:
            os.chdir(folder)
            try:
                return pipeline.run(settings)
            finally:
                os.chdir(before)
    except FileNotFoundError as error:
        for name in INPUTS:
            if str(error.filename) == getattr(settings, name):
                path = error.filename
                raise Unusable(f"{path} is not there; --set {name}=PATH names another") from None
        raise


def tables(run: Run) -> dict[str, pd.DataFrame]:
    """The tables among what the run read, by input."""
    return {name: pd.DataFrame(read) for name, read in run.inputs.items() if _is_table(read)}


def agreed(run: Run, folder: Path = contracts.FOLDER) -> dict[str, Contract]:
    """The contract of each table that the run read. Raises Unusable where a table breaks it."""
    return {name: contracts.agree(name, table, folder) for name, table in tables(run).items()}


def lineage(settings: Settings, run: Run) -> dict[str, dict[str, Any]]:
    """Each input's number of rows, and the hash of its file or, without one, of its values."""
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
    """Writes metrics.json: the metrics, the data they come from and, if there is one, the model."""
    told = {"metrics": run.metrics.as_json(), "data": data}
    if model is not None:
        told["model"] = model
    write_text(path, json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def _plant(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
    if "tensorflow" in sys.modules:
        sys.modules["tensorflow"].random.set_seed(seed)


def _is_table(read: Any) -> bool:
    return isinstance(read, (pd.DataFrame, pd.Series)) or getattr(read, "ndim", 0) == 2
