"""Processor time of linters over the same notebooks, in one interleaved run.

    python benchmarks/linters.py NOTEBOOK_OR_FOLDER… [--chunk N] [--check]
        [--tool NAME=COMMAND]…

The notebooks are copied to a folder and worked on in chunks: each tool has its turn at a chunk before the next chunk
comes, so that what else the machine does meets all alike. Counted is user and system time of the tool and all its
children, start-up included, divided by notebooks. jupyter-prod runs three times: cold (no cache), again with a cache
that is warm, and once for each single notebook. Other tools are those on the PATH;
`--tool "nbqa=bin/nbqa flake8 {files}"` names one elsewhere. `--check` fails where a promise is missed: 10 times faster
than every other linter for notebooks, 5 times ruff's time at most, 2 times with a warm cache, 150 ms for one notebook
from a cold start.
"""

from __future__ import annotations

import argparse
import os
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

OURS = "jupyter-prod"
TOOLS = {
    "ruff": "ruff check --select ALL --no-cache {files}",
    "ruff warm": "ruff check --select ALL --cache-dir {cache} {files}",
    "nbqa": "nbqa flake8 {files}",
    "pynblint": "pynblint {folder}",
    "reproguard": "reproguard scan {folder}",
    "marimo": "marimo check --ignore-scripts {files}",
}
NOT_LINTERS_FOR_NOTEBOOKS = ("ruff", "ruff warm")


def main() -> int:
    """Prints a line a tool: milliseconds of processor time a notebook, and the ratio to ours."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--chunk", type=int, default=100)
    parser.add_argument("--tool", action="append", default=[])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    tools = dict(TOOLS) | dict(tool.split("=", 1) for tool in options.tool)
    tools = {name: command for name, command in tools.items() if shutil.which(shlex.split(command)[0])}
    ours = shutil.which(OURS) or f"{sys.executable} -m jupyter_prod.cli.main"
    tools = {OURS: f"{ours} lint --no-cache -j 1 {{files}}", f"{OURS} warm": f"{ours} lint -j 1 {{files}}", **tools}
    spent = dict.fromkeys(tools, 0.0)
    with tempfile.TemporaryDirectory() as top:
        os.environ["XDG_CACHE_HOME"] = str(Path(top) / "cache")
        notebooks = copied(options.paths, Path(top) / "notebooks", options.chunk)
        for chunk in (notebooks[n : n + options.chunk] for n in range(0, len(notebooks), options.chunk)):
            folder = chunk[0].parent
            for name, command in tools.items():
                if name.endswith("warm"):
                    run(command, folder, chunk, Path(top) / "ruff")
                spent[name] += run(command, folder, chunk, Path(top) / "ruff")
        singles = sorted(run(tools[OURS], n.parent, [n], Path(top)) for n in notebooks[:: max(1, len(notebooks) // 20)])
    alone = singles[len(singles) // 2] * 1000
    per = {name: seconds * 1000 / len(notebooks) for name, seconds in spent.items()}
    print(f"{len(notebooks)} notebooks, processor time a notebook")
    for name, value in per.items():
        base = per[f"{OURS} warm"] if name == "ruff warm" else per[OURS]
        print(f"{name:<20} {value:9.1f} ms   {value / base:8.2f} x ours")
    print(f"{'one notebook alone':<20} {alone:9.1f} ms   median, start-up included")
    missed = [
        f"{name} takes {per[name] / per[OURS]:.1f} times ours"
        for name in per
        if not name.startswith(OURS) and name not in NOT_LINTERS_FOR_NOTEBOOKS and per[name] < 10 * per[OURS]
    ]
    if "ruff" in per and per[OURS] > 5 * per["ruff"]:
        missed.append(f"{per[OURS] / per['ruff']:.1f} times ruff's time")
    if "ruff warm" in per and per[f"{OURS} warm"] > 2 * per["ruff warm"]:
        missed.append(f"warm, {per[f'{OURS} warm'] / per['ruff warm']:.1f} times ruff's time")
    if alone > 150:
        missed.append(f"{alone:.0f} ms for one notebook")
    for said in missed:
        print(f"missed: {said}")
    return 1 if missed and options.check else 0


def copied(paths: Sequence[Path], target: Path, chunk: int) -> list[Path]:
    """Copies of all notebooks that are named or lie below what is named, as many to a folder as a chunk has."""
    found = [n for path in paths for n in (sorted(path.rglob("*.ipynb")) if path.is_dir() else [path])]
    copies = []
    for number, notebook in enumerate(found):
        copy = target / f"part{number // chunk:03}" / f"n{number:04}.ipynb"
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(notebook, copy)
        copies.append(copy)
    return copies


def run(command: str, folder: Path, files: Sequence[Path], cache: Path) -> float:
    """Seconds of processor time that a command and its children took."""
    words: list[str] = []
    for word in shlex.split(command):
        if word == "{files}":
            words += map(str, files)
        else:
            words.append(word.replace("{folder}", str(folder)).replace("{cache}", str(cache)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
