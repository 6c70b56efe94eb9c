"""Settings: `[tool.jupyter-prod]` in pyproject.toml or jupyter-prod.toml, found upwards; the command line overrides."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from jupyter_prod.errors import UsableError
from jupyter_prod.hazards import Severity

OWN_FILE = "jupyter-prod.toml"
SHARED_FILE = "pyproject.toml"
TABLE = "jupyter-prod"

Format = Literal[
    "full", "concise", "grouped", "json", "json-lines", "sarif", "github", "gitlab", "junit", "markdown", "html", "text"
]


@dataclass(frozen=True)
class Settings:
    """Which rules count for which files, and what is done with what they find.

    select, extend_select, ignore  codes, slugs, groups (`JPD`, `D`, `data`), steps (`step-2`) or `ALL`
    severity                       rule → another severity than its own
    per_file_ignores               glob pattern, seen from the settings file's folder → rules that don't count there
    exclude                        glob patterns of files and folders that are left out where folders are searched
    rules                          files of own rules in YAML
    baseline                       file of findings that don't count
    fail_on                        the least severity that makes a run fail
    root                           folder of the settings file; patterns and paths are seen from there
    source                         the settings file, None for the defaults
    """

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    fix: bool = False
    unsafe_fixes: bool = False
    output_format: Format = "full"
    rules: tuple[str, ...] = ()
    baseline: str | None = None
    cache_dir: str | None = None
    fail_on: Severity = "info"
    root: Path = Path()
    source: Path | None = None


class _Written(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """The table as a person writes it."""

    select: list[str] | None = None
    ignore: list[str] = []
    extend_select: list[str] = []
    severity: dict[str, Severity] = {}
    per_file_ignores: dict[str, list[str]] = {}
    exclude: list[str] = []
    respect_gitignore: bool = True
    fix: bool = False
    unsafe_fixes: bool = False
    output_format: Format = "full"
    rules: list[str] = []
    baseline: str | None = None
    cache_dir: str | None = None
    fail_on: Severity = "info"


def settings_for(path: Path) -> Settings:
    """The settings that hold for a file or folder: of the nearest settings file in its folder or above.

    Raises UsableError for a settings file that can't be read or holds what is no setting.
    """
    folder = path if path.is_dir() else path.parent
    return _of_folder(Path(os.path.abspath(folder)))


@cache
def _of_folder(folder: Path) -> Settings:
    own = folder / OWN_FILE
    if own.is_file():
        return read_settings(own)
    shared = folder / SHARED_FILE
    if shared.is_file():
        table = _table(shared)
        if table is not None:
            return _settings(table, shared)
    return _of_folder(folder.parent) if folder.parent != folder else Settings()


def read_settings(path: Path) -> Settings:
    """The settings in a file, jupyter-prod.toml or pyproject.toml. Raises UsableError for what is none."""
    table = _table(path)
    return _settings(table if table is not None else {}, path)


def _table(path: Path) -> dict[str, Any] | None:
    """The table of ours; None where pyproject.toml has none."""
    where = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise UsableError(f"can't be read ({getattr(e, 'strerror', None) or 'no UTF-8'})", where) from None
    if path.name == SHARED_FILE and TABLE not in text:
        return None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise UsableError(f"is no TOML: {e}", where) from None
    if path.name != SHARED_FILE:
        return document
    tool = document.get("tool")
    table = tool.get(TABLE) if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def _settings(table: dict[str, Any], path: Path) -> Settings:
    try:
        written = msgspec.convert(table, _Written)
    except msgspec.ValidationError as e:
        said = str(e).replace("`", "").replace("Object contains unknown field", "there is no setting")
        raise UsableError(
            f"{said[0].lower()}{said[1:]}", str(path), "`jupyter-prod lint --show-settings` lists them"
        ) from None
    return Settings(
        select=("ALL",) if written.select is None else tuple(written.select),
        ignore=tuple(written.ignore),
        extend_select=tuple(written.extend_select),
        severity=written.severity,
        per_file_ignores={glob: tuple(names) for glob, names in written.per_file_ignores.items()},
        exclude=tuple(written.exclude),
        respect_gitignore=written.respect_gitignore,
        fix=written.fix,
        unsafe_fixes=written.unsafe_fixes,
        output_format=written.output_format,
        rules=tuple(written.rules),
        baseline=written.baseline,
        cache_dir=written.cache_dir,
        fail_on=written.fail_on,
        root=path.parent,
        source=path,
    )


def overridden(settings: Settings, said: Mapping[str, Any]) -> Settings:
    """The settings with what the command line said: a `select` there leaves out the file's `ignore`, as ruff has it."""
    given = {name: value for name, value in said.items() if value not in (None, ())}
    if "select" in given:
        settings = replace(settings, extend_select=(), ignore=())
    for name in ("ignore", "extend_select"):
        if name in given:
            given[name] = (*getattr(settings, name), *given[name])
    return replace(settings, **given)


def shown(settings: Settings) -> str:
    """The settings as TOML that could be written into jupyter-prod.toml, with where they come from."""
    source = "the defaults" if settings.source is None else str(settings.source)
    lines = [f"# from {source}"]
    tables: list[str] = []
    for name in _Written.__struct_fields__:
        value = getattr(settings, name)
        key = name.replace("_", "-")
        if isinstance(value, Mapping):
            tables += ["", f"[{key}]", *(f"{_toml(k)} = {_toml(v)}" for k, v in sorted(value.items()))] if value else []
        elif value is None:
            lines.append(f"# {key} is not set")
        else:
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join([*lines, *tables])


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return msgspec.json.encode(value).decode()
