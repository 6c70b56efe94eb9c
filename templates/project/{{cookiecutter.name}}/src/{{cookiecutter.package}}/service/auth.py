"""API keys: who calls, and what the caller may do. Only hashes of keys are ever stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import Unusable
from .config import ServiceConfig

SCOPES = ("predict", "outcomes", "metrics")


@dataclass(frozen=True)
class Caller:
    """Someone who may do what the scopes name."""

    name: str
    scopes: frozenset[str]


ANYONE = Caller("anonymous", frozenset(SCOPES))


class Keys:
    """The callers by the hash of their key; empty where none are configured."""

    def __init__(self, callers: dict[str, Caller]) -> None:
        self._callers = callers

    @classmethod
    def load(cls, config: ServiceConfig) -> Keys:
        """The configured keys. Raises Unusable for a line that is none."""
        callers = {}
        for line in config.key_lines():
            words = line.split()
            scopes = frozenset(words[1].split("+")) if len(words) == 3 else frozenset()
            if not scopes or not scopes <= set(SCOPES) or len(words[2]) != 64:
                raise Unusable(f"not `caller scope+scope sha256`: the key line of {words[0]}")
            callers[words[2].lower()] = Caller(words[0], scopes)
        return cls(callers)

    def __bool__(self) -> bool:
        return bool(self._callers)

    def caller(self, key: str | None) -> Caller | None:
        """Who holds the key; everyone may call where no keys are configured."""
        if not self._callers:
            return ANYONE
        digest = hashlib.sha256((key or "").encode()).hexdigest()
        found = None
        for known, caller in self._callers.items():
            if hmac.compare_digest(known, digest):
                found = caller
        return found


def new_key(caller: str, scopes: Sequence[str]) -> tuple[str, str]:
    """A new key, and the line that lets its holder in."""
    if len(caller.split()) != 1:
        raise Unusable("a caller's name is one word")
    key = secrets.token_urlsafe(32)
    return key, f"{caller} {'+'.join(scopes)} {hashlib.sha256(key.encode()).hexdigest()}"
