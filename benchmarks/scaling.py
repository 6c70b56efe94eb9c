"""How the time to lint a notebook grows with its cells.

    python benchmarks/scaling.py [--check]

One pipeline is repeated under other names until there are so many cells; the best of three runs in one process counts.
`--check` fails where a cell of the largest notebook takes more than three times as long as one of 30 cells.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_prod.hazards import all_rules
from jupyter_prod.lint import check_notebook
from jupyter_prod.notebook import parse_notebook

PILOT = Path(__file__).resolve().parents[1] / "examples" / "churn" / "churn.ipynb"
NAMES = ("df", "X_train", "X_test", "y_train", "y_test", "gb", "rf", "scaler", "tmp", "km", "seg")
SIZES = (10, 30, 100, 300, 1000)


def main() -> int:
    """Prints a line a size: processor time in all and for each cell."""
    told = json.loads(PILOT.read_text(encoding="utf-8"))
    rules = all_rules()
    per_cell: dict[int, float] = {}
    for size in SIZES:
        data = json.dumps({**told, "cells": cells(told, size)}).encode()
        notebook = parse_notebook(data, PILOT.with_name("repeated.ipynb"))
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            check_notebook(notebook, rules)
            best = min(best, time.process_time() - started)
        per_cell[size] = best / size
        print(f"{size:>5} cells {best * 1000:9.1f} ms {best * 1000 / size:8.3f} ms a cell")
    return 1 if "--check" in sys.argv and per_cell[1000] > 3 * per_cell[30] else 0


def cells(told: dict[str, Any], size: int) -> list[dict[str, Any]]:
    """So many code cells: the pilot's again and again, each time with names of its own."""
    code = [cell for cell in told["cells"] if cell["cell_type"] == "code"]
    made = []
    for number in range(size):
        text = "".join(code[number % len(code)]["source"])
        for name in NAMES:
            text = re.sub(rf"\b{name}\b", f"{name}_{number // len(code)}", text)
        made.append({**code[number % len(code)], "source": text, "id": f"c{number}"})
    return made


if __name__ == "__main__":
    sys.exit(main())
