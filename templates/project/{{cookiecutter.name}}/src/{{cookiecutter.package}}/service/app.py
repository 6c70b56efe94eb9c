"""The application: routes, and what surrounds each of them."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response

from .. import pipeline
from ..registry import Release
from ..scoring import TARGET, Scored, answers_reference, score_rows
from .audit import Audit
from .auth import Caller, Keys
from .config import ServiceConfig
from .limits import RateLimit
from .messages import Answered, Problem, answered, body_of, outcome_of, refused, rows_of
from .openapi import OUTCOMES, PREDICT_RESPONSES, PROBLEMS, predict_request
from .telemetry import Telemetry

_LOCAL = ("127.0.0.1", "localhost", "::1")
_PATHS = ("/v1/predict", "/v1/outcomes", "/health/live", "/health/ready", "/metrics")
_log = structlog.get_logger()


def create_app(release: Release, config: ServiceConfig, keys: Keys, audit: Audit) -> FastAPI:
    """The service for one release."""
    service = Service(release, config, keys, audit)
    app = FastAPI(title="{{ cookiecutter.name }}", version=release.version, docs_url=None, redoc_url=None)
    app.middleware("http")(service.observe)
    app.add_api_route(
        "/v1/predict",
        service.predict,
        methods=["POST"],
        response_class=Answered,
        responses=PREDICT_RESPONSES,
        openapi_extra=predict_request(release, TARGET),
    )
    app.add_api_route(
        "/v1/outcomes",
        service.outcome,
        methods=["POST"],
        status_code=202,
        response_class=Answered,
        responses=PROBLEMS,
        openapi_extra=OUTCOMES,
    )
    app.add_api_route("/health/live", service.live, response_class=Answered)
    app.add_api_route("/health/ready", service.ready, response_class=Answered)
    app.add_api_route("/metrics", service.metrics, response_class=Response)
    return app


class Service:
    """The handlers of one release's service."""

    def __init__(self, release: Release, config: ServiceConfig, keys: Keys, audit: Audit) -> None:
        self._release = release
        self._config = config
        self._keys = keys
        self._audit = audit
        self._limit = RateLimit(config.requests_per_second)
        self._telemetry = Telemetry(release)
        # one thread: the notebook's statements were never tried side by side
        self._worker = ThreadPoolExecutor(max_workers=1)
        self._works = answers_reference(release)
        self._columns = {column.name for column in release.contract.columns}
        data = release.manifest["data"].get(pipeline.ROWS, {})
        self._lineage = {"model_version": release.version, "data_version": data.get("sha256")}

    async def predict(self, request: Request) -> Response:
        """Predicts raw rows; answers only what the audit log holds."""
        caller = self._admitted(request, "predict")
        rows = rows_of(await body_of(request, self._config.max_body_bytes))
        ids, scored = await asyncio.get_running_loop().run_in_executor(
            self._worker, self._predicted, caller, rows
        )
        self._telemetry.rows.labels(self._release.version).inc(len(rows))
        unknown = sorted({str(name) for row in rows for name in row} - self._columns)
        return answered(scored.answer, ids, self._release.version, unknown)

    def _predicted(self, caller: Caller, rows: list[dict[str, Any]]) -> tuple[list[str], Scored]:
        scored = score_rows(self._release, rows)
        if scored.refused:
            for violation in scored.refused:
                self._telemetry.refused.labels(violation.column).inc()
            raise refused(scored.refused)
        for error in scored.failed.values():
            self._telemetry.failures.inc()
            raise error
        ids = [uuid.uuid4().hex for _ in rows]
        common = {"caller": caller.name, **self._lineage}
        answered = list(zip(ids, map(self._known, rows), scored.answer.predictions))
        self._audit.predictions(common, answered)
        return ids, scored

    def _known(self, row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name in self._columns}

    async def outcome(self, request: Request) -> Response:
        """Takes what turned out to be true for an earlier prediction."""
        caller = self._admitted(request, "outcomes")
        prediction, value = outcome_of(await body_of(request, self._config.max_body_bytes))
        await asyncio.get_running_loop().run_in_executor(
            self._worker, self._audit.outcome, {"caller": caller.name}, prediction, value
        )
        return Answered({"accepted": prediction}, 202)

    async def live(self) -> Response:
        """The process answers."""
        return Answered({"status": "live"})

    async def ready(self) -> Response:
        """The model is loaded and has answered a row of its own."""
        if not self._works:
            return Answered({"status": "the model does not answer"}, 503)
        return Answered({"status": "ready", "model_version": self._release.version})

    async def metrics(self, request: Request) -> Response:
        """Figures for Prometheus."""
        self._admitted(request, "metrics")
        return Response(self._telemetry.text(), media_type="text/plain; version=0.0.4")

    async def observe(
        self, request: Request, proceed: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Counts, times and logs each request; what goes wrong is answered without a traceback."""
        start = time.perf_counter()
        try:
            response = await proceed(request)
        except Problem as problem:
            response = problem.response()
        except Exception:
            number = uuid.uuid4().hex
            _log.exception("failed", id=number, path=request.url.path)
            response = Answered({"error": "internal error", "id": number}, 500)
        seconds = time.perf_counter() - start
        path = request.url.path if request.url.path in _PATHS else "other"
        self._telemetry.requests.labels(path, response.status_code).inc()
        self._telemetry.seconds.labels(path).observe(seconds)
        _log.info("request", path=path, status=response.status_code, seconds=round(seconds, 6))
        return response

    def _admitted(self, request: Request, scope: str) -> Caller:
        """Who calls. Raises Problem: 401 without a key, 403 without the scope, 429 too often."""
        if not self._keys and request.url.hostname not in _LOCAL:
            raise Problem(403, "without API keys only loopback is served")
        key = request.headers.get("x-api-key")
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        caller = self._keys.caller(token.strip() if kind.lower() == "bearer" else key)
        if caller is None:
            raise Problem(401, "no valid API key", headers={"WWW-Authenticate": "Bearer"})
        if scope not in caller.scopes:
            raise Problem(403, f"the key does not allow {scope}")
        if not self._limit.allows(caller.name):
            raise Problem(429, "too many requests", headers={"Retry-After": "1"})
        return caller
