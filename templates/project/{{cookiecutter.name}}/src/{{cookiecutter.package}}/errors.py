"""The one exception for what the caller can mend."""

from __future__ import annotations


class Unusable(Exception):
    """Input, settings or arguments that can't be used: one clear line, exit code 2."""
