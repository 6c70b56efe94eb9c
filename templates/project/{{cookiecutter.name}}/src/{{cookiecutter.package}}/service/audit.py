"""The audit log: every prediction, on disk before it is answered."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml

from .. import pipeline
from ..settings import ROOT
from .config import ServiceConfig

Answered = tuple[str, Mapping[str, Any], Any]


class Audit:
    """Appends JSON lines to predictions.jsonl and outcomes.jsonl in a folder."""

    def __init__(
        self, folder: Path, config: ServiceConfig, personal: frozenset[str] | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._salt = config.audit_salt
        self._personal = personal_columns() if personal is None else personal
        self._lock = threading.Lock()

    def predictions(self, common: Mapping[str, Any], answered: Sequence[Answered]) -> None:
        """Writes a line for each (id, row, output), and returns when they are on disk."""
        lines = [
            {"id": number, **common, "inputs": self._masked(row), "output": output}
            for number, row, output in answered
        ]
        self._append("predictions.jsonl", lines)

    def outcome(self, common: Mapping[str, Any], prediction: str, value: Any) -> None:
        """Writes what turned out to be true for a prediction."""
        self._append("outcomes.jsonl", [{"id": prediction, **common, "value": value}])

    def _append(self, name: str, lines: Sequence[Mapping[str, Any]]) -> None:
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        text = "".join(json.dumps({"time": now, **line}) + "\n" for line in lines)
        with self._lock, (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def _masked(self, row: Mapping[str, Any]) -> dict[str, Any]:
        hashed = {name: self._hash(value) for name, value in row.items() if name in self._personal}
        return {**row, **hashed}

    def _hash(self, value: Any) -> str | None:
        if not self._salt:
            return None
        return hmac.new(self._salt.encode(), json.dumps(value).encode(), hashlib.sha256).hexdigest()


def personal_columns() -> frozenset[str]:
    """The columns of the served input that charter.yaml classes as personal."""
    charter = ROOT / "charter.yaml"
    if not charter.exists():
        return frozenset()
    sources = (yaml.safe_load(charter.read_text(encoding="utf-8")) or {}).get("data_sources") or {}
    return frozenset(map(str, (sources.get(pipeline.ROWS) or {}).get("personal_columns") or []))
