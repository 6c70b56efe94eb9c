"""Writes a page for each rule into docs/rules/, from what the rules say of themselves.

    python docs/make_rule_pages.py

A test checks that the pages are current.
"""

from __future__ import annotations

from pathlib import Path

from jupyter_prod.hazards import all_rules
from jupyter_prod.hazards.page import page, table

FOLDER = Path(__file__).parent / "rules"
HEAD = """# The rules

What stands between a pilot notebook and production, one rule each. `jupyter-prod rule CODE` shows a page in the
terminal. The pages are made from the rules themselves by `python docs/make_rule_pages.py`.

A fix that is *safe* needs no decision, an *unsafe* one needs a person's consent; both are described on the rule's page.
`jupyter-prod lint --fix` makes the safe ones, with `--unsafe-fixes` both, `--diff` shows them.

"""


def pages() -> dict[str, str]:
    """File name → text of every page."""
    rules = all_rules()
    return {"README.md": HEAD + table(rules), **{f"{rule.slug}.md": page(rule) for rule in rules}}


def main() -> None:
    """Writes the pages, and removes those of rules that are gone."""
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
