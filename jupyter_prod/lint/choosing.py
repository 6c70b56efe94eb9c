"""Which rules are meant."""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_prod.errors import UsableError
from jupyter_prod.hazards import GROUPS, Rule, all_rules, find_rule, group_of
from jupyter_prod.lint.nouns import Settings


def chosen_rules(settings: Settings) -> list[Rule]:
    """The selected rules less the ignored ones. Raises UsableError for a name that no rule or group has."""
    ignored = {rule.code for rule in _named(settings.ignore)}
    return [rule for rule in _named(settings.select) if rule.code not in ignored]


def _named(names: Iterable[str]) -> list[Rule]:
    found: dict[str, Rule] = {}
    for name in names:
        for rule in _meant(name.strip()):
            found[rule.code] = rule
    return sorted(found.values(), key=lambda rule: rule.code)


def _meant(name: str) -> list[Rule]:
    upper = name.upper()
    if upper == "ALL" or upper == "JP":
        return list(all_rules())
    letter = upper.removeprefix("JP")
    if letter in GROUPS:
        return [rule for rule in all_rules() if group_of(rule.code) == letter]
    by_title = {title: key for key, title in GROUPS.items()}
    if name.lower() in by_title:
        return [rule for rule in all_rules() if group_of(rule.code) == by_title[name.lower()]]
    rule = find_rule(name)
    if rule is None:
        raise UsableError(f"no rule or group is called {name!r}", do="`jupyter-prod rule` lists them")
    return [rule]
