"""Every path and parameter of the pipeline, typed, with the notebook's value as default.

`--set NAME=VALUE` on the command line comes before the environment variable
`{{ cookiecutter.package | upper }}_NAME`, and that before the default.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .errors import Unusable

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "{{ cookiecutter.package | upper }}_"


@dataclass(frozen=True)
class Settings:
    """The pipeline's inputs (a path, or any URL that pandas opens) and parameters."""
{% for it in cookiecutter._project.inputs %}
    {{ it.name }}: str = {{ it.default }}
{%- endfor %}
{%- for it in cookiecutter._project.parameters %}
    {{ it.name }}: {{ it.annotation }} = {{ it.default }}
{%- endfor %}


INPUTS: tuple[str, ...] = ({% for it in cookiecutter._project.inputs %}"{{ it.name }}", {% endfor %})


def load(overrides: Mapping[str, str] | None = None) -> Settings:
    """The settings with overrides and environment applied; local input paths come back absolute.

    A default path counts from the project's folder, an overriding one from the working folder.
    Raises Unusable for a name that is no setting, or a value that is not of the setting's type.
    """
    given = dict(overrides or {})
    known = {entry.name: getattr(Settings(), entry.name) for entry in fields(Settings)}
    if unknown := sorted(given.keys() - known.keys()):
        raise Unusable(f"{unknown[0]} is no setting; there are: {', '.join(known) or 'none'}")
    values: dict[str, Any] = {}
    for name, default in known.items():
        text = given.get(name, os.environ.get(PREFIX + name.upper()))
        value = default if text is None else _parsed(name, text, default)
        if name in INPUTS and "://" not in value:
            value = str((ROOT if text is None else Path.cwd()) / Path(value).expanduser())
        values[name] = value
    return Settings(**values)


def artifacts() -> Path:
    """The folder of everything that runs leave; {{ cookiecutter.package | upper }}_ARTIFACTS moves it."""
    return Path(os.environ.get(PREFIX + "ARTIFACTS", ROOT / "artifacts")).absolute()


def _parsed(name: str, text: str, default: Any) -> Any:
    try:
        if isinstance(default, str):
            return text
        if isinstance(default, bool):
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        if isinstance(default, (int, float)):
            return type(default)(text)
        return json.loads(text)
    except (KeyError, ValueError):
        kind = type(default).__name__ if isinstance(default, (bool, int, float)) else "JSON value"
        raise Unusable(f"{name}={text}: not a valid {kind}") from None
