"""Models that compete: the best by the notebook's own measure is chosen anew at each training."""

from __future__ import annotations

from typing import Any

import numpy as np


class Contest:
    """The models that were judged, with what they reached."""

    def __init__(self, better: str = "higher") -> None:
        self._sign = -1.0 if better == "lower" else 1.0
        self._entries: list[tuple[float, str, Any]] = []

    def enter(self, name: str, model: Any, score: Any) -> None:
        """A model and its score; of several scores (folds), their mean counts."""
        reached = float(np.mean(np.asarray(score, dtype=float)))
        self._entries.append((self._sign * reached, name, model))

    def best(self) -> Any:
        """The model with the best score; of equals, the first."""
        return max(self._entries, key=lambda entry: entry[0])[2]

    def ranking(self) -> list[tuple[str, float]]:
        """Every entry with its score, the best first."""
        return [(name, self._sign * score) for score, name, _ in sorted(self._entries, key=lambda e: -e[0])]
