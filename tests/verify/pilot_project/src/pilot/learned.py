"""How rows that are no table become one."""

from __future__ import annotations

from typing import Any

import pandas as pd


def frame_of(read: Any) -> pd.DataFrame:
    return pd.DataFrame(read)
