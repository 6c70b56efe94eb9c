"""What all tests share: notebooks made from cell sources, and Hypothesis's pace."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No deadline: two test processes share two cores, and a slow example there says nothing about the code.
settings.register_profile("ci", deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# A shell that starts its tests in the background ignores SIGINT for them and for all that they start: what a test
# interrupts must hear it all the same.
if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

MakeNotebook = Callable[..., Path]


@pytest.fixture
def make_notebook(tmp_path: Path) -> MakeNotebook:
    """Writes an nbformat 4.5 notebook of code cells (or whole cell dictionaries) into the test's folder."""

    def make(*cells: str | dict[str, Any], name: str = "pilot.ipynb", **metadata: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document(*cells, **metadata)), encoding="utf-8")
        return path

    return make


def document(*cells: str | dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """A notebook's JSON: a text becomes a code cell, a dictionary is a cell as it is."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"language_info": {"name": "python"}, **metadata},
        "cells": [_code(number, cell) if isinstance(cell, str) else cell for number, cell in enumerate(cells, 1)],
    }


def _code(number: int, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"cell-{number}",
        "metadata": {},
        "source": source.splitlines(keepends=True),
        "outputs": [],
        "execution_count": None,
    }
