"""A rule as text for people: its page in Markdown, and the table of all."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from jupyter_prod.hazards.rule import GROUPS, STEPS, Rule, group_of

_CONVERSION = {"resolved": "Resolved by conversion", "yours": "Remains yours"}


def page(rule: Rule) -> str:
    """All that a rule says of itself, in Markdown."""
    parts = [
        f"# {rule.slug} ({rule.code})",
        f"**{rule.title}**",
        f"Group: {GROUPS[group_of(rule.code)]} · severity: {rule.severity}"
        f" · step {rule.step} of the playbook: {STEPS[rule.step]}",
        "## What it does",
        _prose(rule.what),
        "## Why it is a hazard in production",
        _prose(rule.why),
        "## Example",
        *(_code(example) for example in rule.bad),
        "## Use instead",
        *(_code(example) for example in rule.good),
        "## Fix",
        f"{rule.fix.capitalize()}: {_prose(rule.fix_note)}" if rule.fix else "None: a person has to decide.",
        "## What conversion does about it",
        f"{_CONVERSION[rule.conversion]}. {_prose(rule.conversion_note)}",
        "## To keep it",
        f"Where it is meant to be, say so on its line: `# prod: ignore[{rule.code}]`.",
    ]
    return "\n\n".join(parts) + "\n"


def table(rules: Iterable[Rule]) -> str:
    """The rules as a Markdown table, each with a link to its page."""
    rows = ["| code | slug | hazard | severity | fix | conversion |", "|---|---|---|---|---|---|"]
    for rule in rules:
        done = "resolved" if rule.conversion == "resolved" else "yours"
        rows.append(
            f"| {rule.code} | [{rule.slug}]({rule.slug}.md) | {rule.title} | {rule.severity} | {rule.fix} | {done} |"
        )
    return "\n".join(rows) + "\n"


def _prose(text: str) -> str:
    return "\n".join(textwrap.wrap(" ".join(text.split()), width=100, break_long_words=False, break_on_hyphens=False))


def _code(example: str) -> str:
    """An example as a code block, as it is written."""
    text = textwrap.dedent(example).strip("\n")
    kind = "text" if "[markdown]" in text or text.startswith(("%", "!")) else "python"
    return f"```{kind}\n{text}\n```"
