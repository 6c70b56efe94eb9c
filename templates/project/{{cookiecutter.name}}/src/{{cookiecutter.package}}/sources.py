"""What the pipeline reads, one function each."""

from __future__ import annotations

import pandas as pd

from .settings import Settings


def customers(settings: Settings) -> pd.DataFrame:
    """The customers, a row each."""
    return pd.read_csv(settings.customers)
