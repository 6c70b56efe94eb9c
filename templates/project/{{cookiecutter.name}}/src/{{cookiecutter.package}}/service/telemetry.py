"""What Prometheus reads."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ..registry import Release


class Telemetry:
    """The service's counters, in a registry of their own."""

    def __init__(self, release: Release) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter("requests", "Requests answered", ["path", "status"], registry=self._registry)
        self.seconds = Histogram("request_seconds", "Time to the answer", ["path"], registry=self._registry)
        self.rows = Counter("predictions", "Rows predicted", ["version"], registry=self._registry)
        self.refused = Counter("refused_values", "Values refused", ["column"], registry=self._registry)
        self.failures = Counter("model_failures", "Requests that the model failed at", registry=self._registry)
        version = Gauge("model_version", "The version that answers", ["version"], registry=self._registry)
        version.labels(release.version).set(1)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return bytes(generate_latest(self._registry))
