"""The whole road with the pilot notebooks: each becomes a service that is proven to do what it did."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import jsonschema
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path.insert(0, str(EXAMPLES))

pytest.importorskip("jupyter_prod.cli.convert")

from environment import environment_of  # noqa: E402

from jupyter_prod.cli.main import main  # noqa: E402
from jupyter_prod.schema import CONVERSION  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("pilot", ["bike_demand", "churn", "house_prices", "loan_default"])
def test_a_pilot_becomes_a_proven_service(pilot, tmp_path):
    python = environment_of(pilot)
    folder = EXAMPLES / pilot
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    project = tmp_path / pilot

    code = main(["convert", str(folder / f"{pilot}.ipynb"), "-o", str(project), "--python", str(python)])

    conversion = json.loads((project / "conversion.json").read_text(encoding="utf-8"))
    assert conversion["level"] == "service", conversion["reasons"]
    verdict = conversion["verdict"]
    assert verdict["status"] == "equal", [check for check in verdict["checks"] if not check["ok"]]
    assert verdict["checks"]
    assert code == 0
    jsonschema.validate(conversion, json.loads(CONVERSION.read_text(encoding="utf-8")))
    after = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    assert after == before, "the notebook's folder was touched"
