"""How often a caller may call."""

from __future__ import annotations

import time


class RateLimit:
    """A bucket of tokens for each caller: it refills steadily and holds two seconds' worth."""

    def __init__(self, per_second: float) -> None:
        self._rate = per_second
        self._buckets: dict[str, tuple[float, float]] = {}

    def allows(self, caller: str) -> bool:
        """Whether the caller may call now; takes a token if so."""
        now = time.monotonic()
        tokens, then = self._buckets.get(caller, (2 * self._rate, now))
        tokens = min(2 * self._rate, tokens + (now - then) * self._rate)
        allowed = tokens >= 1
        self._buckets[caller] = (tokens - 1 if allowed else tokens, now)
        return allowed
