"""Rendering: a project complete or absent, notebook text verbatim, what people changed kept."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_prod.errors import UsableError
from jupyter_prod.plan.nouns import Input, Parameter, Place
from jupyter_prod.scaffold import ProjectContext, record_verdict, render
from jupyter_prod.scaffold.variables import dependencies

NASTY = "{{ cookiecutter.name }} {% raw %} {# 'quoted' \"twice\" #} \\ ünïcode\n"
PIPELINE = '"""The stages."""\n\nfrom __future__ import annotations\n\nROWS = "rows"\nTARGET = None\nMODEL = None\n'


@pytest.fixture
def context(tmp_path: Path) -> ProjectContext:
    """A small service project whose every free text is hostile to templates."""
    data = tmp_path / "rows.csv"
    data.write_text("a,b\n1,2\n", encoding="utf-8")
    cell = {"cell_type": "code", "metadata": {}, "source": NASTY, "outputs": [], "execution_count": None}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    return ProjectContext(
        name="pilot",
        package="pilot",
        command="pilot",
        level="service",
        title=NASTY,
        notebook_name="Pilot 'one' {{x}}.ipynb",
        notebook_text=json.dumps(notebook),
        target="Target {{ x }}",
        rows_input="rows",
        model_variable="clf",
        inputs=(Input("rows", "data/rows.csv", Place(1), "csv"), Input("iris", None, Place(1), "dataset")),
        parameters=(
            Parameter("rate", 0.5, Place(1)),
            Parameter("words", ["{{ a }}", "it's"], Place(1)),
            Parameter("flag", True, Place(1)),
            Parameter("none", None, Place(1)),
        ),
        modules={"pipeline.py": PIPELINE, "features.py": f"TEXT = {NASTY!r}\nimport os,sys\nprint( os )\n"},
        data_files={"data/rows.csv": data},
        conversion={"schema": 1, "reasons": [], "left_behind": []},
    )


def python_settings(project: Path, expression: str, **environment: str) -> str:
    """What an expression over the project's settings module gives, in a Python of its own."""
    code = f"from pilot.settings import *; from pilot import settings; print({expression})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(project / "src"), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_notebook_text_comes_out_verbatim(context: ProjectContext, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(context, out)
    written = json.loads((out / "notebook" / context.notebook_name).read_text(encoding="utf-8"))
    assert written["cells"][0]["source"] == NASTY
    tree = ast.parse((out / "src" / "pilot" / "features.py").read_text(encoding="utf-8"))
    assert NASTY in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert "{{ cookiecutter.name }} {% raw %}" in (out / "README.md").read_text(encoding="utf-8")


def test_half_characters_stay_what_they_are(context: ProjectContext, tmp_path: Path) -> None:
    text = context.notebook_text.replace("ünïcode", "\ud83d").replace("\\u00fcn\\u00efcode", "\ud83d")
    render(replace(context, notebook_text=text, title="x\ud83d"), tmp_path / "out")
    written = (tmp_path / "out" / "notebook" / context.notebook_name).read_text(encoding="utf-8")
    assert "\ud83d" in json.loads(written)["cells"][0]["source"]


def test_all_files_are_complete_and_parse(context: ProjectContext, tmp_path: Path) -> None:
    import yaml

    out = tmp_path / "out"
    render(context, out)
    for path in out.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))
    for path in [*out.rglob("*.yaml"), *out.rglob("*.yml")]:
        yaml.safe_load(path.read_text(encoding="utf-8"))
    assert 'requires-python = "==3.10.*"' in (out / "pyproject.toml").read_text(encoding="utf-8")
    assert (out / "data" / "rows.csv").read_text(encoding="utf-8") == "a,b\n1,2\n"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_code_is_formatted_and_its_imports_sorted(context: ProjectContext, tmp_path: Path) -> None:
    render(context, tmp_path / "out")
    features = (tmp_path / "out" / "src" / "pilot" / "features.py").read_text(encoding="utf-8")
    assert "print(os)" in features
    assert "sys" not in features


def test_settings_are_typed_and_set_from_outside(context: ProjectContext, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(context, out)
    assert python_settings(out, "(load().rate, load().words, load().flag, load().none)") == (
        "(0.5, ['{{ a }}', \"it's\"], True, None)"
    )
    assert python_settings(out, "(load({'rate': '2'}).rate, load({'flag': 'false'}).flag)") == "(2.0, False)"
    assert python_settings(out, "load().words", PILOT_WORDS='["x"]') == "['x']"
    assert python_settings(out, "load().rows") == str(out / "data" / "rows.csv")
    assert python_settings(out, "load({'rows': 's3://bucket/x'}).rows") == "s3://bucket/x"


def test_a_level_has_only_what_it_needs(context: ProjectContext, tmp_path: Path) -> None:
    found = {}
    for level in ("service", "batch", "notebook-job"):
        render(replace(context, level=level), tmp_path / level)
        package = tmp_path / level / "src" / "pilot"
        found[level] = {path.relative_to(package).as_posix() for path in package.rglob("*.py")}
    assert {"service/app.py", "scoring.py", "pipeline.py"} <= found["service"]
    assert "notebook_run.py" not in found["service"]
    assert not {"service/app.py", "scoring.py", "registry.py", "contracts/rows.py"} & found["batch"]
    assert {"pipeline.py", "runs.py", "contracts/model.py"} <= found["batch"]
    assert "notebook_run.py" in found["notebook-job"]
    assert not {"pipeline.py", "features.py", "runs.py", "learned.py"} & found["notebook-job"]


def test_a_notebook_job_offers_only_what_it_can_set(context: ProjectContext, tmp_path: Path) -> None:
    cell = {"cell_type": "code", "metadata": {}, "source": "%time\nrate = 0.5\nf(words=1)", "outputs": []}
    notebook = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    render(replace(context, level="notebook-job", notebook_text=notebook), tmp_path / "out")
    assert python_settings(tmp_path / "out", "sorted(vars(load()))") == "['rate', 'rows']"


def test_something_there_already_is_not_touched(context: ProjectContext, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(UsableError, match="already"):
        render(context, out)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    (tmp_path / "file").write_text("")
    with pytest.raises(UsableError, match="not a folder"):
        render(context, tmp_path / "file", force=True)


def test_an_empty_folder_is_filled(context: ProjectContext, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert render(context, tmp_path / "out") == []
    assert (tmp_path / "out" / "conversion.json").exists()


def test_force_keeps_what_a_person_changed(context: ProjectContext, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(context, out)
    (out / "README.md").write_text("mine")
    (out / "artifacts").mkdir()
    (out / "artifacts" / "metrics.json").write_text("{}")
    again = replace(context, modules={**context.modules, "training.py": "X = 1\n"}, title="Another")
    kept = render(again, out, force=True)
    assert kept == [out / "README.md"]
    assert (out / "README.md").read_text() == "mine"
    assert "Another" in (out / "README.md.new").read_text(encoding="utf-8")
    assert (out / "src" / "pilot" / "training.py").read_text() == "X = 1\n"
    assert (out / "artifacts" / "metrics.json").exists()


def test_force_takes_away_what_is_no_longer_generated(context: ProjectContext, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(context, out)
    (out / "requirements.lock").write_text("old")
    (out / "src" / "pilot" / "scoring.py").write_text("# mine\n")
    render(replace(context, level="batch"), out, force=True)
    assert not (out / "src" / "pilot" / "registry.py").exists()
    assert (out / "src" / "pilot" / "scoring.py").read_text() == "# mine\n"
    assert not (out / "requirements.lock").exists()


def test_a_failure_leaves_nothing_behind(
    context: ProjectContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(context, modules={**context.modules, "features.py": "def ("})
    with pytest.raises(RuntimeError, match="ruff format"):
        render(broken, tmp_path / "here" / "out")
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(context: ProjectContext, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(UsableError, match="Permission denied"):
        render(context, tmp_path / "locked" / "out")


def test_a_place_that_cannot_exist_is_told(context: ProjectContext, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsableError, match="file"):
        render(context, tmp_path / "file" / "out")


def test_large_data_are_linked(context: ProjectContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    monkeypatch.setattr(importlib.import_module("jupyter_prod.scaffold.render"), "_COPIED", 3)
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"1234")
    render(replace(context, data_files={**context.data_files, "data/images": folder}), tmp_path / "out")
    assert (tmp_path / "out" / "data" / "rows.csv").is_symlink()
    assert (tmp_path / "out" / "data" / "images" / "a.png").read_bytes() == b"1234"


def test_a_companys_own_template_is_used(context: ProjectContext, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "{{cookiecutter.name}}").mkdir(parents=True)
    (own / "cookiecutter.json").write_text('{"name": "x", "_project": {}}')
    (own / "{{cookiecutter.name}}" / "pyproject.toml").write_text('[project]\nname = "{{cookiecutter.name}}"\n')
    render(context, tmp_path / "out", template=str(own))
    assert (tmp_path / "out" / "pyproject.toml").read_text() == '[project]\nname = "pilot"\n'
    assert (tmp_path / "out" / "src" / "pilot" / "pipeline.py").exists()
    with pytest.raises(UsableError, match="no-such-template"):
        render(context, tmp_path / "other", template=str(tmp_path / "no-such-template"))


def test_the_users_own_cookiecutter_settings_are_left_alone(
    context: ProjectContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    render(context, tmp_path / "out")
    assert list((tmp_path / "home").iterdir()) == []


def test_a_verdict_is_written_where_readers_look(context: ProjectContext, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(context, out)
    checks = [{"what": "accuracy | test", "expected": 0.5, "got": 0.25, "tolerance": 1e-6, "ok": False}]
    record_verdict(out, {"status": "differs", "checks": checks}, {"metrics": {"accuracy": 0.5}})
    conversion = json.loads((out / "conversion.json").read_text(encoding="utf-8"))
    assert conversion["verdict"]["status"] == "differs"
    readme = (out / "README.md").read_text(encoding="utf-8")
    assert "| accuracy \\| test | 0.5 | 0.25 | **no** |" in readme
    assert json.loads((out / "tests" / "expected.json").read_text()) == {"metrics": {"accuracy": 0.5}}
    assert render(context, out, force=True) == []


def test_what_a_person_changed_before_the_verdict_stays_theirs(context: ProjectContext, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(context, out)
    (out / "Makefile").write_text("mine")
    record_verdict(out, {"status": "equal", "checks": []})
    assert render(context, out, force=True) == [out / "Makefile"]
    with pytest.raises(UsableError, match="no converted project"):
        record_verdict(tmp_path, {"status": "equal"})


def test_the_notebooks_pins_come_before_our_own_bounds() -> None:
    found = dependencies(("pandas==1.5.3", "Structlog==22.1"), "service")
    assert "pandas==1.5.3" in found
    assert not [one for one in found if one.lower().startswith(("pandas>", "structlog>"))]
    assert "nbclient>=0.6" in dependencies((), "notebook-job")


def test_the_template_stands_on_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cookiecutter.main import cookiecutter

    from jupyter_prod.scaffold.render import builtin_template

    monkeypatch.setenv("HOME", str(tmp_path))
    made = Path(cookiecutter(str(builtin_template()), no_input=True, output_dir=str(tmp_path / "made")))
    for path in made.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))
    assert (made / "src" / "churn" / "pipeline.py").exists()
