"""Checking notebooks: in come paths and settings, out come findings.

Each notebook is read once, understood once, and handed to the chosen rules; what a comment suppresses is left out. The
reporters turn findings into text or JSON and know nothing of rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_prod.lazily import lazily

if TYPE_CHECKING:
    from jupyter_prod.lint.checking import check_notebook, lint
    from jupyter_prod.lint.nouns import Finding
    from jupyter_prod.lint.settings import Settings, settings_for

__all__ = [
    "Finding",
    "Settings",
    "check_notebook",
    "lint",
    "settings_for",
]

__getattr__ = lazily(
    __name__,
    {
        "jupyter_prod.lint.checking": "check_notebook, lint",
        "jupyter_prod.lint.nouns": "Finding",
        "jupyter_prod.lint.settings": "Settings, settings_for",
    },
)
