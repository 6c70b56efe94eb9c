"""From a ProjectContext to the variables of the cookiecutter template.

What comes from a notebook stands below `_project`, which cookiecutter hands to the template as it is: nothing there is
rendered. Values of Python are handed over as Python's own spelling of them.
"""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from jupyter_prod.plan.nouns import Parameter
from jupyter_prod.scaffold.context import ProjectContext
from jupyter_prod.scaffold.writes import parsed, write_folders

_FOR_PIPELINES = ("numpy", "pandas>=1.3", "pyyaml>=5.4")
_FOR_SERVICES = (
    "cloudpickle>=2",
    "fastapi>=0.95",
    "joblib>=1.0",
    "prometheus-client>=0.14",
    "structlog>=22.1",
    "uvicorn[standard]>=0.22",
)
_FOR_NOTEBOOKS = ("ipykernel>=6", "nbclient>=0.6", "nbformat>=5.4")
_NEEDS = {
    "service": _FOR_PIPELINES + _FOR_SERVICES,
    "batch": _FOR_PIPELINES,
    "notebook-job": _FOR_NOTEBOOKS,
}
_SYSTEM_PACKAGES = {"lightgbm": "libgomp1", "opencv-python": "libgl1", "psycopg2": "libpq5"}


def template_variables(context: ProjectContext) -> dict[str, Any]:
    """The variables of `templates/project/cookiecutter.json` for this project."""
    title = " ".join(context.title.split()).encode("utf-8", "replace").decode()
    modules = [str(PurePosixPath(path).with_suffix("")) for path in (*context.modules, *context.local_modules)]
    return {
        "name": context.name,
        "package": context.package,
        "command": context.command,
        "level": context.level,
        "python_version": context.python_version,
        "_project": {
            "title": title,
            "title_literal": json.dumps(title, ensure_ascii=False),
            "notebook": context.notebook_name,
            "notebook_literal": repr(context.notebook_name),
            "dependencies": dependencies(context.requirements, context.level),
            "constraints": list(context.constraints),
            "system_packages": sorted(
                {
                    _SYSTEM_PACKAGES[name]
                    for name in map(_distribution, context.requirements)
                    if name in _SYSTEM_PACKAGES
                }
            ),
            "ruff": importlib.metadata.version("ruff"),
            "notebook_modules": sorted(modules) if context.level != "notebook-job" else [],
            "inputs": [
                {
                    "name": it.name,
                    "default": repr(it.path),
                    "read_as": repr(context.read_as.get(it.name, it.path)),
                }
                for it in context.inputs
                if it.path is not None
            ],
            "parameters": [
                {
                    "name": it.name,
                    "annotation": _annotation(it.value),
                    "default": _default(it.value),
                    "cell": it.place.cell,
                }
                for it in _settable(context)
            ],
            "write_folders": [
                repr(folder) for folder in sorted({*context.write_folders, *write_folders(_sources(context).values())})
            ],
            "rows_input": context.rows_input,
            "target": context.target,
            "model": context.model_variable,
            "model_class": context.model_class,
            "left_behind": len(context.conversion.get("left_behind") or ()),
            "reasons": list(context.conversion.get("reasons") or ()),
        },
    }


def dependencies(requirements: tuple[str, ...], level: str) -> list[str]:
    """The project's requirements: the notebook's pins, and what the fixed modules need and the notebook doesn't pin."""
    pinned = {_distribution(requirement) for requirement in requirements}
    needed = [need for need in _NEEDS[level] if _distribution(need) not in pinned]
    return sorted([*requirements, *needed], key=str.lower)


def _distribution(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", match.group()).lower() if match else requirement


def _annotation(value: Any) -> str:
    if value is None:
        return "Any"
    kind = type(value).__name__
    return {"list": "list[Any]", "dict": "dict[str, Any]"}.get(kind, kind)


def _default(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return f"field(default_factory=lambda: {value!r})"
    return repr(value)


def _sources(context: ProjectContext) -> Mapping[int, str]:
    """The code that will run: the notebook's cells by number, or the modules made from it."""
    if context.level != "notebook-job":
        return dict(enumerate(context.modules.values()))
    cells = json.loads(context.notebook_text)["cells"]
    return {number: "".join(cell["source"]) for number, cell in enumerate(cells, 1) if cell["cell_type"] == "code"}


def _settable(context: ProjectContext) -> list[Parameter]:
    """A notebook-job can set only what stands in the notebook as a plain assignment."""
    if context.level != "notebook-job":
        return list(context.parameters)
    cells = _sources(context)
    return [it for it in context.parameters if _is_assigned(cells.get(it.place.cell, ""), it.name)]


def _is_assigned(source: str, name: str) -> bool:
    tree = parsed(source)
    assignments = [node for node in tree.body if isinstance(node, ast.Assign)] if tree else []
    return any([ast.unparse(target) for target in node.targets] == [name] for node in assignments)
