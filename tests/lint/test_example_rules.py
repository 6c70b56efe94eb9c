"""The example of own rules: found, chosen, and tested by their own examples as the built-in ones are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_prod.hazards import Rule
from jupyter_prod.lint import check_notebook
from jupyter_prod.lint.own_rules import own_rules
from jupyter_prod.lint.settings import read_settings
from tests.hazards.examples import marked, place_of, written

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "own_rules"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example package, really installed, in a folder of its own."""
    target = tmp_path_factory.mktemp("site")
    command = ["uv", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(EXAMPLE)]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    return target


def _examples(rule: Rule, tmp_path: Path) -> None:
    assert rule.bad and rule.good
    for number, example in enumerate((*rule.bad, *rule.good)):
        folder = tmp_path / f"{rule.code}-{number}"
        folder.mkdir()
        found = {place_of(f, folder) for f in check_notebook(written(example, folder), [rule])}
        assert found == marked(example, rule.code), rule.code


def test_the_rules_in_yaml_find_what_their_examples_say(tmp_path: Path) -> None:
    rules = own_rules(read_settings(EXAMPLE / "jupyter-prod.toml"))
    assert [rule.code for rule in rules if rule.code in ("ACME01", "ACME02")] == ["ACME01", "ACME02"]
    for rule in rules:
        _examples(rule, tmp_path)


def test_the_package_brings_its_rule_by_entry_point(site: Path, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "jupyter_prod.cli.main", "rules", "--select", "ACME03"],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": str(site), "PATH": ""}, cwd=tmp_path,
    )  # fmt: skip
    assert "few-features" in told.stdout
    sys.path.insert(0, str(site))
    try:
        from acme_rules import rules  # type: ignore[import-not-found]

        for rule in rules():
            _examples(rule, tmp_path)
    finally:
        sys.path.remove(str(site))
        sys.modules.pop("acme_rules", None)
