"""`init` writes what CI needs, joins what is there, and overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from jupyter_prod.cli.init import PARTS
from jupyter_prod.cli.main import main
from jupyter_prod.lint.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]


def test_every_part_is_written_and_is_what_its_reader_takes(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path), *(a for part in PARTS for a in ("--part", part))]) == 0
    assert read_settings(tmp_path / "jupyter-prod.toml").fail_on == "warning"
    hooks = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text())
    assert hooks["repos"][0]["hooks"][0]["id"] == "jupyter-prod-lint"
    workflow = yaml.safe_load((tmp_path / ".github/workflows/notebooks.yml").read_text())
    assert any("jupyter-prod lint" in step.get("run", "") for step in workflow["jobs"]["lint"]["steps"])
    assert "jupyter-prod-lint" in yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_text())
    assert yaml.safe_load((tmp_path / "charter.yaml").read_text())["outcome"]["baseline"] == "OPEN"


def test_twice_is_once_and_what_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "charter.yaml").write_text("mine: 1\n")
    (tmp_path / ".pre-commit-config.yaml").write_text("repos:\n  - repo: local\n    hooks: []\n")
    for _ in range(2):
        assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / "charter.yaml").read_text() == "mine: 1\n"
    hooks = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text())
    assert [len(repo["hooks"]) for repo in hooks["repos"]] == [0, 1]
    assert "left as it is" in capsys.readouterr().out


def test_the_parts_for_others_are_valid() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {hook["id"] for hook in hooks} == {"jupyter-prod-lint", "jupyter-prod-fix"}
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert action["runs"]["using"] == "composite"
    assert len(list(yaml.safe_load_all((ROOT / "ci" / "gitlab.yml").read_text()))) == 2


def test_a_folder_that_is_none_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "no")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--select", "JPO"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert lines[0].startswith("JPO01") and all(line.startswith("JPO") for line in lines[:8])
