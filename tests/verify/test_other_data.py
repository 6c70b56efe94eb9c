"""Fewer rows: what is thinned, and what is left alone."""

from __future__ import annotations

from pathlib import Path

from jupyter_prod.verify.other_data import thinned

LINES = ["a,b"] + [f"{i},{i}" for i in range(99)]


def test_every_tenth_record_is_left_out_and_the_head_stays(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("\n".join(LINES) + "\n")
    made = thinned(({"name": "x", "path": "./x.csv"}, {"name": "y", "path": "y.csv"}), "x", tmp_path, tmp_path / ".")
    assert made is not None
    assert (made.setting, made.path) == ("x", "./x.csv")
    kept = made.file.read_text().splitlines()
    assert kept[0] == "a,b"
    assert len(kept) == 90


def test_what_can_not_be_thinned_safely_is_left_alone(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    (tmp_path / "short.csv").write_text("a\n1\n")
    (tmp_path / "spanning.csv").write_text("\n".join([*LINES, '"one', 'two",3']))
    (tmp_path / "wide.csv").write_bytes("\n".join(LINES).encode("utf-16"))
    (tmp_path / "good.csv").write_text("\n".join(LINES))
    for path in ("short.csv", "spanning.csv", "wide.csv", "none.csv", str(tmp_path / "good.csv"), "s3://b/good.csv"):
        assert thinned(({"name": "x", "path": path},), "x", tmp_path, into) is None
    two = ({"name": "x", "path": "good.csv"}, {"name": "y", "path": "good.csv"})
    assert thinned(two, "z", tmp_path, into) is None
    assert thinned(two, "y", tmp_path, into) is not None
    assert thinned(two[:1], "", tmp_path, into) is not None
