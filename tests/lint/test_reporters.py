"""Each format says all findings, is what its readers take, and survives what notebooks hold."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from jupyter_prod.cli.main import main
from jupyter_prod.lint import Settings
from jupyter_prod.lint.reporters import FORMATS
from jupyter_prod.lint.running import Run
from tests.conftest import document

CELLS = (
    "import pandas as pd\nimport requests",
    'rows = pd.read_csv("/home/maria/rö.csv")',
    'requests.get("https://example.org/a", verify=False)\n\nprint(rows == 1)',
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "a [b] 50% <i>|.ipynb"
    file.write_text(json.dumps(document(*CELLS), indent=1, ensure_ascii=False), encoding="utf-8")
    return file


def told(path: Path, output_format: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["lint", str(path), "--select", "JPD01,JPS05", "--output-format", output_format]) == 1
    return capsys.readouterr().out


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_names_every_finding(path, output_format, capsys):
    text = told(path, output_format, capsys)
    assert "JPD01" in text and "JPS05" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_can_tell_that_nothing_was_found(tmp_path, output_format, capsys):
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps(document("x = 1")))
    assert main(["lint", str(file), "--select", "JPD01", "--output-format", output_format]) == 0
    out = capsys.readouterr().out
    if output_format in ("json", "sarif", "gitlab"):
        json.loads(out)


def test_full_shows_the_code_and_marks_it(path, capsys):
    lines = told(path, "full", capsys).split("\n")
    code = next(n for n, line in enumerate(lines) if "verify=False)" in line)
    assert lines[code].index("requests.get") >= 0
    assert lines[code + 1].strip().startswith("|") and "^" in lines[code + 1]
    assert lines[code].index("verify=False") == lines[code + 1].index("^")


def test_sarif_has_what_code_scanning_needs(path, capsys):
    log = json.loads(told(path, "sarif", capsys))
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    stored = path.read_text(encoding="utf-8").split("\n")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].endswith("a%20%5Bb%5D%2050%25%20%3Ci%3E%7C.ipynb")
        line = stored[place["region"]["startLine"] - 1]
        assert ("read_csv" if result["ruleId"] == "JPD01" else "verify=False") in line


def test_github_escapes_what_its_commands_use(path, capsys):
    lines = told(path, "github", capsys).strip().split("\n")
    assert all(line.startswith("::error file=") for line in lines)
    assert all("50%25 <i>|.ipynb" in line for line in lines)


def test_gitlab_fingerprints_are_unique_and_lines_are_of_the_file(path, capsys):
    issues = json.loads(told(path, "gitlab", capsys))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 2
    assert {issue["severity"] for issue in issues} <= {"info", "minor", "major", "critical", "blocker"}


def test_junit_counts_failures_and_passes(path, capsys):
    root = ElementTree.fromstring(told(path, "junit", capsys))
    assert root.get("failures") == "2"
    assert len(root.findall("./testsuite/testcase/failure")) == 2


def test_markdown_escapes_tables_and_tags(path, capsys):
    text = told(path, "markdown", capsys)
    row = next(line for line in text.split("\n") if "JPD01" in line)
    assert row.replace("\\|", "").count("|") == 6 and "<i>" not in text


def test_statistics_count_by_rule(path, capsys):
    main(["lint", str(path), "--select", "JPD01,JPS05", "--statistics"])
    assert [line.split()[:2] for line in capsys.readouterr().out.strip().split("\n")] == [
        ["1", "JPD01"],
        ["1", "JPS05"],
    ]


def test_a_report_goes_to_a_file(path, tmp_path, capsys):
    target = tmp_path / "report.json"
    main(["lint", str(path), "--select", "JPD01", "--json", "-o", str(target)])
    assert capsys.readouterr().out == "" and json.loads(target.read_text())[0]["code"] == "JPD01"


def test_settings_choose_the_format(path):
    assert Run({}, None, Settings(output_format="json")).settings(path).output_format == "json"
