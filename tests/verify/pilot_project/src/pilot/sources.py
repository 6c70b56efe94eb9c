"""One function an input."""

from __future__ import annotations

import pandas as pd

from .settings import Settings


def customers(settings: Settings) -> pd.DataFrame:
    return pd.read_csv(settings.customers)
