"""Many at once: what a pool of conversions does when one of its processes dies, and how an outcome is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_prod.cli import batch
from jupyter_prod.cli.batch import Outcome, convert_all, found_notebooks, tell
from jupyter_prod.errors import INTERNAL
from jupyter_prod.road import Options


def dies(path: Path, place: Path, options: Options) -> Outcome:
    """Stands for a process that the system kills."""
    os._exit(9)


def test_a_process_that_dies_is_told_for_each_notebook_that_it_cost(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(batch, "one", dies)
    places = [(tmp_path / "a.ipynb", tmp_path / "a"), (tmp_path / "b.ipynb", tmp_path / "b")]
    outcomes = convert_all(places, Options(), 1, quiet=False)
    assert [(one.notebook.name, one.code) for one in outcomes] == [("a.ipynb", INTERNAL), ("b.ipynb", INTERNAL)]
    said = capsys.readouterr().err
    assert said.count("ended without a word") == 2 and said.count("\n") == 2


def test_where_the_notebook_differs_from_itself_it_is_told_in_what(tmp_path, capsys):
    conversion = {"level": "service", "model": None, "left_behind": [], "reasons": []}
    verdict = {"status": "not-reproducible", "checks": []}
    failure = "the notebook differs from itself: metric auc: 0.8, then 0.7"
    tell(Outcome(tmp_path / "a.ipynb", tmp_path / "a", conversion, verdict, failure=failure), quiet=False)
    assert capsys.readouterr().out.splitlines() == [f"a.ipynb → {tmp_path / 'a'}  service  not-reproducible", failure]


@pytest.mark.parametrize(
    ("named", "out", "places"),
    [
        (["a/x.ipynb"], "p", ["p"]),
        (["a/x.ipynb"], None, ["x-project"]),
        (["a/x.ipynb", "b/x.ipynb", "b/y.ipynb"], "p", ["p/x", "p/x-2", "p/y"]),
        (["a"], None, ["projects/x"]),
    ],
)
def test_each_notebook_has_a_place_of_its_own(named, out, places, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a/x.ipynb", "b/x.ipynb", "b/y.ipynb"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("{}")
    found = found_notebooks([Path(one) for one in named], None if out is None else Path(out))
    assert [str(place) for _, place in found] == places
