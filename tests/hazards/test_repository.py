"""What is said of a notebook by its state in git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from jupyter_prod.hazards import find_rule
from jupyter_prod.hazards import project as surroundings
from jupyter_prod.lint import check_notebook
from tests.hazards.examples import written


def _git(folder: Path, *arguments: str) -> None:
    told = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *arguments]
    subprocess.run(told, cwd=folder, check=True, capture_output=True)


def _said(folder: Path) -> list[str]:
    surroundings.forget()
    rule = find_rule("JPV09")
    assert rule is not None
    return [f.message for f in check_notebook(written("x = 1\n# %% [file] a.txt\na", folder), [rule])]


def test_a_notebook_is_versioned_once_it_is_committed_or_staged_as_it_is(tmp_path: Path) -> None:
    assert "is outside git" in _said(tmp_path)[0]
    _git(tmp_path, "init", "-q")
    assert "is not tracked" in _said(tmp_path)[0]
    _git(tmp_path, "add", "example.ipynb")
    assert _said(tmp_path) == []
    _git(tmp_path, "commit", "-q", "-m", "a")
    assert _said(tmp_path) == []


def test_a_change_after_the_commit_is_told_until_it_is_staged(tmp_path: Path) -> None:
    _git(tmp_path, "init", "-q")
    (tmp_path / "example.ipynb").write_text("{ }")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "-q", "-m", "a")
    assert "uncommitted" in _said(tmp_path)[0]
    _git(tmp_path, "add", ".")
    assert _said(tmp_path) == []


def test_git_is_asked_once_for_all_notebooks_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _git(tmp_path, "init", "-q")
    asked: list[str] = []
    real = surroundings._git
    monkeypatch.setattr(surroundings, "_git", lambda root, *a: asked.append(a[0]) or real(root, *a))
    surroundings.forget()
    rule = find_rule("JPV09")
    assert rule is not None
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        check_notebook(written("x = 1\n# %% [file] a.txt\na", tmp_path / name), [rule])

    assert sorted(asked) == ["ls-files", "status"]
