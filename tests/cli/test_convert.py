"""What `convert` promises: many notebooks, JSON, a dry run, its options, and all or nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from jupyter_prod import road
from jupyter_prod.cli import batch
from jupyter_prod.cli.main import main
from jupyter_prod.scaffold.render import builtin_template
from jupyter_prod.schema import CONVERSION
from tests.end_to_end.small import FIT, IMPORTS, JUDGE, READ, SPLIT, conversion_of, hashes, write_pilot

SCHEMA = json.loads(CONVERSION.read_text(encoding="utf-8"))


def convert(*arguments: str | Path) -> int:
    """Converts without running anything."""
    return main(["convert", *map(str, arguments), "--no-verify"])


# ---------------------------------------------------------------- many


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two notebooks that can be converted, one of the same name below, and one that is none."""
    work = tmp_path / "pilots"
    write_pilot(work)
    write_pilot(work / "more")
    write_pilot(work, IMPORTS, READ, 'df.describe().to_csv("told.csv")', name="report.ipynb")
    (work / "broken.ipynb").write_text("{", encoding="utf-8")
    return work


def test_a_folder_is_converted_at_once_and_what_is_unusable_does_not_stop_the_rest(folder, tmp_path, capsys):
    out = tmp_path / "projects"
    before = hashes(folder)
    code = main(["convert", str(folder), "-o", str(out), "-j", "2", "--no-verify", "--json"])
    said = capsys.readouterr()
    assert code == 2 and said.err == ""
    outcomes = {Path(one["project"]).name: one for one in json.loads(said.out)}
    assert set(outcomes) == {"broken", "pilot", "pilot-2", "report"}
    assert "is cut off" in outcomes["broken"]["error"] and outcomes["broken"]["conversion"] is None
    levels = {name: one["conversion"]["level"] for name, one in outcomes.items() if one["conversion"]}
    assert levels == {"pilot": "service", "pilot-2": "service", "report": "batch"}
    assert {path.name for path in out.iterdir()} == set(levels)
    for name, one in outcomes.items():
        if one["conversion"]:
            assert one["error"] is None
            written = {key: value for key, value in conversion_of(out / name).items() if key != "files"}
            assert one["conversion"] == written
    assert hashes(folder) == before


def test_several_notebooks_are_told_line_by_line(tmp_path, capsys):
    one, other = write_pilot(tmp_path / "a"), write_pilot(tmp_path / "b", name="churn.ipynb")
    out = tmp_path / "out"
    assert convert(one, other, "-o", out, "-j", "2") == 0
    said = capsys.readouterr()
    assert sorted(said.out.splitlines()) == [
        f"churn.ipynb → {out / 'churn'}  service  not-run",
        f"pilot.ipynb → {out / 'pilot'}  service  not-run",
    ]
    assert said.err == ""


def test_a_folder_that_is_converted_into_itself_does_not_find_its_projects(tmp_path, capsys):
    write_pilot(tmp_path)
    for _ in range(2):
        assert convert(tmp_path, "-o", tmp_path / "projects", "--force") == 0
    assert [path.name for path in (tmp_path / "projects").iterdir()] == ["pilot"]


def test_a_fault_of_ours_is_one_line_and_3(tmp_path, capsys, monkeypatch):
    def fault(*_: Any) -> None:
        raise KeyError("x\ny")

    monkeypatch.delenv("JUPYTER_PROD_DEBUG", raising=False)
    monkeypatch.setattr(batch, "convert", fault)
    path = write_pilot(tmp_path)
    assert convert(path, "-o", tmp_path / "project") == 3
    said = capsys.readouterr().err
    assert said.startswith(f"jupyter-prod: internal error: {path}: KeyError:") and said.count("\n") == 1


# ---------------------------------------------------------------- a dry run


def test_a_dry_run_shows_the_plan_and_the_files_and_writes_nothing(tmp_path, capsys):
    path = write_pilot(tmp_path)
    before = hashes(tmp_path)
    assert main(["convert", str(path), "-o", str(tmp_path / "churn"), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert f"{path}: level service, command pilot" in said
    assert "clf (sklearn.linear_model.LogisticRegression), chosen as: only" in said
    assert "target  left" in said
    assert "pilot.features:features" in said and "features.py" in said and "Dockerfile" in said
    assert hashes(tmp_path) == before and not (tmp_path / "churn").exists()


def test_a_dry_run_tells_the_files_that_conversion_writes(tmp_path, capsys):
    path = write_pilot(tmp_path)
    assert main(["convert", str(path), "-o", str(tmp_path / "churn"), "--dry-run", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert convert(path, "-o", tmp_path / "churn") == 0
    assert told["files"] == sorted(hashes(tmp_path / "churn"))
    written = {key: value for key, value in conversion_of(tmp_path / "churn").items() if key != "files"}
    assert {key: value for key, value in told.items() if key not in ("files", "project")} == written


def test_a_dry_run_of_a_folder_tells_what_is_unusable_and_goes_on(folder, capsys):
    assert main(["convert", str(folder), "--dry-run", "--json"]) == 2
    said = capsys.readouterr()
    assert len(json.loads(said.out)) == 3
    assert said.err.startswith(f"jupyter-prod: {folder / 'broken.ipynb'}: ") and said.err.count("\n") == 1


# ---------------------------------------------------------------- options


def test_the_project_takes_the_name_that_it_is_given(tmp_path):
    assert convert(write_pilot(tmp_path), "-o", tmp_path / "project", "--name", "Customer Churn") == 0
    assert conversion_of(tmp_path / "project")["command"] == "customer-churn"
    assert (tmp_path / "project" / "src" / "customer_churn" / "features.py").exists()


def test_data_come_along_unless_they_are_to_stay(tmp_path):
    path = write_pilot(tmp_path)
    assert convert(path, "-o", tmp_path / "with") == 0
    assert convert(path, "-o", tmp_path / "without", "--no-data") == 0
    assert (tmp_path / "with" / "data" / "people.csv").read_bytes() == (tmp_path / "people.csv").read_bytes()
    assert not list((tmp_path / "without").rglob("people.csv"))


def test_a_companys_own_template_is_used(tmp_path):
    own = tmp_path / "template"
    shutil.copytree(builtin_template(), own)
    root = own / "{{cookiecutter.name}}"
    (root / "OWNERS").write_text("{{ cookiecutter.name }} belongs to ACME\n", encoding="utf-8")
    (root / "compose.yaml").unlink()
    assert convert(write_pilot(tmp_path), "-o", tmp_path / "project", "--template", own) == 0
    assert (tmp_path / "project" / "OWNERS").read_text(encoding="utf-8") == "pilot belongs to ACME\n"
    assert not (tmp_path / "project" / "compose.yaml").exists()
    assert (tmp_path / "project" / "src" / "pilot" / "features.py").exists()


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--template", "/no/such/template"], "template"),
        (["--python", "/no/such/python"], "no such file"),
        (["--kernel", "no-such-kernel"], "no kernel of that name"),
        (["--kind", "miracle"], "miracle"),
        (["--timeout", "0"], "timeout"),
        (["-j", "0"], "jobs"),
    ],
)
def test_an_option_that_cant_be_used_is_one_line_and_2(option, told, tmp_path, capsys):
    path = write_pilot(tmp_path)
    assert convert(path, "-o", tmp_path / "project", *option) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and told in said.err
    assert not (tmp_path / "project").exists()


def test_a_template_that_fails_leaves_an_existing_project_as_it_was(tmp_path, capsys):
    path, project = write_pilot(tmp_path), tmp_path / "project"
    assert convert(path, "-o", project) == 0
    before = hashes(project)
    own = tmp_path / "template"
    shutil.copytree(builtin_template(), own)
    (own / "{{cookiecutter.name}}" / "Makefile").write_text("{{ no_such_name }} {% endif %}", encoding="utf-8")
    assert convert(path, "-o", project, "--template", own, "--force") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert hashes(project) == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["people.csv", "pilot.ipynb", "project", "template"]


def test_force_keeps_what_people_changed_and_says_so(tmp_path, capsys):
    path, project = write_pilot(tmp_path), tmp_path / "project"
    assert convert(path, "-o", project) == 0
    makefile, features = project / "Makefile", project / "src" / "pilot" / "features.py"
    makefile.write_text("mine\n", encoding="utf-8")
    write_pilot(
        tmp_path, IMPORTS, READ, 'df["rich"] = df["income"] > 50', SPLIT.replace('"income"', '"rich"'), FIT, JUDGE
    )
    capsys.readouterr()
    assert convert(path, "-o", project, "--force") == 0
    said = capsys.readouterr().out
    assert "kept as you changed it:" in said and "Makefile" in said
    assert makefile.read_text(encoding="utf-8") == "mine\n"
    assert "help" in (project / "Makefile.new").read_text(encoding="utf-8")
    assert '"rich"' in features.read_text(encoding="utf-8")


# ---------------------------------------------------------------- conversion.json


REPORT = (IMPORTS, READ, 'df.groupby("left").mean().to_csv("means.csv")', "if x = 3:")
LEVELS = {
    "service": (IMPORTS, READ, "rate = 0.5\nif y = 3:", SPLIT, "df.head()", FIT.replace("()", "(C=rate)"), JUDGE),
    "batch": REPORT,
    "notebook-job": (IMPORTS, READ, "df.head()"),
}


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_written_follows_the_schema(level, tmp_path):
    assert convert(write_pilot(tmp_path, *LEVELS[level]), "-o", tmp_path / "project") == 0
    conversion = conversion_of(tmp_path / "project")
    assert conversion["level"] == level
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(conversion)


@pytest.mark.parametrize(
    "wrong",
    [
        {"schema": 2},
        {"level": "wish"},
        {"model": None},
        {"verdict": {"status": "equal", "checks": []}},
        {
            "verdict": {
                "status": "equal",
                "checks": [{"what": "metric a", "expected": 1, "got": 2, "tolerance": None, "ok": False}],
            }
        },
        {"surplus": 1},
        {"files": {"Makefile": "abc"}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_no_project_may_say(wrong, tmp_path):
    assert convert(write_pilot(tmp_path), "-o", tmp_path / "project") == 0
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(conversion_of(tmp_path / "project") | wrong)


def test_a_place_that_cant_be_used_is_told_before_the_notebook_is_read(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(road.UsableError, match="is a file"):
        road.convert(tmp_path / "missing.ipynb", tmp_path / "file")


def test_a_file_that_only_a_class_reads_travels_with_the_notebook(tmp_path):
    held = "class Held:\n    def __init__(self, path):\n        self.rows = pd.read_csv(path)\n"
    notebook = write_pilot(
        tmp_path / "work",
        IMPORTS,
        held,
        'held = Held(path="people.csv")',
        "for k in [1]:\n    print(held.rows.shape, k)",
    )
    out = tmp_path / "project"
    assert main(["convert", str(notebook), "-o", str(out)]) == 0
    told = conversion_of(out)
    assert told["level"] == "notebook-job"
    assert told["verdict"]["status"] == "equal", told["reasons"]
    assert not (out / "notebook" / "people.csv").exists()  # data stay out of the repository
    assert (out / "data" / "notebook" / "people.csv").is_file()
