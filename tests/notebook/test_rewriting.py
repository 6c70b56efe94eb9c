"""Changing a notebook's cells leaves every other byte as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prod.notebook import parse_notebook
from jupyter_prod.notebook.rewriting import Changes, NewCell, line_in_file, rewritten
from tests.conftest import document

PATH = Path("pilot.ipynb")

sources = st.lists(
    st.text(st.characters(blacklist_characters="\r", blacklist_categories=("Cs",)), max_size=12), max_size=5
).map("\n".join)
layouts = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 0, 1, 2, 4, "\t"]),
        "ensure_ascii": st.booleans(),
        "sort_keys": st.booleans(),
    }
)


def saved(cells: list[str], layout: dict[str, Any], lists: bool = True, tail: str = "\n") -> bytes:
    told = document(*cells)
    for cell in told["cells"]:
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ['"}{][\\"', "é\n"]}]
        cell["execution_count"] = 3
        if not lists:
            cell["source"] = "".join(cell["source"])
    return (json.dumps(told, **layout) + tail).encode()


@given(st.lists(sources, min_size=1, max_size=4), sources, layouts, st.booleans(), st.data())
def test_a_new_source_is_read_back_and_nothing_else_changes(cells, new, layout, lists, data):
    before = saved(cells, layout, lists)
    number = data.draw(st.integers(1, len(cells)))

    after = rewritten(before, PATH, Changes({number: new}))

    wanted = json.loads(before)
    held = wanted["cells"][number - 1]
    if "".join(held["source"]) != new:
        held["source"] = _as_held(new, lists)
    assert json.loads(after) == wanted
    back = rewritten(after, PATH, Changes({number: cells[number - 1]}))
    assert parse_notebook(back, PATH).cells == parse_notebook(before, PATH).cells


def _as_held(text: str, lists: bool) -> Any:
    if not lists:
        return text
    parts = text.split("\n")
    return [p + "\n" for p in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


@given(st.lists(sources, min_size=1, max_size=3), layouts)
def test_no_change_is_no_change(cells, layout):
    before = saved(cells, layout)
    assert rewritten(before, PATH, Changes({1: parse_notebook(before, PATH).cells[0].source})) == before
    assert rewritten(before, PATH, Changes()) == before


def test_only_the_changed_line_differs_in_the_file():
    before = saved(["a = 1\nb = 2\nc = 3", "d = 4"], {"indent": 1})

    after = rewritten(before, PATH, Changes({1: "a = 1\nb = 20\nc = 3"}))

    pairs = list(zip(before.splitlines(), after.splitlines(), strict=True))
    assert [(a, b) for a, b in pairs if a != b] == [(b'    "b = 2\\n",', b'    "b = 20\\n",')]


def test_outputs_are_cleared_cells_removed_and_put_in():
    before = saved(["a = 1", "b = 2", "c = 3"], {"indent": 1})

    changes = Changes(cleared=frozenset({1}), removed=frozenset({2}), inserted=(NewCell(1, "k = 5", ("parameters",)),))
    after = parse_notebook(rewritten(before, PATH, changes), PATH)

    assert [cell.source for cell in after.cells] == ["k = 5", "a = 1", "c = 3"]
    assert after.cells[0].tags == ("parameters",) and after.cells[0].id == "parameters"
    assert after.cells[1].outputs == () and after.cells[1].execution_count == 3
    assert after.cells[2].outputs


@pytest.mark.parametrize("removed", [{1}, {2}, {3}, {1, 2}, {2, 3}, {1, 3}])
@pytest.mark.parametrize("indent", [None, 1])
def test_any_cells_can_be_removed(removed: set[int], indent: int | None):
    before = saved(["a", "b", "c"], {"indent": indent})
    after = parse_notebook(rewritten(before, PATH, Changes(removed=frozenset(removed))), PATH)
    assert [cell.source for cell in after.cells] == [s for n, s in enumerate("abc", 1) if n not in removed]


def test_nbformat_3_keeps_its_form():
    cell = {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "outputs": [], "prompt_number": 4, "language": "python"}
    told = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [cell, dict(cell)]}]}
    before = json.dumps(told, indent=1).encode()

    after = rewritten(before, PATH, Changes({2: "x = 1\ny = 3"}, frozenset({1}), inserted=(NewCell(1, "z = 0"),)))

    cells = json.loads(after)["worksheets"][0]["cells"]
    assert [c["input"] for c in cells] == [["z = 0"], ["x = 1\n", "y = 2"], ["x = 1\n", "y = 3"]]
    assert cells[1]["outputs"] == [] and cells[1]["prompt_number"] == 4
    assert parse_notebook(after, PATH).nbformat == (3, 0)


@pytest.mark.parametrize("metadata", [{}, {"kernelspec": {"name": "python3"}}, {"jupyter-prod": {"kept": 1}}])
def test_the_metadata_take_what_is_ignored(metadata: dict[str, Any]):
    told = {**document("x = 1"), "metadata": metadata}
    before = json.dumps(told, indent=1).encode()

    after = json.loads(rewritten(before, PATH, Changes(ignored=("JPV07",))))

    assert after["metadata"].pop("jupyter-prod") == {**metadata.get("jupyter-prod", {}), "ignore": ["JPV07"]}
    assert {**after, "metadata": metadata} == told


def test_a_byte_order_mark_and_windows_line_ends_stay():
    before = b"\xef\xbb\xbf" + saved(["a = 1\nb = 2"], {"indent": 1}).replace(b"\\n", b"\\r\\n").replace(b"\n", b"\r\n")
    after = rewritten(before, PATH, Changes({1: "a = 1\nb = 3"}))
    assert after == before.replace(b"b = 2", b"b = 3")


PERCENT = """# ---
# jupyter:
#   kernelspec:
#     name: python3
# ---

# %% [markdown]
# # Title

# %%
import pandas as pd
# %matplotlib inline

x = 1

# %% tags=["a"]
y = 2
"""


def test_a_percent_script_changes_line_by_line():
    path = Path("pilot.py")
    notebook = parse_notebook(PERCENT.encode(), path)
    source = notebook.cells[1].source
    assert "%matplotlib inline" in source

    changed = source.replace("x = 1", "x = 10\n%time x")
    after = rewritten(PERCENT.encode(), path, Changes({2: changed}, inserted=(NewCell(2, "k = 5", ("parameters",)),)))

    text = PERCENT.replace("x = 1\n", "x = 10\n# %time x\n")
    assert after.decode() == text.replace("# %%\nimport", '# %% tags=["parameters"]\nk = 5\n\n# %%\nimport')
    assert parse_notebook(after, path).cells[2].source == changed


def test_a_markdown_notebook_changes_line_by_line():
    text = "---\njupyter: {}\n---\n\n# Title\n\n```python\nx = 1\r\ny = 2\n```\n\ntext\n"
    after = rewritten(text.encode(), Path("a.md"), Changes({2: "x = 1\ny = 3"}))
    assert after.decode() == text.replace("y = 2", "y = 3")


def test_lines_are_found_in_the_file(tmp_path: Path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(saved(["a = 1\nb = 2", "c = 3\nd = 4"], {"indent": 1}))
    lines = path.read_text().split("\n")
    assert "d = 4" in lines[line_in_file(path, 2, 2) - 1]
    assert "a = 1" in lines[line_in_file(path, 1, 1) - 1]
    assert line_in_file(path, 9, 1) == 1
    script = tmp_path / "a.py"
    script.write_text(PERCENT)
    assert PERCENT.split("\n")[line_in_file(script, 2, 4) - 1] == "x = 1"
