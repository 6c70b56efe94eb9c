"""What the tests share: the pipeline, run once on the notebook's data, its artifacts apart."""

from __future__ import annotations

import shutil
{%- if cookiecutter.level == "service" %}
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
{%- endif %}
from dataclasses import dataclass
from pathlib import Path
{%- if cookiecutter.level == "service" %}
from typing import Any
{%- endif %}

import pytest
{%- if cookiecutter.level == "service" %}
import uvicorn
from fastapi import FastAPI
{%- endif %}

from {{ cookiecutter.package }} import contracts, runs
{%- if cookiecutter.level == "service" %}
from {{ cookiecutter.package }}.registry import Release, load
from {{ cookiecutter.package }}.release import release
{%- endif %}
from {{ cookiecutter.package }}.results import Run
from {{ cookiecutter.package }}.settings import INPUTS, Settings
from {{ cookiecutter.package }}.settings import load as load_settings


@dataclass(frozen=True)
class Trained:
    """A run of the pipeline with the default settings{% if cookiecutter.level == "service" %}, and the release that it gave{% endif %}."""

    run: Run
    outputs: Path
{%- if cookiecutter.level == "service" %}
    release: Release
{%- endif %}


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The default settings; tests that need data are skipped where the data are absent."""
    found = load_settings()
    for name in INPUTS:
        path = getattr(found, name)
        if "://" not in path and not Path(path).exists():
            pytest.skip(f"{path} is not there")
    return found


@pytest.fixture(scope="session")
def trained(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The pipeline, run once."""
    home = tmp_path_factory.mktemp("artifacts")
    shutil.copytree(contracts.FOLDER, home / "contracts", ignore=shutil.ignore_patterns("*.py*", "__*"))
    run = runs.execute(settings, home / "outputs", seed=0)
{%- if cookiecutter.level == "service" %}
    release(run, runs.lineage(settings, run), home / "registry", home / "contracts")
    return Trained(run, home / "outputs", load(home / "registry"))
{%- else %}
    return Trained(run, home / "outputs")
{%- endif %}
{%- if cookiecutter.level == "service" %}


@pytest.fixture(scope="session")
def running() -> Callable[[FastAPI], AbstractContextManager[str]]:
    """Serves an application on a free port of loopback and gives its address."""

    @contextmanager
    def run(app: FastAPI) -> Iterator[str]:
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
                assert thread.is_alive(), "the server ended while starting"
            sockets: Any = server.servers[0].sockets
            yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()

    return run
{%- endif %}
