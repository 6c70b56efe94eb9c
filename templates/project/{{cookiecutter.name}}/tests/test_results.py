"""Metrics: recorded as they are, told as JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from {{ cookiecutter.package }}.results import Metrics, plain


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.5, 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (float("nan"), None),
        ((0.1, "accuracy", 0.2), [0.1, 0.2]),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        ({"macro": {"f1": 0.5, "name": "x"}}, {"macro": {"f1": 0.5}}),
        (pd.Series([0.5], index=["auc"]), {"auc": 0.5}),
        (pd.DataFrame({"model": ["a"], "score": [0.5]}), {"score": {"0": 0.5}}),
    ],
)
def test_numbers_are_told_in_their_own_nesting(value: Any, told: Any) -> None:
    metrics = Metrics()
    assert metrics.record("score", value) is value
    assert json.loads(json.dumps(metrics.as_json())) == {"score": told}


def test_text_and_masses_are_no_metrics() -> None:
    metrics = Metrics()
    metrics.record("name", "0.5")
    metrics.record("predictions", np.zeros(10_000))
    assert metrics.as_json() == {}


def test_a_name_said_again_with_another_value_is_counted() -> None:
    metrics = Metrics()
    for value in (0.5, 0.5, 0.6, 0.5):
        metrics.record("score", value)
    assert metrics.as_json() == {"score": 0.5, "score (2)": 0.6}


def test_plain_values_are_json() -> None:
    values = [
        np.str_("a"),
        np.bool_(True),
        pd.NA,
        pd.NaT,
        pd.Timestamp("2024-01-02"),
        np.datetime64("2024-01-02"),
    ]
    assert plain(values) == ["a", True, None, None, "2024-01-02T00:00:00", "2024-01-02T00:00:00"]
    assert plain(float("inf")) is None
