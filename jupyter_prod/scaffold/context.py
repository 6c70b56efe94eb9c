"""What rendering a project needs to know: the plan's result, told in the project's own terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_prod.plan.nouns import Input, Parameter


@dataclass(frozen=True)
class ProjectContext:
    """All that a project is rendered from; nothing here is looked up again, and no notebook text is a template.

    Names: `name` is the folder and the distribution, `package` an importable identifier, `command` the console script
    (see `naming.project_names`).

    `requirements` pin what the project's own modules import (`"pandas==1.5.3"`); `constraints` pin, in the same form,
    what these in turn were installed with, so that a fresh resolution gives the notebook's numbers.

    `inputs` carry the project-relative default of each setting as `path` (`"data/churn.csv"`; None for data that come
    with a library: those become no setting). `read_as` maps an input's name to the path as the notebook's text has it
    (`"../data/churn.csv"`), for a notebook-job, which must find it there. `write_folders` are folders, relative to the
    notebook, into which it writes and which must exist, beside those that its text tells of.

    `modules` maps a path below the package to its text; `local_modules` a path below the package (`"prep.py"`) to the
    module beside the notebook; `data_files` a project-relative path to the file or folder that it is copied from.

    `conversion` is the body of conversion.json; `expected` the reference numbers of the project's equality tests:

        {"metrics": {name: number}, "predictions": {row_hash: prediction}, "tolerance": 1e-5}

    with `row_hash` as `naming.row_hash` computes it from a raw row. `lock` is the text of requirements.lock, or None
    where `make setup` shall resolve it.
    """

    name: str
    package: str
    command: str
    level: str
    title: str
    notebook_name: str
    notebook_text: str
    python_version: str = "3.10"
    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    target: str | None = None
    rows_input: str = ""
    model_variable: str = ""
    model_class: str = ""
    inputs: tuple[Input, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    read_as: Mapping[str, str] = field(default_factory=dict)
    write_folders: tuple[str, ...] = ()
    modules: Mapping[str, str] = field(default_factory=dict)
    local_modules: Mapping[str, Path] = field(default_factory=dict)
    data_files: Mapping[str, Path] = field(default_factory=dict)
    conversion: Mapping[str, Any] = field(default_factory=dict)
    expected: Mapping[str, Any] | None = None
    lock: str | None = None
