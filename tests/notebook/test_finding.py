"""Which notebooks a person means by a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_prod.errors import UsableError
from jupyter_prod.notebook import find_notebooks


def lay(folder: Path, *names: str, text: str = "{}") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def found(folder: Path, *named: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in find_notebooks(named or [folder])]


def test_a_folder_means_every_notebook_below_it_in_order(tmp_path):
    lay(tmp_path, "b.ipynb", "a/z (1).ipynb", "a/deep/er/x.ipynb", "data.csv", "a/notes.txt")
    assert found(tmp_path) == ["a/deep/er/x.ipynb", "a/z (1).ipynb", "b.ipynb"]


def test_what_nobody_wrote_there_is_left_out(tmp_path):
    lay(tmp_path, "a.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb", ".hidden.ipynb", "node_modules/x/y.ipynb")
    lay(tmp_path, "env/pyvenv.cfg", "env/share/demo.ipynb", "churn/conversion.json", "churn/notebook/a.ipynb")
    assert found(tmp_path) == ["a.ipynb"]
    assert found(tmp_path, tmp_path / "churn") == ["churn/notebook/a.ipynb"]


def test_text_notebooks_count_where_their_header_says_so(tmp_path):
    lay(tmp_path, "script.py", text="# %%\nx = 1\n")
    lay(tmp_path, "README.md", text="# A readme\n\n```python\nx\n```\n")
    lay(tmp_path, "pilot.py", text="# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n# ---\n\n# %%\n")
    lay(tmp_path, "pilot.md", text="---\ntitle: x\njupytext:\n  a: b\n---\n")
    assert found(tmp_path) == ["pilot.md", "pilot.py"]


def test_a_link_in_a_circle_ends(tmp_path):
    lay(tmp_path, "a/x.ipynb")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert found(tmp_path) == ["a/x.ipynb"]


def test_files_are_taken_as_named_and_once(tmp_path):
    lay(tmp_path, "a.ipynb", "b.ipynb")
    missing = tmp_path / "missing.txt"
    assert find_notebooks([tmp_path / "b.ipynb", missing, tmp_path]) == [
        tmp_path / "b.ipynb",
        missing,
        tmp_path / "a.ipynb",
    ]


def test_a_folder_without_notebooks_is_said_to_hold_none(tmp_path):
    with pytest.raises(UsableError, match="holds no notebooks"):
        find_notebooks([tmp_path])
