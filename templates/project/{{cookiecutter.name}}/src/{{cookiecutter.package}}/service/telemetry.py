"""What Prometheus reads."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ..registry import Release


class Telemetry:
    """The service's counters, in a registry of their own."""

    def __init__(self, release: Release) -> None:
        self._registry = own = CollectorRegistry()
        self.requests = Counter("requests", "Requests answered", ["path", "status"], registry=own)
        self.seconds = Histogram("request_seconds", "Time to the answer", ["path"], registry=own)
        self.rows = Counter("predictions", "Rows predicted", ["version"], registry=own)
        self.refused = Counter("refused_values", "Values refused", ["column"], registry=own)
        self.failures = Counter("model_failures", "Requests the model failed at", registry=own)
        version = Gauge("model_version", "The version that answers", ["version"], registry=own)
        version.labels(release.version).set(1)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return bytes(generate_latest(self._registry))
