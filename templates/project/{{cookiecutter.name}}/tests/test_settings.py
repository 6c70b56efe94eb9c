"""Settings: typed, with the notebook's values as defaults."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from {{ cookiecutter.package }}.errors import Unusable
from {{ cookiecutter.package }}.settings import INPUTS, PREFIX, Settings, load


def test_defaults_hold_and_local_inputs_become_absolute() -> None:
    loaded, standard = load(), Settings()
    for entry in fields(Settings):
        value = getattr(loaded, entry.name)
        if entry.name in INPUTS:
            assert "://" in value or Path(value).is_absolute()
        else:
            assert value == getattr(standard, entry.name)


@pytest.mark.parametrize("name", [entry.name for entry in fields(Settings)])
def test_environment_sets_each_and_the_command_line_comes_first(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = getattr(Settings(), name)
    if value is None or isinstance(value, (list, dict)):
        pytest.skip("compound values are JSON")
    monkeypatch.setenv(PREFIX + name.upper(), str(value))
    expected = str(Path(value).absolute()) if name in INPUTS and "://" not in value else value
    assert getattr(load(), name) == expected
    monkeypatch.setenv(PREFIX + name.upper(), "not this one")
    assert getattr(load({name: str(value)}), name) == expected


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Unusable, match="no_such_setting is no setting"):
        load({"no_such_setting": "1"})
