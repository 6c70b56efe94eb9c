"""Writing what verification found into a project, where a reader looks for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_prod.errors import UsableError
from jupyter_prod.scaffold.render import CONVERSION, hashes

_SAID = {
    "equal": "Yes: it was run beside the notebook, and what was compared is equal.",
    "differs": "No: it was run beside the notebook, and this differs.",
    "not-reproducible": "The notebook differs from itself between two runs; the project stays within that spread.",
    "not-run": "Not compared: nothing was run, or the notebook did not run to its end.",
}
_BLOCK = re.compile(r"(?<=<!-- verdict -->\n).*?(?=<!-- /verdict -->)", re.DOTALL)


def record_verdict(project: Path, verdict: Mapping[str, Any], expected: Mapping[str, Any] | None = None) -> None:
    """Writes the verdict to conversion.json and README.md, and the reference numbers to tests/expected.json.

    What a person changed since the project was generated stays as it is, but for the verdict itself. Raises UsableError
    where the folder is no converted project.
    """
    path = project / CONVERSION
    try:
        conversion = json.loads(path.read_text(encoding="utf-8"))
        recorded = dict(conversion["files"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UsableError("no converted project", str(project)) from error
    generated = {name for name, digest in hashes(project, recorded).items() if recorded[name] == digest}
    readme = project / "README.md"
    if readme.is_file():
        text = readme.read_text(encoding="utf-8")
        told = verdict_text(verdict)
        readme.write_text(_BLOCK.sub(lambda _: told, text), encoding="utf-8")
    if expected is not None:
        (project / "tests" / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")
        generated.add("tests/expected.json")
    conversion["verdict"] = dict(verdict)
    conversion["files"] = recorded | hashes(project, generated)
    path.write_text(json.dumps(conversion, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def verdict_text(verdict: Mapping[str, Any]) -> str:
    """The verdict as Markdown: a sentence and, where something was compared, a table."""
    checks = verdict.get("checks") or []
    lines = [_SAID.get(str(verdict.get("status")), f"Verdict: {verdict.get('status')}."), ""]
    if checks:
        lines += ["| compared | notebook | project | equal |", "|---|---|---|---|"]
        for check in checks:
            cells = (check.get("what"), check.get("expected"), check.get("got"), "yes" if check.get("ok") else "**no**")
            lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split()).replace("|", "\\|")
    return text if len(text) <= 80 else text[:79] + "…"
