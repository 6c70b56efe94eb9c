"""Machines are told JSON by the option that every command has."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from jupyter_prod.cli.lint import lint


def test_json_is_the_json_output_format(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": "import pandas as pd\npd.read_csv('/home/ann/x.csv')", "metadata": {}}
    notebook = {"cells": [cell | {"outputs": [], "execution_count": None, "id": "a"}], "metadata": {}}
    path = tmp_path / "pilot.ipynb"
    path.write_text(json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    short = CliRunner().invoke(lint, [str(path), "--json"])
    long = CliRunner().invoke(lint, [str(path), "--output-format", "json"])
    assert short.output == long.output
    assert "JPD01" in [finding["code"] for finding in json.loads(short.output)]
