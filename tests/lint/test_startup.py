"""Lint starts fast because it imports little."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = ("rich", "cookiecutter", "nbformat", "jinja2", "yaml", "IPython", "pandas", "numpy", "jsonschema", "requests")

CHECK = """
import sys
from jupyter_prod.cli.main import main
for _ in range(2):  # the first may read YAML, and keeps what it read
    for name in [n for n in sys.modules if n.partition(".")[0] == "yaml"]:
        del sys.modules[name]
    code = main(["lint", sys.argv[1]])
print(code, sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[2:])))
"""


def test_lint_imports_none_of_the_heavy_libraries(tmp_path: Path) -> None:
    churn = Path(__file__).parents[2] / "examples" / "churn" / "churn.ipynb"

    done = subprocess.run([sys.executable, "-c", CHECK, str(churn), *HEAVY], capture_output=True, text=True, timeout=60)

    assert done.stdout.splitlines()[-1] == "1 []", done.stdout + done.stderr
