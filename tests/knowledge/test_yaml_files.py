"""The kept form of YAML files says what the files say, and is never needed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import jupyter_prod.knowledge
from jupyter_prod.knowledge.drawing import randomness
from jupyter_prod.knowledge.star_names import star_names
from jupyter_prod.knowledge.yaml_files import read_yaml_files

FILES = sorted(Path(jupyter_prod.knowledge.__file__).parent.rglob("*.yaml"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    return tmp_path / "cache" / "jupyter-prod"


def test_the_second_reading_says_what_the_files_say(cache: Path) -> None:
    wanted = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES]

    assert read_yaml_files(FILES) == wanted
    assert len(list(cache.iterdir())) == 1
    assert read_yaml_files(FILES) == wanted


def test_a_changed_file_is_read_anew(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1", encoding="utf-8")
    assert read_yaml_files([path]) == [{"a": 1}]

    path.write_text("a: 22", encoding="utf-8")

    assert read_yaml_files([path]) == [{"a": 22}]


def test_a_broken_cache_is_no_fault(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1", encoding="utf-8")
    read_yaml_files([path])
    for kept in cache.iterdir():
        kept.write_bytes(b"\x00{")

    assert read_yaml_files([path]) == [{"a": 1}]


def test_a_cache_folder_that_can_not_be_made_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    path = tmp_path / "a.yaml"
    path.write_text("a: 1", encoding="utf-8")

    assert read_yaml_files([path]) == [{"a": 1}]


def test_star_imports_are_known_of_some_modules() -> None:
    numpy, pylab = star_names("numpy"), star_names("pylab")
    assert numpy is not None and pylab is not None
    assert "zeros" in numpy and "zeros" in pylab and "subplots" in pylab and "limit" not in pylab
    assert star_names("some.module") is None


def test_draws_are_known_by_function_class_and_layer() -> None:
    known = randomness()
    split = known.draw("sklearn.model_selection.train_test_split")
    assert split is not None and split.generator == "numpy"
    assert known.draw("sklearn.ensemble.RandomForestClassifier") is not None
    assert known.draw("mine.RandomForestClassifier") is None
    assert known.layer("torch.nn.Linear") == "torch"
    loader = known.draw("torch.utils.data.DataLoader")
    assert loader is not None and loader.rarely
