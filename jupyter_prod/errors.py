"""The one exception for what the caller can mend: said in one line, without a traceback."""

from __future__ import annotations

DONE, FOUND, UNUSABLE, INTERNAL = 0, 1, 2, 3
"""Exit codes: done (also at a lower level, with its reason); findings, or a verdict that differs; unusable input or
arguments; a fault of our own."""


class UsableError(Exception):
    """Input or arguments that can't be used: `what` is wrong, `where`, and what to `do` about it (exit code 2)."""

    def __init__(self, what: str, where: str = "", do: str = "") -> None:
        self.what, self.where, self.do = what, where, do
        super().__init__(": ".join(part for part in (where, what) if part) + (f" ({do})" if do else ""))
