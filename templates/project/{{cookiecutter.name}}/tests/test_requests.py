"""Requests: rows of JSON values against a contract, and on to the frame that training saw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from conftest import Trained
from {{ cookiecutter.package }}.contracts import Column, Contract
from {{ cookiecutter.package }}.contracts.requests import infer_requests, reference_rows
from {{ cookiecutter.package }}.contracts.rows import check_rows, rows_to_frame
from {{ cookiecutter.package }}.results import Answer
from {{ cookiecutter.package }}.scoring import TARGET

CONTRACT = Contract(
    "table",
    (
        Column("count", "integer", "int64", "nullable"),
        Column("share", "number", "float64", "required"),
        Column("kind", "text", "object", "nullable"),
        Column("mixed", "text or number", "object", "optional"),
        Column("flag", "boolean", "bool", "optional"),
        Column("day", "timestamp", "datetime64[ns]", "optional"),
        Column("truth", "text", "object", "optional"),
    ),
)
ROW = {"count": 1, "share": 0.5, "kind": "a"}
REFERENCE = pd.DataFrame(
    {
        "count": [1],
        "share": [0.5],
        "kind": pd.Series(["a"], dtype=object),
        "mixed": pd.Series(["b"], dtype=object),
        "flag": [True],
        "day": pd.to_datetime(["2024-01-02"]),
    }
)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"count": 109.0},
        {"count": None},
        {"share": 1},
        {"kind": None},
        {"mixed": 12},
        {"flag": False},
        {"day": "2024-01-02T03:04:05"},
        {"truth": 5},
        {"unknown": [1]},
    ],
)
def test_what_the_contract_allows(change: dict[str, Any]) -> None:
    assert check_rows(CONTRACT, [ROW | change], "truth") == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("count", 1.5),
        ("count", True),
        ("count", "1"),
        ("count", 10**30),
        ("share", None),
        ("share", "0.5"),
        ("share", float("inf")),
        ("kind", 1),
        ("mixed", True),
        ("flag", 1),
        ("day", "no day"),
    ],
)
def test_what_the_contract_refuses_is_named(column: str, value: Any) -> None:
    (violation,) = check_rows(CONTRACT, [ROW, ROW | {column: value}], "truth")
    assert (violation.row, violation.column) == (1, column)


def test_a_column_that_the_model_uses_must_be_there() -> None:
    (violation,) = check_rows(CONTRACT, [{"count": 1, "share": 0.5}], "truth")
    assert violation.column == "kind"


def test_rows_become_the_frame_that_training_saw() -> None:
    frame = rows_to_frame(CONTRACT, [ROW | {"flag": True, "day": "2024-01-02"}], REFERENCE)
    assert list(frame.columns) == list(REFERENCE.columns)
    for name in ("count", "share", "kind", "flag", "day"):
        assert frame[name].dtype == REFERENCE[name].dtype
    assert frame["mixed"].isna().all()


def test_a_number_in_a_text_column_becomes_text() -> None:
    frame = rows_to_frame(CONTRACT, [ROW | {"mixed": 12}, ROW | {"mixed": "x"}], REFERENCE)
    assert frame["mixed"].tolist() == ["12", "x"]


def test_gaps_are_those_of_read_csv() -> None:
    frame = rows_to_frame(CONTRACT, [ROW, ROW | {"count": None, "flag": True}], REFERENCE)
    assert frame["count"].dtype == np.float64
    assert frame["flag"].dtype == object


def test_columns_without_names_go_by_their_numbers() -> None:
    contract = Contract(
        "table",
        (Column("0", "number", "float64", "nullable"), Column("1", "text", "object", "optional")),
    )
    reference = pd.DataFrame({0: [0.5], 1: pd.Series(["a"], dtype=object)})
    assert check_rows(contract, [{"0": 2}], None) == []
    frame = rows_to_frame(contract, [{"0": 2}], reference)
    assert list(frame.columns) == [0, 1]
    assert frame[0].tolist() == [2.0]


def test_what_a_request_must_carry_is_found_by_asking() -> None:
    def ask(rows: pd.DataFrame) -> Answer:
        if rows["kind"].isna().any():
            raise ValueError("missing")
        return Answer((rows["share"].fillna(0) + rows["kind"].str.len()).tolist())

    table = pd.DataFrame(
        {
            "share": np.arange(50.0),
            "kind": ["a", "bb", "ccc", "dd", "e"] * 10,
            "count": range(50),
            "truth": "x",
        }
    )
    contract = Contract(
        "table",
        tuple(Column(name, "any", "object") for name in ("share", "kind", "count", "truth")),
    )
    rows = reference_rows(ask, table.drop(columns="truth"))
    found = {column.name: column.request for column in infer_requests(contract, ask, rows).columns}
    assert found == {
        "share": "nullable",
        "kind": "required",
        "count": "optional",
        "truth": "optional",
    }


def test_synthetic_rows_of_the_contract_are_taken(trained: Trained) -> None:
    values = {
        "integer": 1,
        "number": 0.5,
        "boolean": True,
        "timestamp": "2024-01-02",
        "text": "a",
        "text or number": "a",
        "any": None,
    }
    contract = trained.release.contract
    row = {column.name: values[column.kind] for column in contract.columns}
    assert check_rows(contract, [row], TARGET) == []
    frame = rows_to_frame(contract, [row, row], trained.release.reference)
    assert list(frame.columns) == list(trained.release.reference.columns)
