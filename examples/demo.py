"""One pilot notebook from end to end: checked, converted, proven equal, trained, served, asked once.

python examples/demo.py        (what `make demo` runs)
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from environment import HERE, environment_of

NOTEBOOK = HERE / "churn" / "churn.ipynb"
PROJECT = HERE.parent / "build" / "demo" / "churn"
CUSTOMER = {
    "customerID": "9999-DEMO1",
    "gender": "Female",
    "SeniorCitizen": 0,
    "Partner": "No",
    "Dependents": "No",
    "tenure": 3,
    "PhoneService": "Yes",
    "InternetService": "Fiber optic",
    "OnlineSecurity": "No",
    "TechSupport": "No",
    "StreamingTV": "Yes",
    "Contract": "Month-to-month",
    "PaperlessBilling": "Yes",
    "PaymentMethod": "Electronic check",
    "MonthlyCharges": 81.35,
    "TotalCharges": "240.10",
}
"""A new customer as the notebook's file would have her, the target left out."""


def main() -> int:
    """Walks the road; the exit code of the first step that fails, 1 where the verdict is not `equal`."""
    started = time.monotonic()
    say("The notebook's environment")
    python = environment_of("churn")
    print(python)

    say("What stands between the notebook and production")
    jupyter_prod("lint", NOTEBOOK, "--output-format", "grouped", allowed=(0, 1))

    say("Conversion, and the proof that the project does what the notebook does")
    shutil.rmtree(PROJECT, ignore_errors=True)
    jupyter_prod("convert", NOTEBOOK, "-o", PROJECT, "--python", python)
    conversion = json.loads((PROJECT / "conversion.json").read_text(encoding="utf-8"))
    command = PROJECT / ".venv" / "bin" / conversion["command"]

    say("Training")
    run("make", "--silent", "setup", cwd=PROJECT)
    run(command, "train", cwd=PROJECT)

    say("One customer, as the company's file has her")
    print(json.dumps(CUSTOMER, indent=2))
    with served(command) as address:
        answer = post(f"{address}/v1/predict", {"rows": [CUSTOMER]})
    say("The service's answer")
    print(json.dumps(answer, indent=2))

    verdict = conversion["verdict"]
    equal = [check for check in verdict["checks"] if check["ok"]]
    say(f"Verdict: {verdict['status']} ({len(equal)} of {len(verdict['checks'])} checks), level {conversion['level']}")
    print(f"The project lies in {PROJECT}")
    print(f"{time.monotonic() - started:.0f} seconds")
    return 0 if verdict["status"] == "equal" else 1


def say(text: str) -> None:
    """A heading, so that the steps can be told apart."""
    print(f"\n== {text}", flush=True)


def jupyter_prod(*arguments: str | Path, allowed: tuple[int, ...] = (0,)) -> None:
    """Runs our own command line; ends the demo where its exit code is not allowed."""
    run(sys.executable, "-m", "jupyter_prod", *arguments, allowed=allowed)


def run(*command: str | Path, cwd: Path | None = None, allowed: tuple[int, ...] = (0,)) -> None:
    """Shows a command and runs it."""
    words = [Path(command[0]).name, *map(str, command[1:])]
    print("$", *words, flush=True)
    code = subprocess.run(command, cwd=cwd, check=False).returncode
    if code not in allowed:
        sys.exit(code)


@contextmanager
def served(command: Path) -> Iterator[str]:
    """The service on a free port of this machine, ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    print("$", command.name, "serve", "--port", port, flush=True)
    service = subprocess.Popen([command, "serve", "--port", str(port)], cwd=PROJECT)
    try:
        wait_until_ready(service, f"{address}/health/ready")
        yield address
    finally:
        service.terminate()
        service.wait(timeout=30)


def wait_until_ready(service: subprocess.Popen[bytes], address: str, seconds: float = 60) -> None:
    """Asks until the service is ready; ends the demo where it stops or takes longer than that."""
    patience = time.monotonic() + seconds
    while time.monotonic() < patience:
        if service.poll() is not None:
            sys.exit(f"the service stopped with exit code {service.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    sys.exit(f"the service was not ready within {seconds:.0f} seconds")


def post(address: str, body: dict[str, Any]) -> Any:
    """Sends JSON and reads JSON; ends the demo with the service's own words where it refuses."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as e:
        sys.exit(f"the service answered {e.code}: {e.read().decode()}")


if __name__ == "__main__":
    sys.exit(main())
