"""Rendering a project."""

from __future__ import annotations

from pathlib import Path

from jupyter_prod.scaffold.context import ProjectContext


def render(context: ProjectContext, out: Path, *, force: bool = False) -> list[Path]:
    """Writes the project to `out`; returns files that a person changed and that were therefore kept."""
    raise NotImplementedError
