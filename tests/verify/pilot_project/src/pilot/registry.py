"""The model and what was learned, in one file."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def save(folder: Path, model: Any, learned: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.pkl").write_bytes(pickle.dumps((model, learned)))


def load(folder: Path) -> SimpleNamespace:
    model, learned = pickle.loads((folder / "model.pkl").read_bytes())
    return SimpleNamespace(model=model, learned=learned)
