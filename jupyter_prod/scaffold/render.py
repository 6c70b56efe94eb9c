"""Writing a project: rendered beside its place, formatted, and moved there whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jupyter_prod.errors import UsableError
from jupyter_prod.scaffold.context import ProjectContext
from jupyter_prod.scaffold.variables import template_variables

CONVERSION = "conversion.json"
_EXAMPLES = ("pipeline.py", "sources.py")
"""What the template holds for use without a notebook; conversion writes its own."""

_ON_DEMAND = ("answering", "contest")
"""Fixed modules that only some notebooks need."""

_COPIED = 50 * 1024 * 1024


def render(context: ProjectContext, out: Path, *, force: bool = False, template: str | None = None) -> list[Path]:
    """Writes the project to the folder `out`, complete or not at all.

    With `force` an existing folder is brought up to date: files that a person changed since they were generated stay,
    with the new version beside them as NAME.new. `template` is a folder, zip file or address of a cookiecutter
    template to use in place of the built-in one. Returns the files that were kept.

    Raises UsableError where `out` holds something and `force` is not given, can't be written, or the template fails.
    Changes the working folder while it runs, as cookiecutter does: not for several threads at once.
    """
    out = out.absolute()
    if out.exists() and not out.is_dir():
        raise UsableError("not a folder", str(out))
    if out.exists() and any(out.iterdir()) and not force:
        raise UsableError("there is something already", str(out), "--force updates it and keeps what people changed")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name[:40]}-", dir=out.parent) as temporary:
            project = _rendered(context, Path(temporary), template)
            _write_notebook_parts(context, project)
            _format(project)
            _place_data(context.data_files, project)
            _write_conversion(context, project)
            return _move(project, out)
    except OSError as error:
        raise UsableError(error.strerror or str(error), str(error.filename or out)) from error


def builtin_template() -> Path:
    """The folder of the built-in project template, in an installation or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "templates" / "project"
    return installed if installed.is_dir() else package.parent / "templates" / "project"


def hashes(project: Path, names: Iterable[str]) -> dict[str, str]:
    """The sha256 of those of the named files that are there, by path in the project."""
    return {name: _sha256(project / name) for name in sorted(names) if (project / name).is_file()}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _rendered(context: ProjectContext, temporary: Path, template: str | None) -> Path:
    from cookiecutter.exceptions import CookiecutterException  # costs more start-up than everything else here
    from cookiecutter.main import cookiecutter
    from jinja2 import TemplateError

    folders = {"replay_dir": str(temporary / ".replay"), "cookiecutters_dir": str(temporary / ".templates")}
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)  # cookiecutter leaves its hooks' scripts behind
    try:
        made = cookiecutter(
            template or str(builtin_template()),
            no_input=True,
            extra_context=template_variables(context),
            output_dir=str(temporary / "project"),
            default_config=folders,
        )
    except (CookiecutterException, TemplateError) as error:
        raise UsableError(f"{type(error).__name__}: {error}", template or "the project template") from error
    finally:
        tempfile.tempdir = before
    return Path(made)


def _write_notebook_parts(context: ProjectContext, project: Path) -> None:
    """The texts that come from the notebook: data, never templates."""
    notebook = context.level == "notebook-job"
    package = project / "src" / context.package
    texts: dict[Path, str] = {project / "notebook" / context.notebook_name: context.notebook_text}
    if not notebook:
        _take_away_unused(context.modules, package)
        texts |= {package / path: text for path, text in context.modules.items()}
    if context.expected is not None:
        texts[project / "tests" / "expected.json"] = json.dumps(context.expected, indent=1) + "\n"
    if context.lock is not None:
        texts[project / "requirements.lock"] = context.lock
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            text, encoding="utf-8", errors="backslashreplace"
        )  # half characters, as JSON and Python spell them
    for name, source in context.local_modules.items():
        target = (project / "notebook" if notebook else package) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _take_away_unused(modules: Mapping[str, str], package: Path) -> None:
    imported = {name for name in _ON_DEMAND if any(f".{name} import" in text for text in modules.values())}
    for path in {*_EXAMPLES, *(f"{name}.py" for name in _ON_DEMAND if name not in imported)} - modules.keys():
        (package / path).unlink(missing_ok=True)


def _format(project: Path) -> None:
    """Formats the code with the ruff that the project pins; what it can't parse is a fault of ours."""
    from ruff.__main__ import find_ruff_bin

    ruff = find_ruff_bin()
    code = [name for name in ("src", "tests") if (project / name).is_dir()]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RUFF_")}
    unused = ["check", "--fix", "--select", "F401", "--config", "lint.per-file-ignores = {}"]  # the notebook's as well
    for arguments in ([*unused, "--exit-zero"], ["check", "--fix", "--exit-zero"], ["format"]):
        done = subprocess.run(
            [ruff, *arguments, "--quiet", "--no-cache", "--config", "pyproject.toml", *code],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"ruff {arguments[0]}: {done.stderr.strip()[:500]}")


def _write_conversion(context: ProjectContext, project: Path) -> None:
    names = [path.relative_to(project).as_posix() for path in project.rglob("*") if not path.is_symlink()]
    inside = tuple(name + "/" for name in context.data_files)  # a folder of data is not listed file by file
    listed = hashes(project, [name for name in names if not name.startswith(inside)])
    conversion: dict[str, Any] = dict(context.conversion) | {"files": listed}
    (project / CONVERSION).write_text(json.dumps(conversion, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _place_data(data_files: Mapping[str, Path], project: Path) -> None:
    """Copies the data that the notebook read, or links what is large."""
    for name, source in data_files.items():
        target = project / name
        target.parent.mkdir(parents=True, exist_ok=True)
        inside = [path for path in source.rglob("*") if path.is_file()] if source.is_dir() else [source]
        if sum(path.stat().st_size for path in inside) >= _COPIED:
            target.symlink_to(source.absolute(), target_is_directory=source.is_dir())
        elif source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)


def _move(project: Path, out: Path) -> list[Path]:
    """Moves a finished project to its place; returns what stays there because a person changed it."""
    if out.exists() and any(out.iterdir()):
        return _update(project, out)
    if out.exists():
        out.rmdir()
    project.rename(out)
    return []


def _update(project: Path, out: Path) -> list[Path]:
    before, current = _recorded(out), _recorded(project)
    if before.get("pyproject.toml") != current.get("pyproject.toml"):
        for name in ("requirements.lock", "requirements-dev.lock"):  # `make setup` resolves them anew
            (out / name).unlink(missing_ok=True)
    kept = []
    new = [path for path in project.rglob("*") if path.is_file() or path.is_symlink()]
    for path in sorted(new, key=lambda path: (path.name == CONVERSION, path)):  # until the last, it is the old project
        name = path.relative_to(project).as_posix()
        target = out / name
        if name in current and target.exists() and _sha256(target) not in (before.get(name), current[name]):
            kept.append(target)
            target = target.with_name(target.name + ".new")
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    for name in before.keys() - current.keys():
        if (out / name).is_file() and _sha256(out / name) == before[name]:
            (out / name).unlink()
    return kept


def _recorded(project: Path) -> Mapping[str, str]:
    """The hashes of a project's files as they were generated; none where the folder is no project."""
    try:
        recorded = json.loads((project / CONVERSION).read_text(encoding="utf-8"))["files"]
        return {str(name): str(value) for name, value in recorded.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}
