"""What the tests of stages share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import write_data


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all the data sets, written once; copy what is to be changed."""
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture
def desk(tmp_path: Path, data: Path) -> Path:
    """A notebook's folder: the data sets lie in it."""
    for file in data.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path
