"""The nouns of the plan: what conversion will make of a notebook, before a file is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LEVELS = ("notebook-job", "batch", "service")
"""What a project can be, from the least to the most."""


@dataclass(frozen=True)
class Place:
    """A line of the notebook: cell counted from 1 over all cells, line from 1 in the cell; 0 where there is none."""

    cell: int
    line: int = 1


@dataclass(frozen=True)
class Obstacle:
    """Why the level is not higher, and the smallest edit that would lift it."""

    place: Place
    what: str
    why: str
    lift: str = ""


@dataclass(frozen=True)
class Input:
    """Something that the notebook reads.

    `name` is the setting's name, `path` what the notebook's text names (None for data that come with a library),
    `format` csv, excel, json, parquet, dataset, ….
    """

    name: str
    path: str | None
    place: Place
    format: str


@dataclass(frozen=True)
class Parameter:
    """A literal of the pipeline that a person may want to set: its value is a JSON value."""

    name: str
    value: Any
    place: Place


@dataclass(frozen=True)
class Stage:
    """A function of the project and the cells whose statements it holds."""

    function: str
    cells: tuple[int, ...]


@dataclass(frozen=True)
class LeftBehind:
    """A statement that no target needs, and why it stays in the notebook."""

    place: Place
    why: str


@dataclass(frozen=True)
class Model:
    """The final model: the notebook's variable, its class's qualified name, and how it was chosen."""

    variable: str
    qualified: str
    chosen: str
    place: Place


@dataclass(frozen=True)
class Probe:
    """A recording call put into a copy of the notebook for verification: the cell's whole source."""

    cell: int
    source: str


@dataclass(frozen=True)
class Plan:
    """What conversion makes of one notebook.

    `modules` maps a path below the package (`features.py`) to its text; `requirements` are the top-level modules that
    these texts import; `local_modules` maps a module beside the notebook to its path; `probes` are the instrumented
    cells that tell verification what the notebook itself says.
    """

    level: str
    model: Model | None = None
    target: str | None = None
    rows: str | None = None
    inputs: tuple[Input, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    stages: tuple[Stage, ...] = ()
    left_behind: tuple[LeftBehind, ...] = ()
    reasons: tuple[Obstacle, ...] = ()
    imports: tuple[str, ...] = ()
    local_modules: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    probes: tuple[Probe, ...] = ()
