"""Reading notebooks: what comes out of each format, and what is said of files that hold none."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_prod.errors import UsableError
from jupyter_prod.notebook import read_notebook, reading
from tests.conftest import document


def refused(path: Path) -> str:
    with pytest.raises(UsableError) as error:
        read_notebook(path)
    assert error.value.where == str(path)
    return error.value.what


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_cells_are_numbered_over_all_kinds(make_notebook):
    markdown = {"cell_type": "markdown", "metadata": {}, "source": "# Title"}
    raw = {"cell_type": "raw", "metadata": {}, "source": "anything"}
    notebook = read_notebook(make_notebook("x = 1\ny = 2", markdown, raw, "z = 3"))
    assert [(cell.number, cell.kind) for cell in notebook.cells] == [
        (1, "code"),
        (2, "markdown"),
        (3, "raw"),
        (4, "code"),
    ]
    assert notebook.cells[0].source == "x = 1\ny = 2"
    assert notebook.cells[3].id == "cell-4"


def test_the_hash_is_that_of_the_file(make_notebook):
    path = make_notebook("x = 1")
    assert read_notebook(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_tags_counts_and_outputs_come_along(make_notebook):
    output = {"output_type": "stream", "name": "stdout", "text": ["1\n"]}
    cell = {
        "cell_type": "code",
        "metadata": {"tags": ["parameters", 7]},
        "source": "print(1)",
        "outputs": [output],
        "execution_count": 4,
    }
    read = read_notebook(make_notebook(cell)).cells[0]
    assert (read.tags, read.execution_count, read.outputs) == (("parameters",), 4, (output,))


def test_windows_line_ends_become_plain_ones(make_notebook):
    cell = {"cell_type": "code", "metadata": {}, "source": ["x = 1\r\n", "y = 2\r", "z = 3"]}
    assert read_notebook(make_notebook(cell)).cells[0].source == "x = 1\ny = 2\nz = 3"


@pytest.mark.parametrize(
    "name", ["my pilot (final) [v2].ipynb", 'it\'s "quoted".ipynb', "2024 продажи.ipynb", "売上.ipynb"]
)
def test_any_file_name_works(make_notebook, name):
    assert read_notebook(make_notebook("x = 1", name=name)).path.name == name


@pytest.mark.parametrize(
    ("metadata", "language", "kernel"),
    [
        ({"language_info": {"name": "R"}, "kernelspec": {"name": "ir", "language": "R"}}, "r", "ir"),
        ({"language_info": {}, "kernelspec": {"name": "ir", "display_name": "R"}}, "r", "ir"),
        ({"language_info": {}, "kernelspec": {"name": "julia-1.9", "language": "julia"}}, "julia", "julia-1.9"),
        (
            {"language_info": {}, "kernelspec": {"name": "conda-env-py39", "language": "python"}},
            "python",
            "conda-env-py39",
        ),
        ({"language_info": "nonsense", "kernelspec": None}, "python", None),
        ({"language_info": {}}, "python", None),
    ],
)
def test_the_kernels_language_is_told(make_notebook, metadata, language, kernel):
    notebook = read_notebook(make_notebook("x <- 1", **metadata))
    assert (notebook.language, notebook.kernel) == (language, kernel)


def test_nbformat_3_reads_like_4(tmp_path):
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "Old"},
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Soil"]},
                    {
                        "cell_type": "code",
                        "collapsed": False,
                        "input": ["x = 1\n", "x"],
                        "language": "python",
                        "metadata": {},
                        "prompt_number": 3,
                        "outputs": [
                            {"output_type": "pyout", "prompt_number": 3, "metadata": {}, "text": ["1"], "png": "aGk="},
                            {"output_type": "stream", "stream": "stderr", "text": ["oh\n"]},
                            {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": []},
                        ],
                    },
                ]
            },
            {"cells": [{"cell_type": "code", "input": "y = x", "language": "python", "metadata": {}, "outputs": []}]},
        ],
    }
    notebook = read_notebook(written(tmp_path / "old.ipynb", json.dumps(old)))
    heading, code, last = notebook.cells
    assert (heading.kind, heading.source) == ("markdown", "## Soil")
    assert (code.source, code.execution_count) == ("x = 1\nx", 3)
    result, stream, error = code.outputs
    assert result["output_type"] == "execute_result"
    assert result["data"] == {"text/plain": ["1"], "image/png": "aGk="}
    assert (stream["name"], error["output_type"]) == ("stderr", "error")
    assert (last.number, last.source) == (3, "y = x")
    assert (notebook.nbformat, notebook.language) == ((3, 0), "python")


def test_what_pythons_own_writer_lets_through_is_read(tmp_path):
    """NaN in a plot's data and half a surrogate pair in a text: json.dumps writes both, strict readers refuse both."""
    output = {"output_type": "display_data", "data": {"application/json": {"y": float("nan")}}, "metadata": {}}
    cell = {"cell_type": "code", "metadata": {}, "source": 'x = "\ud83d"', "outputs": [output]}
    notebook = read_notebook(written(tmp_path / "odd.ipynb", json.dumps(document(cell))))
    notebook.cells[0].source.encode("utf-8")
    assert notebook.cells[0].source.startswith('x = "')


def test_a_byte_order_mark_is_no_obstacle(make_notebook):
    path = make_notebook("x = 'é'")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_notebook(path).cells[0].source == "x = 'é'"


def test_a_missing_file_is_named(tmp_path):
    assert refused(tmp_path / "gone.ipynb") == "does not exist"


def test_a_folder_is_no_notebook(tmp_path):
    assert refused(tmp_path) == "is a folder, not a notebook"


@pytest.mark.parametrize("content", ["", "  \n", "\ufeff"])
@pytest.mark.parametrize("name", ["n.ipynb", "n.py", "n.md"])
def test_an_empty_file_is_said_to_be_empty(tmp_path, name, content):
    assert refused(written(tmp_path / name, content)) == "is empty"


@pytest.mark.parametrize("kept", [10, 60, 0.5, 0.9, -1])
def test_a_file_cut_off_anywhere_is_said_to_be_cut_off(make_notebook, kept):
    path = make_notebook("x = 1", "y = 'a longer line'", "z = 3")
    text = path.read_text()
    path.write_text(text[: int(len(text) * kept) if isinstance(kept, float) else kept])
    assert "is cut off" in refused(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("hello", "is not a notebook"),
        ("<!DOCTYPE html><html></html>", "is a web page"),
        ("[1, 2]", "is not a valid notebook"),
        ("null", "is not a valid notebook"),
        ('{"a": 1}', "is JSON, but not a notebook"),
        ('{"cells": []}', "is JSON, but not a notebook"),
        ('{"nbformat": 4}', "is JSON, but not a notebook"),
        ('{"nbformat": 4, "cells": 3}', "is not a valid notebook"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}', "is not a valid notebook"),
        ('{"nbformat": 5, "cells": []}', "has nbformat 5"),
        ('{"nbformat": 1, "cells": []}', "has nbformat 1"),
        ('{"nbformat": 4,\n<<<<<<< HEAD\n"cells": []\n=======\n', "holds unresolved merge conflicts"),
        ('{"nbformat": 4, "cells": [], "metadata": {"a": ' + "[" * 200_000, "is nested too deeply"),
        (b'{"nbformat": 4, "cells": [{"source": "caf\xe9"}]}', "is not UTF-8"),
        (json.dumps(document("x")).encode("utf-16"), "is UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not UTF-8"),
        (b"\x00" * 50, "is not a notebook"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_told_apart(tmp_path, content, what):
    assert refused(written(tmp_path / "n.ipynb", content)).startswith(what)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_file_without_read_permission_is_said_to_be_so(make_notebook):
    path = make_notebook("x = 1")
    path.chmod(0)
    assert refused(path) == "can't be read (Permission denied)"


def test_a_read_error_is_told_with_its_reason(make_notebook, monkeypatch):
    def fail(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = make_notebook("x = 1")
    monkeypatch.setattr(Path, "read_bytes", fail)
    assert refused(path) == "can't be read (Permission denied)"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert refused(tmp_path / "pipe.ipynb") == "is not a file"


def test_a_link_in_a_circle_is_one_line(tmp_path):
    (tmp_path / "a.ipynb").symlink_to(tmp_path / "a.ipynb")
    assert refused(tmp_path / "a.ipynb")


def test_a_path_that_no_system_takes_is_one_line():
    assert "can't be read" in refused(Path("a\0b.ipynb")) or "does not exist" in refused(Path("a\0b.ipynb"))


def test_a_file_beyond_all_measure_is_refused_unread(make_notebook, monkeypatch):
    path = make_notebook("x = 1")
    monkeypatch.setattr(reading, "LARGEST", 10)
    assert "is larger than" in refused(path)


@pytest.mark.slow
def test_50_mb_of_outputs_are_read_in_seconds(make_notebook):
    picture = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo" * 100_000}, "metadata": {}}
    stream = {"output_type": "stream", "name": "stdout", "text": ["epoch 1 loss 0.1\n"] * 60_000}
    cell = {"cell_type": "code", "metadata": {}, "source": "show()", "outputs": [picture, stream], "execution_count": 1}
    path = make_notebook(*[cell] * 25)
    assert path.stat().st_size > 50_000_000
    start = time.process_time()
    assert len(read_notebook(path).cells) == 25
    assert time.process_time() - start < 3


def test_reading_imports_neither_nbformat_nor_ipython_nor_yaml():
    script = (
        "import sys, jupyter_prod.notebook; "
        "print([m for m in ('nbformat', 'IPython', 'yaml', 'jsonschema') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
