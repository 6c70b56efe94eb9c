"""Data contracts: what the columns of each input are, and what a request must carry.

A contract is inferred at the first training and written as YAML (Open Data Contract Standard 3.1)
beside this file. From then on it belongs to people: edit it, it is checked and never overwritten.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..errors import Unusable
from .checks import Violation, check_frame
from .inference import infer
from .model import Column, Contract, read, write

__all__ = ["Column", "Contract", "Violation", "agree", "keep", "read", "write"]

FOLDER = Path(__file__).parent


def agree(name: str, frame: pd.DataFrame, folder: Path) -> Contract:
    """The contract of an input: the one on file, held against the frame, else what the frame shows.

    A column that the contract on file doesn't know is noted and added. Raises Unusable where one is
    missing or of another kind.
    """
    shown, path = infer(name, frame), folder / f"{name}.yaml"
    if not path.exists():
        return shown
    contract = read(path)
    violations, added = check_frame(contract, frame)
    if violations:
        raise Unusable(f"{name} breaks its contract {path}: " + "; ".join(map(str, violations)))
    if added:
        print(f"{name}: not in the contract: {', '.join(added)}", file=sys.stderr)
    new = tuple(column for column in shown.columns if column.name in added)
    return replace(contract, columns=contract.columns + new)


def keep(contract: Contract, folder: Path = FOLDER) -> None:
    """Writes a contract that is not on file yet, where the folder can be written to."""
    path = folder / f"{contract.name}.yaml"
    if not path.exists() and os.access(folder, os.W_OK):
        write(contract, path)
