"""Findings told: one module a format. In: findings, and where notebooks can be read again. Out: text."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from jupyter_prod.lint.reporters.told import Told

FORMATS = {
    "full": "text",
    "concise": "text",
    "text": "text",
    "grouped": "text",
    "json": "as_json",
    "json-lines": "as_json",
    "sarif": "sarif",
    "github": "annotations",
    "gitlab": "annotations",
    "junit": "junit",
    "markdown": "markdown",
    "html": "html",
}
"""Format → the module that writes it, which is imported when it is asked for."""


def report(told: Told, output_format: str) -> str:
    """What was found, in a format of `FORMATS`."""
    module = importlib.import_module(f"jupyter_prod.lint.reporters.{FORMATS[output_format]}")
    write: Callable[[Told], str] = getattr(module, "write_" + output_format.replace("-", "_"))
    return write(told)


__all__ = ["FORMATS", "Told", "report"]
