"""The pipeline gives the notebook's numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from conftest import Trained

EXPECTED = Path(__file__).with_name("expected.json")
ALIKE = 1e-5
"""How far an answer may differ, relatively: single precision gives one row alone other digits than among many."""


def test_metrics_are_those_of_the_notebook(trained: Trained) -> None:
    if not EXPECTED.exists():
        pytest.skip("the notebook's own numbers are not known")
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    got = trained.run.metrics.as_json()
    for name, value in expected.get("metrics", {}).items():
        assert equal(got[name], value, expected.get("tolerance", ALIKE)), (
            f"{name}: {got[name]}, notebook {value}"
        )


def test_the_pipeline_leaves_what_it_tells(trained: Trained) -> None:
    json.dumps(trained.run.metrics.as_json(), allow_nan=False)
    assert all(path.is_file() for path in trained.outputs.iterdir())


def equal(got: Any, expected: Any, tolerance: float) -> bool:
    """Equal JSON values, numbers to a relative tolerance."""
    if isinstance(expected, dict):
        return got.keys() == expected.keys() and all(
            equal(got[k], v, tolerance) for k, v in expected.items()
        )
    if isinstance(expected, list):
        return len(got) == len(expected) and all(map(equal, got, expected, [tolerance] * len(got)))
    if isinstance(expected, (int, float)) and isinstance(got, (int, float)):
        return math.isclose(got, expected, rel_tol=tolerance, abs_tol=1e-9)
    return bool(got == expected)
