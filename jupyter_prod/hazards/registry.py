"""All rules, found in the folders of this package."""

from __future__ import annotations

import importlib
from abc import ABCMeta
from functools import cache
from pathlib import Path

from jupyter_prod.hazards.rule import Rule
from jupyter_prod.knowledge.yaml_files import read_yaml_files

FOLDERS = (
    "data",
    "versioning",
    "secrets",
    "reproducibility",
    "model",
    "engineering",
    "generative",
    "outcomes",
    "linting",
)

RENAMED: dict[str, str] = {}
"""Codes and slugs that rules once had → the code of now: people write them into suppressions and settings."""


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the codes."""
    here = Path(__file__).parent
    rules: list[Rule] = []
    for folder in FOLDERS:
        for path in sorted((here / folder).glob("[!_]*.py")):
            module = importlib.import_module(f"jupyter_prod.hazards.{folder}.{path.stem}")
            rules += [
                found()
                for found in vars(module).values()
                if isinstance(found, ABCMeta) and issubclass(found, Rule) and found.__module__ == module.__name__
            ]
    written = [path for folder in FOLDERS for path in sorted((here / folder).glob("*.yaml"))]
    if written:
        from jupyter_prod.hazards.pattern import PatternRule

        rules += [PatternRule(described) for described in read_yaml_files(written)]
    return tuple(sorted(rules, key=lambda rule: rule.code))


def find_rule(name: str) -> Rule | None:
    """The rule with this code or slug, also one that it had before; None where there is none."""
    wanted = name.strip()
    wanted = RENAMED.get(wanted.upper(), RENAMED.get(wanted.lower(), wanted))
    for rule in all_rules():
        if rule.code == wanted.upper() or rule.slug == wanted.lower():
            return rule
    return None
