"""Hazards in other forms than the rules' examples, and what only looks like them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_prod.hazards import find_rule
from jupyter_prod.lint import check_notebook
from tests.hazards.examples import marked, place_of, written

FORMS = [
    pytest.param(head.strip(), body, id=f"{path.stem}-{number}-{head.strip()}")
    for path in sorted((Path(__file__).parent / "forms").glob("*.txt"))
    for number, block in enumerate(re.split(r"(?m)^=== ", path.read_text(encoding="utf-8"))[1:], 1)
    for head, _, body in [block.partition("\n")]
]


@pytest.mark.parametrize(("head", "body"), FORMS)
def test_a_form_is_found_where_it_is_marked_and_nowhere_else(head: str, body: str, tmp_path: Path) -> None:
    rule = find_rule(head.lstrip("-"))
    assert rule is not None

    loud = ("error", "warning", rule.severity)
    findings = [f for f in check_notebook(written(body, tmp_path), [rule]) if f.severity in loud]

    wanted = set() if head.startswith("-") else marked(body, rule.code)
    assert {place_of(f, tmp_path) for f in findings} == wanted, [f.message for f in findings]
    assert bool(wanted) != head.startswith("-")
