"""Where the data and the artifacts lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Settings:
    customers: str = str(ROOT / "data" / "customers.csv")


def load(overrides: dict[str, str] | None = None) -> Settings:
    return Settings(**(overrides or {}))


def artifacts() -> Path:
    return Path(os.environ.get("PILOT_ARTIFACTS", ROOT / "artifacts"))
