"""How long conversion and linting take, beside what Jupyter's own converter needs for the same file.

    python benchmarks/speed.py [--runs N] [--check]

Wall time of whole commands, start-up and all, the best of N runs after one that warms the disk: on a busy machine the
best is the least disturbed. `--check` fails where a limit is missed: 3 s for `convert --no-verify` on a notebook of 40
cells, 0.4 s for `lint`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "examples"))

from environment import HERE, environment_of  # noqa: E402

PILOT = HERE / "churn"
CELLS = 40
LIMITS = {"convert --no-verify": 3.0, "lint": 0.4}


def main() -> int:
    """Prints a line a command: seconds, and how many times nbconvert's."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--check", action="store_true")
    chosen = options.parse_args()
    python = environment_of(PILOT.name)
    with tempfile.TemporaryDirectory() as place:
        notebook = forty_cells(Path(place) / "pilot")
        project = Path(place) / "project"
        ours = [sys.executable, "-m", "jupyter_prod"]
        convert = [*ours, "convert", notebook, "-o", project, "--python", python, "--no-verify"]
        theirs = [sys.executable, "-m", "nbconvert", "--to", "script", "--output-dir", place, notebook]
        took = {
            "nbconvert --to script": best(theirs, chosen.runs),
            "convert --no-verify": best(convert, chosen.runs, lambda: shutil.rmtree(project, ignore_errors=True)),
            "lint": best([*ours, "lint", notebook], chosen.runs, allowed=(0, 1)),
        }
    baseline = took["nbconvert --to script"]
    late = []
    for name, seconds in took.items():
        limit = LIMITS.get(name)
        print(
            f"{name:24} {seconds:6.2f} s   {seconds / baseline:5.2f} x nbconvert"
            + (f"   limit {limit} s" if limit else "")
        )
        if limit and seconds > limit:
            late.append(name)
    return 1 if chosen.check and late else 0


def forty_cells(folder: Path) -> Path:
    """The churn pilot with its data, its looks at the data repeated until it has 40 cells."""
    shutil.copytree(PILOT, folder)
    path = folder / "churn.ipynb"
    document = json.loads(path.read_text(encoding="utf-8"))
    cells = document["cells"]
    looks = [cell for cell in cells if "".join(cell["source"]).strip() in ("df.head()", "df.shape", "df.describe()")]
    after = cells.index(looks[-1]) + 1
    wanted = max(0, CELLS - len(cells))
    repeated = [{**looks[n % len(looks)], "id": f"look-{n}"} for n in range(wanted)]
    document["cells"] = [*cells[:after], *repeated, *cells[after:]]
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def best(
    command: list[str | Path], runs: int, before: Callable[[], None] = lambda: None, allowed: tuple[int, ...] = (0,)
) -> float:
    """Seconds of the fastest run. Ends the benchmark where the command fails."""
    fastest = float("inf")
    for _ in range(runs + 1):
        before()
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        fastest = min(fastest, time.perf_counter() - start)
        if done.returncode not in allowed:
            sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return fastest


if __name__ == "__main__":
    sys.exit(main())
