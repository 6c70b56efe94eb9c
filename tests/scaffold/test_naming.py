"""Names of projects from whatever a notebook is called."""

from __future__ import annotations

import keyword
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prod.scaffold import project_names, row_hash


@pytest.mark.parametrize(
    ("stem", "package"),
    [
        ("churn", "churn"),
        ("Churn Pilot [final] (2)", "churn_pilot_final_2"),
        ("01 - Über 'Kunden'", "notebook_01_uber_kunden"),
        ("2024", "notebook_2024"),
        ("statistics", "statistics_project"),
        ("pandas", "pandas_project"),
        ("lightgbm", "lightgbm_project"),
        ("class", "class_project"),
        ("python", "python_project"),
    ],
)
def test_names_are_taken_from_the_stem(stem: str, package: str) -> None:
    assert project_names(stem, {"lightgbm"})[1] == package


def test_other_scripts_get_a_name_each() -> None:
    first, second = (project_names(stem, ())[1] for stem in ("客户流失", "отток клиентов"))
    assert first.startswith("notebook_")
    assert second.startswith("notebook_")
    assert first != second


@given(st.text(max_size=80))
def test_every_stem_gives_usable_names(stem: str) -> None:
    name, package, command = project_names(stem, {"sklearn", "mylib"})
    assert package.isidentifier()
    assert package.isascii()
    assert not keyword.iskeyword(package)
    assert package not in sys.stdlib_module_names
    assert package not in ("sklearn", "mylib", "pandas")
    assert name == command == package.replace("_", "-")
    assert name[0].isalnum() and name[-1].isalnum()


def test_a_row_has_one_name_however_it_was_read() -> None:
    assert row_hash({"a": 1.0, "b": None}) == row_hash({"b": None, "a": 1})
    assert row_hash({"a": 1.0}) != row_hash({"a": 1.5})
