"""Which rules are meant, and for which files."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from pathlib import Path

from jupyter_prod.errors import UsableError
from jupyter_prod.hazards import GROUPS, STEPS, Rule, all_rules, find_rule, group_of
from jupyter_prod.lint.settings import Settings


def chosen_rules(settings: Settings, extra: Sequence[Rule] = ()) -> list[Rule]:
    """The selected rules less the ignored ones, of ours and the `extra`.

    Raises UsableError for a name that no rule, group or step has.
    """
    rules = {rule.code: rule for rule in (*all_rules(), *extra)}
    ignored = {rule.code for rule in _named(settings.ignore, rules.values())}
    selected = _named((*settings.select, *settings.extend_select), rules.values())
    for name in settings.severity:
        _meant(name, rules.values())
    return [rule for rule in selected if rule.code not in ignored]


def left_out(settings: Settings, path: Path, rules: Sequence[Rule]) -> set[str]:
    """The codes of the rules that the settings ignore in this file."""
    found: set[str] = set()
    for pattern, names in settings.per_file_ignores.items():
        if _matches(path, pattern, settings.root):
            found |= {rule.code for rule in _named(names, rules, known=True)}
    return found


def severities(settings: Settings, rules: Sequence[Rule]) -> dict[str, str]:
    """Code → severity, where the settings name another than the rule's own."""
    found: dict[str, str] = {}
    for name, severity in settings.severity.items():
        found |= {rule.code: severity for rule in _named([name], rules, known=True)}
    return found


def _matches(path: Path, pattern: str, root: Path) -> bool:
    absolute = Path(path).absolute()
    try:
        inside = absolute.relative_to(root.absolute()).as_posix()
    except ValueError:
        inside = absolute.as_posix()
    return (
        fnmatch.fnmatch(inside, pattern)
        or fnmatch.fnmatch(absolute.name, pattern)
        or fnmatch.fnmatch(inside, pattern.rstrip("/") + "/*")
    )


def _named(names: Iterable[str], rules: Iterable[Rule], known: bool = False) -> list[Rule]:
    rules = list(rules)
    found: dict[str, Rule] = {}
    for name in names:
        for rule in _meant(name.strip(), rules, known):
            found[rule.code] = rule
    return sorted(found.values(), key=lambda rule: rule.code)


def _meant(name: str, rules: Iterable[Rule], known: bool = False) -> list[Rule]:
    rules = list(rules)
    upper = name.upper()
    if upper in ("ALL", "JP"):
        return rules
    letter = upper.removeprefix("JP")
    if letter in GROUPS:
        return [rule for rule in rules if group_of(rule.code) == letter]
    by_title = {title: key for key, title in GROUPS.items()}
    if name.lower() in by_title:
        return [rule for rule in rules if group_of(rule.code) == by_title[name.lower()]]
    step = name.lower().removeprefix("step-")
    if step != name.lower() and step.isdigit() and int(step) in STEPS:
        return [rule for rule in rules if rule.step == int(step)]
    found = find_rule(name)
    code = found.code if found is not None else upper
    same = [rule for rule in rules if rule.code == code or rule.slug == name.lower()]
    if not same and len(letter) > 1 and not any(c.isdigit() for c in letter):
        same = [rule for rule in rules if rule.code.startswith(upper)]  # a company's own prefix
    if not same and found is None:
        raise UsableError(f"no rule, group or step is called {name!r}", do="`jupyter-prod rules` lists them")
    return same
