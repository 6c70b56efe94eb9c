"""A notebook runs apart: its numbers are taken, its folder stays as it was, and it can't outstay its welcome."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_prod.environment import Environment, facts
from jupyter_prod.verify import NotebookRun, run_notebook
from jupyter_prod.verify.scratch import scratch_copy

Run = Callable[..., NotebookRun]


@pytest.fixture
def here() -> Environment:
    return facts(Path(sys.executable))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with data beside the notebook's folder."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "data").mkdir()
    (tmp_path / "repository" / "data" / "x.csv").write_text("a,b\n1,2\n3,4\n")
    found = tmp_path / "repository" / "notebooks"
    found.mkdir()
    (found / "near.txt").write_text("near")
    return found


@pytest.fixture
def run(here: Environment, folder: Path) -> Run:
    def running(*cells: str, seconds: int = 60, **more: Any) -> NotebookRun:
        return run_notebook(
            [(number, textwrap.dedent(cell)) for number, cell in enumerate(cells, 1)],
            environment=here,
            folder=folder,
            seconds=seconds,
            **more,
        )

    return running


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_outputs_are_what_a_notebook_shows_as_text(run: Run) -> None:
    said = run("x = 2\nprint('two')\nx * 3", "display([x]); x;", "import sys; print('no', file=sys.stderr)")
    assert said.failure is None
    assert said.outputs == {1: "two\n6\n", 2: "[2]\n", 3: ""}


def test_cells_may_use_ipythons_syntax_but_install_nothing(run: Run) -> None:
    said = run(
        "!echo shell\n%pip install nothing\n!pip install nothing\n!cd /tmp && pip install nothing\n%time x = 1", "x"
    )
    assert said.failure is None
    assert "shell" in said.outputs[1]
    assert "nothing" not in said.outputs[1]
    assert said.outputs[2] == "1\n"


def test_the_first_error_ends_the_run_and_names_cell_and_line(run: Run) -> None:
    said = run("x = 1", "def f():\n    return {}['k']\n\nx = 2\nf()\nprint(x)", "__prod_record__('late', 1)")
    assert said.failure is not None
    assert (said.failure.place.cell, said.failure.place.line) == (2, 5)
    assert said.failure.why == "KeyError: 'k'"
    assert said.values == {}


@pytest.mark.parametrize("cell", ["x = (", "import sys; sys.exit(3)", "await missing()"])
def test_every_way_to_stop_is_an_error_of_its_cell(run: Run, cell: str) -> None:
    said = run("ok = 1", cell)
    assert said.failure is not None
    assert said.failure.place.cell == 2


def test_numbers_come_back_plain_and_are_returned_to_the_notebook(run: Run) -> None:
    said = run("""
        import numpy as np, pandas as pd
        y = __prod_record__("score", np.float64(0.5)) + 1
        __prod_record__("score", 0.5)
        __prod_record__("score", 0.75)
        __prod_record__("flag", np.bool_(True))
        __prod_record__("list", np.array([1.0, np.nan, np.inf]))
        __prod_record__("frame", pd.DataFrame({"n": ["a", "b"], "v": [1, 2]}, index=["p", "q"]))
        __prod_record__("word", "none")
        __prod_record__("long", list(range(5000)))
        __prod_record__("y", y)
        """)
    assert said.failure is None
    assert said.values == {
        "score": 0.5,
        "score (2)": 0.75,
        "flag": True,
        "list": [1.0, None, None],
        "frame": {"v": {"p": 1, "q": 2}},
        "y": 1.5,
    }


MODEL = """
    import numpy as np, pandas as pd
    from sklearn.tree import DecisionTreeClassifier
    X = pd.DataFrame({"a": range(20), "b": [i % 3 for i in range(20)]}, index=range(100, 120))
    y = np.where(X["b"] == 2, "yes", "no")
    np.random.seed(1)
    m = DecisionTreeClassifier(random_state=0).fit(X, y)
"""


def test_a_probe_tells_answers_probabilities_and_rows(run: Run) -> None:
    said = run(MODEL, "__prod_probe__(m, X)")
    (probe,) = said.probes
    assert probe.failure == ""
    assert probe.predictions[:3] == ("no", "no", "yes")
    assert probe.classes == ("no", "yes")
    assert probe.probabilities is not None
    assert probe.probabilities[2] == (0.0, 1.0)
    assert probe.columns == ("a", "b")
    assert probe.rows[4] == (4, 1)
    assert probe.index is not None
    assert (probe.index[0], probe.unique, probe.total, probe.kind) == (100, True, 20, "DataFrame")


def test_a_probe_may_ask_by_a_function_and_take_arrays_texts_and_sparse_rows(run: Run) -> None:
    said = run(
        MODEL,
        """
        from scipy.sparse import csr_matrix
        __prod_probe__(m, X.values, lambda model, rows: np.exp(rows[:, 0]))
        __prod_probe__(m, csr_matrix(X.values), lambda model, rows: rows.sum(axis=1))
        __prod_probe__(m, pd.Series(["x", "yy"]), lambda model, rows: rows.str.len())
        __prod_probe__(m, ["x", "yy"], lambda model, rows: [len(r) for r in rows])
        """,
    )
    array, sparse, series, texts = said.probes
    assert array.predictions[1] == pytest.approx(2.718281828)
    assert (array.index, array.columns) == (None, None)
    assert sparse.predictions[4] == 5
    assert sparse.rows[4] == (4, 1)
    assert (series.rows, series.index) == ((("x",), ("yy",)), (0, 1))
    assert (texts.rows, texts.predictions) == ((("x",), ("yy",)), (1, 2))


def test_a_probe_leaves_no_trace(run: Run) -> None:
    draws = "print(np.random.rand(), random.random())"
    loud = "lambda model, rows: (print('loud'), np.random.rand(), random.random(), [0] * len(rows))[-1]"
    plain = run(MODEL, "import random; random.seed(3)", draws)
    probed = run(MODEL, "import random; random.seed(3)", f"__prod_probe__(m, X, {loud})\n{draws}")
    assert probed.probes[0].failure == ""
    assert probed.outputs[3] == plain.outputs[3]


def test_a_probe_that_fails_says_so_and_the_notebook_goes_on(run: Run) -> None:
    said = run(MODEL, "__prod_probe__(m, X[['a']])", "print('on')")
    assert said.failure is None
    assert "ValueError" in said.probes[0].failure
    assert said.outputs[3] == "on\n"


def test_large_inputs_are_sampled_with_every_answer_in_the_sample(run: Run) -> None:
    said = run("""
        import numpy as np
        X = np.arange(50_000).reshape(-1, 1)
        __prod_probe__(None, X, lambda model, rows: np.where(rows[:, 0] == 10, "rare", "common"))
        y = X[:, 0] * 2
        __prod_probe__(None, X, lambda *_: y)
        """)
    probe, fixed = said.probes
    assert [fixed.predictions[i] == 2 * row[0] for i, row in enumerate(fixed.rows)] == [True] * len(fixed.rows)
    assert probe.total == 50_000
    assert len(probe.rows) == len(probe.predictions) <= 2000
    assert "rare" in probe.predictions


def test_a_planted_seed_reaches_every_generator_and_unseeded_draws_are_noticed(run: Run) -> None:
    cells = ("import random, numpy as np", "print(random.random(), np.random.rand())")
    first, second, other = run(*cells, seed=1), run(*cells, seed=1), run(*cells, seed=2)
    assert first.outputs == second.outputs != other.outputs
    assert first.unseeded
    assert not run("import numpy as np\nnp.random.seed(0)\nnp.random.rand()", seed=1).unseeded
    assert run("import numpy as np\nnp.random.rand()\nnp.random.seed(0)", seed=1).unseeded


def test_the_users_folder_stays_as_it_was_whatever_the_notebook_writes(run: Run, folder: Path) -> None:
    before = tree(folder.parent)
    said = run("""
        import os, shutil, pathlib
        open("new.txt", "w").write("new")
        open("near.txt", "a").write("er")
        open("../data/x.csv", "w").write("gone")
        pathlib.Path("../data/deep/er").mkdir(parents=True)
        open("../data/deep/er/y", "w").write("y")
        os.rename("../data/x.csv", "../data/z.csv")
        shutil.rmtree("../data")
        os.chdir("..")
        open("root.txt", "w").write("root")
        """)
    assert said.failure is None
    assert tree(folder.parent) == before
    assert set(said.files) == {"new.txt", "near.txt", "../root.txt"}
    assert said.files["near.txt"].size == 6


def test_written_files_are_kept_when_asked(run: Run, tmp_path: Path) -> None:
    keep = tmp_path / "kept"
    keep.mkdir()
    said = run("open('out.csv', 'w').write('a\\n1\\n')", keep=keep)
    kept = said.files["out.csv"].kept
    assert kept is not None
    assert kept.read_text() == "a\n1\n"


def test_links_of_large_folders_are_copied_before_they_are_written(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_prod.verify.scratch.BESIDE_ENTRIES", 0)
    monkeypatch.setattr("jupyter_prod.verify.scratch.COPIED", 0)
    before = tree(folder.parent)
    said = run("""
        import os, shutil, sqlite3
        print(open("../data/x.csv").read())
        open("near.txt", "a").write("er")
        open("../data/y.csv", "w").write("y")
        os.chdir("../data")
        open("x.csv", "a").write("5,6")
        os.remove("x.csv")
        os.chdir("../notebooks")
        !rm -rf ../data/*
        print(os.listdir("../data"), open("near.txt").read())
        """)
    assert said.failure is None
    assert "1,2" in said.outputs[1]
    assert "[] nearer" in said.outputs[1]
    assert tree(folder.parent) == before


def test_an_absolute_path_into_the_users_folder_is_read_but_not_written(run: Run, folder: Path) -> None:
    said = run(f"print(open({str(folder / 'near.txt')!r}).read())", f"x = 1\nopen({str(folder / 'near.txt')!r}, 'w')")
    assert said.outputs[1] == "near\n"
    assert said.failure is not None
    assert (said.failure.place.cell, said.failure.place.line) == (2, 2)
    assert "never writes into your own folder" in said.failure.why
    assert (folder / "near.txt").read_text() == "near"


def test_a_missing_absolute_path_names_the_cell_and_what_to_do(run: Run) -> None:
    said = run("open('/data/of/somebody/else.csv')")
    assert said.failure is not None
    assert said.failure.why.startswith("FileNotFoundError")
    assert "put the file" in said.failure.lift


def test_a_notebook_that_never_ends_is_ended_with_all_it_started(run: Run, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    start = time.monotonic()
    said = run(
        "import subprocess, time\nx = 1",
        f"child = subprocess.Popen(['sleep', '600'])\nopen({str(pid)!r}, 'w').write(str(child.pid))\ntime.sleep(600)",
        seconds=4,
    )
    assert time.monotonic() - start < 30
    assert said.failure is not None
    assert said.failure.place.cell == 2
    assert "still running after 4 s" in said.failure.what
    assert _gone(int(pid.read_text()))


def test_a_kernel_that_crashes_names_its_cell(run: Run) -> None:
    said = run("__prod_record__('before', 1)", "import os\nos._exit(7)", "print(1)")
    assert said.failure is not None
    assert said.failure.place.cell == 2
    assert "exit code 7" in said.failure.what
    assert said.values == {"before": 1}


def test_a_segmentation_fault_names_its_signal(run: Run) -> None:
    said = run("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    assert said.failure is not None
    assert "SIGSEGV" in said.failure.what


def test_a_memory_hog_meets_its_limit(run: Run) -> None:
    said = run("x = 1", "held = []\nwhile True: held.append(bytearray(100_000_000))", memory=4 << 30)
    assert said.failure is not None
    assert said.failure.place.cell == 2
    assert "MemoryError" in said.failure.why


def test_endless_printing_is_bounded(run: Run) -> None:
    said = run("for i in range(300_000): print('x' * 100)")
    assert said.failure is None
    assert len(said.outputs[1]) <= 1_000_000


def test_an_interrupt_half_way_ends_the_notebook_and_removes_the_scratch(folder: Path, tmp_path: Path) -> None:
    temporary, pid = tmp_path / "temporary", tmp_path / "pid"
    temporary.mkdir()
    cell = "\n".join(
        [
            "import os, time",
            f"open({str(pid)!r}, 'w').write(str(os.getpid()))",
            f"os.rename({str(pid)!r}, {str(pid) + '.ok'!r})",
            "time.sleep(600)",
        ]
    )
    program = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        from jupyter_prod.environment import facts
        from jupyter_prod.verify import run_notebook
        here = facts(Path(sys.executable))
        run_notebook([(1, {cell!r})], environment=here, folder=Path({str(folder)!r}), seconds=600)
        """)
    running = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    ready = Path(f"{pid}.ok")
    deadline = time.monotonic() + 60
    while not ready.exists():
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert list(temporary.iterdir())
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert b"KeyboardInterrupt" in said
    assert list(temporary.iterdir()) == []
    assert _gone(int(ready.read_text()))


def test_without_ipython_plain_cells_run_all_the_same(here: Environment, folder: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    bare = facts(tmp_path / "bare" / "bin" / "python")
    cells = [
        (1, "x = 1\nprint(x)\nx + 1"),
        (2, "display(x)\nget_ipython().run_line_magic('matplotlib', 'inline')"),
        (3, "\n1/0"),
    ]
    said = run_notebook(cells, environment=bare, folder=folder, seconds=60)
    assert said.outputs == {1: "1\n2\n", 2: "1\n", 3: ""}
    assert said.failure is not None
    assert (said.failure.place.line, said.failure.why) == (2, "ZeroDivisionError: division by zero")


def test_scratch_copies_leave_out_environments_and_link_what_is_large(folder: Path) -> None:
    (folder / "venv").mkdir()
    (folder / "venv" / "pyvenv.cfg").write_text("")
    (folder / "link").symlink_to(folder.parent / "data")
    with scratch_copy(folder) as scratch:
        assert not (scratch.folder / "venv").exists()
        assert (scratch.folder / "link" / "x.csv").exists()
        assert (scratch.folder / ".." / "data" / "x.csv").read_text() == "a,b\n1,2\n3,4\n"
        assert not (scratch.folder / ".." / "data").resolve().is_relative_to(folder.parent)
        assert scratch.written() == {}
        made = scratch.top
    assert not made.exists()
    assert made.is_relative_to(Path(tempfile.gettempdir()).resolve())


def _gone(pid: int) -> bool:
    for _ in range(50):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().split()[2] == "Z":
                    return True
        except OSError:
            return True
        time.sleep(0.1)
    return False


def test_wide_tables_and_figures_are_shown_as_in_a_notebook(run: Run) -> None:
    said = run(
        "import pandas as pd\npd.DataFrame({f'a_long_name_{i}': [i] for i in range(9)})",
        "?len\nget_ipython().config['IPKernelApp'];",
        "\n\n1 / 0",
    )
    assert "..." not in said.outputs[1]  # folded at eighty characters, not cut
    assert "a_long_name_4" in said.outputs[1]
    assert len(max(said.outputs[1].splitlines(), key=len)) <= 80
    assert said.outputs[2] == ""
    assert said.failure is not None
    assert said.failure.place.line == 3


def test_other_data_lie_where_the_notebook_looks_for_its_own(run: Run, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("other")
    said = run("print(open('../data/x.csv').read(), open('near.txt').read())", instead={"../data/x.csv": other})
    assert said.outputs[1] == "other near\n"
    assert (folder.parent / "data" / "x.csv").read_text().startswith("a,b")
    with pytest.raises(ValueError, match="not in the scratch copy"):
        run("1", instead={"../../../x.csv": other})


def test_a_file_that_was_left_open_is_written_all_the_same(run: Run) -> None:
    said = run("left = open('left.txt', 'w')\nleft.write('open');")
    assert said.files["left.txt"].size == 4


def test_models_may_use_several_processes(run: Run) -> None:
    said = run("""
        from joblib import Parallel, delayed
        def double(x): return 2 * x
        print(Parallel(n_jobs=2)(delayed(double)(i) for i in range(4)))
        """)
    assert said.failure is None
    assert said.outputs[1] == "[0, 2, 4, 6]\n"
