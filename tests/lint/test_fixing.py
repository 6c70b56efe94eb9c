"""Fixes: what is done, that they never collide or break, and that nothing else changes."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_prod.cli.main import main
from jupyter_prod.hazards import Edit, Facts, Fix, Hit, Parameter, Place, Rule, all_rules
from jupyter_prod.lint import check_notebook
from jupyter_prod.lint.fix_files import fix_bytes, notebook_diff
from jupyter_prod.lint.fixing import edited_text, plan_fixes
from jupyter_prod.notebook import Notebook, parse_notebook
from jupyter_prod.notebook.rewriting import rewritten
from tests.conftest import document
from tests.hazards.examples import notebook_of, written

PATH = Path("pilot.ipynb")
FIXED = [pytest.param(rule, id=rule.code) for rule in all_rules() if rule.fixed]


def fixed_notebook(notebook: Notebook, rules: list[Rule], unsafe: bool = True) -> bytes:
    data = _bytes(notebook)
    return fix_bytes(data, notebook.path, lambda n: check_notebook(n, rules), unsafe).data


def _bytes(notebook: Notebook) -> bytes:
    told = document(*("" for _ in notebook.cells), **notebook.metadata)
    for saved, cell in zip(told["cells"], notebook.cells, strict=True):
        saved["cell_type"] = cell.kind
        saved["source"] = cell.source.splitlines(keepends=True)
        saved["outputs"] = list(cell.outputs)
        saved["execution_count"] = cell.execution_count
        if cell.kind != "code":
            del saved["outputs"], saved["execution_count"]
    return json.dumps(told, indent=1).encode()


@pytest.mark.parametrize("rule", FIXED)
def test_a_rules_fix_makes_of_its_first_bad_example_what_it_says(rule: Rule, tmp_path: Path) -> None:
    notebook = written(rule.bad[0], tmp_path)
    wanted = [(c.kind, c.source) for c in notebook_of(rule.fixed).cells]

    after = parse_notebook(fixed_notebook(notebook, [rule]), notebook.path)

    assert [(c.kind, c.source) for c in after.cells] == wanted
    assert [bool(c.outputs) for c in after.cells] == [bool(c.outputs) for c in notebook_of(rule.fixed).cells]


@pytest.mark.parametrize("rule", FIXED)
def test_fixing_twice_changes_nothing_more(rule: Rule, tmp_path: Path) -> None:
    for example in rule.bad:
        notebook = written(example, tmp_path)
        once = fixed_notebook(notebook, [rule])
        assert fix_bytes(once, notebook.path, lambda n: check_notebook(n, [rule]), True).data == once


@pytest.mark.parametrize("rule", [r for r in all_rules() if r.fix], ids=lambda r: r.code)
def test_a_fix_has_the_applicability_that_the_rule_documents(rule: Rule, tmp_path: Path) -> None:
    fixes = [f.fix for example in rule.bad for f in check_notebook(written(example, tmp_path), [rule]) if f.fix]
    assert fixes
    assert rule.fix in {fix.applicability for fix in fixes}


class Stub(Rule):
    """A rule that reports what it is given."""

    code, slug, severity, step = "ZZ01", "stub", "warning", 1
    title = what = why = conversion_note = "For tests."
    bad = good = ()
    conversion = "yours"

    def __init__(self, *hits: Hit) -> None:
        self.hits = hits

    def check(self, facts: Facts) -> Iterator[Hit]:
        return iter(self.hits)


def hit(row: int, column: int, end: int, content: str, **more: object) -> Hit:
    place = Place(1, row, column, row, end)
    return Hit(place, "x", fix=Fix("safe", "x", (Edit(place, content),), **more))  # type: ignore[arg-type]


def done(source: str, *hits: Hit) -> list[str]:
    notebook = notebook_of(source)
    changes, _ = plan_fixes(notebook, check_notebook(notebook, [Stub(*hits)]), True)
    return [changes.sources.get(c.number, c.source) for c in notebook.cells]


def test_fixes_that_overlap_are_not_done_together() -> None:
    assert done("a = b + c", hit(1, 5, 6, "B"), hit(1, 5, 10, "X")) == ["a = B + c"]
    assert done("a = b + c", hit(1, 5, 6, "B"), hit(1, 9, 10, "C")) == ["a = B + C"]


def test_a_fix_that_would_break_the_cell_is_not_done_and_the_others_are() -> None:
    assert done("a = b", hit(1, 1, 2, "a b"), hit(1, 5, 6, "c")) == ["a = b"]
    assert done("a = b\n# %%\nc = d", hit(1, 5, 6, "((")) == ["a = b", "c = d"]


def test_imports_stand_below_the_first_imports_and_only_once() -> None:
    source = "import sys\nimport json\nx = 1\n# %%\ny = 2"
    assert done(source, hit(3, 5, 6, "2", imports=("import os",)))[0] == "import sys\nimport json\nimport os\nx = 2"
    assert done("import os\nx = 1", hit(2, 5, 6, "2", imports=("import os",)))[0] == "import os\nx = 2"
    assert done("x = 1", hit(1, 5, 6, "2", imports=("import os",)))[0] == "import os\nx = 2"


def test_parameters_go_into_a_cell_of_their_own() -> None:
    notebook = notebook_of("# %% [markdown]\ntext\n# %%\nx = 1")
    place = Place(2, 1, 5, 1, 6)
    stub = Stub(Hit(place, "x", fix=Fix("unsafe", "x", (Edit(place, "K"),), parameters=(Parameter("K", "1"),))))
    changes, _ = plan_fixes(notebook, check_notebook(notebook, [stub]), True)
    after = parse_notebook(rewritten(_bytes(notebook), PATH, changes), PATH)
    assert [c.source for c in after.cells] == ["text", "K = 1", "x = K"]
    assert after.cells[1].tags == ("parameters",)
    assert fixed_notebook(notebook, [stub], unsafe=False) == _bytes(notebook)


def test_text_is_edited_at_places_that_count_characters() -> None:
    text = "ä = 'x'\nb = 'y'"
    assert edited_text(text, [Edit(Place(1, 1, 5, 1, 8), "1"), Edit(Place(1, 2, 5, 2, 8), "2")]) == "ä = 1\nb = 2"
    assert edited_text(text, [Edit(Place(1, 1, 1, 2, 1), "")]) == "b = 'y'"
    assert edited_text(text, [Edit(Place(1, 3, 1, 3, 1), "\nc")]) == text + "\nc"


# ------------------------------------------------------------ the command


NAN = "import pandas as pd\nimport numpy as np\nx = 1\nprint(x == np.nan)"


def saved(path: Path, *cells: str) -> Path:
    path.write_text(json.dumps(document(*cells), indent=1) + "\n")
    return path


def test_fix_changes_only_the_lines_that_it_fixes(tmp_path, capsys):
    path = saved(tmp_path / "a.ipynb", NAN)
    before = path.read_text().split("\n")
    assert main(["lint", str(path), "--select", "nan-comparison", "--fix"]) == 0
    after = path.read_text().split("\n")
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert [b.strip() for _, b in changed] == ['"print(pd.isna(x))"']
    assert "Fixed 1 hazard." in capsys.readouterr().out


def test_diff_shows_and_writes_nothing(tmp_path, capsys):
    path = saved(tmp_path / "a.ipynb", NAN)
    before = path.read_bytes()
    assert main(["lint", str(path), "--select", "nan-comparison", "--diff"]) == 1
    out = capsys.readouterr().out
    assert path.read_bytes() == before
    assert f"--- {path}:cell 1" in out and "-print(x == np.nan)" in out
    clean = saved(tmp_path / "b.ipynb", "x = 1")
    assert main(["lint", str(clean), "--diff"]) == 0


def test_a_file_that_can_not_be_written_is_left_as_it_was(tmp_path, capsys, monkeypatch):
    import os

    path = saved(tmp_path / "a.ipynb", NAN)
    before = path.read_bytes()

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    assert main(["lint", str(path), "--select", "nan-comparison", "--fix", "-n"]) == 2
    assert "No space left" in capsys.readouterr().err
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]


def test_added_suppressions_suppress_all_that_was_found(tmp_path, capsys):
    source = textwrap.dedent("""
        import pandas as pd
        rows = pd.read_csv("/home/maria/rows.csv")
        text = \"\"\"
        postgresql://analyst:Winter2023@crm-db:5432/crm
        \"\"\"
        more = pd.concat([pd.read_csv("/home/maria/a.csv"),
                          pd.read_csv("/home/maria/b.csv")])
        other = pd.read_csv( \\
            "/home/maria/c.csv")
    """).strip()
    path = saved(tmp_path / "a.ipynb", source)
    select = ["--select", "JPD01,JPS08"]
    assert main(["lint", str(path), *select]) == 1
    assert main(["lint", str(path), *select, "--add-suppressions", "known since May"]) == 0
    assert main(["lint", str(path), *select]) == 0
    assert "known since May" in path.read_text()
    before = parse_notebook(json.dumps(document(source)).encode(), path)
    after = parse_notebook(path.read_bytes(), path)
    compile(after.cells[0].source, "x", "exec")
    assert after.cells[0].source.count("\n") >= before.cells[0].source.count("\n")
    capsys.readouterr()


def test_a_diff_names_cells_and_cleared_outputs() -> None:
    told = document("x = 1", "y = 2")
    before = json.dumps(told).encode()
    told["cells"][0]["source"] = ["x = 3"]
    assert "-x = 1\n+x = 3\n" in notebook_diff(before, json.dumps(told).encode(), PATH)
