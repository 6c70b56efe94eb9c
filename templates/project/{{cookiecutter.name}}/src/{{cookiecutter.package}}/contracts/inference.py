"""Inferring a contract from the table that training read."""

from __future__ import annotations

import pandas as pd

from .checks import kind_of
from .model import Column, Contract


def infer(name: str, frame: pd.DataFrame) -> Contract:
    """The contract of a frame as it was read."""
    columns = [
        Column(str(label), kind_of(frame.iloc[:, i]), str(frame.dtypes.iloc[i]))
        for i, label in enumerate(frame.columns)
    ]
    return Contract(name, tuple(columns))
