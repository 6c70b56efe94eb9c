"""The rules' pages are made from the rules."""

from __future__ import annotations

import runpy
from pathlib import Path

from jupyter_prod.hazards import all_rules
from jupyter_prod.hazards.page import page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_pages_in_docs_are_current() -> None:
    wanted = runpy.run_path(str(DOCS / "make_rule_pages.py"))["pages"]()

    written = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "rules").glob("*.md")}

    assert written == wanted, "run python docs/make_rule_pages.py"


def test_a_page_holds_the_examples_as_they_are_written() -> None:
    for rule in all_rules():
        text = page(rule)
        assert rule.code in text and rule.slug in text
        assert text.count("```") == 2 * (len(rule.bad) + len(rule.good))
