"""The service: raw rows in, predictions out, each in the audit log before it is answered."""

from __future__ import annotations

import ipaddress
import logging
from pathlib import Path

import structlog
import uvicorn

from .. import registry
from ..errors import Unusable
from .app import create_app
from .audit import Audit
from .auth import Keys
from .config import ServiceConfig

_DRAIN_SECONDS = 15


def serve(host: str, port: int, artifacts: Path) -> None:
    """Serves the champion until SIGTERM, and then answers what it has accepted.

    Raises Unusable where there is no champion, and for any address but loopback without keys.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
    logging.basicConfig(level=logging.WARNING)
    log = structlog.get_logger()
    config = ServiceConfig.load()
    keys = Keys.load(config)
    if not keys and not _is_loopback(host):
        raise Unusable(f"{host} is not served without API keys: see .env.example")
    release = registry.load(artifacts / "registry")
    if not keys:
        log.warning("no API keys: loopback only, every caller may do everything")
    app = create_app(release, config, keys, Audit(artifacts / "audit", config))
    log.info("serving", host=host, port=port, model_version=release.version)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
