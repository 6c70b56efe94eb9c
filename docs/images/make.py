"""Makes the pictures of this folder from what the commands really print.

    .venv/bin/python docs/images/make.py [NAME…]

Each command runs in a terminal of its own, 110 characters wide; its output, colours and all, becomes an SVG.
"""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NOTEBOOK = "examples/churn/churn.ipynb"
WIDTH = 110
sys.path.insert(0, str(ROOT / "examples"))

from environment import environment_of  # noqa: E402

REPORT = f"jupyter-prod lint {NOTEBOOK} --output-format html"
"""What docs/images/readiness.png shows the top of; made where there is a Chromium."""

COMMANDS = {
    "lint": f"jupyter-prod lint {NOTEBOOK} --select JPS08,JPD02,JPR04,JPR05",
    "convert": f"jupyter-prod convert {NOTEBOOK} -o churn",
    "graph": f"jupyter-prod graph {NOTEBOOK}",
}


def main() -> int:
    """Makes the named pictures, or all."""
    for name in sys.argv[1:] or (*COMMANDS, "readiness"):
        if name == "readiness":
            screenshot()
            continue
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "examples", Path(folder) / "examples")
            command = shlex.split(COMMANDS[name])[1:]
            if name == "convert":
                command += ["--python", str(environment_of("churn"))]
            picture(name, COMMANDS[name], printed(command, Path(folder)))
    return 0


def screenshot() -> None:
    """The top of the HTML report, as a browser shows it."""
    browser = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if browser is None:
        print("readiness: no Chromium, the picture is left as it is", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples", Path(folder) / "examples")
        page = Path(folder) / "report.html"
        command = [sys.executable, "-m", "jupyter_prod", *shlex.split(REPORT)[1:], "-o", str(page), "--exit-zero"]
        subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,1150"]
        target = HERE / "readiness.png"
        subprocess.run(
            [browser, *flags, f"--screenshot={target}", page.as_uri()], check=True, stderr=subprocess.DEVNULL
        )


def printed(command: list[str], folder: Path) -> str:
    """What the command writes to a terminal. Raises CalledProcessError where it fails."""
    ours, theirs = pty.openpty()
    environ = os.environ | {"COLUMNS": str(WIDTH), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_prod", *command],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            block = os.read(ours, 1 << 16)
        except OSError:  # Linux says so when the other end is closed
            break
        if not block:
            break
        said += block
    os.close(ours)
    if process.wait() not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, command, said)
    return said.decode("utf-8").replace("\r\n", "\n")


def picture(name: str, command: str, text: str) -> None:
    """Writes NAME.svg: the command as it was typed, and what it printed. Nothing in it is loaded from elsewhere."""
    printed_text = Text.from_ansi(text.rstrip("\n"))
    width = min(max(WIDTH, max(map(len, printed_text.plain.splitlines()))), 160)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=width, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text(f"$ {command}", "bold"))
        console.print(printed_text)
        svg = console.export_svg(title="jupyter-prod", unique_id=name)
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
    print(HERE / f"{name}.svg")


if __name__ == "__main__":
    sys.exit(main())
