"""Versions of the model: each a folder with the release bundle and its manifest, named by aliases.

* registry/<version>/model.joblib: model, learned values, reference rows
* registry/<version>/contract.yaml: the contract that it was trained under
* registry/<version>/manifest.json: sha256 of the bundle, metrics, lineage
* registry/<alias>: the version that champion or challenger stands for
"""

from __future__ import annotations

import json
import pickle
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import pandas as pd

from . import contracts
from .contracts import Contract
from .errors import Unusable
from .files import sha256, write_text
from .learned import Learned

CHAMPION = "champion"
ALIASES = (CHAMPION, "challenger")


@dataclass(frozen=True)
class Release:
    """A version that can answer; `reference` are raw rows that it does answer, target left out."""

    version: str
    model: Any
    learned: Learned
    reference: pd.DataFrame
    contract: Contract
    manifest: Mapping[str, Any]


def register(
    folder: Path,
    model: Any,
    learned: Learned,
    reference: pd.DataFrame,
    contract: Contract,
    lineage: Mapping[str, Any],
) -> str:
    """Writes a new version, complete or not at all, and returns its name."""
    folder.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        _dump((model, learned, reference), new / "model.joblib")
        contracts.write(contract, new / "contract.yaml")
        manifest = {**lineage, "sha256": sha256(new / "model.joblib")}
        (new / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        new.chmod(0o755)
        return _claimed(folder, new)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def assign(folder: Path, version: str, alias: str = CHAMPION) -> None:
    """Lets the alias stand for the version."""
    write_text(folder / alias, version + "\n")


def load(folder: Path, name: str = CHAMPION) -> Release:
    """The release behind an alias or a version.

    Raises Unusable where there is none, or where the bundle is not the one that its manifest names.
    """
    version = name
    if name in ALIASES:
        if not (folder / name).is_file():
            raise Unusable(f"no {name} in {folder}: run `train` first")
        version = (folder / name).read_text(encoding="utf-8").strip()
    home = folder / version
    if not (home / "manifest.json").is_file():
        raise Unusable(f"no version {version} in {folder}")
    manifest = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
    if sha256(home / "model.joblib") != manifest["sha256"]:
        raise Unusable(f"{home / 'model.joblib'} is not the file that was registered")
    model, learned, reference = joblib.load(home / "model.joblib")
    contract = contracts.read(home / "contract.yaml")
    return Release(version, model, learned, reference, contract, manifest)


def _claimed(folder: Path, new: Path) -> str:
    """Moves a finished version to the next free number."""
    number = max((int(p.name) for p in folder.iterdir() if p.name.isdigit()), default=0)
    while True:
        number += 1
        try:
            new.rename(folder / str(number))
        except OSError:
            if not (folder / str(number)).exists():
                raise
            continue
        return str(number)


def _dump(bundle: Any, path: Path) -> None:
    """Writes with joblib or, for models that hold a lambda, cloudpickle; joblib.load reads both."""
    try:
        joblib.dump(bundle, path)
    except (pickle.PicklingError, AttributeError, TypeError):
        with path.open("wb") as file:
            cloudpickle.dump(bundle, file)
