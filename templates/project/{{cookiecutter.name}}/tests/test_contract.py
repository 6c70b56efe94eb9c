"""Contracts: inferred, kept as people edit them, and held against data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from {{ cookiecutter.package }} import contracts
from {{ cookiecutter.package }}.contracts.checks import check_frame
from {{ cookiecutter.package }}.contracts.inference import infer
from {{ cookiecutter.package }}.errors import Unusable

TABLE = pd.DataFrame(
    {
        "count": [1, 2, 3],
        "share": [0.5, None, 2.0],
        "kind": ["a", "b", None],
        "mixed": ["12", " ", "x"],
        "flag": [True, False, None],
        "empty": [None, None, None],
        7: [1.5, 2.5, 3.5],
    }
)
KINDS = ["integer", "number", "text", "text or number", "boolean", "any", "number"]


def test_kinds_are_those_of_the_values() -> None:
    assert [column.kind for column in infer("table", TABLE).columns] == KINDS


def test_a_contract_survives_its_file(tmp_path: Path) -> None:
    contract = infer("table", TABLE)
    contracts.keep(contract, tmp_path)
    assert contracts.read(tmp_path / "table.yaml") == contract


def test_an_edited_contract_is_kept_and_checked(tmp_path: Path) -> None:
    contract = infer("table", TABLE)
    strict = replace(
        contract, columns=tuple(replace(c, not_null=c.name == "share") for c in contract.columns)
    )
    contracts.write(strict, tmp_path / "table.yaml")
    contracts.keep(contract, tmp_path)
    with pytest.raises(Unusable, match="share: expected no missing values, got 1 missing"):
        contracts.agree("table", TABLE, tmp_path)


def test_a_missing_and_a_retyped_column_stop_with_their_names(tmp_path: Path) -> None:
    contracts.keep(infer("table", TABLE), tmp_path)
    broken = TABLE.drop(columns="kind").assign(count=["one", "two", "three"])
    with pytest.raises(
        Unusable, match="count: expected integer, got text; kind: expected text, got no such"
    ):
        contracts.agree("table", broken, tmp_path)


def test_an_added_column_passes_and_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contracts.keep(infer("table", TABLE), tmp_path)
    agreed = contracts.agree("table", TABLE.assign(new=1), tmp_path)
    assert [column.name for column in agreed.columns][-1] == "new"
    assert "new" in capsys.readouterr().err


def test_whole_numbers_pass_for_numbers() -> None:
    violations, added = check_frame(
        infer("table", TABLE), TABLE.assign(share=[1, 2, 3], count=[1.0, None, 3.0])
    )
    assert (violations, added) == ([], [])
    (violation,), _ = check_frame(infer("table", TABLE), TABLE.assign(count=[1.5, 2.0, 3.0]))
    assert violation.column == "count"
