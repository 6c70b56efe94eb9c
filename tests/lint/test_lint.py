"""Choosing rules, suppressing findings, telling them; and that no notebook makes lint fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_prod.cli.main import main
from jupyter_prod.errors import UsableError
from jupyter_prod.hazards import all_rules
from jupyter_prod.lint import Settings, check_notebook, lint
from jupyter_prod.lint.choosing import chosen_rules
from jupyter_prod.lint.reporters import Told, report
from jupyter_prod.notebook import Cell, Notebook
from tests.hazards.examples import notebook_of

BAD = 'import pandas as pd\nrows = pd.read_csv("/home/maria/rows.csv")'


def saved(path: Path, *sources: str, **metadata: Any) -> Path:
    cells = [
        {"cell_type": "code", "id": f"cell{n}", "source": s, "metadata": {}, "outputs": [], "execution_count": None}
        for n, s in enumerate(sources)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
    )
    return path


def codes(example: str) -> list[str]:
    findings = check_notebook(notebook_of(example), all_rules())
    return [finding.code for finding in findings if finding.severity != "info" and finding.code != "JPL01"]


# ------------------------------------------------------------ choosing


def test_rules_are_chosen_by_code_slug_group_and_all() -> None:
    assert [r.code for r in chosen_rules(Settings(("JPD01",)))] == ["JPD01"]
    assert [r.code for r in chosen_rules(Settings(("absolute-path",)))] == ["JPD01"]
    assert {r.code[2] for r in chosen_rules(Settings(("JPM", "s")))} == {"M", "S"}
    assert len(chosen_rules(Settings())) == len(all_rules())
    without = chosen_rules(Settings(("JPD",), ("absolute-path",)))
    assert without and "JPD01" not in {r.code for r in without}


def test_a_rule_that_does_not_exist_is_the_callers_mistake() -> None:
    with pytest.raises(UsableError, match="JPX99"):
        chosen_rules(Settings(("JPX99",)))


# ------------------------------------------------------------ suppressing


@pytest.mark.parametrize(
    "comment",
    ["# prod: ignore[JPD01]", "# prod: ignore[absolute-path]", "# prod: ignore", "#prod:ignore[JPS01, JPD01]"],
)
def test_a_comment_on_the_line_suppresses(comment: str) -> None:
    assert codes(f"{BAD}  {comment}") == []


def test_a_comment_alone_covers_the_line_below() -> None:
    assert codes(BAD.replace("\n", "\n# prod: ignore[JPD01]\n")) == []


def test_a_comment_anywhere_in_a_statement_covers_it() -> None:
    query = 'import pandas as pd\nday = "x"\npd.read_sql("""select a\n    from t where d = \'%s\'""" % day,  # prod: ignore[JPD12]\n    None)'
    assert "JPD12" not in codes(query)
    assert "JPD12" in codes(query.replace("# prod: ignore[JPD12]", "# a comment"))


@pytest.mark.parametrize(
    "comment", ["# prod: ignore[JPS01]", "# prod: ignored", "# ignore[JPD01]", '"# prod: ignore" # no']
)
def test_other_comments_do_not_suppress(comment: str) -> None:
    found = codes(f"{BAD}  {comment}")
    assert (found == ["JPD01"]) is (comment != '"# prod: ignore" # no')


def test_an_output_is_suppressed_on_its_cells_first_line() -> None:
    shown = "print(engine.url)\n#> mysql://pilot:Herbstlaub-2291@10.8.3.21/claims"
    assert "JPS02" in codes(shown)
    assert "JPS02" not in codes(f"# prod: ignore[JPS02]\n{shown}")


def test_markdown_has_its_own_comment() -> None:
    secret = '# %% [markdown]\npassword = "Herbstlaub-2291"'
    assert codes(secret) == ["JPS01"]
    assert codes(f"{secret} <!-- prod: ignore[JPS01] -->") == []


# ------------------------------------------------------------ telling


def test_findings_are_sorted_by_place_and_each_is_told_once() -> None:
    example = f'{BAD}\n# %%\nb = eval(x)\na = pd.read_csv("/home/maria/b.csv"); c = pd.read_csv("/home/maria/b2.csv")'
    findings = check_notebook(notebook_of(example), chosen_rules(Settings(("JPD01", "JPS07"))))

    places = [(f.place.cell, f.place.row, f.place.column) for f in findings]
    assert places == sorted(set(places))
    assert [f.code for f in findings] == ["JPD01", "JPS07", "JPD01", "JPD01"]


def test_places_count_characters_of_the_cell_as_written(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.ipynb", "x = 'ü'\n%time y = eval(x)\nz = 'ä'; eval(z)")

    findings = lint([path], Settings(("JPS07",)))

    assert [(f.place.row, f.place.column, f.place.end_column) for f in findings] == [(2, 11, 18), (3, 10, 17)]


def test_json_has_the_fields_that_machines_rely_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path / "a.ipynb", "1", BAD)

    assert main(["lint", str(path), "--select", "JPD", "--output-format", "json"]) == 1

    told = json.loads(capsys.readouterr().out)
    assert [list(row) for row in told] == [
        ["code", "slug", "severity", "message", "filename", "cell", "cell_id", "location", "end_location", "url", "noqa_row",
         "fix", "step", "conversion"]
    ]  # fmt: skip
    row = told[0]
    assert (row["code"], row["slug"], row["severity"], row["cell"], row["cell_id"]) == (
        "JPD01",
        "absolute-path",
        "error",
        2,
        "cell1",
    )
    assert row["location"] == {"row": 2, "column": 20}
    assert row["end_location"] == {"row": 2, "column": 42}
    assert Path(row["filename"]).resolve() == path.resolve()
    assert row["noqa_row"] is None
    assert row["conversion"] in ("resolved", "yours")


def test_text_names_file_cell_line_column_and_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path / "a b.ipynb", BAD)

    assert main(["lint", str(path), "--output-format", "concise", "--select", "JPD01"]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{path}:cell 1:2:20: JPD01 ")
    assert lines[-2] == "Found 1 hazard in 1 notebook: 1 error."
    assert lines[-1] == "1 hazard can be fixed with `--fix --unsafe-fixes`."
    assert "\x1b" not in "".join(lines)


def test_colour_is_put_on_for_a_terminal_only() -> None:
    findings = check_notebook(notebook_of(BAD, Path("a\x1b[31m.ipynb")), chosen_rules(Settings(("JPD01",))))

    plain, painted = (report(Told(findings, [Path("a")], colour=colour), "concise") for colour in (False, True))
    assert "\x1b" not in plain
    assert painted.count("\x1b") == 4


# ------------------------------------------------------------ the command


def test_a_clean_notebook_exits_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(saved(tmp_path / "a.ipynb", "print(1)")), "--ignore", "JPO,JPV"]) == 0
    assert capsys.readouterr().out == "No hazards found in 1 notebook.\n"


def test_a_folder_means_its_notebooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(tmp_path / "x" / "a.ipynb", BAD)
    saved(tmp_path / "b.ipynb", BAD)
    saved(tmp_path / ".ipynb_checkpoints" / "b.ipynb", BAD)

    assert main(["lint", str(tmp_path)]) == 1

    assert "in 2 notebooks" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "no json", "[1, 2]", '{"cells": 3}', "\x00\x01"])
def test_what_is_no_notebook_gets_one_line_and_exit_code_2(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(content, encoding="utf-8")

    assert main(["lint", str(path)]) == 2

    told = capsys.readouterr()
    assert told.err.count("\n") == 1 and str(path) in told.err
    assert told.out == ""


def test_one_unreadable_notebook_does_not_hide_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(tmp_path / "a.ipynb", BAD)
    (tmp_path / "b.ipynb").write_text("no json", encoding="utf-8")

    assert main(["lint", str(tmp_path), "--output-format", "json", "--select", "JPD01"]) == 2

    told = capsys.readouterr()
    assert [row["code"] for row in json.loads(told.out)] == ["JPD01"]
    assert "b.ipynb" in told.err


@pytest.mark.parametrize("arguments", [["lint"], ["lint", "x.ipynb", "--select", "JPX99"], ["lint", "missing.ipynb"]])
def test_unusable_arguments_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_notebook_in_another_language_is_only_searched_for_secrets(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "r.ipynb",
        'x <- read.csv("/home/maria/a.csv")\nprint(y)',
        'password = "Herbstlaub-2291"',
        kernelspec={"name": "ir", "language": "R"},
    )
    assert [f.code for f in lint([path], Settings(("JPS01",)))] == ["JPS01"]


@pytest.mark.parametrize("content", [b"\0\0a,b\n", b'"' + b"a" * 200_000, b"\xff\xfe,\n", b""])
@pytest.mark.parametrize("separator", ["", ', sep="\\n"', ', sep="\\0"', r', sep=r"\s+"'])
def test_data_beside_the_notebook_that_are_no_table_are_no_fault(
    content: bytes, separator: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    path = saved(tmp_path / "a.ipynb", f'import pandas as pd\nrows = pd.read_csv("a.csv"{separator})\nrows["a"]')
    assert lint([path])


def test_cells_that_do_not_parse_are_searched_too(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.ipynb", 'for x in y print(x)\npassword = "Herbstlaub-2291"')
    assert [f.code for f in lint([path], Settings(("JPS01",)))] == ["JPS01"]


# ------------------------------------------------------------ any notebook

PIECES = st.sampled_from(
    [rule.bad[0] for rule in all_rules()]
    + ["def f(x):", "class A:", "%%bash\nls {x}", "!ls $x", "x = x(x)[x]", "del x", "import *", "for x in x: x = [x for x in x]", "f = lambda: f()\nf()",
       "x = {**x, **{x: x}}", "a = b = c = d", "%time", "\\", '"""', "'", "{{ x }}", "\ud800", "\x00", "df[df['a'] == df] = df.loc[df:df, df]", "global x"]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(PIECES, st.text(max_size=200)), min_size=1, max_size=5))
def test_lint_never_raises_whatever_the_cells_hold(sources: list[str]) -> None:
    outputs = (
        {"output_type": "stream", "text": ["password: ", sources[0]]},
        {"output_type": "error", "traceback": None},
        {"data": {"text/plain": 3}},
    )
    cells = tuple(Cell(n, None, "code", source, outputs=outputs) for n, source in enumerate(sources, 1))
    notebook = Notebook(Path("x.ipynb"), "", cells, {}, (4, 5), "python", None)

    for finding in check_notebook(notebook, all_rules()):
        lines = sources[(finding.place.cell or 1) - 1].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert 1 <= finding.place.row <= len(lines)
        assert finding.place.column >= 1
        json.dumps(finding.as_json())


def test_a_chain_of_thousands_of_statements_is_checked_in_seconds() -> None:
    source = "import os\nimport pandas as pd\ndf = pd.read_csv(os.environ['ROWS'])\n" + "\n".join(
        f"df['c{n}'] = df['c{n - 1}'] + 1" for n in range(1, 1500)
    )
    assert codes(source + "\nprint(df.mean())") == ["JPR08"]  # the variable that nothing declares
