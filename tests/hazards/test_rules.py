"""Each rule's examples are its test, and each rule says all that its page needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_prod.hazards import GROUPS, STEPS, Rule, all_rules, find_rule
from jupyter_prod.lint import check_notebook
from tests.hazards.examples import marked, place_of, written

BAD = [
    pytest.param(rule, example, id=f"{rule.code}-bad-{n}")
    for rule in all_rules()
    for n, example in enumerate(rule.bad, 1)
]
GOOD = [
    pytest.param(rule, example, id=f"{rule.code}-good-{n}")
    for rule in all_rules()
    for n, example in enumerate(rule.good, 1)
]


@pytest.mark.parametrize(("rule", "example"), BAD)
def test_a_bad_example_is_found_where_it_is_marked(rule: Rule, example: str, tmp_path: Path) -> None:
    findings = [f for f in check_notebook(written(example, tmp_path), [rule]) if f.severity == rule.severity]

    assert {place_of(f, tmp_path) for f in findings} == marked(example, rule.code)
    assert findings


@pytest.mark.parametrize(("rule", "example"), GOOD)
def test_a_good_example_is_clean(rule: Rule, example: str, tmp_path: Path) -> None:
    findings = check_notebook(written(example, tmp_path), [rule])

    assert not [f.message for f in findings if f.severity == rule.severity]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_says_all_that_its_page_needs(rule: Rule) -> None:
    assert re.fullmatch(r"JP[A-Z]\d\d", rule.code)
    assert rule.code[2] in GROUPS
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.slug)
    assert rule.severity in ("error", "warning", "info")
    assert rule.step in STEPS
    assert rule.bad and rule.good
    assert rule.fix in ("safe", "unsafe", "")
    assert bool(rule.fix) == bool(rule.fix_note)
    assert rule.conversion in ("resolved", "yours")
    for text in (rule.title, rule.what, rule.why, rule.conversion_note):
        assert len(text.strip()) > 10


def test_codes_and_slugs_are_unique_and_both_find_the_rule() -> None:
    rules = all_rules()
    assert len({rule.code for rule in rules}) == len({rule.slug for rule in rules}) == len(rules)
    for rule in rules:
        assert find_rule(rule.code) is find_rule(rule.slug) is find_rule(rule.code.lower()) is rule
    assert find_rule("JPX99") is None
