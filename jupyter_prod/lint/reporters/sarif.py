"""SARIF 2.1.0, the format that code scanning services take.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyter_prod import __version__
from jupyter_prod.hazards import GROUPS, all_rules, group_of
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.lint.reporters.annotations import file_line
from jupyter_prod.lint.reporters.told import Told

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def write_sarif(told: Told) -> str:
    """One run of one tool, with the rules that were found."""
    codes = sorted({finding.code for finding in told.findings})
    known = {rule.code: rule for rule in all_rules()}
    described = []
    for code in codes:
        finding = next(f for f in told.findings if f.code == code)
        entry: dict[str, Any] = {"id": code, "name": _camel(finding.slug)}
        rule = known.get(code)
        if rule is not None:
            entry |= {
                "shortDescription": {"text": rule.title},
                "fullDescription": {"text": " ".join(rule.what.split())},
                "help": {"text": " ".join(rule.why.split())},
                "defaultConfiguration": {"level": _LEVELS[rule.severity]},
                "properties": {"tags": [GROUPS.get(group_of(code), "own"), f"step-{rule.step}"]},
            }
        else:
            entry |= {"shortDescription": {"text": finding.slug}}
        described.append(entry)
    driver = {"name": "jupyter-prod", "version": __version__, "rules": described}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(f, codes.index(f.code)) for f in told.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _result(finding: Finding, index: int) -> dict[str, Any]:
    place = finding.place
    region: dict[str, Any] = {"startLine": file_line(finding)}
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(finding.filename)}, "region": region}
    }
    if place.cell is not None:
        location["logicalLocations"] = [
            {"name": f"cell {place.cell}", "kind": "cell", "fullyQualifiedName": f"cell {place.cell}, line {place.row}"}
        ]
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [location],
        "properties": {
            "cell": place.cell,
            "cellId": finding.cell_id,
            "row": place.row,
            "column": place.column,
            "step": finding.step,
            "conversion": finding.conversion,
        },
    }


def _uri(filename: str) -> str:
    path = Path(filename).absolute()
    try:
        return quote(path.relative_to(Path.cwd()).as_posix())
    except ValueError:
        return path.as_uri()


def _camel(slug: str) -> str:
    return "".join(part.capitalize() for part in slug.split("-"))
