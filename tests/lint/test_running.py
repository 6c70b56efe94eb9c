"""Many files: in parallel, with a cache, since a revision, against a baseline, from standard input."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_prod.cli.main import main
from jupyter_prod.lint.cache import Cache
from jupyter_prod.lint.running import FEW, Run
from tests.conftest import document

BAD = 'import pandas as pd\nrows = pd.read_csv("/home/maria/rows.csv")'


def saved(path: Path, *cells: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document(*cells), indent=1))
    return path


def test_in_parallel_the_same_is_found_in_the_same_order(tmp_path):
    files = [saved(tmp_path / f"{n:02}.ipynb", BAD if n % 3 else "x = 1") for n in range(FEW + 3)]
    alone = list(Run({}).check_all(files, 1))
    assert list(Run({}).check_all(files, 2)) == alone
    assert [one.path for one in alone] == files
    assert sum(bool(one.findings) for one in alone) >= 9


def test_one_unreadable_file_does_not_stop_the_others(tmp_path, capsys):
    saved(tmp_path / "a.ipynb", BAD)
    (tmp_path / "b.ipynb").write_text("{")
    saved(tmp_path / "c.ipynb", BAD)
    assert main(["lint", str(tmp_path), "--select", "JPD01", "--output-format", "concise"]) == 2
    said = capsys.readouterr()
    assert said.out.count("JPD01") == 2 and "b.ipynb" in said.err


def test_what_did_not_change_is_answered_from_the_cache(tmp_path, monkeypatch):
    path = saved(tmp_path / "work" / "a.ipynb", BAD)
    cache = Cache(tmp_path / "cache")
    first = Run({"select": ("JPD",)}, cache).check(path)
    monkeypatch.setattr("jupyter_prod.lint.checking.check_notebook", lambda *_: pytest.fail("was checked again"))
    assert Run({"select": ("JPD",)}, Cache(tmp_path / "cache")).check(path) == first
    monkeypatch.undo()
    assert Run({"select": ("JPS",)}, Cache(tmp_path / "cache")).check(path).findings == ()
    saved(path, "x = 1")
    assert not Run({"select": ("JPD",)}, Cache(tmp_path / "cache")).check(path).findings


def test_the_cache_sees_what_lies_beside_the_notebook(tmp_path):
    path = saved(tmp_path / "a.ipynb", BAD)
    data = path.read_bytes()
    run = Run({})
    keys = {Cache(tmp_path / "cache").key(path, data, run.settings(path))}
    (tmp_path / "requirements.txt").write_text("pandas\n")
    keys.add(Cache(tmp_path / "cache").key(path, data, run.settings(path)))
    (tmp_path / "charter.yaml").write_text("outcome: {}\n")
    keys.add(Cache(tmp_path / "cache").key(path, data, run.settings(path)))
    assert len(keys) == 3


def test_a_cache_that_is_broken_or_can_not_be_written_is_none(tmp_path):
    path = saved(tmp_path / "a.ipynb", BAD)
    cache = Cache(tmp_path / "cache")
    run = Run({"select": ("JPD01",)}, cache)
    first = run.check(path)
    for file in (tmp_path / "cache").rglob("*"):
        if file.is_file():
            file.write_text("{")
    assert run.check(path) == first
    (tmp_path / "file").write_text("")
    assert Run({"select": ("JPD01",)}, Cache(tmp_path / "file")).check(path) == first


def test_only_new_findings_count_against_a_baseline(tmp_path, capsys):
    path = saved(tmp_path / "a.ipynb", BAD)
    baseline = tmp_path / "baseline.json"
    common = ["lint", str(path), "--select", "JPD01", "-n", "--output-format", "concise"]
    assert main([*common, "--write-baseline", str(baseline)]) == 0
    assert main([*common, "--baseline", str(baseline)]) == 0
    saved(path, "# a new first line\n" + BAD + '\nmore = pd.read_csv("/home/maria/more.csv")')
    capsys.readouterr()
    assert main([*common, "--baseline", str(baseline)]) == 1
    out = capsys.readouterr().out
    assert "more.csv" in out and "rows.csv" not in out
    assert main([*common, "--baseline", str(path)]) == 2
    assert main([*common, "--baseline", str(tmp_path / "none.json")]) == 2


def test_only_what_changed_since_a_revision_is_checked(tmp_path, capsys):
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
            cwd=tmp_path, check=True, capture_output=True,
        )  # fmt: skip

    git("init", "-q")
    saved(tmp_path / "old.ipynb", BAD)
    changed = saved(tmp_path / "changed.ipynb", BAD)
    git("add", ".")
    git("commit", "-qm", "first")
    saved(changed, BAD + "\nx = 1")
    saved(tmp_path / "new.ipynb", BAD)
    assert main(["lint", str(tmp_path), "--since", "HEAD", "--show-files"]) == 0
    assert [Path(name).name for name in capsys.readouterr().out.split()] == ["changed.ipynb", "new.ipynb"]
    assert main(["lint", str(tmp_path), "--since", "--output=/tmp/x"]) == 2
    assert main(["lint", str(tmp_path), "--since", "no-such-revision"]) == 2


class _Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input_has_the_name_that_it_is_given(tmp_path, capsys, monkeypatch):
    data = json.dumps(document(BAD)).encode()
    monkeypatch.setattr(sys, "stdin", _Stdin(data))
    assert main(["lint", "--stdin-filename", "x/a.ipynb", "--select", "JPD01", "--json"]) == 1
    assert [f["filename"] for f in json.loads(capsys.readouterr().out)] == ["x/a.ipynb"]
    monkeypatch.setattr(sys, "stdin", _Stdin(data))
    assert main(["lint", "-", "--select", "JPD01"]) == 1
    assert "rows = pd.read_csv" in capsys.readouterr().out  # the frame, though no file is there
    script = b'# %%\nimport pandas as pd\nrows = pd.read_csv("/home/maria/rows.csv")\n'
    monkeypatch.setattr(sys, "stdin", _Stdin(script))
    assert main(["lint", "--stdin-filename", "a.py", "--select", "JPD01"]) == 1


def test_what_is_found_can_be_told_without_failing(tmp_path):
    path = saved(tmp_path / "a.ipynb", BAD)
    assert main(["lint", str(path), "--exit-zero"]) == 0
    assert main(["lint", str(path), "--select", "JPD01", "--fail-on", "error"]) == 1
    assert main(["lint", str(path), "--select", "JPD01", "--severity", "JPD01=info", "--fail-on", "warning"]) == 0


def test_cells_can_be_suppressed_by_tag_and_the_notebook_by_metadata(tmp_path, capsys):
    told = document(BAD, BAD.replace("rows", "more"))
    told["cells"][0]["metadata"]["tags"] = ["prod:ignore=JPD01"]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(told))
    main(["lint", str(path), "--select", "JPD01,JPL01", "--json"])
    assert [f["cell"] for f in json.loads(capsys.readouterr().out)] == [2]
    told["metadata"]["jupyter-prod"] = {"ignore": ["absolute-path", "JPS01"]}
    path.write_text(json.dumps(told))
    main(["lint", str(path), "--select", "JPD01,JPS01,JPL01", "--json"])
    left = json.loads(capsys.readouterr().out)
    assert [(f["code"], f["cell"]) for f in left] == [("JPL01", None)] and "JPS01" in left[0]["message"]


def test_a_watch_tells_again_what_changed_and_outlives_a_half_saved_file(tmp_path):
    path = saved(tmp_path / "a.ipynb", "x = 1")
    command = [sys.executable, "-m", "jupyter_prod.cli.main", "lint", str(path), "--select", "JPD01", "--watch", "-n"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    assert process.stdout is not None
    try:
        assert "No hazards" in process.stdout.readline() and "watching" in process.stdout.readline()
        path.write_text("{")
        assert "a.ipynb" in process.stdout.readline() and "watching" in process.stdout.readline()
        saved(path, BAD)
        assert "JPD01" in process.stdout.readline()
    finally:
        process.kill()
        process.wait()
