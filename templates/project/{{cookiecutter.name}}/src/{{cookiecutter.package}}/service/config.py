"""What an operator sets of the service, by environment variables."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ..errors import Unusable
from ..settings import PREFIX


@dataclass(frozen=True)
class ServiceConfig:
    """Each field is set by {{ cookiecutter.package | upper }}_SERVICE_NAME."""

    api_keys: str = ""
    """Lines `caller scope+scope sha256-of-the-key`, or several divided by semicolons."""
    api_keys_file: str = ""
    """A file of such lines."""
    max_body_bytes: int = 10 * 1024 * 1024
    requests_per_second: float = 100.0
    """For each caller; twice as many may come at once."""
    audit_salt: str = ""
    """Secret for hashing personal values in the audit log; without it they are left out there."""

    @classmethod
    def load(cls) -> ServiceConfig:
        """The configuration in the environment. Raises Unusable for a value that can't be used."""
        values: dict[str, Any] = {}
        for entry in fields(cls):
            variable = f"{PREFIX}SERVICE_{entry.name.upper()}"
            text = os.environ.get(variable)
            if text is None:
                continue
            kind: Any = type(entry.default)
            try:
                values[entry.name] = kind(text)
            except ValueError:
                raise Unusable(f"{variable}={text}: not a number") from None
        return cls(**values)

    def key_lines(self) -> list[str]:
        """The configured key lines. Raises Unusable where the file can't be read."""
        text = self.api_keys.replace(";", "\n")
        if self.api_keys_file:
            try:
                text += "\n" + Path(self.api_keys_file).read_text(encoding="utf-8")
            except OSError as error:
                raise Unusable(f"keys file: {error}") from None
        lines = (line.strip() for line in text.splitlines())
        return [line for line in lines if line and not line.startswith("#")]
