"""The smallest pilot that becomes a service, and the road walked with it in a folder of the test's own."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import document

IMPORTS = """import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split"""
READ = 'df = pd.read_csv("people.csv")'
SPLIT = """X = df[["age", "income"]]
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"""
FIT = "clf = LogisticRegression().fit(X_train, y_train)"
JUDGE = 'print("accuracy", accuracy_score(y_test, clf.predict(X_test)))'
CELLS = (IMPORTS, READ, SPLIT, FIT, JUDGE)


def write_data(path: Path, rows: int = 120) -> None:
    """People who leave when they are old or rich enough, more or less."""
    draw = random.Random(1)
    lines = ["age,income,left"]
    for _ in range(rows):
        age, income = draw.randint(18, 80), draw.randint(10, 90)
        lines.append(f"{age},{income},{int(age + income + draw.randint(-20, 20) > 95)}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_pilot(folder: Path, *cells: str | dict[str, Any], name: str = "pilot.ipynb", **metadata: Any) -> Path:
    """A notebook of these cells (the pilot's, where none are given) with the data beside it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document(*(cells or CELLS), **metadata)), encoding="utf-8")
    write_data(path.parent / "people.csv")
    return path


def conversion_of(project: Path) -> dict[str, Any]:
    """The project's conversion.json."""
    told: dict[str, Any] = json.loads((project / "conversion.json").read_text(encoding="utf-8"))
    return told


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every file below a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def start(folder: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    """The command line in a process group of its own, with its temporary files in `folder`/tmp."""
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "jupyter_prod", *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def running_with(text: str) -> list[int]:
    """The processes whose command line or working folder names a text."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            place = os.readlink(process / "cwd")
        except OSError:
            continue
        if text in command or text in place:
            found.append(int(process.name))
    return found
