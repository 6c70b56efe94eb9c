"""Settings: where they are found, what they say, and what is wrong with them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from jupyter_prod.cli.main import main
from jupyter_prod.errors import UsableError
from jupyter_prod.hazards import all_rules
from jupyter_prod.lint import Settings
from jupyter_prod.lint.choosing import chosen_rules, left_out
from jupyter_prod.lint.settings import overridden, read_settings, settings_for, shown
from tests.conftest import document

BAD = 'import pandas as pd\nrows = pd.read_csv("/home/maria/rows.csv")'


def saved(path: Path, *cells: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document(*cells), indent=1))
    return path


def found(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[tuple[str, str]]:
    main(["lint", *map(str, arguments), "--json"])
    return [(f["code"], f["severity"]) for f in json.loads(capsys.readouterr().out)]


def test_the_nearest_file_counts_and_the_command_line_overrides(tmp_path, capsys):
    (tmp_path / "pyproject.toml").write_text('[tool.jupyter-prod]\nselect = ["JPS"]\n')
    deep = saved(tmp_path / "deep" / "er" / "a.ipynb", BAD)
    assert found(capsys, deep) == []
    (tmp_path / "deep" / "jupyter-prod.toml").write_text('select = ["JPD01"]\nseverity = {JPD01 = "info"}\n')
    other = saved(tmp_path / "deep" / "b.ipynb", BAD)
    settings_for.__globals__["_of_folder"].cache_clear()
    assert found(capsys, other) == [("JPD01", "info")]
    assert found(capsys, other, "--select", "JPS") == []
    assert found(capsys, other, "--ignore", "absolute-path") == []
    assert found(capsys, other, "--severity", "absolute-path=warning") == [("JPD01", "warning")]
    assert ("JPD01", "error") in found(capsys, other, "--isolated")
    assert found(capsys, other, "--config", tmp_path / "pyproject.toml") == []


def test_a_pyproject_without_our_table_is_passed_by(tmp_path):
    (tmp_path / "jupyter-prod.toml").write_text('select = ["JPD01"]\n')
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text('[project]\nname = "jupyter-prod-user"\n')
    assert settings_for(inner / "a.ipynb").select == ("JPD01",)


def test_rules_are_ignored_by_file(tmp_path, capsys):
    (tmp_path / "jupyter-prod.toml").write_text('select = ["JPD01"]\n[per-file-ignores]\n"old/*" = ["JPD"]\n')
    assert found(capsys, saved(tmp_path / "old" / "a.ipynb", BAD)) == []
    assert found(capsys, saved(tmp_path / "new" / "a.ipynb", BAD)) == [("JPD01", "error")]
    settings = Settings(per_file_ignores={"*.ipynb": ("step-2",)}, root=tmp_path)
    assert "JPD01" in left_out(settings, tmp_path / "x.ipynb", all_rules())


def test_files_are_excluded_and_what_git_ignores_is_not_looked_at(tmp_path, capsys):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("scratch/\n!scratch/kept\n*.tmp.ipynb\n")
    (tmp_path / "jupyter-prod.toml").write_text('select = ["JPD01"]\nexclude = ["old"]\n')
    for name in ("a.ipynb", "old/b.ipynb", "scratch/c.ipynb", "d.tmp.ipynb"):
        saved(tmp_path / name, BAD)
    assert main(["lint", str(tmp_path), "--show-files"]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "a.ipynb")]
    main(["lint", str(tmp_path), "--show-files", "--no-respect-gitignore"])
    assert len(capsys.readouterr().out.split()) == 3
    assert found(capsys, tmp_path / "old" / "b.ipynb")  # what is named is meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select = 3", "select"),
        ("selct = []", "selct"),
        ('severity = {JPD01 = "bad"}', "severity"),
        ("select = [", "TOML"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(tmp_path, capsys, text, said):
    file = tmp_path / "jupyter-prod.toml"
    file.write_text(text)
    assert main(["lint", str(saved(tmp_path / "a.ipynb", BAD))]) == 2
    error = capsys.readouterr().err.strip()
    assert str(file) in error and said in error and "\n" not in error


def test_what_is_shown_can_be_written_and_read_again(tmp_path, capsys):
    file = tmp_path / "jupyter-prod.toml"
    file.write_text(
        'ignore = ["JPE"]\nfix = true\n[per-file-ignores]\n"a b/*" = ["JPD01"]\n[severity]\nJPD01 = "info"\n'
    )
    first = read_settings(file)
    again = tmp_path / "again" / "jupyter-prod.toml"
    again.parent.mkdir()
    again.write_text(shown(first))
    second = read_settings(again)
    assert (second.ignore, second.fix, second.per_file_ignores, second.severity) == (
        first.ignore, first.fix, first.per_file_ignores, first.severity
    )  # fmt: skip
    assert main(["lint", "--show-settings", str(tmp_path)]) == 0
    assert str(file) in capsys.readouterr().out


def test_selecting_on_the_command_line_leaves_the_files_ignores_out():
    base = Settings(select=("JPS",), ignore=("JPD01",), extend_select=("JPE",))
    assert overridden(base, {"select": ("JPD",)}).ignore == ()
    assert overridden(base, {"ignore": ("JPS01",)}).ignore == ("JPD01", "JPS01")


def test_steps_groups_and_slugs_name_rules():
    steps = chosen_rules(Settings(("step-4",)))
    assert steps and {rule.step for rule in steps} == {4}
    assert {r.code[:3] for r in chosen_rules(Settings(("secrets, privacy, security",)))} == {"JPS"}
    with pytest.raises(UsableError, match="step-9"):
        chosen_rules(Settings(("step-9",)))


OWN = """
code: ACME01
slug: no-legacy-warehouse
severity: error
title: The old warehouse is read
what: Finds reads of the warehouse that is switched off in May.
why: The host goes away.
find:
  - words: [legacy-dwh]
    rule: {kind: string, regex: legacy-dwh}
    message: the old warehouse goes away in May
"""


def test_own_rules_in_yaml_count_as_ours_do(tmp_path, capsys):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "acme.yaml").write_text(OWN)
    (tmp_path / "jupyter-prod.toml").write_text('rules = ["rules/*.yaml"]\nselect = ["ACME"]\n')
    notebook = saved(tmp_path / "a.ipynb", 'url = "db://legacy-dwh/x"')
    assert found(capsys, notebook) == [("ACME01", "error")]
    saved(notebook, 'url = "db://legacy-dwh/x"  # prod: ignore[ACME01]')
    assert found(capsys, notebook) == []


@pytest.mark.parametrize(
    "change",
    [("ACME01", "JPD99"), ("severity: error", "severity: loud"), ("kind: string", "knid: string"), ("find:", "fnd:")],
)
def test_an_own_rule_that_is_none_is_one_clear_line(tmp_path, capsys, change):
    (tmp_path / "acme.yaml").write_text(OWN.replace(*change))
    (tmp_path / "jupyter-prod.toml").write_text('rules = ["acme.yaml"]\n')
    assert main(["lint", str(saved(tmp_path / "a.ipynb", BAD))]) == 2
    error = capsys.readouterr().err.strip()
    assert "acme.yaml" in error and "\n" not in error


def test_an_installed_package_brings_rules(tmp_path, capsys, monkeypatch):
    from jupyter_prod.lint import own_rules

    package = tmp_path / "site"
    info = package / "acme_rules-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[jupyter_prod.rules]\nacme = acme_rules:rules\n")
    (package / "acme_rules.py").write_text(
        "from jupyter_prod.hazards import Hit, Place, Rule\n\n\n"
        "class Long(Rule):\n"
        "    code, slug, severity, step = 'ACME02', 'many-cells', 'info', 2\n"
        "    title = what = why = conversion_note = 'More cells than our team reads.'\n"
        "    bad = good = ()\n    conversion = 'yours'\n\n"
        "    def check(self, facts):\n"
        "        if len(facts.notebook.cells) > 1:\n            yield Hit(Place(None), 'too many cells')\n\n\n"
        "def rules():\n    return [Long()]\n"
    )
    monkeypatch.syspath_prepend(str(package))
    own_rules._installed.cache_clear()
    try:
        notebook = saved(tmp_path / "a.ipynb", "x = 1", "y = 2")
        assert found(capsys, notebook, "--select", "ACME02", "-n") == [("ACME02", "info")]
    finally:
        own_rules._installed.cache_clear()
        sys.modules.pop("acme_rules", None)
