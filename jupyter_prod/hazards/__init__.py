"""The rules: what stands between a notebook and production.

In: `Facts` of a notebook and its program. Out: `Hit`s, places with a message each. One file a rule, in a folder for
each group; a file reads top to bottom as the rule's documentation, its examples are its tests. A rule whose hazard is
the shape of a call is a YAML file with an ast-grep rule; one that asks where values come from is a small class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_prod.lazily import lazily

if TYPE_CHECKING:
    from jupyter_prod.hazards.facts import Facts
    from jupyter_prod.hazards.registry import all_rules, find_rule
    from jupyter_prod.hazards.rule import GROUPS, STEPS, Edit, Fix, Hit, Parameter, Place, Rule, Severity, group_of

__all__ = [
    "GROUPS",
    "STEPS",
    "Edit",
    "Facts",
    "Fix",
    "Hit",
    "Parameter",
    "Place",
    "Rule",
    "Severity",
    "all_rules",
    "find_rule",
    "group_of",
]

__getattr__ = lazily(
    __name__,
    {
        "jupyter_prod.hazards.facts": "Facts",
        "jupyter_prod.hazards.registry": "all_rules, find_rule",
        "jupyter_prod.hazards.rule": "GROUPS, STEPS, Edit, Fix, Hit, Parameter, Place, Rule, Severity, group_of",
    },
)
