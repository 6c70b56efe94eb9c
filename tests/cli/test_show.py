"""How values of a verdict are told in a terminal."""

from __future__ import annotations

import pytest

from jupyter_prod.cli.show import checks_table


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.8088888888888889, "0.808889"),
        (400, "400"),
        ("24 answers", "24 answers"),
        ([0.73333333, 0.79111111, 0.8], "0.7333, 0.7911, … (3)"),
        ({"a": {"0": 0.5, "1": 2}}, "0.5, 2"),
        (None, "null"),
    ],
)
def test_what_is_equal_is_told_in_few_characters(value, told, capsys):
    checks_table("t", [{"what": "metric m", "expected": value, "got": value, "tolerance": None, "ok": True}], None)
    assert told in capsys.readouterr().out


def test_what_differs_is_told_with_every_digit_and_first(capsys):
    same = {"what": "metric same", "expected": 1.0, "got": 1.0, "tolerance": 1e-6, "ok": True}
    off = {"what": "metric off", "expected": 0.8088888888, "got": 0.8088888877, "tolerance": 1e-6, "ok": False}
    checks_table("t", [same, off], None)
    lines = capsys.readouterr().out.splitlines()
    assert "0.8088888888" in lines[2] and "0.8088888877" in lines[2] and "differs" in lines[2]
    assert "metric same" in lines[3] and "equal" in lines[3]
