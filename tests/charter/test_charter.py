"""Charters: what is filled, what is open, and what is no charter."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from jupyter_prod.charter import Charter, read_charter


def charter(tmp_path: Path, text: str) -> Charter:
    path = tmp_path / "charter.yaml"
    path.write_text(text, encoding="utf-8")
    found = read_charter(path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "value", ["OPEN", "TBD", "''", "?", "todo", "null", "[]", "{}", "[OPEN]", "{a: OPEN}", "false"]
)
def test_open_entries_say_nothing(tmp_path: Path, value: str) -> None:
    assert not charter(tmp_path, f"outcome: {{baseline: {value}}}").filled("outcome.baseline")


@pytest.mark.parametrize("value", ["0", "0.061", "a number", "true", "[1]", "{a: 1, b: OPEN}", "2024-01-01"])
def test_other_entries_do(tmp_path: Path, value: str) -> None:
    assert charter(tmp_path, f"outcome: {{baseline: {value}}}").filled("outcome.other", "outcome.baseline")


def test_what_is_no_charter_says_why(tmp_path: Path) -> None:
    assert read_charter(tmp_path / "none.yaml") is None
    assert "YAML" in charter(tmp_path, "a: [").error
    assert charter(tmp_path, "- a\n- b").error
    assert charter(tmp_path, "").error
    assert not charter(tmp_path, "a: &a [*a]").filled("b")
    assert charter(tmp_path, "data_sources: [a]").sources == {}


def test_the_day_of_review_is_a_date_or_a_text(tmp_path: Path) -> None:
    day = datetime.date(2024, 5, 2)
    assert charter(tmp_path, "reviewed: 2024-05-02").reviewed == day
    assert charter(tmp_path, "reviewed: '2024-05-02'").reviewed == day
    assert charter(tmp_path, "reviewed: 2024-05-02T10:00:00").reviewed == day
    assert charter(tmp_path, "reviewed: in May").reviewed is None
