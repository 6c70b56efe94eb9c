"""The inputs, read as the notebook reads them."""

from __future__ import annotations

import pandas as pd

from .settings import Settings


def customers(settings: Settings) -> pd.DataFrame:
    """The customers table (cell 2)."""
    return pd.read_csv(settings.customers)
