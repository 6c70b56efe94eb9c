"""Jupytext's text notebooks: the same cells as Jupytext makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_prod.errors import UsableError
from jupyter_prod.notebook import read_notebook


def cells(path: Path, text: str) -> list[tuple[str, str]]:
    path.write_text(text, encoding="utf-8")
    return [(cell.kind, cell.source) for cell in read_notebook(path).cells]


PERCENT = '''\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Water
# Is it fit?

# %% tags=["parameters", "prod:skip"] slideshow={"slide_type": "-"}
path = "samples.csv"

# %%
# %matplotlib inline
# !pip install pandas
import pandas as pd  # 100 % sure

text = """
# %% not a cell
"""

# %% [raw]
# as it is

# %% [markdown]
"""
Text *in quotes*
"""
#%%
x = 1
'''


LIVE = '''\
%matplotlib inline
!pip install pandas
import pandas as pd  # 100 % sure

text = """
# %% not a cell
"""'''


def test_a_percent_script_has_the_cells_that_jupytext_sees(tmp_path):
    assert cells(tmp_path / "water.py", PERCENT) == [
        ("markdown", "# Water\nIs it fit?"),
        ("code", 'path = "samples.csv"'),
        ("code", LIVE),
        ("raw", "as it is"),
        ("markdown", "Text *in quotes*"),
        ("code", "x = 1"),
    ]


def test_a_percent_scripts_metadata_and_tags_are_read(tmp_path):
    path = tmp_path / "water.py"
    path.write_text(PERCENT, encoding="utf-8")
    notebook = read_notebook(path)
    assert (notebook.kernel, notebook.language) == ("python3", "python")
    assert notebook.cells[1].tags == ("parameters", "prod:skip")


def test_code_before_the_first_mark_is_a_cell(tmp_path):
    assert cells(tmp_path / "n.py", "import os\n# %%\nx = 1\n") == [("code", "import os"), ("code", "x = 1")]


def test_a_commented_shell_cell_is_live(tmp_path):
    assert cells(tmp_path / "n.py", "# %%\n# %%bash\n# ls -l\n# pwd\n") == [("code", "%%bash\nls -l\npwd")]


def test_a_plain_script_is_no_notebook(tmp_path):
    (tmp_path / "n.py").write_text("x = 1\n")
    with pytest.raises(UsableError, match="has no cells"):
        read_notebook(tmp_path / "n.py")


def test_a_broken_header_is_one_line(tmp_path):
    (tmp_path / "n.py").write_text("# ---\n# jupyter: [\n# ---\n# %%\nx = 1\n")
    with pytest.raises(UsableError, match="header that is not YAML"):
        read_notebook(tmp_path / "n.py")


MARKDOWN = """\
---
jupyter:
  kernelspec:
    name: python3
    language: python
---

# Water

Is it fit?

```python tags=["parameters"]
path = "samples.csv"
```

```bash
ls
```

```{code-cell} ipython3
:tags: [prod:skip]
x = 1
```
"""


def test_a_markdown_notebook_has_its_python_blocks_as_cells(tmp_path):
    path = tmp_path / "water.md"
    found = cells(path, MARKDOWN)
    assert found == [
        ("markdown", "# Water\n\nIs it fit?"),
        ("code", 'path = "samples.csv"'),
        ("markdown", "```bash\nls\n```"),
        ("code", "x = 1"),
    ]
    notebook = read_notebook(path)
    assert notebook.kernel == "python3"
    assert [cell.tags for cell in notebook.cells] == [(), ("parameters",), (), ("prod:skip",)]


def test_a_markdown_text_without_code_is_no_notebook(tmp_path):
    (tmp_path / "n.md").write_text("# A readme\n")
    with pytest.raises(UsableError, match="has no code cells"):
        read_notebook(tmp_path / "n.md")
