"""Writing a project: rendered beside its place, formatted, and moved there whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_prod.errors import UsableError
from jupyter_prod.scaffold.context import ProjectContext
from jupyter_prod.scaffold.variables import template_variables

CONVERSION = "conversion.json"
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
    if out.exists() and (not out.is_dir() or any(out.iterdir())) and not force:
        raise UsableError("there is something already", str(out), "--force updates it and keeps what people changed")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name[:40]}-", dir=out.parent) as temporary:
            project = _rendered(context, Path(temporary), template)
            _write_notebook_parts(context, project)
            _format(project)
            _write_conversion(context, project)
            return _move(project, out, context)
    except OSError as error:
        raise UsableError(error.strerror or str(error), str(error.filename or out)) from error


def builtin_template() -> Path:
    """The folder of the built-in project template, in an installation or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "templates" / "project"
    return installed if installed.is_dir() else package.parent / "templates" / "project"


def hashes(project: Path) -> dict[str, str]:
    """The sha256 of each generated file, by its path in the project."""
    files = sorted(path for path in project.rglob("*") if path.is_file() and path.name != CONVERSION)
    return {path.relative_to(project).as_posix(): _sha256(path) for path in files}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _rendered(context: ProjectContext, temporary: Path, template: str | None) -> Path:
    from cookiecutter.exceptions import CookiecutterException  # costs more start-up than everything else here
    from cookiecutter.main import cookiecutter

    folders = {"replay_dir": str(temporary / ".replay"), "cookiecutters_dir": str(temporary / ".templates")}
    try:
        made = cookiecutter(
            template or str(builtin_template()),
            no_input=True,
            extra_context=template_variables(context),
            output_dir=str(temporary / "project"),
            default_config=folders,
        )
    except CookiecutterException as error:
        raise UsableError(f"{type(error).__name__}: {error}", template or "the project template") from error
    return Path(made)


def _write_notebook_parts(context: ProjectContext, project: Path) -> None:
    """The texts that come from the notebook: data, never templates."""
    notebook = context.level == "notebook-job"
    package = project / "src" / context.package
    texts: dict[Path, str] = {project / "notebook" / context.notebook_name: context.notebook_text}
    if not notebook:
        texts |= {package / path: text for path, text in context.modules.items()}
    if context.expected is not None:
        texts[project / "tests" / "expected.json"] = json.dumps(context.expected, indent=1) + "\n"
    if context.lock is not None:
        texts[project / "requirements.lock"] = context.lock
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, source in context.local_modules.items():
        target = (project / "notebook" if notebook else package) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _format(project: Path) -> None:
    """Formats the code with the ruff that the project pins; what it can't parse is a fault of ours."""
    from ruff.__main__ import find_ruff_bin

    ruff = find_ruff_bin()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RUFF_")}
    for arguments in (["check", "--fix", "--quiet", "--exit-zero"], ["format", "--quiet"]):
        done = subprocess.run(
            [ruff, *arguments, "--no-cache", "--config", str(project / "pyproject.toml"), str(project)],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"ruff {arguments[0]}: {done.stderr.strip()[:500]}")


def _write_conversion(context: ProjectContext, project: Path) -> None:
    conversion: dict[str, Any] = dict(context.conversion) | {"files": hashes(project)}
    (project / CONVERSION).write_text(json.dumps(conversion, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _move(project: Path, out: Path, context: ProjectContext) -> list[Path]:
    kept: list[Path] = []
    if out.exists() and any(out.iterdir()):
        kept = _update(project, out)
        _place_data(context.data_files, out)
        return kept
    _place_data(context.data_files, project)
    if out.exists():
        out.rmdir()
    project.rename(out)
    return kept


def _update(project: Path, out: Path) -> list[Path]:
    """Moves the new files into an existing folder; returns those that a person changed and that stay."""
    before = _recorded(out)
    kept = []
    new = sorted(path for path in project.rglob("*") if path.is_file())
    new.sort(key=lambda path: path.name == CONVERSION)  # last: until then the folder counts as the old one
    for path in new:
        name = path.relative_to(project).as_posix()
        target = out / name
        if name != CONVERSION and target.exists() and _sha256(target) not in (before.get(name), _sha256(path)):
            kept.append(target)
            target = target.with_name(target.name + ".new")
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    current = _recorded(out)
    for name in before.keys() - current.keys():
        if (out / name).is_file() and _sha256(out / name) == before[name]:
            (out / name).unlink()
    return kept


def _recorded(out: Path) -> Mapping[str, str]:
    """The hashes of the files as they were generated, from the project's conversion.json."""
    try:
        recorded = json.loads((out / CONVERSION).read_text(encoding="utf-8"))["files"]
        return {str(name): str(value) for name, value in recorded.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _place_data(data_files: Mapping[str, Path], project: Path) -> None:
    """Copies data, or links it where it is large; what lies there already stays."""
    for name, source in data_files.items():
        target = project / name
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            if sum(path.stat().st_size for path in source.rglob("*") if path.is_file()) < _COPIED:
                shutil.copytree(source, target)
            else:
                target.symlink_to(source.absolute(), target_is_directory=True)
        elif source.stat().st_size < _COPIED:
            shutil.copyfile(source, target)
        else:
            target.symlink_to(source.absolute())
