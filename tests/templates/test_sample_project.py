"""A generated project from a fresh copy: set up, tested, trained, served, asked; on libraries of 2022 and of 2026."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_prod.scaffold import record_verdict, render, row_hash

from .sample.context import sample_context

pytestmark = pytest.mark.slow
READY_SECONDS = 60


@pytest.fixture(scope="module", params=["3.10", "3.11"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project, rendered, moved elsewhere and set up."""
    home = tmp_path_factory.mktemp("sample")
    render(sample_context(home / "data", request.param), home / "made")
    shutil.copytree(home / "made", home / "copy here", symlinks=True)
    shutil.rmtree(home / "made")
    done = run("make", "setup", cwd=home / "copy here")
    assert done.returncode == 0, done.stdout + done.stderr
    return home / "copy here"


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "MAKE", "PYTEST"))}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env={**clean, **environment}, capture_output=True, text=True
    )


def churn(project: Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(project / ".venv" / "bin" / "churn-pilot", *arguments, cwd=project, **environment)


@pytest.fixture(scope="module")
def metrics(project: Path) -> dict[str, Any]:
    """What metrics.json says after training."""
    done = churn(project, "train")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads((project / "artifacts" / "metrics.json").read_text())
    return told


@contextlib.contextmanager
def served(project: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(project / ".venv" / "bin" / "churn-pilot"), "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=project, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(OSError):
                if ask(address, "/health/ready")[0] == 200:
                    break
            time.sleep(0.1)
        yield address, process
    finally:
        process.kill()
        process.wait()


def ask(address: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json", **headers})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


ROW = {"customer id": "C-1", "Age": 40, "Plan": "basic", "Charges": "99.5", "Senior": 0, "Since": "2015-01-18"}


def test_metrics_are_the_contracts(project: Path, metrics: dict[str, Any]) -> None:
    assert 60 < metrics["metrics"]["accuracy"] <= 100
    assert sum(map(sum, metrics["metrics"]["confusion"])) == 75
    assert metrics["model"]["version"] == "1"
    assert metrics["data"]["customers"]["rows"] == 300
    assert (project / "artifacts" / "outputs" / "held_out.csv").exists()


def test_the_contract_says_what_requests_must_carry(project: Path, metrics: dict[str, Any]) -> None:
    import yaml

    contract = yaml.safe_load((project / "src" / "churn_pilot" / "contracts" / "customers.yaml").read_text())
    requests = {
        column["name"]: {item["property"]: item["value"] for item in column["customProperties"]}["request"]
        for column in contract["schema"][0]["properties"]
    }
    assert requests == {
        "customer id": "optional",
        "Age": "nullable",
        "Plan": "required",
        "Charges": "required",
        "Senior": "optional",
        "Since": "required",
        "Churn": "optional",
    }


def test_the_service_answers_and_ends_on_sigterm(project: Path, metrics: dict[str, Any]) -> None:
    with served(project) as (address, process):
        status, body = ask(address, "/v1/predict", {"rows": [ROW, {**ROW, "Age": None}]})
        assert status == 200
        assert set(body["predictions"]) <= {"Yes", "No"}
        assert abs(sum(body["probabilities"][0].values()) - 1) < 1e-9
        status, body = ask(address, "/v1/predict", {"rows": [ROW, {**ROW, "Plan": "silver"}]})
        assert (status, body["violations"][0]["column"], body["violations"][0]["row"]) == (422, "Plan", 1)
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_another_file_and_parameters_are_options(project: Path, metrics: dict[str, Any], tmp_path: Path) -> None:
    lines = (project / "data" / "churn.csv").read_text().splitlines(keepends=True)
    (tmp_path / "second.csv").write_text("".join(line for i, line in enumerate(lines) if i == 0 or i % 10))
    elsewhere = {"CHURN_PILOT_ARTIFACTS": str(tmp_path / "artifacts")}
    done = churn(
        project, "train", "--set", f"customers={tmp_path / 'second.csv'}", "--set", "test_size=0.5", **elsewhere
    )
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "artifacts" / "metrics.json").read_text())
    assert told["data"]["customers"]["rows"] == 270
    assert sum(map(sum, told["metrics"]["confusion"])) == 135


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "--set", "nothing=1"], "nothing is no setting; there are: customers, test_size, random_state"),
        (["train", "--set", "test_size=half"], "test_size=half: not a valid float"),
        (["train", "--set", "customers=absent.csv"], "absent.csv is not there"),
        (["predict", "absent.csv", "out.csv"], "absent.csv is not there"),
        (["serve", "--host", "0.0.0.0"], "not served without API keys"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    project: Path, metrics: dict[str, Any], arguments: list[str], said: str
) -> None:
    done = churn(project, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_batch_scoring_gives_what_the_service_gives(project: Path, metrics: dict[str, Any], tmp_path: Path) -> None:
    rows = [ROW, {**ROW, "Plan": "silver"}, {**ROW, "Age": None}]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert churn(project, "predict", tmp_path / "rows.jsonl", tmp_path / "out.jsonl").returncode == 0
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    rejected = [json.loads(line) for line in (tmp_path / "out.jsonl.rejected").read_text().splitlines()]
    assert [answer["row"] for answer in answers] == [0, 2]
    assert [(told["row"], told["column"]) for told in rejected] == [(1, "Plan")]
    with served(project) as (address, _):
        _, body = ask(address, "/v1/predict", {"rows": [rows[0], rows[2]]})
    assert body["predictions"] == [answer["prediction"] for answer in answers]
    assert churn(project, "predict", "data/churn.csv", tmp_path / "out.csv").returncode == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 301


def test_keys_are_made_and_let_in(project: Path, metrics: dict[str, Any]) -> None:
    made = churn(project, "key", "web", "predict").stdout.splitlines()
    key, line = (text.partition(": ")[2] for text in made)
    with served(project, CHURN_PILOT_SERVICE_API_KEYS=line) as (address, _):
        assert ask(address, "/v1/predict", {"rows": [ROW]})[0] == 401
        assert ask(address, "/v1/predict", {"rows": [ROW]}, **{"X-API-Key": key})[0] == 200


def test_the_projects_own_tests_hold_it_to_the_notebooks_numbers(project: Path, metrics: dict[str, Any]) -> None:
    with served(project) as (address, _):
        _, body = ask(address, "/v1/predict", {"rows": [first_row(project)]})
    truth = {
        "metrics": metrics["metrics"],
        "predictions": {row_hash(first_row(project)): body["predictions"][0]},
        "tolerance": 1e-5,
    }
    record_verdict(project, {"status": "equal", "checks": []}, truth)
    done = run("make", "test", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout
    record_verdict(project, {"status": "equal", "checks": []}, {**truth, "metrics": {"accuracy": 12.5}})
    done = run(project / ".venv" / "bin" / "pytest", "tests/test_pipeline.py", cwd=project)
    assert done.returncode == 1
    assert "accuracy: " in done.stdout


def first_row(project: Path) -> dict[str, Any]:
    """The first row of the data, as the notebook read it, target left out."""
    header, line = (text.strip().split(",") for text in (project / "data" / "churn.csv").read_text().splitlines()[:2])
    row: dict[str, Any] = dict(zip(header, line, strict=True))
    row.pop("Churn")
    return {**row, "Age": float(row["Age"]), "Senior": int(row["Senior"])}


def test_a_batch_project_leaves_files_and_metrics(tmp_path: Path) -> None:
    render(sample_context(tmp_path / "data", "3.11", "batch"), tmp_path / "project")
    for target in ("setup", "run", "test"):
        done = run("make", target, cwd=tmp_path / "project")
        assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "project" / "artifacts" / "metrics.json").read_text())
    assert sorted(told) == ["data", "metrics"]
    assert (tmp_path / "project" / "artifacts" / "outputs" / "held_out.csv").exists()


def test_a_notebook_job_runs_the_notebook(tmp_path: Path) -> None:
    from dataclasses import replace

    from jupyter_prod.plan.nouns import Parameter, Place

    cells = [
        "%pip install nothing-at-all\nrows = 2",
        "lines = open('../in/churn.csv').read().splitlines()\nprint(len(lines))",
        "open('out/head.csv', 'w').write('\\n'.join(lines[:rows]))",
    ]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
            for cell in cells
        ],
    }
    context = replace(
        sample_context(tmp_path / "data", "3.11", "notebook-job"),
        notebook_text=json.dumps(notebook),
        requirements=(),
        read_as={"customers": "../in/churn.csv"},
        write_folders=("out",),
        parameters=(Parameter("rows", 2, Place(1)),),
    )
    project = tmp_path / "project"
    render(context, project)
    for target in ("setup", "run", "test"):
        done = run("make", target, cwd=project)
        assert done.returncode == 0, done.stdout + done.stderr
    executed = json.loads((project / "artifacts" / "run.ipynb").read_text())
    assert "".join(executed["cells"][1]["outputs"][0]["text"]) == "301\n"
    assert len((project / "artifacts" / "outputs" / "head.csv").read_text().splitlines()) == 2
    assert churn(project, "run", "--set", "rows=5").returncode == 0
    assert len((project / "artifacts" / "outputs" / "head.csv").read_text().splitlines()) == 5


def test_the_template_trains_as_it_comes(tmp_path: Path) -> None:
    from cookiecutter.main import cookiecutter

    from jupyter_prod.scaffold.render import builtin_template

    from .sample.data import write_customers

    folders = {"replay_dir": str(tmp_path / "replay"), "cookiecutters_dir": str(tmp_path / "templates")}
    made = cookiecutter(str(builtin_template()), no_input=True, output_dir=str(tmp_path), default_config=folders)
    write_customers(Path(made) / "data" / "churn.csv")
    for target in ("setup", "format", "test", "train"):
        done = run("make", target, cwd=Path(made))
        assert done.returncode == 0, done.stdout + done.stderr
